//! What is on sale.

use billing_core::Per;
use kernel::Currency;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, ButtonLink, EmptyState, IconName, ListSkeleton, PageBody, PageHeader, Plan, PlanGrid, Tab, Tabs, Tone,
    Variant, amount,
};
use web::{Loaded, query, sign_in_from, use_viewer};

use crate::{
    api,
    dto::{self, Has, Offer},
    parts::{TestMode, per},
    routes,
};

/// The page of what is on sale.
#[component]
pub fn Pricing() -> impl IntoView {
    let (per, currency) = (query("per"), query("currency"));
    let pricing = Resource::new(move || (per.get(), currency.get()), |(per, currency)| api::pricing(per, currency));
    view! {
        <Title text="Plans" />
        <PageHeader title="Plans" note="What you can have here, and what it costs. Prices include tax." />
        <PageBody>
            <TestMode />
            <Loaded resource=pricing skeleton=|| view! { <ListSkeleton count=4 /> } let:pricing>
                <Contents pricing />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Contents(pricing: dto::Pricing) -> impl IntoView {
    let dto::Pricing { offers, per, both, currency, currencies } = pricing;
    if offers.is_empty() && currencies.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Store
                title="Nothing is for sale yet"
                text="What can be bought here, once or by the month, stands on this page with its price."
            />
        }
        .into_any();
    }
    let plans = offers.into_iter().map(|offer| view! { <OfferPlan offer /> }.into_any()).collect_view();
    view! {
        {both.then(|| view! { <PerSwitch per currency /> })}
        {(currencies.len() > 1).then(|| view! { <CurrencySwitch per currency currencies /> })}
        <PlanGrid>{plans}</PlanGrid>
    }
    .into_any()
}

#[component]
fn PerSwitch(per: Per, currency: Currency) -> impl IntoView {
    let tab = move |it: Per, label: &'static str| {
        view! { <Tab href=routes::pricing(it, currency) label current=it == per /> }
    };
    view! {
        <Tabs label="How often you pay" fill=true>
            {tab(Per::Month, "By the month")}
            {tab(Per::Year, "By the year")}
        </Tabs>
    }
}

#[component]
fn CurrencySwitch(per: Per, currency: Currency, currencies: Vec<Currency>) -> impl IntoView {
    let tabs = currencies
        .into_iter()
        .map(|it| view! { <Tab href=routes::pricing(per, it) label=it.as_str() current=it == currency /> }.into_any())
        .collect_view();
    view! { <Tabs label="Currency">{tabs}</Tabs> }
}

#[component]
fn OfferPlan(offer: Offer) -> impl IntoView {
    let mark = match offer.has {
        Has::Nothing | Has::Another(..) => None,
        Has::Bought => Some("You have it"),
        Has::This(_) => Some("Your plan"),
        Has::OtherPrice(_) => Some("You have it at another price"),
    };
    let notes = notes(&offer);
    let points = offer.gives.clone();
    view! {
        <Plan
            name=offer.name.clone()
            text=offer.summary.clone()
            price=amount(offer.amount)
            per=per(offer.per)
            notes
            points
            current=matches!(offer.has, Has::This(_))
            mark=move || mark.map(|mark| view! { <Badge tone=Tone::Accent icon=IconName::Check>{mark}</Badge> })
            action=move || view! { <Act offer /> }
        />
    }
    .into_any()
}

/// What there is to know of a price.
fn notes(offer: &Offer) -> Vec<String> {
    let tax = match &offer.tax_rate {
        Some(rate) => format!("Includes {rate} tax."),
        None => "No tax.".to_owned(),
    };
    let trial = (offer.trial_days > 0).then(|| match offer.trial_days {
        1 => "The first day is free.".to_owned(),
        days => format!("{days} days free."),
    });
    let saves = offer.saves.map(|saves| format!("{} less than twelve months.", amount(saves)));
    [trial, saves, Some(tax)].into_iter().flatten().collect()
}

/// What the reader can do with an offer.
#[component]
fn Act(offer: Offer) -> impl IntoView {
    let buy = routes::checkout(offer.price);
    if use_viewer().is_none() {
        let href = sign_in_from(&buy);
        return view! { <ButtonLink href variant=Variant::Primary wide=true>"Sign in to buy"</ButtonLink> }.into_any();
    }
    let choose = format!("Choose {}", offer.name);
    match offer.has {
        Has::This(subscription) => view! {
            <ButtonLink href=routes::subscription(subscription) wide=true>"Manage"</ButtonLink>
        }
        .into_any(),
        Has::OtherPrice(subscription) => view! {
            <ButtonLink href=routes::change_plan(subscription, Some(offer.price)) wide=true>"Change to this price"</ButtonLink>
            <a href=routes::subscription(subscription)>"Manage what you have"</a>
        }
        .into_any(),
        Has::Bought => view! { <ButtonLink href=buy wide=true>"Buy it again"</ButtonLink> }.into_any(),
        Has::Nothing => {
            view! { <ButtonLink href=buy variant=Variant::Primary wide=true>{choose}</ButtonLink> }.into_any()
        }
        Has::Another(subscription, other) => view! {
            <ButtonLink href=buy variant=Variant::Primary wide=true>{choose}</ButtonLink>
            <a href=routes::change_plan(subscription, Some(offer.price))>{format!("Or change {other} to it")}</a>
        }
        .into_any(),
    }
}
