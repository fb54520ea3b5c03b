//! Where something is built: what is worked on, and beside it how it does.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Two columns where there is room for them, and one below the other where there isn't. What stands beside stays in sight.
#[component]
pub fn Workbench(
    /// The heading of what stands beside.
    #[prop(into)]
    aside_title: String,
    /// A quiet line under it.
    #[prop(into)]
    aside_note: String,
    /// On the right of the heading.
    #[prop(optional, into)]
    aside_actions: Option<ViewFnOnce>,
    /// What stands beside.
    #[prop(into)]
    aside: ViewFnOnce,
    /// What is worked on.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="workbench">
            <div class="workbench-main">{children()}</div>
            <section class="workbench-aside" aria-labelledby="workbench-aside-title">
                <header class="workbench-head">
                    <h2 id="workbench-aside-title">{aside_title}</h2>
                    {aside_actions.map(|it| view! { <div class="button-row">{it.run()}</div> })}
                    <p>{aside_note}</p>
                </header>
                {aside.run()}
            </section>
        </div>
    }
    .into_any()
}

/// A form whose button stays in sight, however long the form is. The caller's form stands around it.
#[component]
pub fn LongForm(
    /// Called whenever something in it is typed or chosen.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// What stays in sight: the button, and how far the form is from being saved.
    #[prop(optional, into)]
    bar: Option<ViewFnOnce>,
    /// `Card`s of fields.
    children: Children,
) -> impl IntoView {
    let changed = move || {
        if let Some(on_change) = on_change {
            on_change.run(());
        }
    };
    view! {
        <div class="long-form" on:input=move |_| changed() on:change=move |_| changed()>
            {children()}
            {bar.map(|it| view! { <div class="save-bar">{it.run()}</div> })}
        </div>
    }
    .into_any()
}

/// How much of something there is, of the most there can be.
#[component]
pub fn Meter(
    /// What is measured.
    #[prop(into)]
    label: String,
    /// How much there is.
    value: u64,
    /// The most there can be.
    most: u64,
    /// The same in words, such as "12 of 200".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let spoken = format!("{label}: {text}");
    view! {
        <div class="meter">
            <div class="meter-label" aria-hidden="true">
                <span>{label}</span>
                <span>{text}</span>
            </div>
            <progress class="meter-bar" max=most value=value.min(most) aria-label=spoken></progress>
        </div>
    }
    .into_any()
}

/// A question with a few short answers side by side.
#[component]
pub fn Segments(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// The name under which the form sends the answer.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    title: String,
    /// One line more.
    #[prop(into)]
    hint: String,
    /// Beside the question: `Badge`s.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// The answers: what the form sends, and what is read.
    options: Vec<(String, String)>,
    /// Which one it starts with.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let (title_id, hint_id) = (format!("{id}-title"), format!("{id}-hint"));
    let (labelled, described) = (title_id.clone(), hint_id.clone());
    let options = options
        .into_iter()
        .map(|(key, words)| {
            let (checked, name) = (key == value, name.clone());
            view! {
                <label class="segment">
                    <input type="radio" name=name value=key checked=checked />
                    <span>{words}</span>
                </label>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="segments" id=id role="radiogroup" aria-labelledby=labelled aria-describedby=described>
            <div class="segments-text">
                <span class="segments-title">
                    <span id=title_id>{title}</span>
                    {mark.map(ViewFnOnce::run)}
                </span>
                <span class="segments-hint" id=hint_id>{hint}</span>
            </div>
            <div class="segments-options">{options}</div>
        </div>
    }
    .into_any()
}

/// Steps of a list, each with its number: checks, rules, stations.
#[component]
pub fn StepList(
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// `Step`s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="step-list" role="list" aria-label=label>{children()}</ol> }
}

/// One step.
#[component]
pub fn Step(
    /// What it is called.
    #[prop(into)]
    title: String,
    /// Beside its name: `Badge`s.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// At its end: buttons.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// What there is to say of it.
    children: Children,
) -> impl IntoView {
    view! {
        <li class="step">
            <div class="step-head">
                <h3>{title}</h3>
                {mark.map(ViewFnOnce::run)}
            </div>
            <div class="step-body">{children()}</div>
            {actions.map(|it| view! { <div class="step-actions">{it.run()}</div> })}
        </li>
    }
    .into_any()
}

/// Short facts in a row or, where there are many, in several: rules, topics, labels.
#[component]
pub fn Chips(
    /// What they are, for assistive software.
    #[prop(into)]
    label: String,
    /// Their words.
    words: Vec<String>,
) -> impl IntoView {
    let chips = words.into_iter().map(|word| view! { <li>{word}</li> }.into_any()).collect_view();
    view! { <ul class="chips" role="list" aria-label=label>{chips}</ul> }.into_any()
}

/// Something somebody said or wrote, word for word.
#[component]
pub fn Quote(
    /// The words, with their lines.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <blockquote class="quote">{text}</blockquote> }
}
