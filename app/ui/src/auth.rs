//! Signing in, signing up, and the short pages around them.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A short form in the middle of a page.
#[component]
pub fn AuthCard(
    /// The page's `h1`.
    #[prop(into)]
    title: String,
    /// One line under it.
    #[prop(optional, into)]
    note: Option<String>,
    /// Under the card: the way to the neighbouring page.
    #[prop(optional, into)]
    foot: Option<ViewFnOnce>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="auth-page">
            <section class="auth-card">
                <header class="auth-head">
                    <img class="brand-mark" src="/favicon.svg" alt="" width="48" height="48" />
                    <h1>{title}</h1>
                    {note.map(|note| view! { <p>{note}</p> })}
                </header>
                <div class="auth-body">{children()}</div>
                {foot.map(|it| view! { <div class="auth-foot">{it.run()}</div> })}
            </section>
        </div>
    }
    .into_any()
}

/// A word between two lines: "or".
#[component]
pub fn FormDivider(
    /// The word.
    #[prop(default = "or".to_owned(), into)]
    label: String,
) -> impl IntoView {
    view! { <div class="form-divider">{label}</div> }
}
