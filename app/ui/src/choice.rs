//! One of several: from a list that unfolds, or with all of them in sight.

use crate::form::{Wired, wired};
use crate::{Icon, IconName};
use leptos::prelude::*;

/// One of several words, in a list that unfolds.
#[component]
pub fn Select(
    /// The name under which the form sends the choice.
    #[prop(into)]
    name: String,
    /// What there is: what the form sends, and what is read.
    options: Vec<(String, String)>,
    /// Which one it starts with.
    #[prop(optional, into)]
    value: String,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The label where no `Field` stands around it.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let Wired { id, described, invalid } = wired();
    let options = options
        .into_iter()
        .map(|(key, words)| {
            let selected = key == value;
            view! { <option value=key selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <select
            class="input"
            id=id
            name=name
            autocomplete=autocomplete
            aria-label=aria_label
            aria-describedby=move || described.get()
            aria-invalid=move || invalid.get()
        >
            {options}
        </select>
    }
    .into_any()
}

/// A question with all of its answers in sight.
#[component]
pub fn ChoiceGroup(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// What is wrong, in words.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Side by side where there is room.
    #[prop(optional)]
    grid: bool,
    /// `Choice`s of one name.
    children: Children,
) -> impl IntoView {
    let (legend_id, error_id) = (format!("{id}-legend"), format!("{id}-error"));
    let (labelled, described) = (legend_id.clone(), error_id.clone());
    view! {
        <fieldset
            class="choice-group"
            id=id
            role="radiogroup"
            tabindex="-1"
            aria-labelledby=labelled
            aria-describedby=move || error.read().is_some().then(|| described.clone())
            aria-invalid=move || error.read().is_some().then_some("true")
        >
            <legend class="choice-legend" id=legend_id>{legend}</legend>
            <div class="choices" data-grid=grid>{children()}</div>
            {move || error.get().map(|text| view! {
                <div class="field-error" id=error_id.clone()>
                    <Icon name=IconName::Warning />
                    <span>{text}</span>
                </div>
            })}
        </fieldset>
    }
    .into_any()
}

/// One of the answers.
#[component]
pub fn Choice(
    /// The name under which the form sends `value` when it is chosen: the same for all answers.
    #[prop(into)]
    name: String,
    /// What the form sends.
    #[prop(into)]
    value: String,
    /// The answer.
    #[prop(into)]
    label: String,
    /// One line more.
    #[prop(optional_no_strip)]
    hint: Option<String>,
    /// Whether it starts chosen.
    #[prop(optional)]
    checked: bool,
    /// Cannot be chosen; the hint says why.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=checked disabled=disabled required=true />
            <span>
                <span class="choice-label">{label}</span>
                {hint.map(|hint| view! { <span class="choice-hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}

/// A question with several answers that may be given together.
#[component]
pub fn CheckGroup(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// What is wrong, in words.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `Checkbox`es.
    children: Children,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let described = error_id.clone();
    view! {
        <fieldset
            class="check-group"
            id=id
            tabindex="-1"
            aria-describedby=move || error.read().is_some().then(|| described.clone())
            data-invalid=move || error.read().is_some()
        >
            <legend class="choice-legend">{legend}</legend>
            <div class="check-row">{children()}</div>
            {move || error.get().map(|text| view! {
                <div class="field-error" id=error_id.clone()>
                    <Icon name=IconName::Warning />
                    <span>{text}</span>
                </div>
            })}
        </fieldset>
    }
    .into_any()
}
