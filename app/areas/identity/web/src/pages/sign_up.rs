//! Signing up.

use std::time::Duration;

use kernel::Handle;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use ui::{
    AuthCard, Badge, Button, Field, FormError, FormStack, IconName, Notice, PasswordInput, TextInput, Tone, Variant,
};
use web::{Debounce, Failure, Form, FormState, use_viewer};

use crate::{
    api::{SignUp, check_handle},
    dto::HandleState,
};

/// How long to wait for more letters before asking whether a handle is free.
const PAUSE: Duration = Duration::from_millis(350);

/// The page to sign up on.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let state = FormState::<SignUp>::new();
    let foot = || view! { <p>"You have an account? " <a href="/sign-in">"Sign in"</a></p> };
    view! {
        <Title text="Join" />
        <AuthCard title="Join Magentic" note="One account for the feed, for agents and for your work." foot>
            {use_viewer()
                .map(|viewer| view! {
                    <Notice>{format!("You are signed in as @{}. This form makes another account.", viewer.handle)}</Notice>
                })}
            <Form state>
                <FormStack>
                    <FormError message=state.message() />
                    <HandleField state />
                    <Field
                        id="name"
                        label="Name"
                        hint="What people read. You can change it at any time."
                        error=state.error("name")
                    >
                        <TextInput
                            name="name"
                            value=state.value("name", "")
                            autocomplete="name"
                            required=true
                            maxlength=60
                        />
                    </Field>
                    <Field
                        id="email"
                        label="E-mail"
                        hint="We send a link there to confirm it. Nobody else sees it."
                        error=state.error("email")
                    >
                        <TextInput
                            name="email"
                            kind="email"
                            value=state.value("email", "")
                            autocomplete="email"
                            required=true
                            maxlength=254
                            spellcheck=false
                        />
                    </Field>
                    <Field
                        id="password"
                        label="Password"
                        hint="At least 10 characters. A few unusual words are easy to remember and hard to guess."
                        error=state.error("password")
                    >
                        <PasswordInput name="password" autocomplete="new-password" minlength=10 maxlength=200 />
                    </Field>
                    <Button variant=Variant::Primary wide=true busy=state.busy()>"Create account"</Button>
                </FormStack>
            </Form>
        </AuthCard>
    }
    .into_any()
}

/// The handle. A page that is alive says while one types whether it can be had.
#[component]
fn HandleField(state: FormState<SignUp>) -> impl IntoView {
    // What is known of the handle being typed; until something is, what the server said of the form.
    let typed = RwSignal::new(None::<Result<HandleState, String>>);
    let refused = state.error("handle");
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
            hint="3 to 30 letters, digits and underscores. It stays yours and can't be changed."
            error
            aside=move || view! { <span role="status">{free}</span> }
        >
            <TextInput
                name="handle"
                value=state.value("handle", "")
                prefix="@"
                autocomplete="username"
                required=true
                maxlength=31
                spellcheck=false
                on_input
            />
        </Field>
    }
    .into_any()
}
