//! The provider's payments, held against ours.

use billing_core::{Difference, DifferenceKind};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, Card, Cell, CellKind, Column, EmptyState, FormError, FormStack, IconName, ListSkeleton, RowHead,
    Table, Timestamp, Tone, Variant,
};
use web::{Failure, Form, FormState, Loaded};

use crate::{
    api::admin::{self as api, Reconcile},
    dto::admin::Reconciliation,
    parts::admin::{AdminFrame, AdminTab, Done, after},
};

type Runs = Resource<Result<Vec<Reconciliation>, Failure>>;

/// The page of reconciliations.
#[component]
pub fn AdminReconciliation() -> impl IntoView {
    view! {
        <Title text="Billing: reconciliation" />
        <AdminFrame tab=AdminTab::Reconciliation>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let runs: Runs = Resource::new(|| (), |()| api::reconciliations());
    view! {
        <Done says=&[("compared", "The payments were compared. What was found stands at the head of the list.")] />
        <Loaded resource=runs skeleton=|| view! { <ListSkeleton count=6 /> } let:list>
            <Contents list runs />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(list: Vec<Reconciliation>, runs: Runs) -> impl IntoView {
    let differing =
        list.iter().filter(|it| !it.differences.is_empty()).cloned().map(|it| view! { <Differing it /> }.into_any());
    let differing = differing.collect::<Vec<_>>();
    view! {
        <CompareNow runs />
        <Runs list />
        {differing}
    }
    .into_any()
}

#[component]
fn CompareNow(runs: Runs) -> impl IntoView {
    let state = FormState::<Reconcile>::new();
    view! {
        <Card
            title="Compare with the payment provider"
            note="Each payment there is held against ours and the ledger, from the last comparison up to an hour ago. It happens by itself each night; nothing is changed by it."
        >
            <Form state on_done=after(runs)>
                <FormStack>
                    <FormError message=state.message() />
                    <Button variant=Variant::Primary icon=IconName::Refresh busy=state.busy()>"Compare now"</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Runs(list: Vec<Reconciliation>) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::History
                title="Nothing was compared yet"
                text="Each comparison appears here, with every payment on which the provider and we don't agree."
            />
        }
        .into_any();
    }
    let heads =
        vec![Column::text("Made"), Column::text("Payments of"), Column::text("Result"), Column::number("Compared")];
    let rows = list.into_iter().map(|it| view! { <Run it /> }.into_any()).collect_view();
    view! {
        <Card title="Comparisons" note="Youngest first." flush=true>
            <Table label="Comparisons" headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn Run(it: Reconciliation) -> impl IntoView {
    let (tone, result) = match it.differences.len() {
        0 => (Tone::Success, "All agree".to_owned()),
        1 => (Tone::Danger, "1 difference".to_owned()),
        more => (Tone::Danger, format!("{more} differences")),
    };
    view! {
        <tr>
            <RowHead note=it.provider><Timestamp when=it.at.into() /></RowHead>
            <Cell>{it.from.full}" to "{it.to.full}</Cell>
            <Cell><Badge tone>{result}</Badge></Cell>
            <Cell kind=CellKind::Number label="Compared:">{it.checked.to_string()}</Cell>
        </tr>
    }
    .into_any()
}

/// Where the payments of one comparison differ.
#[component]
fn Differing(it: Reconciliation) -> impl IntoView {
    let heads =
        vec![Column::text("Difference"), Column::text("Payment"), Column::text("We have"), Column::text("They have")];
    let rows = it.differences.into_iter().map(|it| view! { <Row it /> }.into_any()).collect_view();
    let title = format!("Differences found on {}", it.at.full);
    view! {
        <Card title=title.clone() flush=true>
            <Table label=title headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn Row(it: Difference) -> impl IntoView {
    let ours = it.payment.map(|payment| view! { <div>{payment.to_string()}</div> });
    let theirs = it.reference.map(|reference| view! { <div>{reference}</div> });
    view! {
        <tr>
            <RowHead>{kind(it.kind)}</RowHead>
            <Cell>{ours} {theirs}</Cell>
            <Cell label="We have:">{it.ours}</Cell>
            <Cell label="They have:">{it.theirs}</Cell>
        </tr>
    }
    .into_any()
}

const fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::MissingHere => "Missing here",
        DifferenceKind::MissingThere => "Missing at the provider",
        DifferenceKind::Amount => "Another amount",
        DifferenceKind::Status => "Paid for one side only",
        DifferenceKind::Refunded => "Another amount went back",
        DifferenceKind::Ledger => "Not so in the ledger",
    }
}
