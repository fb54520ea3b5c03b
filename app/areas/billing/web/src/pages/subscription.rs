//! One subscription: how it is doing, what happened to it, and what can be done with it.

use billing_core::{AtEnd, PayWith as Means, SubscriptionState};
use kernel::SubscriptionId;
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, Cell, Choice, ChoiceGroup, Column, Description, DescriptionList,
    FormError, FormStack, ListSkeleton, Notice, RowHead, Table, Timestamp, Tone, Variant, amount,
};
use web::{Form, FormState, Loaded, param, query};

use crate::{
    api::{self, Manage, PayWith},
    dto::{Happened, SubscriptionPage as Page, Ways},
    parts::{InvoiceList, MemberPage, Refusal, message_but, pay_error, per, state},
    routes,
};

/// The page of a subscription.
#[component]
pub fn SubscriptionPage() -> impl IntoView {
    view! {
        <MemberPage title="Subscription" back=routes::BILLING sign_in="Sign in to see your subscriptions">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, done, ask) = (param("id"), query("done"), query("ask"));
    // Asked for anew after each change.
    let page = Resource::new(move || (id.get(), done.get()), |(id, _)| api::subscription(id));
    let asks = Signal::derive(move || ask.with(|it| it.as_deref() == Some("cancel")));
    view! {
        {move || done.get().map(|done| view! { <Done done /> })}
        <Loaded resource=page skeleton=|| view! { <ListSkeleton count=5 /> } let:page>
            <Contents page asks />
        </Loaded>
    }
    .into_any()
}

/// What was just done.
#[component]
fn Done(done: String) -> impl IntoView {
    let words = match done.as_str() {
        "cancel" => "It is cancelled. Below stands when it ends.",
        "pause" => "It is going to be paused. Below stands when.",
        "resume" => "It goes on.",
        "change" => "It is going to change. Below stands when, and to what.",
        "pay-with" => "From now on it is paid so.",
        _ => return ().into_any(),
    };
    view! { <Notice tone=Tone::Success live=true>{words}</Notice> }.into_any()
}

#[component]
fn Contents(page: Page, asks: Signal<bool>) -> impl IntoView {
    let (for_question, for_actions) = (page.clone(), page.clone());
    let Page { subscription, own, began, period_start, period_end, pay_with, ways, timeline, invoices, .. } = page;
    let (tone, word) = state(subscription.state, subscription.ending);
    let can_act = own && subscription.state != SubscriptionState::Canceled;
    let with = match (pay_with, &ways.card) {
        (Means::Wallet, _) => "The wallet".to_owned(),
        (Means::Card, Some(card)) => card.name.clone(),
        (Means::Card, None) => "A card, but none is kept".to_owned(),
    };
    let id = subscription.id;
    let next = subscription.next.clone();
    let owes = subscription.owes.map(|invoice| {
        view! {
            <Notice tone=Tone::Danger title="It was not paid">
                {next} " " <a href=routes::invoice(invoice)>"Pay it now"</a> ", or choose below what to pay with."
            </Notice>
        }
    });
    view! {
        {owes}
        {move || (can_act && asks.get()).then(|| view! { <AskCancel page=for_question.clone() /> })}
        <Card
            title=subscription.product
            note=subscription.next
            actions=move || view! { <Badge tone>{word}</Badge> }
        >
            <DescriptionList>
                <Description term="Price">{amount(subscription.amount)} " " {per(subscription.per)}</Description>
                <Description term="This period">{period_start.short} " to " {period_end.short}</Description>
                <Description term="Paid with">{with}</Description>
                <Description term="Since">{began.short}</Description>
            </DescriptionList>
            {can_act.then(|| view! { <Actions page=for_actions /> })}
        </Card>
        {can_act.then(|| view! { <PayWithForm id pay_with ways /> })}
        <Timeline timeline />
        {(!invoices.is_empty())
            .then(|| view! {
                <Card title="Invoices" flush=true>
                    <InvoiceList invoices />
                </Card>
            })}
    }
    .into_any()
}

#[component]
fn Actions(page: Page) -> impl IntoView {
    let Page { subscription, at_end, .. } = page;
    let (id, how) = (subscription.id, subscription.state);
    let runs = matches!(how, SubscriptionState::Trialing | SubscriptionState::Active);
    let price = amount(subscription.amount);
    let resume = match (how, at_end) {
        (SubscriptionState::Paused, _) => Some(format!("Go on, for {price} from now")),
        (_, AtEnd::Renew) => None,
        _ => runs.then(|| "Let it go on as it is".to_owned()),
    };
    let can_pause = runs && matches!(at_end, AtEnd::Renew | AtEnd::Change);
    let can_cancel = !runs || at_end != AtEnd::Cancel;
    let ask = format!("{}?ask=cancel", routes::subscription(id));
    view! {
        <ButtonRow>
            {runs.then(|| view! { <ButtonLink href=routes::change_plan(id, None)>"Change plan"</ButtonLink> })}
            {resume.map(|label| view! { <Wish id wish="resume" label variant=Variant::Primary /> })}
            {can_pause.then(|| view! { <Wish id wish="pause" label="Pause when the period ends".to_owned() /> })}
            {can_cancel.then(|| view! { <ButtonLink href=ask variant=Variant::Quiet>"Cancel the subscription"</ButtonLink> })}
        </ButtonRow>
    }
    .into_any()
}

/// A button for one of the things that can be done.
#[component]
fn Wish(id: SubscriptionId, wish: &'static str, label: String, #[prop(optional)] variant: Variant) -> impl IntoView {
    let state = FormState::<Manage>::of(wish);
    view! {
        <Form state>
            <input type="hidden" name="subscription" value=id.to_string() />
            <input type="hidden" name="wish" value=wish />
            <Button variant busy=state.busy()>{label}</Button>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}

/// Asks before it ends: what is lost, and until when it lasts.
#[component]
fn AskCancel(page: Page) -> impl IntoView {
    let Page { subscription, gives, period_end, .. } = page;
    let lasts = match subscription.state {
        SubscriptionState::Trialing => format!("The trial goes on until {}, and nothing is paid.", period_end.short),
        SubscriptionState::Active => {
            format!("It goes on until {}, because that is paid. Nothing is paid after it.", period_end.short)
        }
        SubscriptionState::Paused => "It ends at once. Nothing is paid for it.".to_owned(),
        _ => "It ends at once, and what is owed need not be paid any more.".to_owned(),
    };
    let lost = gives.into_iter().map(|it| view! { <li>{it}</li> }.into_any()).collect::<Vec<_>>();
    let lost = (!lost.is_empty()).then(|| {
        view! {
            <div>
                <p>"With it you lose:"</p>
                <ul>{lost}</ul>
            </div>
        }
    });
    view! {
        <Card title=format!("Cancel {}?", subscription.product) note=lasts>
            {lost}
            <ButtonRow>
                <ButtonLink href=routes::subscription(subscription.id)>"Keep it"</ButtonLink>
                <Wish id=subscription.id wish="cancel" label="Cancel it".to_owned() variant=Variant::Danger />
            </ButtonRow>
        </Card>
    }
    .into_any()
}

#[component]
fn PayWithForm(id: SubscriptionId, pay_with: Means, ways: Ways) -> impl IntoView {
    let state = FormState::<PayWith>::new();
    let chosen = state.value("pay_with", pay_with.as_str());
    let Ways { balance, card, .. } = ways;
    let (name, hint) = match &card {
        Some(card) if card.expired => (card.name.clone(), "It has expired.".to_owned()),
        Some(card) => (card.name.clone(), format!("Good until {}.", card.until)),
        None => ("A card".to_owned(), "None is kept. Leave one first.".to_owned()),
    };
    view! {
        <Card title="Paid with" note="What the next payment is taken from. What is owed is tried with it at once.">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["pay_with", "amount"]) />
                    <input type="hidden" name="subscription" value=id.to_string() />
                    <ChoiceGroup id="pay-with" legend="Pay with" error=pay_error(state.problem())>
                        <Choice
                            name="pay_with"
                            value="wallet"
                            label="Wallet"
                            hint=Some(format!("{} are in it.", amount(balance)))
                            checked=chosen == "wallet"
                        />
                        <Choice
                            name="pay_with"
                            value="card"
                            label=name
                            hint=Some(hint)
                            checked=chosen == "card"
                            disabled=card.is_none()
                        />
                    </ChoiceGroup>
                    <ButtonRow>
                        <Button busy=state.busy()>"Pay so from now on"</Button>
                        <ButtonLink href=format!("{}#card", routes::BILLING) variant=Variant::Quiet>
                            "Leave another card"
                        </ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Timeline(timeline: Vec<Happened>) -> impl IntoView {
    let rows = timeline
        .into_iter()
        .map(|it| {
            view! {
                <tr>
                    <RowHead>{it.words}</RowHead>
                    <Cell><Timestamp when=it.at.into() /></Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="What happened" note="Youngest first." flush=true>
            <Table label="What happened" headers=vec![Column::text("What"), Column::text("When")] stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}
