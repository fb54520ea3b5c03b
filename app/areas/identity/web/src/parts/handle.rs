//! The field in which a handle is chosen.

use std::time::Duration;

use kernel::Handle;
use leptos::{prelude::*, task::spawn_local};
use server_fn::ServerFn;
use ui::{Badge, Field, IconName, TextInput, Tone};
use web::{Debounce, Failure, FormState, Outcome};

use crate::{api::check_handle, dto::HandleState};

/// How long to wait for more letters before asking whether a handle is free.
const PAUSE: Duration = Duration::from_millis(350);

/// The handle of a new account. A page that is alive says while one types whether it can be had.
#[component]
pub fn HandleField<S>(
    /// The form it stands in, whose function takes it as `handle`.
    state: FormState<S>,
    /// What to know before typing.
    #[prop(default = "3 to 30 letters, digits and underscores. It stays yours and can't be changed.")]
    hint: &'static str,
    /// What the browser may fill in.
    #[prop(default = "username")]
    autocomplete: &'static str,
) -> impl IntoView
where
    S: ServerFn<Output = Outcome, Error = Failure> + 'static,
{
    handle_field(state.error("handle"), state.value("handle", ""), hint, autocomplete)
}

/// What does not depend on the form's function: the browser's bundle has this once.
fn handle_field(
    refused: Signal<Option<String>>,
    value: String,
    hint: &'static str,
    autocomplete: &'static str,
) -> AnyView {
    // What is known of the handle being typed; until something is, what the server said of the form.
    let typed = RwSignal::new(None::<Result<HandleState, String>>);
    let error = Signal::derive(move || match typed.get() {
        Some(Ok(HandleState::Taken)) => Some("This handle is taken, or too similar to one that exists.".to_owned()),
        Some(Ok(HandleState::Free)) => None,
        Some(Err(error)) => Some(error),
        None => refused.get(),
    });
    // A refusal that comes later counts more than what was known before.
    Effect::watch(move || refused.get(), move |_, _, _| typed.set(None), false);
    let debounce = Debounce::new(PAUSE);
    let on_input = move |text: String| {
        debounce.ask(move |asked| {
            if text.trim().is_empty() {
                typed.set(None);
                return;
            }
            if let Err(error) = text.parse::<Handle>() {
                typed.set(Some(Err(error.to_string())));
                return;
            }
            spawn_local(async move {
                let answer = check_handle(text).await;
                if asked.is_latest() {
                    // When the server can't say, the form itself will.
                    typed.set(match answer {
                        Ok(state) => Some(Ok(state)),
                        Err(Failure(problem)) => problem.for_field("handle").map(|error| Err(error.to_owned())),
                    });
                }
            });
        });
    };
    let free = move || {
        let is_free = matches!(typed.get(), Some(Ok(HandleState::Free)));
        is_free.then(|| view! { <Badge tone=Tone::Success icon=IconName::Check>"Free"</Badge> })
    };
    view! {
        <Field
            id="handle"
            label="Handle"
            hint=hint
            error
            aside=move || view! { <span role="status">{free}</span> }
        >
            <TextInput
                name="handle"
                value=value
                prefix="@"
                autocomplete=autocomplete
                required=true
                maxlength=31
                spellcheck=false
                on_input
            />
        </Field>
    }
    .into_any()
}
