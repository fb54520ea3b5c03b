//! One invoice or credit note, and the way to give money back.

use kernel::{InvoiceId, Money};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Choice, ChoiceGroup, Column, Description,
    DescriptionList, Field, FormError, FormStack, IconName, ListSkeleton, RowHead, Table, TextInput, Timestamp, Total,
    Totals, Variant, amount,
};
use web::{Failure, Form, FormState, Loaded, param};

use crate::{
    api::admin::{self as api, GiveBack},
    dto::admin::{Invoice, Line},
    parts::admin::{AdminFrame, AdminTab, Done, after, invoice_state, who},
    routes,
};

type Changed = Resource<Result<Invoice, Failure>>;

/// The page of an invoice.
#[component]
pub fn AdminInvoice() -> impl IntoView {
    view! {
        <Title text="Billing: invoice" />
        <AdminFrame tab=AdminTab::Invoices>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let invoice: Changed = Resource::new(move || id.get(), api::invoice);
    view! {
        <Done says=&[("given_back", "The money is given back, and a credit note was written.")] />
        <Loaded resource=invoice skeleton=|| view! { <ListSkeleton count=5 /> } let:it>
            <Contents it invoice />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: Invoice, invoice: Changed) -> impl IntoView {
    let give_back = it.left.map(|left| (it.row.id, left, it.key.clone()));
    let lines = it.lines.clone();
    view! {
        <Summary it />
        <Lines lines />
        {give_back.map(|(id, left, key)| view! { <GiveBackForm id left key invoice /> })}
    }
    .into_any()
}

#[component]
fn Summary(it: Invoice) -> impl IntoView {
    let Invoice { row, subscription, bill_to, net, tax, paid, transfer, tries, corrects, corrected_by, left, .. } = it;
    let (tone, word) = invoice_state(row.kind, row.state);
    let id = row.id;
    let actions = move || {
        view! {
            <ButtonLink href=routes::ADMIN_INVOICES size=ButtonSize::Small icon=IconName::Back>"All invoices"</ButtonLink>
            <ButtonLink href=routes::invoice_pdf(id) size=ButtonSize::Small icon=IconName::Download external=true>
                "PDF"
            </ButtonLink>
        }
    };
    let lines = bill_to.lines().map(|line| view! { <div>{line.to_owned()}</div> }.into_any()).collect::<Vec<_>>();
    let link = |(id, number): (InvoiceId, String)| view! { <a href=routes::admin_invoice(id)>{number}</a> }.into_any();
    let notes = corrected_by.into_iter().map(|note| view! { <div>{link(note)}</div> }.into_any()).collect::<Vec<_>>();
    view! {
        <Card title=row.number actions>
            <DescriptionList>
                <Description term="State"><Badge tone>{word}</Badge></Description>
                <Description term="Account">{who(row.who)}</Description>
                {(!lines.is_empty()).then(|| view! { <Description term="Made out to">{lines}</Description> })}
                <Description term="Written"><Timestamp when=row.issued.into() /></Description>
                {paid.map(|paid| view! { <Description term="Paid"><Timestamp when=paid.into() /></Description> })}
                {transfer.map(|it| view! { <Description term="Transfer">{it.to_string()}</Description> })}
                {(tries > 0).then(|| view! { <Description term="Tried in vain">{times(tries)}</Description> })}
                {subscription.map(|it| view! {
                    <Description term="For"><a href=routes::subscription(it)>"A subscription"</a></Description>
                })}
                {corrects.map(|it| view! { <Description term="Takes back">{link(it)}</Description> })}
                {(!notes.is_empty()).then(|| view! { <Description term="Credit notes">{notes}</Description> })}
            </DescriptionList>
            <Totals>
                <Total label="Without tax" amount=net />
                <Total label="Tax" amount=tax />
                <Total label="Total" amount=row.total strong=true />
                {row.credited.is_positive().then(|| view! { <Total label="Given back" amount=row.credited /> })}
                {left.map(|left| view! { <Total label="Can still be given back" amount=left /> })}
            </Totals>
        </Card>
    }
    .into_any()
}

fn times(tries: u16) -> String {
    if tries == 1 { "Once".to_owned() } else { format!("{tries} times") }
}

#[component]
fn Lines(lines: Vec<Line>) -> impl IntoView {
    let heads =
        vec![Column::text("What"), Column::text("Rate"), Column::number("Total"), Column::number("Of that, tax")];
    let rows = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <RowHead note=line.period.unwrap_or_default()>{line.description}</RowHead>
                    <Cell label="Tax:">{line.tax_rate.to_string()}</Cell>
                    <Cell kind=CellKind::Number>{amount(line.total)}</Cell>
                    <Cell kind=CellKind::Number label="Tax:">{amount(line.tax)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="What it is for" flush=true>
            <Table label="Lines" headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn GiveBackForm(id: InvoiceId, left: Money, key: String, invoice: Changed) -> impl IntoView {
    let state = FormState::<GiveBack>::new();
    let to_card = state.value("to", "wallet") == "card";
    view! {
        <Card
            title="Give back"
            note="A credit note is written, and who paid hears of it. Giving all back ends the subscription, or takes what was bought away."
        >
            <Form state on_done=after(invoice)>
                <FormStack>
                    <FormError message=state.message() />
                    <input type="hidden" name="invoice" value=id.to_string() />
                    <input type="hidden" name="currency" value=left.currency.to_string() />
                    <input type="hidden" name="key" value=key />
                    <Field
                        id="amount"
                        label=format!("Amount in {}", left.currency)
                        hint=format!("{} can still be given back.", amount(left))
                        error=state.error("amount")
                    >
                        <TextInput
                            name="amount"
                            value=state.value("amount", left.to_decimal())
                            input_mode="decimal"
                            autocomplete="off"
                            required=true
                            maxlength=20
                            spellcheck=false
                        />
                    </Field>
                    <ChoiceGroup id="to" legend="Where it goes" error=state.error("to")>
                        <Choice
                            name="to"
                            value="wallet"
                            label="Into their wallet"
                            hint=Some("At once. They can spend it here.".to_owned())
                            checked=!to_card
                        />
                        <Choice
                            name="to"
                            value="card"
                            label="To the card that paid"
                            hint=Some("Within some days, and only as much as was paid with it.".to_owned())
                            checked=to_card
                        />
                    </ChoiceGroup>
                    <Field
                        id="reason"
                        label="Reason"
                        optional=true
                        hint="Stands on the credit note."
                        error=state.error("reason")
                    >
                        <TextInput name="reason" value=state.value("reason", "") maxlength=160 />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Danger busy=state.busy()>"Give back"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
