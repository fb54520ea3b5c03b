//! The ways to have an agent, to the cent.

use kernel::{ListingId, Money};
use leptos::prelude::*;
use market_core::{LicenceKind, ListingState, Way};
use ui::{Badge, Button, ButtonLink, ButtonRow, Card, IconName, Plan, PlanGrid, Section, Tone, Variant, amount};
use web::{Form, FormState, sign_in_from, use_viewer};

use super::free_words;
use crate::{
    api::Agree,
    dto::{self, Licence, Offer},
    parts::{Refusal, end_words, licence_badge, message_but, per, way},
    routes,
};

/// Trying it, and every way to have it.
#[component]
pub fn Offers(
    /// What is offered.
    listing: dto::Listing,
) -> impl IntoView {
    let dto::Listing { card, offers, answers, mine, standing, licence, .. } = listing;
    let is_open = card.state == ListingState::Listed && answers;
    let may_ask = standing.as_ref().is_some_and(|it| it.way.is_some()) && answers;
    let try_it = (is_open || may_ask).then(|| {
        let words = match standing.as_ref().and_then(|it| it.way) {
            Some(Way::Trial) => standing.as_ref().map(|it| left(it.free_left)),
            Some(ground) => Some(way(ground).to_owned()),
            None if card.prices.free => Some(way(Way::Free).to_owned()),
            None => standing.as_ref().and_then(|it| it.problem.clone()).or_else(|| free_words(&card)),
        };
        // Whoever has to buy or agree first is told so, and finds the ways below.
        let can = standing.as_ref().is_none_or(|it| it.way.is_some());
        view! { <TryIt card=card.clone() words can /> }
    });
    let id = card.id;
    let has = licence.as_ref().map(|it| it.kind);
    let agreed = standing.as_ref().and_then(|it| it.next_costs);
    let plans = offers
        .into_iter()
        .map(|offer| {
            let is_mine = offer.kind.is_some() && offer.kind == has;
            let can = is_open && !mine && has.is_none();
            view! { <OfferPlan id offer is_mine can agreed /> }.into_any()
        })
        .collect::<Vec<_>>();
    view! {
        {try_it}
        {licence.map(|licence| view! { <Has licence /> })}
        {(!plans.is_empty())
            .then(|| view! {
                <Section title="What it costs">
                    <PlanGrid>{plans}</PlanGrid>
                </Section>
            })}
    }
    .into_any()
}

fn left(free: u32) -> String {
    match free {
        1 => "1 message is still free for you.".to_owned(),
        more => format!("{more} messages are still free for you."),
    }
}

#[component]
fn TryIt(card: dto::Card, words: Option<String>, can: bool) -> impl IntoView {
    let chat = routes::chat(&card.agent.handle);
    let href = if use_viewer().is_some() { chat } else { sign_in_from(&chat) };
    let label = if use_viewer().is_some() { "Try it" } else { "Sign in to try it" };
    view! {
        <Card title="Talk with it">
            {words.map(|words| view! { <p>{words}</p> })}
            {can
                .then(|| view! {
                    <ButtonRow>
                        <ButtonLink href variant=Variant::Primary icon=IconName::Comment>{label}</ButtonLink>
                    </ButtonRow>
                })}
        </Card>
    }
    .into_any()
}

/// What the reader has of it.
#[component]
fn Has(licence: Licence) -> impl IntoView {
    let (tone, word) = licence_badge(&licence);
    let words = end_words(&licence);
    let href = routes::purchase(licence.id);
    view! {
        <Card title="You have it" note=words actions=move || view! { <Badge tone>{word}</Badge> }>
            <ButtonRow>
                <ButtonLink href>"Manage what you bought"</ButtonLink>
            </ButtonRow>
        </Card>
    }
    .into_any()
}

#[component]
fn OfferPlan(id: ListingId, offer: Offer, is_mine: bool, can: bool, agreed: Option<Money>) -> impl IntoView {
    let Offer { kind, price, platform } = offer;
    let (name, text) = match kind {
        Some(LicenceKind::Once) => ("Buy once", "It is yours for good, and you talk with it as much as you like."),
        Some(LicenceKind::Monthly) => {
            ("Subscribe by the month", "As much as you like. Cancel any time; a month that is paid lasts.")
        }
        Some(LicenceKind::Yearly) => {
            ("Subscribe by the year", "As much as you like. Cancel any time; a year that is paid lasts.")
        }
        None => (
            "Pay by the message",
            "The price is set aside when you send, and taken when the answer has arrived. A failed or empty answer costs nothing.",
        ),
    };
    let rest = Money::new(price.minor - platform.minor, price.currency);
    let mut notes = vec![format!("Of it {} go to Magentic, {} to its creators.", amount(platform), amount(rest))];
    if kind.is_some() {
        notes.push("Money back for 14 days, unless it gave you 20 answers.".to_owned());
    }
    let has_agreed = kind.is_none() && agreed.is_some();
    let mark = (is_mine || has_agreed).then_some(if is_mine { "You have it" } else { "You agreed" });
    view! {
        <Plan
            name
            text
            price=amount(price)
            per=per(kind)
            notes
            current=is_mine
            mark=move || mark.map(|mark| view! { <Badge tone=Tone::Accent icon=IconName::Check>{mark}</Badge> })
            action=move || (can && !has_agreed).then(|| view! { <Act id kind price /> })
        />
    }
    .into_any()
}

/// What the reader can do with an offer.
#[component]
fn Act(id: ListingId, kind: Option<LicenceKind>, price: Money) -> impl IntoView {
    let is_member = use_viewer().is_some();
    let Some(kind) = kind else {
        if !is_member {
            let href = sign_in_from(&routes::listing(id));
            return view! { <ButtonLink href wide=true>"Sign in to pay by the message"</ButtonLink> }.into_any();
        }
        let state = FormState::<Agree>::new();
        return view! {
            <Form state>
                <input type="hidden" name="listing" value=id.to_string() />
                <input type="hidden" name="seen" value=price.minor.to_string() />
                <Button wide=true busy=state.busy()>{format!("Pay {} a message", amount(price))}</Button>
                <Refusal message=message_but(state, &[]) />
            </Form>
        }
        .into_any();
    };
    let buy = routes::buy(id, kind);
    let href = if is_member { buy } else { sign_in_from(&buy) };
    let words = match (kind, is_member) {
        (_, false) => "Sign in to have it".to_owned(),
        (LicenceKind::Once, true) => format!("Buy for {}", amount(price)),
        (_, true) => format!("Subscribe for {}", amount(price)),
    };
    view! { <ButtonLink href wide=true>{words}</ButtonLink> }.into_any()
}
