//! What forms say of themselves.

use leptos::prelude::*;
use server_fn::ServerFn;
use ui::{Notice, Tone};
use web::{Failure, FormState, Outcome};

/// What is wrong with a form as a whole, and what is wrong with something that is no field of it. `fields` are those that
/// say themselves what is wrong with them.
pub fn message_but<S>(state: FormState<S>, fields: &'static [&'static str]) -> Signal<Option<String>>
where
    S: ServerFn<Output = Outcome, Error = Failure>,
{
    let problem = state.problem();
    Signal::derive(move || {
        problem.with(|it| {
            let it = it.as_ref()?;
            let said = matches!(it.fields.as_slice(), [one] if fields.contains(&one.field.as_str()));
            (!said).then(|| it.message.clone())
        })
    })
}

/// What went wrong with a form that is one button.
#[component]
pub fn Refusal(
    /// In words; nothing is shown without it.
    message: Signal<Option<String>>,
) -> impl IntoView {
    move || message.get().map(|message| view! { <div role="alert"><Notice tone=Tone::Danger>{message}</Notice></div> })
}
