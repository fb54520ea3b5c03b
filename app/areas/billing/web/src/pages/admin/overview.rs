//! How the business of subscriptions is doing.

use billing_core::WebhookState;
use kernel::Money;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    ButtonLink, ButtonRow, Card, Cell, CellKind, Column, Description, DescriptionList, ListSkeleton, RowHead, Table,
    Timestamp, amount,
};
use web::Loaded;

use crate::{
    api::admin as api,
    dto::admin::{Compared, Overview, StateCount},
    parts::admin::{AdminFrame, AdminTab, subscription_state},
    routes,
};

/// The page of how the business is doing.
#[component]
pub fn AdminOverview() -> impl IntoView {
    view! {
        <Title text="Billing" />
        <AdminFrame tab=AdminTab::Overview>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let overview = Resource::new(|| (), |()| api::overview());
    view! {
        <Loaded resource=overview skeleton=|| view! { <ListSkeleton count=6 /> } let:overview>
            <Contents overview />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(overview: Overview) -> impl IntoView {
    let Overview { monthly, states, waiting_webhooks, dead_webhooks, compared } = overview;
    view! {
        <Monthly monthly />
        <States states />
        <Webhooks waiting=waiting_webhooks dead=dead_webhooks />
        <LastCompared compared />
    }
    .into_any()
}

#[component]
fn Monthly(monthly: Vec<Money>) -> impl IntoView {
    let empty = monthly.is_empty();
    let sums = monthly
        .into_iter()
        .map(|sum| view! { <Description term=format!("In {}", sum.currency)>{amount(sum)}</Description> }.into_any())
        .collect_view();
    view! {
        <Card
            title="Recurring by the month"
            note="What active subscriptions bring, also while a failed payment is tried again. A yearly price counts for a twelfth, a trial not at all."
        >
            {empty.then(|| view! { <p>"Nothing yet: nobody pays for a subscription."</p> })}
            {(!empty).then(|| view! { <DescriptionList>{sums}</DescriptionList> })}
        </Card>
    }
    .into_any()
}

#[component]
fn States(states: Vec<StateCount>) -> impl IntoView {
    if states.is_empty() {
        return view! {
            <Card title="Subscriptions" note="There are none yet. They appear here once somebody subscribes to a product.">
                <ButtonRow>
                    <ButtonLink href=routes::ADMIN_PRODUCTS>"Look at the products"</ButtonLink>
                </ButtonRow>
            </Card>
        }
        .into_any();
    }
    let heads = vec![
        Column::text("State"),
        Column::text("Currency"),
        Column::number("Subscriptions"),
        Column::number("By the month"),
    ];
    let rows = states
        .into_iter()
        .map(|StateCount { state, count, monthly }| {
            let href = format!("{}?state={}", routes::ADMIN_SUBSCRIPTIONS, state.as_str());
            view! {
                <tr>
                    <RowHead><a href=href>{subscription_state(state).1}</a></RowHead>
                    <Cell>{monthly.currency.to_string()}</Cell>
                    <Cell kind=CellKind::Number label="Subscriptions:">{count.to_string()}</Cell>
                    <Cell kind=CellKind::Number label="By the month:">{amount(monthly)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="Subscriptions" note="What they come to by the month, whether it is paid or not." flush=true>
            <Table label="Subscriptions by state" headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn Webhooks(waiting: i64, dead: i64) -> impl IntoView {
    let number = |count: i64, state: WebhookState| {
        let href = format!("{}?state={}", routes::ADMIN_WEBHOOKS, state.as_str());
        view! { <a href=href>{count.to_string()}</a> }.into_any()
    };
    let note = match (waiting, dead) {
        (0, 0) => "All that the payment provider told has been handled.",
        (_, 0) => "What waits is handled within moments, or tried again.",
        _ => "Some events were given up after several tries. Somebody has to look at them.",
    };
    view! {
        <Card title="Webhooks" note=note>
            <DescriptionList>
                <Description term="Waiting">{number(waiting, WebhookState::Waiting)}</Description>
                <Description term="Given up">{number(dead, WebhookState::Dead)}</Description>
            </DescriptionList>
        </Card>
    }
    .into_any()
}

#[component]
fn LastCompared(compared: Option<Compared>) -> impl IntoView {
    let inside = match compared {
        Some(Compared { at, differences }) => {
            let differences = differences.to_string();
            view! {
                <DescriptionList>
                    <Description term="Last compared"><Timestamp when=at.into() /></Description>
                    <Description term="Differences">
                        <a href=routes::ADMIN_RECONCILIATION>{differences}</a>
                    </Description>
                </DescriptionList>
            }
            .into_any()
        }
        None => view! {
            <ButtonRow>
                <ButtonLink href=routes::ADMIN_RECONCILIATION>"Compare for the first time"</ButtonLink>
            </ButtonRow>
        }
        .into_any(),
    };
    view! {
        <Card title="Reconciliation" note="The provider's payments, held against ours and the ledger.">{inside}</Card>
    }
    .into_any()
}
