//! Forms: fields that say what is wrong beside the input, in words, and keep what was typed.

use crate::text::escaped;
use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::context::Provider;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlTextAreaElement;

/// What a field tells the input inside it.
#[derive(Clone)]
struct Wiring {
    id: String,
    hint: bool,
    error: Signal<Option<String>>,
}

/// The attributes an input takes from its field.
pub(crate) struct Wired {
    pub(crate) id: Option<String>,
    pub(crate) described: Signal<Option<String>>,
    pub(crate) invalid: Signal<Option<&'static str>>,
}

pub(crate) fn wired() -> Wired {
    let Some(Wiring { id, hint, error }) = use_context::<Wiring>() else {
        return Wired { id: None, described: Signal::stored(None), invalid: Signal::stored(None) };
    };
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = Signal::derive(move || match (hint, error.read().is_some()) {
        (true, true) => Some(format!("{error_id} {hint_id}")),
        (true, false) => Some(hint_id.clone()),
        (false, true) => Some(error_id.clone()),
        (false, false) => None,
    });
    let invalid = Signal::derive(move || error.read().is_some().then_some("true"));
    Wired { id: Some(id), described, invalid }
}

/// The parts of a form above each other. It renders no `form` element: the caller's form stands around it.
#[component]
pub fn FormStack(
    /// `FormError`, `Field`s, `ButtonRow`.
    children: Children,
) -> impl IntoView {
    view! { <div class="form">{children()}</div> }
}

/// A label, an input, a hint, and what is wrong. The input inside takes its id and its ARIA attributes from here.
#[component]
pub fn Field(
    /// The input's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong, in words.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Says "optional" beside the label.
    #[prop(optional)]
    optional: bool,
    /// On the right of the label, such as "Forgot your password?".
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    /// One `TextInput`, `PasswordInput`, `TextArea`, `Select` or `FileInput`.
    children: Children,
) -> impl IntoView {
    let wiring = Wiring { id: id.clone(), hint: hint.is_some(), error };
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field">
            <div class="field-label">
                <label for=id>
                    {label}
                    {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
                </label>
                {aside.map(|it| view! { <span class="field-aside">{it.run()}</span> })}
            </div>
            <Provider value=wiring>{children()}</Provider>
            {move || error.get().map(|text| view! {
                <div class="field-error" id=error_id.clone()>
                    <Icon name=IconName::Warning />
                    <span>{text}</span>
                </div>
            })}
            {hint.map(|hint| view! { <div class="field-hint" id=hint_id>{hint}</div> })}
        </div>
    }
    .into_any()
}

/// An input of one line. What it holds is the browser's affair: `value` is what it starts with.
#[component]
pub fn TextInput(
    /// The name under which the form sends it.
    #[prop(into)]
    name: String,
    /// `text`, `email`, `search`, `url`, `tel`, `number`, `date`, `time` …
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// What the browser may fill in, such as `username` or `one-time-code`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The phone's keyboard, such as `numeric`.
    #[prop(optional)]
    input_mode: Option<&'static str>,
    /// An example; never the only place where something is said.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// The fewest characters.
    #[prop(optional)]
    minlength: Option<u32>,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// A regular expression that the browser checks.
    #[prop(optional)]
    pattern: Option<&'static str>,
    /// `false` for names, addresses and codes.
    #[prop(default = true)]
    spellcheck: bool,
    /// Takes the focus when the page opens; for pages that are one form.
    #[prop(optional)]
    autofocus: bool,
    /// Cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// A sign before the text, such as `@`.
    #[prop(optional)]
    prefix: Option<&'static str>,
    /// The label where no `Field` stands around it, as in a search bar.
    #[prop(optional, into)]
    aria_label: Option<String>,
    /// Called with the text whenever it changes.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let Wired { id, described, invalid } = wired();
    let input = view! {
        <input
            class="input"
            id=id
            type=kind
            name=name
            value=value
            autocomplete=autocomplete
            inputmode=input_mode
            placeholder=placeholder
            required=required
            minlength=minlength
            maxlength=maxlength
            pattern=pattern
            spellcheck=(!spellcheck).then_some("false")
            autocapitalize=(!spellcheck).then_some("none")
            autofocus=autofocus
            disabled=move || disabled.get()
            aria-label=aria_label
            aria-describedby=move || described.get()
            aria-invalid=move || invalid.get()
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
        />
    };
    let search = kind == "search";
    if search || prefix.is_some() {
        view! {
            <div class="input-affix">
                <span class="input-prefix" aria-hidden="true">
                    {search.then(|| view! { <Icon name=IconName::Search /> })}
                    {prefix}
                </span>
                {input}
            </div>
        }
        .into_any()
    } else {
        input.into_any()
    }
}

/// A password. Where JavaScript runs, a button shows what was typed.
#[component]
pub fn PasswordInput(
    /// The name under which the form sends it.
    #[prop(into)]
    name: String,
    /// `current-password`, or `new-password` where one is chosen.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    /// Must not be empty.
    #[prop(default = true)]
    required: bool,
    /// The fewest characters.
    #[prop(optional)]
    minlength: Option<u32>,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Called with the text whenever it changes.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let Wired { id, described, invalid } = wired();
    let shown = RwSignal::new(false);
    // The button appears once it can do something.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    view! {
        <div class="input-affix" data-toggle="">
            <input
                class="input"
                id=id
                type=move || if shown.get() { "text" } else { "password" }
                name=name
                autocomplete=autocomplete
                required=required
                minlength=minlength
                maxlength=maxlength
                spellcheck="false"
                autocapitalize="none"
                autofocus=autofocus
                aria-describedby=move || described.get()
                aria-invalid=move || invalid.get()
                on:input=move |event| {
                    if let Some(on_input) = on_input {
                        on_input.run(event_target_value(&event));
                    }
                }
            />
            <button
                class="icon-button"
                type="button"
                hidden=move || !alive.get()
                title=move || if shown.get() { "Hide the password" } else { "Show the password" }
                aria-label="Show the password"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|it| *it = !*it)
            >
                {move || view! { <Icon name=if shown.get() { IconName::EyeOff } else { IconName::Eye } /> }}
            </button>
        </div>
    }
    .into_any()
}

/// An input of several lines, which grows with what is typed. `value` is what it starts with.
#[component]
pub fn TextArea(
    /// The name under which the form sends it.
    #[prop(into)]
    name: String,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// What it holds from the next change on, for a form that empties it after sending; needs an id. Leave it out and
    /// the text is the browser's affair.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// An example, or a question.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// How many lines it has at least.
    #[prop(default = 3)]
    rows: u32,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// The label where no `Field` stands around it, as in the composer.
    #[prop(optional, into)]
    aria_label: Option<String>,
    /// Its id where no `Field` stands around it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Called with the text whenever it changes.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let wired = wired();
    let id = id.or(wired.id);
    if let (Some(text), Some(id)) = (text, id.clone()) {
        // Only a change is carried over: what was typed before the page came alive stays.
        Effect::watch(
            move || text.get(),
            move |text, _, _| {
                let found = document().get_element_by_id(&id).and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
                if let Some(area) = found
                    && area.value() != *text
                {
                    area.set_value(text);
                }
            },
            false,
        );
    }
    view! {
        <textarea
            class="input"
            id=id
            name=name
            rows=rows
            placeholder=placeholder
            required=required
            maxlength=maxlength
            autofocus=autofocus
            aria-label=aria_label
            aria-describedby=move || wired.described.get()
            aria-invalid=move || wired.invalid.get()
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
            inner_html=escaped(&value)
        ></textarea>
    }
    .into_any()
}

/// Pictures from the device.
#[component]
pub fn FileInput(
    /// The name under which the form sends them.
    #[prop(into)]
    name: String,
    /// Which types the browser offers.
    #[prop(default = "image/png,image/jpeg,image/gif,image/webp")]
    accept: &'static str,
    /// Whether several may be chosen.
    #[prop(optional)]
    multiple: bool,
    /// One icon in a toolbar, labelled `label`, instead of a field of its own.
    #[prop(optional)]
    compact: bool,
    /// The label in a toolbar.
    #[prop(default = "Add pictures".to_owned(), into)]
    label: String,
    /// The icon in a toolbar.
    #[prop(default = IconName::Image)]
    icon: IconName,
    /// Called when files were chosen; the event's target holds them.
    #[prop(optional, into)]
    on_change: Option<Callback<leptos::ev::Event>>,
) -> impl IntoView {
    let Wired { id, described, invalid } = wired();
    view! {
        <div class="file-input" data-compact=compact>
            {compact.then(|| view! {
                <span class="icon-button" aria-hidden="true"><Icon name=icon /></span>
            })}
            <input
                id=id
                type="file"
                name=name
                accept=accept
                multiple=multiple
                title=compact.then(|| label.clone())
                aria-label=compact.then_some(label)
                aria-describedby=move || described.get()
                aria-invalid=move || invalid.get()
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event);
                    }
                }
            />
        </div>
    }
    .into_any()
}

/// A yes or no, with its words beside it.
#[component]
pub fn Checkbox(
    /// The name under which the form sends `value` when ticked.
    #[prop(into)]
    name: String,
    /// What the form sends.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// One line more.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it starts ticked.
    #[prop(optional)]
    checked: bool,
    /// Must be ticked.
    #[prop(optional)]
    required: bool,
    /// Called with the new state.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                name=name
                value=value
                checked=checked
                required=required
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <span>
                {label}
                {hint.map(|hint| view! { <span class="checkbox-hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}

/// What is wrong with a form as a whole. Its place is always in the page, so that it is heard when something arrives
/// in it; give it an id and move the focus there after a failed attempt.
#[component]
pub fn FormError(
    /// What happened and what to do; nothing is shown without it.
    #[prop(into)]
    message: Signal<Option<String>>,
    /// Links to the fields: the field's id and what is wrong with it.
    #[prop(optional, into)]
    fields: Signal<Vec<(String, String)>>,
    /// The id to move the focus to.
    #[prop(default = "form-error".to_owned(), into)]
    id: String,
) -> impl IntoView {
    view! {
        <div class="form-error-region" id=id role="alert" tabindex="-1">
            {move || message.get().map(|message| {
                let fields = fields.get();
                let list = (!fields.is_empty()).then(|| {
                    let rows = fields
                        .into_iter()
                        .map(|(id, text)| view! { <li><a href=format!("#{id}") rel="external">{text}</a></li> })
                        .collect_view();
                    view! { <ul>{rows}</ul> }
                });
                view! {
                    <div class="form-error">
                        <Icon name=IconName::Warning />
                        <div>
                            <p>{message}</p>
                            {list}
                        </div>
                    </div>
                }
            })}
        </div>
    }
    .into_any()
}
