//! Somebody's invoices.

use leptos::prelude::*;
use ui::{ButtonLink, Card, EmptyState, IconName, ListSkeleton, Pagination};
use web::{Loaded, query};

use crate::{
    api, dto,
    parts::{BillingFrame, BillingTab, InvoiceList},
    routes,
};

/// The page of somebody's invoices.
#[component]
pub fn Invoices() -> impl IntoView {
    view! {
        <BillingFrame tab=BillingTab::Invoices title="Invoices">
            <Inside />
        </BillingFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let after = query("after");
    let invoices = Resource::new(move || after.get(), api::invoices);
    view! {
        <Loaded resource=invoices skeleton=|| view! { <ListSkeleton count=6 /> } let:invoices>
            <Contents invoices />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(invoices: dto::Invoices) -> impl IntoView {
    let dto::Invoices { invoices, next } = invoices;
    if invoices.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Receipt
                title="No invoices yet"
                text="For all that you buy here there is an invoice, to be read here and to be printed."
                action=|| view! { <ButtonLink href=routes::PRICING>"See the plans"</ButtonLink> }
            />
        }
        .into_any();
    }
    view! {
        <Card title="Invoices and credit notes" note="Youngest first." flush=true>
            <InvoiceList invoices />
        </Card>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::INVOICES)>"Older invoices"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}
