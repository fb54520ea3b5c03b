//! Everybody's payments by card.

use billing_core::DisputeState;
use kernel::{Page, PaymentStatus};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, RowHead,
    Table, Timestamp, Tone, amount,
};
use web::{Failure, Form, FormState, Loaded, query};

use crate::{
    api::admin::{self as api, SettleDispute},
    dto::admin::Payment,
    parts::admin::{AdminFrame, AdminTab, Done, Older, RowError, after, who},
    routes,
};

type Payments = Resource<Result<Page<Payment>, Failure>>;

/// The page of payments by card.
#[component]
pub fn AdminPayments() -> impl IntoView {
    view! {
        <Title text="Billing: payments" />
        <AdminFrame tab=AdminTab::Payments>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let from = query("after");
    let payments: Payments = Resource::new(move || from.get(), api::payments);
    view! {
        <Done says=&[("decided", "The dispute was decided. The news of it arrives by webhook within moments.")] />
        <Loaded resource=payments skeleton=|| view! { <ListSkeleton count=8 /> } let:page>
            <Contents page payments />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: Page<Payment>, payments: Payments) -> impl IntoView {
    let Page { items, next } = page;
    if items.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Wallet
                title="Nobody has paid by card yet"
                text="Each try to pay by card appears here, with what the payment provider says of it."
            />
        }
        .into_any();
    }
    let heads = vec![
        Column::text("What"),
        Column::text("Who"),
        Column::number("Amount"),
        Column::number("Went back"),
        Column::text("State"),
        Column::text("Begun"),
    ];
    let rows = items.into_iter().map(|it| view! { <Row it payments /> }.into_any()).collect_view();
    view! {
        <Card title="Payments by card" note="Youngest first." flush=true>
            <Table label="Payments by card" headers=heads stack=true>{rows}</Table>
        </Card>
        <Older path=routes::ADMIN_PAYMENTS label="Older payments" next />
    }
    .into_any()
}

#[component]
fn Row(it: Payment, payments: Payments) -> impl IntoView {
    let (tone, word) = status(it.status);
    let dispute = it.dispute.map(dispute);
    let decide = it.reference.clone().filter(|_| it.to_decide);
    let reference = it.reference.unwrap_or_else(|| "no reference yet".to_owned());
    let what = match it.invoice {
        Some(invoice) => view! { <a href=routes::admin_invoice(invoice)>{it.description}</a> }.into_any(),
        None => view! { <span>{it.description}</span> }.into_any(),
    };
    view! {
        <tr>
            <RowHead note=format!("{}: {reference}", it.provider)>{what}</RowHead>
            <Cell>{who(it.who)}</Cell>
            <Cell kind=CellKind::Number>{amount(it.amount)}</Cell>
            <Cell kind=CellKind::Number label="Went back:">{amount(it.refunded)}</Cell>
            <Cell>
                <Badge tone>{word}</Badge>
                {dispute.map(|(tone, word)| view! { " " <Badge tone>{word}</Badge> })}
                {it.failure.map(|failure| view! { <div>{failure}</div> })}
                {decide.map(|reference| view! { <Decide id=it.id.to_string() reference payments /> })}
            </Cell>
            <Cell><Timestamp when=it.at.into() /></Cell>
        </tr>
    }
    .into_any()
}

/// In place of the bank that the sandbox doesn't have.
#[component]
fn Decide(id: String, reference: String, payments: Payments) -> impl IntoView {
    let state = FormState::<SettleDispute>::of(id);
    view! {
        <Form state on_done=after(payments)>
            <input type="hidden" name="payment" value=reference />
            <ButtonRow>
                <Button size=ButtonSize::Small name="decision" value="us" busy=state.busy()>"Decide for us"</Button>
                <Button size=ButtonSize::Small name="decision" value="them" busy=state.busy()>"Decide for them"</Button>
            </ButtonRow>
            <RowError message=state.message() />
        </Form>
    }
    .into_any()
}

const fn status(status: PaymentStatus) -> (Tone, &'static str) {
    match status {
        PaymentStatus::Waiting => (Tone::Neutral, "Not tried yet"),
        PaymentStatus::ActionNeeded => (Tone::Warning, "To be confirmed with the bank"),
        PaymentStatus::Processing => (Tone::Accent, "Under way"),
        PaymentStatus::Failed => (Tone::Danger, "Failed"),
        PaymentStatus::Canceled => (Tone::Neutral, "Given up"),
        PaymentStatus::Succeeded => (Tone::Success, "Paid"),
    }
}

const fn dispute(dispute: DisputeState) -> (Tone, &'static str) {
    match dispute {
        DisputeState::Open => (Tone::Warning, "Disputed"),
        DisputeState::Lost => (Tone::Danger, "Dispute lost"),
        DisputeState::Won => (Tone::Success, "Dispute won"),
    }
}
