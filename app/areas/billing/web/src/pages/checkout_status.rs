//! How far a checkout is.

use billing_core::{CheckoutState, PayWith, Purpose};
use leptos::prelude::*;
use ui::{ButtonLink, ButtonRow, Card, Description, DescriptionList, FormSkeleton, Notice, Tone, Variant, amount};
use web::{Loaded, here, param, query};

use crate::{
    api,
    dto::CheckoutStatus as Status,
    parts::{MemberPage, look_again},
    routes,
};

/// How often a page looks by itself whether it was paid: about a minute long.
const LOOKS: u32 = 40;

/// The page of a checkout.
#[component]
pub fn CheckoutStatus() -> impl IntoView {
    view! {
        <MemberPage title="Payment" back=routes::BILLING sign_in="Sign in to see how far your payment is">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, back, card) = (param("id"), query("back"), query("card"));
    let status = Resource::new(move || id.get(), api::checkout_status);
    look_again(
        status,
        LOOKS,
        |status| status.state == CheckoutState::Open,
        move || api::checkout_status(id.get_untracked()),
    );
    view! {
        <Loaded resource=status skeleton=|| view! { <FormSkeleton fields=2 /> } let:status>
            <Contents status came_back=back.get_untracked().is_some() left_card=card.get_untracked().is_some() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(
    status: Status,
    /// Whether they come from the page for a card.
    came_back: bool,
    /// Whether they have left a card for later.
    left_card: bool,
) -> impl IntoView {
    let with = match status.pay_with {
        PayWith::Wallet => "The wallet",
        PayWith::Card => "A card",
    };
    let term = if status.total.minor == 0 { "To be paid with" } else { "Paid with" };
    let what = status.description.clone();
    let total = amount(status.total);
    let how_far = match status.state {
        CheckoutState::Paid => view! { <Paid status left_card /> }.into_any(),
        CheckoutState::Open => view! { <Open status came_back /> }.into_any(),
        CheckoutState::Failed => view! { <Failed status /> }.into_any(),
        CheckoutState::Expired => view! { <Expired status /> }.into_any(),
    };
    view! {
        {how_far}
        <Card title=what>
            <DescriptionList>
                <Description term="Amount">{total}</Description>
                <Description term>{with}</Description>
            </DescriptionList>
        </Card>
    }
    .into_any()
}

#[component]
fn Paid(status: Status, left_card: bool) -> impl IntoView {
    let is_free = status.total.minor == 0;
    let (title, text) = match status.purpose {
        Purpose::TopUp => ("Paid", "The money is in your wallet."),
        Purpose::Buy => ("Paid", "It is yours. The receipt is on its way by mail."),
        Purpose::Subscribe if is_free => ("It has begun", "Nothing was paid. We write to you before that changes."),
        Purpose::Subscribe => ("Paid", "Your subscription has begun. The receipt is on its way by mail."),
        Purpose::Change if is_free => ("Your plan was changed", "Nothing was paid for it."),
        Purpose::Change => ("Paid", "Your plan was changed. The receipt is on its way by mail."),
        Purpose::Invoice => ("Paid", "Everything is as before. The receipt is on its way by mail."),
    };
    let subscription = status.subscription.map(|id| {
        view! { <ButtonLink href=routes::subscription(id) variant=Variant::Primary>"See the subscription"</ButtonLink> }
    });
    let invoice =
        status.invoice.map(|id| view! { <ButtonLink href=routes::invoice(id)>"See the invoice"</ButtonLink> });
    let is_waited_for = status.next.is_some();
    let next =
        status.next.map(|href| view! { <ButtonLink href variant=Variant::Primary>"Go on where you were"</ButtonLink> });
    let wallet = (status.purpose == Purpose::TopUp).then(|| {
        let variant = if is_waited_for { Variant::Secondary } else { Variant::Primary };
        view! { <ButtonLink href=money_web::routes::WALLET variant>"Go to the wallet"</ButtonLink> }
    });
    let features = (status.purpose == Purpose::Buy).then(
        || view! { <ButtonLink href=routes::FEATURES variant=Variant::Primary>"See what you may use"</ButtonLink> },
    );
    view! {
        <Notice tone=Tone::Success title live=true>
            {text}
            {left_card.then_some(" Your card is kept for the payments to come.")}
        </Notice>
        <ButtonRow>{subscription} {features} {next} {wallet} {invoice}</ButtonRow>
    }
    .into_any()
}

#[component]
fn Open(status: Status, came_back: bool) -> impl IntoView {
    let Status { page, waiting, failure, expires, otherwise, .. } = status;
    let again = here();
    let says = if waiting || came_back {
        view! {
            <Notice tone=Tone::Accent title="Waiting for the bank">
                "This takes a few seconds as a rule. The page shows by itself when it is done, and you may leave it: nothing is lost. "
                <a href=again rel="external">"Look again"</a>
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice title="Not paid yet">
                {format!("It can be paid until {}. ", expires.full)}
                <a href=again rel="external">"Look again"</a>
            </Notice>
        }
        .into_any()
    };
    let failure =
        failure.map(|failure| view! { <Notice tone=Tone::Danger title="The card did not pay">{failure}</Notice> });
    let page = page.filter(|_| !waiting).map(|href| {
        // The page with the form is always loaded from the server: see `routes::CARD_FORMS`.
        let external = !href.starts_with('/') || href.starts_with(routes::CARD_FORMS);
        view! {
            <ButtonRow>
                <ButtonLink href variant=Variant::Primary external>"Continue to the card page"</ButtonLink>
                <ButtonLink href=otherwise>"Pay otherwise"</ButtonLink>
            </ButtonRow>
        }
    });
    view! {
        {failure}
        {says}
        {page}
    }
    .into_any()
}

#[component]
fn Failed(status: Status) -> impl IntoView {
    let why = status.failure.unwrap_or_else(|| "Nothing was bought.".to_owned());
    view! {
        <Notice tone=Tone::Danger title="It could not be paid" live=true>{why}</Notice>
        <ButtonRow>
            <ButtonLink href=status.otherwise variant=Variant::Primary>"Try again, or pay otherwise"</ButtonLink>
            <ButtonLink href=money_web::routes::WALLET>"Go to the wallet"</ButtonLink>
        </ButtonRow>
    }
    .into_any()
}

#[component]
fn Expired(status: Status) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning title="It was not paid in time" live=true>
            "Nothing was paid and nothing was bought. You can begin anew."
        </Notice>
        <ButtonRow>
            <ButtonLink href=status.otherwise variant=Variant::Primary>"Begin anew"</ButtonLink>
        </ButtonRow>
    }
    .into_any()
}
