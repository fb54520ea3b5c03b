//! Invoices in a list.

use billing_core::{InvoiceKind, InvoiceState};
use leptos::prelude::*;
use ui::{Badge, Cell, CellKind, Column, RowHead, Table, Timestamp, Tone, amount};

use crate::{dto::Invoice, routes};

/// How far an invoice is.
pub fn invoice_state(invoice: &Invoice) -> (Tone, &'static str) {
    let all = invoice.credited == invoice.total;
    match (invoice.kind, invoice.state) {
        (InvoiceKind::CreditNote, _) => (Tone::Neutral, "Given back"),
        (InvoiceKind::Invoice, InvoiceState::Open) => (Tone::Danger, "To be paid"),
        (InvoiceKind::Invoice, InvoiceState::Uncollectible) => (Tone::Neutral, "Given up"),
        (InvoiceKind::Invoice, InvoiceState::Paid) if invoice.credited.minor == 0 => (Tone::Success, "Paid"),
        (InvoiceKind::Invoice, InvoiceState::Paid) if all => (Tone::Neutral, "Given back"),
        (InvoiceKind::Invoice, InvoiceState::Paid) => (Tone::Neutral, "Partly given back"),
    }
}

/// Invoices and credit notes, each leading to its page.
#[component]
pub fn InvoiceList(
    /// Youngest first.
    invoices: Vec<Invoice>,
) -> impl IntoView {
    let heads = vec![Column::text("Number"), Column::text("State"), Column::number("Total"), Column::text("Date")];
    let rows = invoices.into_iter().map(|invoice| view! { <Row invoice /> }.into_any()).collect_view();
    view! { <Table label="Invoices" headers=heads stack=true>{rows}</Table> }.into_any()
}

#[component]
fn Row(invoice: Invoice) -> impl IntoView {
    let (tone, word) = invoice_state(&invoice);
    let kind = match invoice.kind {
        InvoiceKind::Invoice => "Invoice",
        InvoiceKind::CreditNote => "Credit note",
    };
    view! {
        <tr>
            <RowHead note=kind><a href=routes::invoice(invoice.id)>{invoice.number}</a></RowHead>
            <Cell><Badge tone>{word}</Badge></Cell>
            <Cell kind=CellKind::Number>{amount(invoice.total)}</Cell>
            <Cell><Timestamp when=invoice.issued.into() /></Cell>
        </tr>
    }
    .into_any()
}
