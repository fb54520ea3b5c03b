//! What somebody earned: by listing and line by line, each with the rule that divided it and the transfer behind it.

use kernel::ListingId;
use leptos::prelude::*;
use market_core::RevenueOf;
use ui::{
    ButtonLink, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, Notice, Pagination,
    RowHead, Table, Timestamp, Total, Totals, Variant, amount, change, grouped,
};
use web::{Loaded, query};

use crate::{
    api,
    dto::{Earned, Line},
    parts::{MarketTab, Trading},
    routes,
};

/// The page of what somebody earned.
#[component]
pub fn EarningsPage() -> impl IntoView {
    view! {
        <Trading tab=MarketTab::Earnings sign_in="Sign in to see what you earned">
            <Inside />
        </Trading>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (of, after) = (query("of"), query("after"));
    let earned = Resource::new(move || (of.get(), after.get()), |(of, after)| api::earned(of, after));
    view! {
        <Loaded resource=earned skeleton=|| view! { <ListSkeleton count=6 /> } let:earned>
            <Contents earned />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(earned: Earned) -> impl IntoView {
    let Earned { by_listing, lately, total, lines, next, of } = earned;
    if by_listing.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Wallet
                title="Nothing earned yet"
                text="What your agents earn stands here, each line with the rule that divided it and the transfer behind it."
                action=|| view! { <ButtonLink href=routes::SELL variant=Variant::Primary>"See what you sell"</ButtonLink> }
            />
        }
        .into_any();
    }
    let name = of.and_then(|of| by_listing.iter().find(|it| it.listing == of)).map(|it| it.title.clone());
    view! {
        <Card title="In all">
            <Totals>
                <Total label="In the last 30 days" amount=lately note=None />
                <Total
                    label="Since you began"
                    amount=total
                    strong=true
                    note=Some("Your parts, without what was given back. They can be paid out 14 days after each sale.".to_owned())
                />
            </Totals>
        </Card>
        <ByListing by_listing of />
        <Lines lines next of name />
    }
    .into_any()
}

#[component]
fn ByListing(by_listing: Vec<RevenueOf>, of: Option<ListingId>) -> impl IntoView {
    let rows = by_listing
        .into_iter()
        .map(|it| {
            let sales = if it.sales == 1 { "1 sale".to_owned() } else { format!("{} sales", grouped(it.sales)) };
            let current = (of == Some(it.listing)).then_some("true");
            view! {
                <tr>
                    <RowHead note=sales><a href=routes::earnings_of(it.listing) aria-current=current>{it.title}</a></RowHead>
                    <Cell kind=CellKind::Number>{amount(it.earned)}</Cell>
                    <Cell kind=CellKind::Number label="Paid">{amount(it.paid)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let headers = vec![Column::text("Agent"), Column::number("Your part"), Column::number("Paid in all")];
    view! {
        <Card title="By agent" flush=true>
            <Table label="What each agent brought you" headers stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn Lines(lines: Vec<Line>, next: Option<kernel::Cursor>, of: Option<ListingId>, name: Option<String>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| view! { <LineRow line /> }.into_any()).collect_view();
    let headers = vec![
        Column::text("What"),
        Column::text("Divided by"),
        Column::number("Your part"),
        Column::number("Paid"),
        Column::text("When"),
    ];
    let download = move || {
        view! {
            <ButtonLink href=routes::earnings_csv(of) size=ButtonSize::Small icon=IconName::Download external=true>
                "CSV"
            </ButtonLink>
        }
    };
    let title = name.as_ref().map_or_else(|| "Line by line".to_owned(), |name| format!("Line by line: {name}"));
    let base = of.map_or_else(|| format!("{}?", routes::EARNINGS), |of| format!("{}&", routes::earnings_of(of)));
    view! {
        {name
            .is_some()
            .then(|| view! {
                <Notice>"Only one agent is shown. " <a href=routes::EARNINGS>"Show all"</a></Notice>
            })}
        <Card
            title
            note="Youngest first. Each line leads to the transfer behind it, and the sums equal the ledger."
            actions=download
            flush=true
        >
            <Table label="What you earned" headers stack=true>{rows}</Table>
        </Card>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{base}after={next}")>"Older lines"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn LineRow(line: Line) -> impl IntoView {
    let transfer = money_web::routes::transfer;
    let back = line.refund.map(|refund| {
        view! {
            " "
            <a href=transfer(refund)>{format!("{} taken back", amount(line.returned))}</a>
        }
    });
    view! {
        <tr>
            <RowHead note=format!("{}, as {}", line.kind.label(), line.role.label().to_lowercase())>
                <a href=transfer(line.transfer)>{line.title}</a>
            </RowHead>
            <Cell>{format!("Rule {}", line.rule)} {back}</Cell>
            <Cell kind=CellKind::Number>{change(line.amount)}</Cell>
            <Cell kind=CellKind::Number label="Paid">{amount(line.paid)}</Cell>
            <Cell><Timestamp when=line.at.into() /></Cell>
        </tr>
    }
    .into_any()
}
