//! Choosing a new password in place of a forgotten one.

use kernel::ProblemKind;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{AuthCard, Button, ButtonLink, Field, FormError, FormStack, Notice, PasswordInput, Tone, Variant};
use web::{Form, FormState};

use crate::api::ResetPassword;

/// The page a reset link leads to.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let inside =
        if token.is_empty() { view! { <Incomplete /> }.into_any() } else { view! { <Choose token /> }.into_any() };
    view! {
        <Title text="Choose a new password" />
        <Meta name="robots" content="noindex" />
        <AuthCard title="Choose a new password" note="All your devices will be signed out.">{inside}</AuthCard>
    }
    .into_any()
}

#[component]
fn Choose(token: String) -> impl IntoView {
    let state = FormState::<ResetPassword>::new();
    let is_over = move || {
        state
            .problem()
            .with(|it| it.as_ref().is_some_and(|it| matches!(it.kind, ProblemKind::Gone | ProblemKind::NotFound)))
    };
    view! {
        <Form state>
            <FormStack>
                <FormError message=state.message() />
                {move || is_over().then(|| view! { <WayOut /> })}
                <input type="hidden" name="token" value=token />
                <Field
                    id="password"
                    label="New password"
                    hint="At least 10 characters. A few unusual words are easy to remember and hard to guess."
                    error=state.error("password")
                >
                    <PasswordInput name="password" autocomplete="new-password" minlength=10 maxlength=200 autofocus=true />
                </Field>
                <Button variant=Variant::Primary wide=true busy=state.busy()>"Save the new password"</Button>
            </FormStack>
        </Form>
    }
}

#[component]
fn WayOut() -> impl IntoView {
    view! { <ButtonLink href="/forgot-password" wide=true>"Get a new link"</ButtonLink> }
}

#[component]
fn Incomplete() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning title="The link is incomplete">
            "Copy the whole link from the letter, or ask for a new one."
        </Notice>
        <WayOut />
    }
}
