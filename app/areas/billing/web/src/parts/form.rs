//! What forms say of themselves.

use kernel::{Problem, ProblemKind};
use leptos::prelude::*;
use server_fn::ServerFn;
use web::{Failure, FormState, Outcome, here};

/// What is wrong with a form as a whole, and what is wrong with something that is no field of it. `fields` are those that
/// say themselves what is wrong with them.
pub fn message_but<S>(state: FormState<S>, fields: &'static [&'static str]) -> Signal<Option<String>>
where
    S: ServerFn<Output = Outcome, Error = Failure>,
{
    message_of(state.problem(), fields)
}

fn message_of(problem: RwSignal<Option<Problem>>, fields: &'static [&'static str]) -> Signal<Option<String>> {
    let said = |problem: &Problem| match problem.fields.as_slice() {
        [one] => fields.contains(&one.field.as_str()),
        _ => false,
    };
    Signal::derive(move || problem.with(|it| it.as_ref().filter(|it| !said(it)).map(|it| it.message.clone())))
}

/// What went wrong with a form that is one button.
#[component]
pub fn Refusal(
    /// In words; nothing is shown without it.
    message: Signal<Option<String>>,
) -> impl IntoView {
    move || message.get().map(|message| view! { <p role="alert">{message}</p> })
}

/// The way on when what a page shows is no longer so: the same page, loaded again.
#[component]
pub fn Afresh(
    /// What went wrong.
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let href = here();
    move || {
        let is_old = problem.with(|it| it.as_ref().is_some_and(|it| it.kind == ProblemKind::Conflict));
        is_old.then(|| view! { <p><a href=href.clone() rel="external">"Load this page again"</a></p> })
    }
}
