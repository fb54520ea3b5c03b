//! What somebody may use, and why: from the feature to the money that paid for it.

use leptos::prelude::*;
use ui::{
    Badge, ButtonLink, Card, Description, DescriptionList, Disclosure, EmptyState, IconName, ListSkeleton, Tone,
    Variant,
};
use web::Loaded;

use super::billing::Credits;
use crate::{
    api,
    dto::{self, Feature, Source},
    parts::{BillingFrame, BillingTab, so_many, state},
    routes,
};

/// The page of what somebody may use.
#[component]
pub fn Features() -> impl IntoView {
    view! {
        <BillingFrame tab=BillingTab::Features title="Features">
            <Inside />
        </BillingFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let features = Resource::new(|| (), |()| api::features());
    view! {
        <Loaded resource=features skeleton=|| view! { <ListSkeleton count=5 /> } let:features>
            <Contents features />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(features: dto::Features) -> impl IntoView {
    let dto::Features { features, credits } = features;
    if features.is_empty() && credits.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Key
                title="Nothing beyond what everybody has"
                text="What a plan opens for you stands here, each with the reason why you have it."
                action=|| view! { <ButtonLink href=routes::PRICING variant=Variant::Primary>"See the plans"</ButtonLink> }
            />
        }
        .into_any();
    }
    let rows = features.into_iter().map(|feature| view! { <FeatureRow feature /> }.into_any()).collect::<Vec<_>>();
    view! {
        {(!rows.is_empty())
            .then(|| view! {
                <Card title="What you may use" note="Each opens into the reason why you have it." flush=true>
                    <div>{rows}</div>
                </Card>
            })}
        {(!credits.is_empty()).then(|| view! { <Credits credits /> })}
    }
    .into_any()
}

#[component]
fn FeatureRow(feature: Feature) -> impl IntoView {
    let Feature { name, amount, read_only, because, .. } = feature;
    let several = because.len() > 1;
    let sources = because.into_iter().map(|source| view! { <Why source /> }.into_any()).collect::<Vec<_>>();
    let mark = move || read_only.then(|| view! { <Badge tone=Tone::Warning>"Read-only"</Badge> });
    let note = if several { format!("{}, the most that one of them gives", so_many(amount)) } else { so_many(amount) };
    view! { <Disclosure title=name note=Some(note) mark>{sources}</Disclosure> }.into_any()
}

/// The chain from a product to the money that paid for it.
#[component]
fn Why(source: Source) -> impl IntoView {
    let Source { product, amount, read_only, subscription, until, invoice, transfer } = source;
    let through = match subscription {
        Some((id, how)) => {
            let (tone, word) = state(how, false);
            view! { <a href=routes::subscription(id)>"A subscription"</a> " " <Badge tone>{word}</Badge> }.into_any()
        }
        None => view! { <span>"Bought once"</span> }.into_any(),
    };
    let gives = if read_only { format!("{}, read-only", so_many(amount)) } else { so_many(amount) };
    let invoice = invoice.map(|(id, number)| {
        view! { <Description term="Invoice"><a href=routes::invoice(id)>{number}</a></Description> }
    });
    let transfer = transfer.map(|id| {
        let href = money_web::routes::transfer(id);
        view! { <Description term="Paid by"><a href=href>"A transfer from your wallet"</a></Description> }
    });
    view! {
        <DescriptionList>
            <Description term="From">{product}</Description>
            <Description term="Gives">{gives}</Description>
            <Description term="Through">{through}</Description>
            {until.map(|until| view! { <Description term="Until">{until.short}</Description> })}
            {invoice}
            {transfer}
        </DescriptionList>
    }
    .into_any()
}
