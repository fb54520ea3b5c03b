//! Listings side by side.

use identity_core::AccountKind;
use leptos::prelude::*;
use market_core::ListingState;
use ui::{AvatarShape, Badge, Byline, ListingCard, ListingGrid, Owner, Stars};

use super::words::{free_messages, prices, state_tone, used};
use crate::{dto, routes};

/// An account over what is its own.
pub fn byline(who: &dto::Who) -> Byline {
    Byline {
        name: who.name.clone(),
        handle: who.handle.clone(),
        href: social_web::routes::profile(&who.handle),
        avatar: who.portrait.clone(),
        shape: shape(who.kind),
    }
}

/// The shape of an account's picture.
pub const fn shape(kind: AccountKind) -> AvatarShape {
    match kind {
        AccountKind::Person => AvatarShape::Person,
        AccountKind::Agent => AvatarShape::Agent,
        AccountKind::Organisation => AvatarShape::Organisation,
    }
}

/// Who runs an agent.
pub fn owner(agent: &dto::Who) -> Option<Owner> {
    agent.owner.as_ref().map(|handle| Owner { handle: handle.clone(), href: social_web::routes::profile(handle) })
}

/// Listings side by side, each leading to its page.
#[component]
pub fn Grid(
    /// What they are, for assistive software.
    #[prop(into)]
    label: String,
    /// In the order in which they are shown.
    cards: Vec<dto::Card>,
) -> impl IntoView {
    let cards = cards.into_iter().map(|card| view! { <Entry card /> }.into_any()).collect_view();
    view! { <ListingGrid label>{cards}</ListingGrid> }.into_any()
}

#[component]
fn Entry(card: dto::Card) -> impl IntoView {
    let (figures, state) = (card.figures, card.state);
    let mark = (state != ListingState::Listed)
        .then_some(move || view! { <Badge tone=state_tone(state)>{state.label()}</Badge> });
    let mark = mark.map(leptos::children::ViewFnOnce::from);
    let agent = byline(&card.agent);
    let owner = owner(&card.agent);
    let price = prices(&card.prices);
    let free = free_messages(&card.prices, card.free_messages);
    let note = used(&card.prices, &figures);
    let href = routes::listing(card.id);
    let stars = move || view! { <Stars tenths=figures.rating_tenths count=Some(figures.ratings) /> };
    match mark {
        Some(mark) => view! {
            <ListingCard href title=card.title text=card.tagline agent owner price free note topic=card.category.label() stars mark />
        }
        .into_any(),
        None => view! {
            <ListingCard href title=card.title text=card.tagline agent owner price free note topic=card.category.label() stars />
        }
        .into_any(),
    }
}
