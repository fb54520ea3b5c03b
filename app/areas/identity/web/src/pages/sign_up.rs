//! Signing up.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{AuthCard, Button, Field, FormError, FormStack, Notice, PasswordInput, TextInput, Variant};
use web::{Form, FormState, use_viewer};

use crate::{api::SignUp, parts::HandleField};

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
