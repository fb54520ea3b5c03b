//! Text for machines.

use leptos::prelude::*;

/// A piece of text as a machine wrote or reads it, with what it is above it.
#[component]
pub fn Code(
    /// What it is.
    #[prop(into)]
    label: String,
    /// The text, with its lines.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let heard = label.clone();
    view! {
        <figure class="code-block">
            <figcaption>{label}</figcaption>
            // It scrolls by itself, and so can be reached with the keyboard.
            <pre tabindex="0" role="region" aria-label=heard><code>{text}</code></pre>
        </figure>
    }
    .into_any()
}
