//! What changed between two versions.

use leptos::prelude::*;

/// What happened to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It stayed.
    Same,
}

/// A line of text, and what happened to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiffLine {
    /// What happened.
    pub change: Change,
    /// The line.
    pub text: String,
}

/// What changed between two versions: each line says by a sign and a word what happened to it, and colour only helps.
#[component]
pub fn Diff(
    /// What is compared, for assistive software.
    #[prop(into)]
    label: String,
    /// The lines, in order.
    lines: Vec<DiffLine>,
) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|DiffLine { change, text }| {
            let (name, sign, line) = match change {
                Change::Added => {
                    ("added", "+", view! { <ins><span class="visually-hidden">"Added: "</span>{text}</ins> }.into_any())
                }
                Change::Removed => (
                    "removed",
                    "−",
                    view! { <del><span class="visually-hidden">"Removed: "</span>{text}</del> }.into_any(),
                ),
                Change::Same => ("same", "\u{a0}", view! { <span>{text}</span> }.into_any()),
            };
            view! {
                <li data-change=name>
                    <span class="diff-sign" aria-hidden="true">{sign}</span>
                    {line}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="diff" role="list" aria-label=label>{rows}</ol> }.into_any()
}
