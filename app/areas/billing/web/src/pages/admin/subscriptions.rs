//! Who subscribes.

use billing_core::{AtEnd, CancelReason, SubscriptionState};
use kernel::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Badge, Card, Cell, Column, EmptyState, IconName, ListSkeleton, RowHead, Table, Timestamp};
use web::{Loaded, query};

use crate::{
    api::admin as api,
    dto::admin::Subscription,
    parts::admin::{AdminFrame, AdminTab, Older, StateFilter, in_full, price, subscription_state, who},
    routes,
};

/// The page of everybody's subscriptions.
#[component]
pub fn AdminSubscriptions() -> impl IntoView {
    view! {
        <Title text="Billing: subscriptions" />
        <AdminFrame tab=AdminTab::Subscriptions>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (state, after) = (query("state"), query("after"));
    let page = Resource::new(move || (state.get(), after.get()), |(state, after)| api::subscriptions(state, after));
    let states = SubscriptionState::ALL.map(|state| (state.as_str(), subscription_state(state).1)).into();
    view! {
        <StateFilter path=routes::ADMIN_SUBSCRIPTIONS states />
        <Loaded resource=page skeleton=|| view! { <ListSkeleton count=8 /> } let:page>
            <Contents page />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: Page<Subscription>) -> impl IntoView {
    let Page { items, next } = page;
    if items.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Users
                title="No subscriptions here"
                text="Those of everybody appear in this list, with how they are doing and what happens next."
            />
        }
        .into_any();
    }
    let heads = vec![
        Column::text("Product"),
        Column::text("Who"),
        Column::text("Price"),
        Column::text("State"),
        Column::text("Next"),
    ];
    let rows = items.into_iter().map(|it| view! { <Row it /> }.into_any()).collect_view();
    view! {
        <Card title="Subscriptions" note="Youngest first." flush=true>
            <Table label="Subscriptions" headers=heads stack=true>{rows}</Table>
        </Card>
        <Older path=routes::ADMIN_SUBSCRIPTIONS label="Older subscriptions" next />
    }
    .into_any()
}

#[component]
fn Row(it: Subscription) -> impl IntoView {
    let (tone, word) = subscription_state(it.state);
    let next = what_next(&it);
    view! {
        <tr>
            <RowHead><a href=routes::subscription(it.id)>{it.product}</a></RowHead>
            <Cell>{who(it.who)}</Cell>
            <Cell>{price(&it.price)}</Cell>
            <Cell><Badge tone>{word}</Badge></Cell>
            <Cell>
                <span>{next}</span>
                {it.due.map(|due| view! { " " <Timestamp when=in_full(due) /> })}
            </Cell>
        </tr>
    }
    .into_any()
}

/// What happens next, or why nothing does.
fn what_next(it: &Subscription) -> &'static str {
    match (it.state, it.at_end) {
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Cancel) => "Ends",
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Pause) => "Pauses",
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Change) => "Changes plan",
        (SubscriptionState::Trialing, AtEnd::Renew) => "First payment",
        (SubscriptionState::Active, AtEnd::Renew) => "Renews",
        (SubscriptionState::PastDue, _) => "Tried again",
        (SubscriptionState::Grace, _) => "Ends unless it is paid",
        (SubscriptionState::Paused, _) => "Until its owner resumes it",
        (SubscriptionState::Canceled, _) => match it.cancel_reason {
            Some(CancelReason::Unpaid) => "It was not paid",
            Some(CancelReason::Refunded) => "The money was given back",
            Some(CancelReason::Disputed) => "The payment was disputed",
            Some(CancelReason::Asked) | None => "Its owner wanted it",
        },
    }
}
