//! After signing up: the letter is on its way, and what to do if it doesn't come.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{AuthCard, Button, Field, FormError, FormStack, ModeLabel, Notice, TextInput, Tone};
use web::{Form, FormState, use_boot};

use crate::api::ResendConfirmation;

/// The page that says that a letter is on its way.
#[component]
pub fn CheckMailPage() -> impl IntoView {
    let state = FormState::<ResendConfirmation>::new();
    let query = use_query_map();
    let again = move || query.with(|query| query.get_str("sent") == Some("again"));
    let foot = || view! { <p>"Confirmed already? " <a href="/sign-in">"Sign in"</a></p> };
    view! {
        <Title text="Check your mail" />
        <AuthCard title="Check your mail" note="We sent you a letter. Open the link in it, and your account is ready." foot>
            <MailboxHint />
            {move || {
                again()
                    .then(|| view! {
                        <Notice tone=Tone::Success live=true>
                            "Sent. If an account with this address waits for its confirmation, a new letter is on its way."
                        </Notice>
                    })
            }}
            <Form state>
                <FormStack>
                    <FormError message=state.message() />
                    <Field
                        id="email"
                        label="No letter?"
                        hint="Look into the spam folder first. Then let us send another one; the link works for 24 hours."
                        error=state.error("email")
                    >
                        <TextInput
                            name="email"
                            kind="email"
                            value=state.value("email", "")
                            placeholder="name@example.org"
                            autocomplete="email"
                            required=true
                            maxlength=254
                            spellcheck=false
                        />
                    </Field>
                    <Button wide=true busy=state.busy()>"Send another letter"</Button>
                </FormStack>
            </Form>
        </AuthCard>
    }
    .into_any()
}

/// Says where letters go when no mail server is configured.
#[component]
pub fn MailboxHint() -> impl IntoView {
    use_boot().development_mailbox.then(|| {
        view! {
            <Notice tone=Tone::Accent>
                <ModeLabel label="Development mailbox" />
                " No mail server is configured, so the letter stays on this server. "
                <a href="/dev/mailbox">"Open the mailbox"</a>
            </Notice>
        }
    })
}
