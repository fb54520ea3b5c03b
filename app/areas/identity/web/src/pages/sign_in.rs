//! Signing in.

use kernel::ProblemKind;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{AuthCard, Button, ButtonLink, Field, FormError, FormStack, Notice, PasswordInput, TextInput, Tone, Variant};
use web::{Form, FormState, Viewer, local_path, use_viewer};

use crate::api::{SignIn, SignOut};

/// The page to sign in on.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next")).unwrap_or_default();
    let next = local_path(&next).unwrap_or_default().to_owned();
    let replaced = query.with_untracked(|query| query.get_str("notice") == Some("password-replaced"));
    let foot = || view! { <p>"New here? " <a href="/sign-up">"Create an account"</a></p> };
    let inside = match use_viewer() {
        Some(viewer) => view! { <SignedInAlready viewer next /> }.into_any(),
        None => view! { <SignInForm next /> }.into_any(),
    };
    view! {
        <Title text="Sign in" />
        <AuthCard title="Sign in" foot>
            {replaced
                .then(|| view! {
                    <Notice tone=Tone::Success title="Your password was replaced">
                        "All devices were signed out. Sign in with the new one."
                    </Notice>
                })}
            {inside}
        </AuthCard>
    }
    .into_any()
}

#[component]
fn SignInForm(next: String) -> impl IntoView {
    let state = FormState::<SignIn>::new();
    let unconfirmed =
        move || state.problem().with(|it| it.as_ref().is_some_and(|it| it.kind == ProblemKind::Forbidden));
    let forgot = || view! { <a href="/forgot-password">"Forgot it?"</a> };
    view! {
        <Form state>
            <FormStack>
                <FormError message=state.message() />
                {move || unconfirmed().then(|| view! { <ButtonLink href="/sign-up/check-mail" wide=true>"Send the letter again"</ButtonLink> })}
                <input type="hidden" name="next" value=next />
                <Field id="login" label="Handle or e-mail" error=state.error("login")>
                    <TextInput
                        name="login"
                        value=state.value("login", "")
                        autocomplete="username"
                        required=true
                        maxlength=255
                        spellcheck=false
                        autofocus=true
                    />
                </Field>
                <Field id="password" label="Password" error=state.error("password") aside=forgot>
                    <PasswordInput name="password" maxlength=200 />
                </Field>
                <Button variant=Variant::Primary wide=true busy=state.busy()>"Sign in"</Button>
            </FormStack>
        </Form>
    }
}

#[component]
fn SignedInAlready(viewer: Viewer, next: String) -> impl IntoView {
    let on = if next.is_empty() { "/".to_owned() } else { next };
    let state = FormState::<SignOut>::new();
    view! {
        <Notice>{format!("You are signed in as @{}.", viewer.handle)}</Notice>
        <ButtonLink href=on variant=Variant::Primary wide=true>"Go on"</ButtonLink>
        <Form state>
            <FormError message=state.message() />
            <Button wide=true busy=state.busy()>"Sign out"</Button>
        </Form>
    }
}
