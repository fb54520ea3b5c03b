//! The place for fields that somebody else's script puts into a form.

use leptos::{html::Div, prelude::*};

use crate::{Icon, IconName};

/// Where the fields for a card come, with their label and what is wrong with them.
#[component]
pub fn CardField(
    /// The place's id, unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What is wrong, in words.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Whether the fields are still to come.
    #[prop(into)]
    coming: Signal<bool>,
    /// Called when the label is pressed, which should put the focus into the fields.
    #[prop(into)]
    on_label: Callback<()>,
    /// The place itself. Nothing of ours is in it.
    place: NodeRef<Div>,
) -> impl IntoView {
    let (label_id, error_id) = (format!("{id}-label"), format!("{id}-error"));
    let described = error_id.clone();
    view! {
        <div class="field">
            <div class="field-label">
                <span id=label_id.clone() on:click=move |_| on_label.run(())>{label}</span>
            </div>
            <div
                class="input card-field"
                id=id
                role="group"
                aria-labelledby=label_id
                aria-describedby=described
                aria-busy=move || coming.get().then_some("true")
                data-invalid=move || error.read().is_some()
                node_ref=place
            ></div>
            <div class="card-field-says" id=error_id role="alert">
                {move || error.get().map(|text| view! {
                    <div class="field-error">
                        <Icon name=IconName::Warning />
                        <span>{text}</span>
                    </div>
                })}
            </div>
            {move || coming.get().then(|| view! { <div class="field-hint" role="status">"The form is being loaded."</div> })}
        </div>
    }
    .into_any()
}

/// What stands there only where the browser runs scripts.
#[component]
pub fn WithScripts(
    /// What does.
    children: Children,
) -> impl IntoView {
    view! { <div class="with-scripts">{children()}</div> }
}

/// What stands there only where the browser runs no scripts.
#[component]
pub fn WithoutScripts(
    /// What does.
    children: Children,
) -> impl IntoView {
    view! { <div class="without-scripts">{children()}</div> }
}
