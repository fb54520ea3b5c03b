//! A forgotten password: asking for a link to a new one.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{AuthCard, Button, ButtonLink, Field, FormError, FormStack, TextInput, Variant};
use web::{Form, FormState};

use super::check_mail::MailboxHint;
use crate::api::RequestReset;

/// The page to ask for a link on.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let state = FormState::<RequestReset>::new();
    let foot = || view! { <p>"It came back to you? " <a href="/sign-in">"Sign in"</a></p> };
    view! {
        <Title text="Forgot your password?" />
        <AuthCard title="Forgot your password?" note="We send you a link to a new one." foot>
            <Form state>
                <FormStack>
                    <FormError message=state.message() />
                    <Field id="email" label="E-mail" hint="The one of your account." error=state.error("email")>
                        <TextInput
                            name="email"
                            kind="email"
                            value=state.value("email", "")
                            autocomplete="email"
                            required=true
                            maxlength=254
                            spellcheck=false
                            autofocus=true
                        />
                    </Field>
                    <Button variant=Variant::Primary wide=true busy=state.busy()>"Send the link"</Button>
                </FormStack>
            </Form>
        </AuthCard>
    }
    .into_any()
}

/// The page that says that the letter is on its way, if there is an account.
#[component]
pub fn ResetMailPage() -> impl IntoView {
    let foot = || view! { <p>"It came back to you? " <a href="/sign-in">"Sign in"</a></p> };
    view! {
        <Title text="Check your mail" />
        <AuthCard
            title="Check your mail"
            note="If there is an account with this address, a letter is on its way. Its link works once, for one hour."
            foot
        >
            <MailboxHint />
            <p>"No letter after some minutes? Look into the spam folder, and check that it was the address of your account."</p>
            <ButtonLink href="/forgot-password" wide=true>"Try again"</ButtonLink>
        </AuthCard>
    }
    .into_any()
}
