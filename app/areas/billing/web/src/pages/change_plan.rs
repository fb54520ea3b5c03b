//! Another plan for a subscription: which there are, and what the chosen one comes to.

use billing_core::PayWith;
use kernel::{Money, SubscriptionId};
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, ButtonRow, Card, FormError, FormStack, ListSkeleton, Notice, Plan, PlanGrid, Section, Tone,
    Total, Totals, Variant, amount,
};
use web::{Form, FormState, Loaded, param, query};

use crate::{
    api::{self, Change, ScheduleChange},
    dto::{self, Offer, Preview, Reckoned},
    parts::{Afresh, MemberPage, PayChoice, message_but, pay_error, per},
    routes,
};

/// The page to change a plan on.
#[component]
pub fn ChangePlan() -> impl IntoView {
    view! {
        <MemberPage title="Change plan" back=routes::BILLING sign_in="Sign in to change your plan">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, to) = (param("id"), query("to"));
    let plan = Resource::new(move || (id.get(), to.get()), |(id, to)| api::change_plan(id, to));
    view! {
        <Loaded resource=plan skeleton=|| view! { <ListSkeleton count=4 /> } let:plan>
            <Contents plan />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(plan: dto::ChangePlan) -> impl IntoView {
    let dto::ChangePlan { subscription, can_change, offers, preview } = plan;
    let id = subscription.id;
    let chosen = match &preview {
        Some(Preview::Now(reckoned)) => Some(reckoned.offer.price),
        Some(Preview::Later { offer, .. }) => Some(offer.price),
        _ => None,
    };
    let preview = preview.map(|preview| match preview {
        Preview::Refused(why) => {
            view! { <Notice tone=Tone::Warning title="This change is not possible">{why}</Notice> }.into_any()
        }
        Preview::Now(reckoned) => view! { <Now id had=subscription.product.clone() reckoned=*reckoned /> }.into_any(),
        Preview::Later { offer, at } => view! { <Later id offer=*offer at=at.short /> }.into_any(),
    });
    let refused = (!can_change).then(|| {
        view! {
            <Notice tone=Tone::Warning title="The plan can't be changed now">
                "It can be when nothing is owed and the subscription is running. "
                <a href=routes::subscription(id)>"See how it is doing"</a>
            </Notice>
        }
    });
    let is_empty = offers.is_empty();
    let plans = offers
        .into_iter()
        .filter(|offer| can_change && Some(offer.price) != chosen)
        .map(|offer| view! { <OfferPlan id offer /> }.into_any())
        .collect::<Vec<_>>();
    let others = (!plans.is_empty()).then(|| {
        let title = if chosen.is_some() { "Other plans" } else { "What it can change to" };
        view! {
            <Section title>
                <PlanGrid>{plans}</PlanGrid>
            </Section>
        }
    });
    view! {
        <Card
            title=format!("You have {}", subscription.product)
            note=format!("{} {}. {}", amount(subscription.amount), per(subscription.per), subscription.next)
            actions=move || view! { <ButtonLink href=routes::subscription(id) size=ui::ButtonSize::Small>"Keep it"</ButtonLink> }
        >
            {is_empty.then_some("There is no other plan at the moment.")}
            {(!is_empty).then_some("What costs more takes effect at once, and only the difference is paid. What doesn't waits for the next period.")}
        </Card>
        {refused}
        {preview}
        {others}
    }
    .into_any()
}

#[component]
fn OfferPlan(id: SubscriptionId, offer: Offer) -> impl IntoView {
    let href = routes::change_plan(id, Some(offer.price));
    let label = format!("See what {} comes to", offer.name);
    let saves = offer.saves.map(|saves| format!("{} less than twelve months.", amount(saves)));
    view! {
        <Plan
            name=offer.name
            text=offer.summary
            price=amount(offer.amount)
            per=per(offer.per)
            notes=saves.into_iter().collect()
            points=offer.gives
            action=move || view! { <ButtonLink href wide=true>{label}</ButtonLink> }
        />
    }
    .into_any()
}

/// A change that happens at once: what is given back, what is paid.
#[component]
fn Now(id: SubscriptionId, had: String, reckoned: Reckoned) -> impl IntoView {
    let state = FormState::<Change>::new();
    let Reckoned { offer, credit, charge, period_end, at, pay_with, ways, key } = reckoned;
    let total = ways.total;
    let is_free = total.minor == 0;
    let choice = if is_free {
        // Nothing is asked of it; the subscription goes on to be paid as it is.
        let word = match pay_with {
            PayWith::Wallet => "wallet",
            PayWith::Card => "card",
        };
        view! { <input type="hidden" name="pay_with" value=word /> }.into_any()
    } else {
        let chosen = state.value("pay_with", "");
        view! { <PayChoice ways chosen error=pay_error(state.problem()) /> }.into_any()
    };
    let verb = if is_free { "Change now".to_owned() } else { format!("Pay {} and change", amount(total)) };
    view! {
        <Card title=format!("Change to {}", offer.name) note="It takes effect at once.">
            <Sums had name=offer.name.clone() credit charge total until=period_end.short then=(offer.amount, per(offer.per)) />
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["pay_with", "amount"]) />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="subscription" value=id.to_string() />
                    <input type="hidden" name="to" value=offer.price.to_string() />
                    <input type="hidden" name="reckoned_at" value=at />
                    <input type="hidden" name="seen_minor" value=total.minor.to_string() />
                    <input type="hidden" name="seen_currency" value=total.currency.to_string() />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    {choice}
                    <Button variant=Variant::Primary wide=true busy=state.busy()>{verb}</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Sums(
    /// What the subscription was to.
    had: String,
    /// What it goes over to.
    name: String,
    credit: Money,
    charge: Money,
    total: Money,
    /// When the period ends.
    until: String,
    /// What is paid from then on, and how often.
    then: (Money, &'static str),
) -> impl IntoView {
    let (then, per) = then;
    let nothing = credit.minor == 0 && charge.minor == 0;
    view! {
        <Totals>
            {(!nothing).then(|| view! {
                <Total label=format!("Unused time of {had}") amount=credit />
                <Total label=name amount=charge note=Some(format!("Until {until}")) />
            })}
            <Total label="Today" amount=total note=nothing.then(|| "The trial goes on.".to_owned()) strong=true />
            <Total label=format!("Then, {per}") amount=then note=Some(format!("From {until} on")) />
        </Totals>
    }
    .into_any()
}

/// A change that waits for the next period.
#[component]
fn Later(id: SubscriptionId, offer: Offer, at: String) -> impl IntoView {
    let state = FormState::<ScheduleChange>::new();
    let (verb, from) = (format!("Change on {at}"), format!("From {at} on"));
    let note = format!(
        "It happens on {at}, with the next period. Nothing is paid now, and until then everything stays as it is."
    );
    view! {
        <Card title=format!("Change to {}", offer.name) note>
            <Totals>
                <Total
                    label=format!("Then, {}", per(offer.per))
                    amount=offer.amount
                    note=Some(from)
                    strong=true
                />
            </Totals>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &[]) />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="subscription" value=id.to_string() />
                    <input type="hidden" name="to" value=offer.price.to_string() />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>{verb}</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
