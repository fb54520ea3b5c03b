//! Tables and lists of facts.

use leptos::prelude::*;

/// What a column or a cell holds, which decides how it is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CellKind {
    /// Words.
    #[default]
    Text,
    /// Money, counts, durations: to the right, in figures of one width.
    Number,
    /// Buttons and menus.
    Actions,
}

impl CellKind {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Number => Some("numeric"),
            Self::Actions => Some("actions"),
        }
    }
}

/// A column's head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name; for actions it is heard and not seen.
    pub label: String,
    /// What stands under it.
    pub kind: CellKind,
}

impl Column {
    /// A column of words.
    pub fn text(label: &str) -> Self {
        Self { label: label.to_owned(), kind: CellKind::Text }
    }

    /// A column of numbers.
    pub fn number(label: &str) -> Self {
        Self { label: label.to_owned(), kind: CellKind::Number }
    }

    /// A column of buttons.
    pub fn actions(label: &str) -> Self {
        Self { label: label.to_owned(), kind: CellKind::Actions }
    }
}

/// A table in a box of its own, which scrolls sideways where it must and can be reached with the keyboard.
#[component]
pub fn Table(
    /// What the table shows, for assistive software.
    #[prop(into)]
    label: String,
    /// The heads of its columns.
    headers: Vec<Column>,
    /// On a phone the cells of a row stand below each other; for tables whose cells speak for themselves.
    #[prop(optional)]
    stack: bool,
    /// `tr` elements of one `RowHead` and `Cell`s.
    children: Children,
) -> impl IntoView {
    let heads = headers
        .into_iter()
        .map(|Column { label, kind }| {
            let hidden = (kind == CellKind::Actions).then_some("visually-hidden");
            view! { <th scope="col" class=kind.class()><span class=hidden>{label}</span></th> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0" data-stack=stack>
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The cell that names its row.
#[component]
pub fn RowHead(
    /// A quiet line under it.
    #[prop(optional, into)]
    note: Option<String>,
    /// The name.
    children: Children,
) -> impl IntoView {
    view! {
        <th scope="row">
            {children()}
            {note.map(|note| view! { <span class="cell-note">{note}</span> })}
        </th>
    }
}

/// A cell.
#[component]
pub fn Cell(
    /// What it holds.
    #[prop(optional)]
    kind: CellKind,
    /// What the value is called where the heads of the columns are not there; for values that don't speak for themselves.
    #[prop(optional)]
    label: Option<&'static str>,
    /// The value.
    children: Children,
) -> impl IntoView {
    let label = label.map(|label| view! { <span class="stack-label">{label}" "</span> });
    view! { <td class=kind.class()>{label}{children()}</td> }
}

/// Names and values below each other.
#[component]
pub fn DescriptionList(
    /// `Description`s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="description-list">{children()}</dl> }
}

/// A name and its value.
#[component]
pub fn Description(
    /// The name.
    #[prop(into)]
    term: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{children()}</dd>
        </div>
    }
}
