//! What the payment provider told.

use billing_core::WebhookState;
use kernel::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, RowHead, Table,
    Timestamp,
};
use web::{Failure, Form, FormState, Loaded, query};

use crate::{
    api::admin::{self as api, ReplayWebhook},
    dto::admin::Webhook,
    parts::admin::{AdminFrame, AdminTab, Done, Older, RowError, StateFilter, after, webhook_state},
    routes,
};

type Webhooks = Resource<Result<Page<Webhook>, Failure>>;

/// The states in the order in which somebody wants to see them.
const STATES: [WebhookState; 4] = [WebhookState::Dead, WebhookState::Waiting, WebhookState::Done, WebhookState::Kept];

/// The page of what the payment provider told.
#[component]
pub fn AdminWebhooks() -> impl IntoView {
    view! {
        <Title text="Billing: webhooks" />
        <AdminFrame tab=AdminTab::Webhooks>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (state, from) = (query("state"), query("after"));
    let webhooks: Webhooks =
        Resource::new(move || (state.get(), from.get()), |(state, from)| api::webhooks(state, from));
    let states = STATES.map(|state| (state.as_str(), webhook_state(state).1)).into();
    view! {
        <Done says=&[("replayed", "The event is handled again within moments.")] />
        <StateFilter path=routes::ADMIN_WEBHOOKS states />
        <Loaded resource=webhooks skeleton=|| view! { <ListSkeleton count=8 /> } let:page>
            <Contents page webhooks />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: Page<Webhook>, webhooks: Webhooks) -> impl IntoView {
    let Page { items, next } = page;
    if items.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Bell
                title="No events here"
                text="The payment provider tells by webhooks what becomes of payments. Each of them is kept in this list."
            />
        }
        .into_any();
    }
    let heads = vec![
        Column::text("Event"),
        Column::text("About"),
        Column::text("State"),
        Column::text("Came"),
        Column::actions("Replay"),
    ];
    let rows = items.into_iter().map(|it| view! { <Row it webhooks /> }.into_any()).collect_view();
    view! {
        <Card title="Events" note="Youngest first. What is given up is not tried again until somebody replays it." flush=true>
            <Table label="Events" headers=heads stack=true>{rows}</Table>
        </Card>
        <Older path=routes::ADMIN_WEBHOOKS label="Older events" next />
    }
    .into_any()
}

#[component]
fn Row(it: Webhook, webhooks: Webhooks) -> impl IntoView {
    let (tone, word) = webhook_state(it.state);
    let open = matches!(it.state, WebhookState::Dead | WebhookState::Waiting);
    let tries = match it.attempts {
        0 => None,
        1 => Some("Tried once".to_owned()),
        tries => Some(format!("Tried {tries} times")),
    };
    view! {
        <tr>
            <RowHead note=format!("{}: {}", it.provider, it.reference)>{it.kind}</RowHead>
            <Cell label="About">{it.object}</Cell>
            <Cell>
                <Badge tone>{word}</Badge>
                {tries.map(|tries| view! { <div>{tries}</div> })}
                {it.last_error.map(|error| view! { <div>{error}</div> })}
            </Cell>
            <Cell><Timestamp when=it.at.into() /></Cell>
            <Cell kind=CellKind::Actions>
                {open.then(|| view! { <Replay id=it.id.to_string() webhooks /> })}
            </Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn Replay(id: String, webhooks: Webhooks) -> impl IntoView {
    let state = FormState::<ReplayWebhook>::of(id.clone());
    view! {
        <Form state on_done=after(webhooks)>
            <input type="hidden" name="event" value=id />
            <Button size=ButtonSize::Small icon=IconName::Refresh busy=state.busy()>"Replay"</Button>
            <RowError message=state.message() />
        </Form>
    }
    .into_any()
}
