//! Confirming an e-mail address. Opening the link only shows a button: programs that look at links in mails before people
//! do would use it up otherwise.

use kernel::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{AuthCard, Button, ButtonLink, FormError, FormStack, Notice, Tone, Variant};
use web::{Form, FormState};

use crate::api::ConfirmEmail;

/// The page a confirmation link leads to.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let inside =
        if token.is_empty() { view! { <Incomplete /> }.into_any() } else { view! { <Confirm token /> }.into_any() };
    view! {
        <Title text="Confirm your e-mail" />
        <Meta name="robots" content="noindex" />
        <AuthCard title="Confirm your e-mail" note="One press, and your account is ready.">{inside}</AuthCard>
    }
    .into_any()
}

#[component]
fn Confirm(token: String) -> impl IntoView {
    let state = FormState::<ConfirmEmail>::new();
    view! {
        <Form state>
            <FormStack>
                <FormError message=state.message() />
                <input type="hidden" name="token" value=token />
                {move || {
                    let problem = state.problem().get();
                    if problem.as_ref().is_some_and(is_final) {
                        view! { <WayOut /> }.into_any()
                    } else {
                        view! {
                            <Button variant=Variant::Primary wide=true busy=state.busy()>"Confirm and sign in"</Button>
                        }
                            .into_any()
                    }
                }}
            </FormStack>
        </Form>
    }
}

/// Whether this link will never work, however often it is tried.
const fn is_final(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Gone | ProblemKind::NotFound)
}

#[component]
fn WayOut() -> impl IntoView {
    view! {
        <ButtonLink href="/sign-in" wide=true>"Sign in"</ButtonLink>
        <ButtonLink href="/sign-up/check-mail" wide=true>"Get a new link"</ButtonLink>
    }
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
