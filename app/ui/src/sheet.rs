//! A sheet of paper: an invoice, a credit note. On paper nothing else of the page is printed.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A document that can be printed.
#[component]
pub fn Sheet(
    /// What it is, with its number.
    #[prop(into)]
    title: String,
    /// Beside the title: a `Badge`.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// Who wrote it, in lines.
    #[prop(into)]
    from: String,
    /// Who it was made out to, in lines.
    #[prop(into)]
    to: String,
    /// What stands above the name of whom it was made out to.
    #[prop(into)]
    to_label: String,
    /// When it was written, and what else there is to know of it: a `DescriptionList`.
    #[prop(into)]
    facts: ViewFnOnce,
    /// Its lines and what they come to.
    children: Children,
) -> impl IntoView {
    view! {
        <article class="sheet">
            <header class="sheet-head">
                <div class="sheet-title">
                    <h2>{title}</h2>
                    {mark.map(ViewFnOnce::run)}
                </div>
                <p class="sheet-lines">{from}</p>
            </header>
            <div class="sheet-parties">
                <div>
                    <h3>{to_label}</h3>
                    <p class="sheet-lines">{to}</p>
                </div>
                <div class="sheet-facts">{facts.run()}</div>
            </div>
            {children()}
        </article>
    }
    .into_any()
}
