//! Making an agent of another one.

use identity_web::HandleField;
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, ButtonRow, Card, Field, FormError, FormSkeleton, FormStack, Notice, TextInput, Tone, Variant,
};
use web::{Form, FormState, Loaded, param};

use crate::{
    api::{self, MakeFork},
    dto,
    parts::{MemberPage, SplitTable, message_but},
    routes,
};

/// The page to fork an agent on.
#[component]
pub fn ForkPage() -> impl IntoView {
    let listing = param("listing");
    let back = format!("{}/{}", routes::MARKET, listing.get_untracked());
    view! {
        <MemberPage title="Fork an agent" back sign_in="Sign in to make an agent of another one">
            <Inside listing />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside(listing: Memo<String>) -> impl IntoView {
    let form = Resource::new(move || listing.get(), api::fork_form);
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=3 /> } let:fork>
            <Contents fork />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(fork: dto::Fork) -> impl IntoView {
    let dto::Fork { card, royalty, problem, of_ten } = fork;
    let back = routes::listing(card.id);
    if let Some(problem) = problem {
        return view! {
            <Notice tone=Tone::Warning title=format!("{} can\u{2019}t be forked", card.title)>{problem}</Notice>
            <ButtonRow>
                <ButtonLink href=back>"Back to the listing"</ButtonLink>
            </ButtonRow>
        }
        .into_any();
    }
    let royalty = royalty.map(|royalty| royalty.to_string()).unwrap_or_default();
    let state = FormState::<MakeFork>::new();
    view! {
        <Card
            title=format!("What a fork of {} pays", card.title)
            note=format!(
                "If your agent earns 10.00 EUR, each gets this. The {royalty} stay as they are now, for good, whatever is asked of others later."
            )
            flush=true
        >
            <SplitTable parties=of_ten />
        </Card>
        <Card
            title="Your agent"
            note="It begins as a draft with the instructions that are published now. What the other one knows and remembers stays with it."
        >
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["handle", "name"]) />
                    <input type="hidden" name="listing" value=card.id.to_string() />
                    <Field id="name" label="Name" error=state.error("name")>
                        <TextInput name="name" value=state.value("name", "") required=true maxlength=50 autocomplete="off" />
                    </Field>
                    <HandleField state autocomplete="off" />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Make it, and go to the builder"</Button>
                        <ButtonLink href=back variant=Variant::Quiet>"Not now"</ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
