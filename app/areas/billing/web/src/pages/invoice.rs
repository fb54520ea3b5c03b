//! One invoice, or credit note, as it is printed.

use billing_core::{InvoiceKind, InvoiceState};
use kernel::InvoiceId;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, Cell, CellKind, Column, Description, DescriptionList, FormError,
    FormStack, IconName, ListSkeleton, Notice, RowHead, Sheet, Table, Timestamp, Tone, Total, Totals, Variant, amount,
};
use web::{Form, FormState, Loaded, param};

use crate::{
    api::{self, PayInvoice},
    dto::{Due, InvoicePage as Page, Line, Tax},
    parts::{Afresh, MemberPage, PayChoice, invoice_state, message_but, pay_error},
    routes,
};

/// The page of an invoice.
#[component]
pub fn InvoicePage() -> impl IntoView {
    view! {
        <MemberPage title="Invoice" back=routes::INVOICES sign_in="Sign in to see your invoices">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let invoice = Resource::new(move || id.get(), api::invoice);
    view! {
        <Loaded resource=invoice skeleton=|| view! { <ListSkeleton count=5 /> } let:page>
            <Contents page />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(page: Page) -> impl IntoView {
    let id = page.invoice.id;
    let total = amount(page.invoice.total);
    let due = page.due.clone();
    let title = page.invoice.number.clone();
    view! {
        <Title text=title />
        {due.map(|due| view! { <PayNow id total due /> })}
        <Document page />
        <ButtonRow>
            <ButtonLink href=routes::invoice_pdf(id) icon=IconName::Download external=true>"Download PDF"</ButtonLink>
        </ButtonRow>
    }
    .into_any()
}

#[component]
fn PayNow(id: InvoiceId, total: String, due: Due) -> impl IntoView {
    let state = FormState::<PayInvoice>::new();
    let Due { failed, ways, key } = due;
    view! {
        {failed.map(|failed| view! { <Notice tone=Tone::Danger title="It could not be collected">{failed}</Notice> })}
        <Card title="Pay now">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["pay_with", "amount"]) />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="invoice" value=id.to_string() />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    <PayChoice ways chosen=state.value("pay_with", "") error=pay_error(state.problem()) />
                    <Button variant=Variant::Primary wide=true busy=state.busy()>{format!("Pay {total}")}</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Document(page: Page) -> impl IntoView {
    let (tone, word) = invoice_state(&page.invoice);
    let (kind, to_label) = match page.invoice.kind {
        InvoiceKind::Invoice => ("Invoice", "Billed to"),
        InvoiceKind::CreditNote => ("Credit note", "Made out to"),
    };
    let title = format!("{kind} {}", page.invoice.number);
    let (from, to) = (page.from.clone(), page.bill_to.clone());
    let facts = page.clone();
    let (is_paid, total) = (page.invoice.state == InvoiceState::Paid, page.invoice.total);
    let rows = page.lines.into_iter().map(|line| view! { <LineRow line /> }.into_any()).collect_view();
    let taxes = page.taxes.into_iter().map(|tax| view! { <TaxTotal tax /> }.into_any()).collect::<Vec<_>>();
    let heads = vec![Column::text("For"), Column::number("Amount"), Column::number("Tax")];
    let sum = match (page.invoice.kind, is_paid) {
        (InvoiceKind::CreditNote, _) => "Given back",
        (InvoiceKind::Invoice, true) => "Total, paid",
        (InvoiceKind::Invoice, false) => "Total",
    };
    view! {
        <Sheet title from to to_label mark=move || view! { <Badge tone>{word}</Badge> } facts=move || view! { <Facts page=facts /> }>
            <Table label="Lines" headers=heads stack=true>{rows}</Table>
            <Totals>
                <Total label="Without tax" amount=page.net />
                {taxes}
                <Total label=sum amount=total note=None strong=true />
            </Totals>
        </Sheet>
    }
    .into_any()
}

#[component]
fn LineRow(line: Line) -> impl IntoView {
    view! {
        <tr>
            <RowHead note=line.period.unwrap_or_default()>{line.description}</RowHead>
            <Cell kind=CellKind::Number>{amount(line.total)}</Cell>
            <Cell kind=CellKind::Number label="Tax">{line.tax_rate}</Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn TaxTotal(tax: Tax) -> impl IntoView {
    let Tax { rate, net, tax } = tax;
    view! { <Total label=format!("Tax {rate}") amount=tax note=Some(format!("of {}", amount(net))) /> }
}

#[component]
fn Facts(page: Page) -> impl IntoView {
    let Page { invoice, paid, transfer, subscription, corrects, corrected_by, .. } = page;
    let given_back = amount(invoice.credited);
    let corrected_by = corrected_by
        .into_iter()
        .map(|(id, number)| view! { <div><a href=routes::invoice(id)>{number}</a></div> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <DescriptionList>
            <Description term="Date"><Timestamp when=invoice.issued.into() /></Description>
            {paid.filter(|_| invoice.kind == InvoiceKind::Invoice).map(|paid| view! {
                <Description term="Paid"><Timestamp when=paid.into() /></Description>
            })}
            {transfer.map(|id| view! {
                <Description term="Money"><a href=money_web::routes::transfer(id)>"See the transfer"</a></Description>
            })}
            {subscription.map(|id| view! {
                <Description term="For"><a href=routes::subscription(id)>"See the subscription"</a></Description>
            })}
            {corrects.map(|(id, number)| view! {
                <Description term="Takes back"><a href=routes::invoice(id)>{number}</a></Description>
            })}
            {(!corrected_by.is_empty()).then(|| view! {
                <Description term=format!("{given_back} given back")>{corrected_by}</Description>
            })}
        </DescriptionList>
    }
    .into_any()
}
