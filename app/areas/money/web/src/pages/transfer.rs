//! One transfer: what moved, from where to where, and why.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Card, Cell, CellKind, Column, Description, DescriptionList, ListSkeleton, PageBody, PageHeader, RowHead, Table,
    Timestamp,
};
use web::{Loaded, MembersOnly, param, use_viewer};

use crate::{
    api,
    dto::{Posting, Transfer},
    parts::{change, purpose, reason},
    routes,
};

/// The page of a transfer.
#[component]
pub fn TransferPage() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Inside /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to see your transfers" /> }.into_any()
    };
    view! {
        <Title text="Transfer" />
        <PageHeader title="Transfer" back=routes::WALLET />
        {inside}
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let transfer = Resource::new(move || id.get(), api::transfer);
    view! {
        <PageBody>
            <Loaded resource=transfer skeleton=|| view! { <ListSkeleton count=4 /> } let:transfer>
                <Contents transfer />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Contents(transfer: Transfer) -> impl IntoView {
    let Transfer { id, kind, memo, subject, at, reverses, reversed_by, postings } = transfer;
    let rows = postings.into_iter().map(|posting| view! { <PostingRow posting /> }.into_any()).collect_view();
    let link = |id: kernel::TransferId| view! { <a href=routes::transfer(id)>{id.to_string()}</a> }.into_any();
    let reversed_by = reversed_by.into_iter().map(|id| view! { <div>{link(id)}</div> }.into_any()).collect::<Vec<_>>();
    view! {
        <Card title=reason(kind) note=memo>
            <DescriptionList>
                <Description term="When"><Timestamp when=at.into() /></Description>
                <Description term="Number">{id.to_string()}</Description>
                {subject.map(|subject| view! { <Description term="For">{subject}</Description> })}
                {reverses.map(|id| view! { <Description term="Takes back">{link(id)}</Description> })}
                {(!reversed_by.is_empty()).then(|| view! { <Description term="Taken back by">{reversed_by}</Description> })}
            </DescriptionList>
        </Card>
        <Card title="Postings" note="They add up to zero: what leaves one account arrives on another." flush=true>
            <Table label="Postings" headers=vec![Column::text("Account"), Column::text("Whose"), Column::number("Amount")]>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}

#[component]
fn PostingRow(posting: Posting) -> impl IntoView {
    let Posting { kind, owner, amount } = posting;
    let whose = match owner {
        Some(handle) => view! { <a href=format!("/@{handle}")>{format!("@{handle}")}</a> }.into_any(),
        None => view! { <span>"Magentic"</span> }.into_any(),
    };
    view! {
        <tr>
            <RowHead>{purpose(kind)}</RowHead>
            <Cell>{whose}</Cell>
            <Cell kind=CellKind::Number>{change(amount)}</Cell>
        </tr>
    }
    .into_any()
}
