//! Everybody's invoices and credit notes.

use kernel::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Badge, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, RowHead, Table, Timestamp, amount};
use web::{Loaded, query};

use crate::{
    api::admin as api,
    dto::admin::InvoiceRow,
    parts::admin::{AdminFrame, AdminTab, Older, invoice_state, who},
    routes,
};

/// The page of everybody's invoices.
#[component]
pub fn AdminInvoices() -> impl IntoView {
    view! {
        <Title text="Billing: invoices" />
        <AdminFrame tab=AdminTab::Invoices>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let after = query("after");
    let page = Resource::new(move || after.get(), api::invoices);
    view! {
        <Loaded resource=page skeleton=|| view! { <ListSkeleton count=8 /> } let:page>
            <Contents page />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: Page<InvoiceRow>) -> impl IntoView {
    let Page { items, next } = page;
    if items.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Wallet
                title="No invoices yet"
                text="Each sale writes one, and each time that money is given back a credit note follows."
            />
        }
        .into_any();
    }
    let heads = vec![
        Column::text("Number"),
        Column::text("Who"),
        Column::number("Total"),
        Column::number("Given back"),
        Column::text("State"),
        Column::text("Written"),
    ];
    let rows = items.into_iter().map(|it| view! { <Row it /> }.into_any()).collect_view();
    view! {
        <Card title="Invoices and credit notes" note="Youngest first." flush=true>
            <Table label="Invoices and credit notes" headers=heads stack=true>{rows}</Table>
        </Card>
        <Older path=routes::ADMIN_INVOICES label="Older invoices" next />
    }
    .into_any()
}

#[component]
fn Row(it: InvoiceRow) -> impl IntoView {
    let (tone, word) = invoice_state(it.kind, it.state);
    view! {
        <tr>
            <RowHead><a href=routes::admin_invoice(it.id)>{it.number}</a></RowHead>
            <Cell>{who(it.who)}</Cell>
            <Cell kind=CellKind::Number>{amount(it.total)}</Cell>
            <Cell kind=CellKind::Number label="Given back:">{amount(it.credited)}</Cell>
            <Cell><Badge tone>{word}</Badge></Cell>
            <Cell><Timestamp when=it.issued.into() /></Cell>
        </tr>
    }
    .into_any()
}
