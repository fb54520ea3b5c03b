//! What somebody has and pays for.

use billing_core::SubscriptionState;
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, Disclosure, EmptyState, Field,
    FormError, FormSkeleton, FormStack, IconName, ListSkeleton, Notice, RowHead, Table, TextArea, TextInput, Timestamp,
    Tone, Variant, amount, grouped,
};
use web::{Form, FormState, Loaded, query, use_viewer};

use crate::{
    api::{self, ForgetCard, LeaveCard, SetBillTo},
    dto::{self, Credit, OwnCard, Purchase, Subscription},
    parts::{BillingFrame, BillingTab, Refusal, look_again, message_but, per, state},
    routes,
};

/// How often the page looks by itself whether a card that was left has arrived.
const LOOKS: u32 = 10;

/// The page of what somebody has and pays for.
#[component]
pub fn Billing() -> impl IntoView {
    view! {
        <BillingFrame tab=BillingTab::Overview title="Billing">
            <Saved />
            <Has />
            <CardOnFile />
            <OnInvoices />
        </BillingFrame>
    }
    .into_any()
}

/// What was just done.
#[component]
fn Saved() -> impl IntoView {
    let (saved, card) = (query("saved"), query("card"));
    let words = move || {
        let (title, text) = match (saved.get().as_deref(), card.get().as_deref()) {
            (Some("bill-to"), _) => ("Saved", "This stands on your invoices from now on."),
            (_, Some("left")) => ("Your card was left", "It shows below in a moment."),
            (_, Some("forgotten")) => ("Your card was forgotten", "Nothing is charged to it any more."),
            _ => return None,
        };
        Some(view! { <Notice tone=Tone::Success title live=true>{text}</Notice> })
    };
    view! { {words} }
}

#[component]
fn Has() -> impl IntoView {
    let billing = Resource::new(|| (), |()| api::my_billing());
    view! {
        <Loaded resource=billing skeleton=|| view! { <ListSkeleton count=4 /> } let:billing>
            <Contents billing />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(billing: dto::Billing) -> impl IntoView {
    let dto::Billing { subscriptions, purchases, credits } = billing;
    let problems = subscriptions
        .iter()
        .filter(|it| it.state.owes())
        .map(|it| view! { <Problem subscription=it.clone() /> }.into_any())
        .collect::<Vec<_>>();
    let (ended, running): (Vec<_>, Vec<_>) =
        subscriptions.into_iter().partition(|it| it.state == SubscriptionState::Canceled);
    let plans = || view! { <ButtonLink href=routes::PRICING size=ButtonSize::Small>"Plans"</ButtonLink> };
    let running = if running.is_empty() {
        view! {
            <EmptyState
                icon=IconName::Store
                title="No subscriptions"
                text="What you subscribe to stands here, with what it costs and when."
                action=|| view! { <ButtonLink href=routes::PRICING variant=Variant::Primary>"See the plans"</ButtonLink> }
            />
        }
        .into_any()
    } else {
        view! {
            <Card title="Subscriptions" actions=plans flush=true>
                <SubscriptionTable label="Subscriptions" subscriptions=running />
            </Card>
        }
        .into_any()
    };
    view! {
        {problems}
        {running}
        {(!ended.is_empty())
            .then(|| view! {
                <Card flush=true>
                    <Disclosure title="Subscriptions that are over" note=Some(format!("{} of them", ended.len()))>
                        <SubscriptionTable label="Subscriptions that are over" subscriptions=ended />
                    </Disclosure>
                </Card>
            })}
        {(!purchases.is_empty()).then(|| view! { <Purchases purchases /> })}
        {(!credits.is_empty()).then(|| view! { <Credits credits /> })}
    }
    .into_any()
}

/// What is wrong, and what to do about it.
#[component]
fn Problem(subscription: Subscription) -> impl IntoView {
    let title = format!("{} was not paid", subscription.product);
    let href = subscription.owes.map_or_else(|| routes::subscription(subscription.id), routes::invoice);
    view! {
        <Notice tone=Tone::Danger title>
            {subscription.next} " " <a href=href>"Pay it now"</a> ", or "
            <a href=routes::subscription(subscription.id)>"pay with something else"</a> "."
        </Notice>
    }
    .into_any()
}

#[component]
fn SubscriptionTable(label: &'static str, subscriptions: Vec<Subscription>) -> impl IntoView {
    let heads = vec![Column::text("Subscription"), Column::text("State"), Column::number("Price")];
    let rows = subscriptions
        .into_iter()
        .map(|it| {
            let (tone, word) = state(it.state, it.ending);
            view! {
                <tr>
                    <RowHead note=it.next><a href=routes::subscription(it.id)>{it.product}</a></RowHead>
                    <Cell><Badge tone>{word}</Badge></Cell>
                    <Cell kind=CellKind::Number>{amount(it.amount)} " " {per(it.per)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! { <Table label headers=heads stack=true>{rows}</Table> }.into_any()
}

#[component]
fn Purchases(purchases: Vec<Purchase>) -> impl IntoView {
    let heads = vec![Column::text("What"), Column::text("State"), Column::text("When")];
    let rows = purchases
        .into_iter()
        .map(|it| {
            let (tone, word) = if it.revoked { (Tone::Neutral, "Given back") } else { (Tone::Success, "Yours") };
            view! {
                <tr>
                    <RowHead><a href=routes::invoice(it.invoice)>{it.product}</a></RowHead>
                    <Cell><Badge tone>{word}</Badge></Cell>
                    <Cell><Timestamp when=it.at.into() /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="Bought once" note="Each leads to its invoice." flush=true>
            <Table label="Bought once" headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

/// What is left of what is used up.
#[component]
pub fn Credits(
    /// Of each.
    credits: Vec<Credit>,
) -> impl IntoView {
    let count = |it: i64| grouped(u64::try_from(it).unwrap_or(0));
    let rows = credits
        .into_iter()
        .map(|it| {
            let expires = it.expires.map(|at| format!("The next of them expire on {}.", at.short)).unwrap_or_default();
            let reserved = (it.reserved > 0).then(|| format!("{} more are set aside.", count(it.reserved)));
            let note = [Some(expires), reserved].into_iter().flatten().collect::<Vec<_>>().join(" ");
            view! {
                <tr>
                    <RowHead note>{it.name}</RowHead>
                    <Cell kind=CellKind::Number>{count(it.available)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="Credits left" note="What is used up as you go." flush=true>
            <Table label="Credits left" headers=vec![Column::text("Of what"), Column::number("Left")]>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn CardOnFile() -> impl IntoView {
    let (left, ask) = (query("card"), query("ask"));
    let card = Resource::new(move || left.get(), |_| api::my_card());
    let is_awaited = move || left.with_untracked(|it| it.as_deref() == Some("left"));
    look_again(card, LOOKS, move |_: &OwnCard| is_awaited(), api::my_card);
    let asks = Signal::derive(move || ask.with(|it| it.as_deref() == Some("forget-card")));
    view! {
        <Loaded resource=card skeleton=|| view! { <FormSkeleton fields=1 /> } let:card>
            <CardCard card asks />
        </Loaded>
    }
    .into_any()
}

#[component]
fn CardCard(card: OwnCard, asks: Signal<bool>) -> impl IntoView {
    let OwnCard { card, pays } = card;
    let leave = FormState::<LeaveCard>::new();
    let has_one = card.is_some();
    let says = match card {
        Some(card) => {
            let until = if card.expired { "It has expired." } else { "" };
            view! {
                <div>
                    <strong>{card.name}</strong>
                    {format!(", good until {}. {until}", card.until)}
                </div>
            }
            .into_any()
        }
        None => view! { <div>"No card is kept. One is when you pay with it, or leave it here."</div> }.into_any(),
    };
    let forget = move || {
        has_one.then(|| {
            let href = format!("{}?ask=forget-card#card", routes::BILLING);
            view! { <ButtonLink href variant=Variant::Quiet>"Forget it"</ButtonLink> }
        })
    };
    view! {
        <div id="card">
            <Card title="Card" note="It is kept by the payment provider. We know its last four digits.">
                {says}
                <Form state=leave>
                    <ButtonRow>
                        <Button busy=leave.busy()>{if has_one { "Leave another card" } else { "Leave a card" }}</Button>
                        {forget}
                    </ButtonRow>
                    <Refusal message=leave.message() />
                </Form>
                {move || (asks.get() && has_one).then(|| view! { <AskForget pays /> })}
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn AskForget(pays: u32) -> impl IntoView {
    let state = FormState::<ForgetCard>::new();
    let lost = match pays {
        0 => "Nothing is paid with it at the moment.".to_owned(),
        1 => "One subscription is paid with it, and could not be collected any more.".to_owned(),
        many => format!("{many} subscriptions are paid with it, and could not be collected any more."),
    };
    view! {
        <Notice tone=Tone::Warning title="Forget this card?">{lost}</Notice>
        <Form state>
            <ButtonRow>
                <Button variant=Variant::Danger busy=state.busy()>"Forget it"</Button>
                <ButtonLink href=routes::BILLING>"Keep it"</ButtonLink>
            </ButtonRow>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}

#[component]
fn OnInvoices() -> impl IntoView {
    let saved = query("saved");
    let bill_to = Resource::new(move || saved.get(), |_| api::my_bill_to());
    view! {
        <Loaded resource=bill_to skeleton=|| view! { <FormSkeleton fields=3 /> } let:bill_to>
            <BillToForm bill_to />
        </Loaded>
    }
    .into_any()
}

#[component]
fn BillToForm(bill_to: dto::BillTo) -> impl IntoView {
    let state = FormState::<SetBillTo>::new();
    let own = use_viewer().map(|viewer| format!("{} (@{})", viewer.name, viewer.handle)).unwrap_or_default();
    view! {
        <div id="bill-to">
            <Card title="On your invoices" note="On those to come. What was written stays as it is.">
                <Form state>
                    <FormStack>
                        <FormError message=message_but(state, &["name", "address", "tax_id"]) />
                        <Field
                            id="bill-name"
                            label="Name"
                            optional=true
                            hint=format!("When empty: {own}.")
                            error=state.error("name")
                        >
                            <TextInput
                                name="name"
                                value=state.value("name", bill_to.name)
                                autocomplete="billing name"
                                maxlength=120
                                spellcheck=false
                            />
                        </Field>
                        <Field id="bill-address" label="Address" optional=true error=state.error("address")>
                            <TextArea name="address" value=state.value("address", bill_to.address) rows=3 maxlength=400 />
                        </Field>
                        <Field
                            id="bill-tax-id"
                            label="Tax number"
                            optional=true
                            hint="Such as your VAT number, when you buy for a business."
                            error=state.error("tax_id")
                        >
                            <TextInput
                                name="tax_id"
                                value=state.value("tax_id", bill_to.tax_id)
                                autocomplete="off"
                                maxlength=40
                                spellcheck=false
                            />
                        </Field>
                        <ButtonRow>
                            <Button busy=state.busy()>"Save"</Button>
                        </ButtonRow>
                    </FormStack>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}
