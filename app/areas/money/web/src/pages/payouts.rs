//! What was earned, on its way to a bank.

use kernel::Money;
use leptos::prelude::*;
use leptos_meta::Title;
use money_core::PayoutState;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, Cell, CellKind, Column, EmptyState, Field, FormError, FormStack,
    IconName, ListSkeleton, Notice, Pagination, RowHead, Table, TextInput, Timestamp, Tone, Variant,
};
use web::{Form, FormState, Loaded, query};

use crate::{
    api::{self, RequestPayout},
    dto,
    parts::{WalletFrame, amount},
    routes,
};

/// The page of payouts.
#[component]
pub fn Payouts() -> impl IntoView {
    view! {
        <Title text="Payouts" />
        <WalletFrame payouts=true>
            <Inside />
        </WalletFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (after, requested) = (query("after"), query("requested"));
    // Asked for anew after a request: what is free has changed.
    let payouts = Resource::new(move || (after.get(), requested.get()), |(after, _)| api::payouts(after));
    view! {
        {move || {
            requested
                .get()
                .map(|_| view! {
                    <Notice tone=Tone::Success live=true title="Your payout was requested">
                        "It is on its way; the list below says how far it is."
                    </Notice>
                })
        }}
        <Loaded resource=payouts skeleton=|| view! { <ListSkeleton count=4 /> } let:payouts>
            <Contents payouts />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(payouts: dto::Payouts) -> impl IntoView {
    let dto::Payouts { free, key, payouts, next } = payouts;
    let requests = free
        .into_iter()
        .map(|free| view! { <Request free key=format!("{key}-{}", free.currency) /> }.into_any())
        .collect::<Vec<_>>();
    let nothing_free = requests.is_empty();
    let empty = payouts.is_empty() && nothing_free;
    let rows = payouts.into_iter().map(|payout| view! { <Row payout /> }.into_any()).collect::<Vec<_>>();
    let heads = vec![Column::text("State"), Column::number("Amount"), Column::text("Requested")];
    view! {
        {empty
            .then(|| view! {
                <EmptyState
                    icon=IconName::Wallet
                    title="Nothing to pay out"
                    text="What you earn becomes free some days after it was paid. From then on you can have it paid out here."
                />
            })}
        <ButtonRow>
            <ButtonLink href=routes::PAYOUT_DESTINATION>"Where payouts go"</ButtonLink>
        </ButtonRow>
        {requests}
        {(!rows.is_empty())
            .then(|| view! {
                <Card title="Payouts" flush=true>
                    <Table label="Payouts" headers=heads stack=true>{rows}</Table>
                </Card>
            })}
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::PAYOUTS)>"Older payouts"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Request(free: Money, key: String) -> impl IntoView {
    let state = FormState::<RequestPayout>::of(free.currency.to_string());
    let id = format!("amount-{}", free.currency);
    view! {
        <Card title=format!("{} are free", amount(free)) note="The whole of it, or a part.">
            <Form state>
                <FormStack>
                    <FormError message=state.message() />
                    <input type="hidden" name="key" value=key />
                    <input type="hidden" name="currency" value=free.currency.to_string() />
                    <Field id label=format!("Amount in {}", free.currency) error=state.error("amount")>
                        <TextInput
                            name="amount"
                            value=state.value("amount", free.to_decimal())
                            input_mode="decimal"
                            autocomplete="off"
                            required=true
                            maxlength=20
                            spellcheck=false
                        />
                    </Field>
                    <Button variant=Variant::Primary busy=state.busy()>"Request a payout"</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Row(payout: dto::Payout) -> impl IntoView {
    let (tone, word) = match payout.state {
        PayoutState::Requested => (Tone::Accent, "Requested"),
        PayoutState::Sent => (Tone::Accent, "Sent"),
        PayoutState::Paid => (Tone::Success, "Paid"),
        PayoutState::Failed => (Tone::Danger, "Came back"),
    };
    view! {
        <tr>
            <RowHead note=payout.failure.unwrap_or_default()><Badge tone>{word}</Badge></RowHead>
            <Cell kind=CellKind::Number>{amount(payout.amount)}</Cell>
            <Cell><Timestamp when=payout.asked.into() /></Cell>
        </tr>
    }
    .into_any()
}
