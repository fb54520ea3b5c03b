//! What somebody has, and how it came to be.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    ButtonLink, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, Pagination, RowHead,
    Table, Timestamp,
};
use web::{Loaded, query};

use crate::{
    api,
    dto::{Balance, Line, Other, Purpose, Statement, Wallet},
    parts::{WalletFrame, amount, change, purpose, reason},
    routes,
};

/// The page of the wallet.
#[component]
pub fn WalletPage() -> impl IntoView {
    view! {
        <Title text="Wallet" />
        <WalletFrame>
            <Inside />
        </WalletFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (of, after) = (query("of"), query("after"));
    let wallet = Resource::new(move || (of.get(), after.get()), |(of, after)| api::wallet(of, after));
    view! {
        <Loaded resource=wallet skeleton=|| view! { <ListSkeleton count=6 /> } let:wallet>
            <Contents wallet />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(wallet: Wallet) -> impl IntoView {
    let Wallet { balances, statement } = wallet;
    let shown = statement.as_ref().map(|statement| statement.account);
    let balances =
        balances.into_iter().map(|balance| view! { <BalanceCard balance shown /> }.into_any()).collect_view();
    let statement = match statement {
        Some(statement) => view! { <StatementCard statement /> }.into_any(),
        None => view! {
            <EmptyState
                icon=IconName::Wallet
                title="No money has moved yet"
                text="What you pay and what you earn stands here, each line with the reason behind it."
            />
        }
        .into_any(),
    };
    view! {
        {balances}
        {statement}
    }
    .into_any()
}

#[component]
fn BalanceCard(balance: Balance, shown: Option<kernel::LedgerAccountId>) -> impl IntoView {
    let Balance { currency, purposes, next_freed } = balance;
    let rows = purposes
        .into_iter()
        .map(|Purpose { kind, amount: of, account }| {
            let is_shown = account.is_some() && account == shown;
            let name = purpose(kind);
            let name = match account {
                Some(account) => view! {
                    <a href=routes::statement(account) aria-current=is_shown.then_some("true")>{name}</a>
                }
                .into_any(),
                None => view! { <span>{name}</span> }.into_any(),
            };
            let note = next_freed.clone().filter(|_| kind == money_core::LedgerKind::Pending && of.is_positive());
            let note = note.map(|next| view! { <span class="cell-note">"The next of it on "{next.full}</span> });
            view! {
                <tr>
                    <th scope="row">{name} {note}</th>
                    <Cell kind=CellKind::Number>{amount(of)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let title = format!("In {currency}");
    view! {
        <Card title=title flush=true>
            <Table label=format!("What you have in {currency}") headers=vec![Column::text("Purpose"), Column::number("Amount")]>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}

#[component]
fn StatementCard(statement: Statement) -> impl IntoView {
    let Statement { account, kind, currency, lines, next } = statement;
    let heads = vec![
        Column::text("What"),
        Column::text("With"),
        Column::number("Amount"),
        Column::number("Balance"),
        Column::text("When"),
    ];
    let rows = lines.into_iter().map(|line| view! { <StatementRow line /> }.into_any()).collect_view();
    let download = move || {
        view! {
            <ButtonLink href=routes::statement_csv(account) size=ButtonSize::Small icon=IconName::Download external=true>
                "CSV"
            </ButtonLink>
        }
    };
    view! {
        <Card
            title=format!("Statement: {}, {currency}", purpose(kind))
            note="Youngest first. Each line leads to the transfer behind it."
            actions=download
            flush=true
        >
            <Table label="Statement" headers=heads stack=true>{rows}</Table>
        </Card>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}&after={next}", routes::statement(account))>"Older lines"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn StatementRow(line: Line) -> impl IntoView {
    let Line { transfer, kind, memo, with, amount: moved, balance, at } = line;
    let with = match with {
        Other::Member(handle) => view! { <a href=format!("/@{handle}")>{format!("@{handle}")}</a> }.into_any(),
        Other::Account(kind) => view! { <span>{purpose(kind)}</span> }.into_any(),
    };
    view! {
        <tr>
            <RowHead note=memo><a href=routes::transfer(transfer)>{reason(kind)}</a></RowHead>
            <Cell>{with}</Cell>
            <Cell kind=CellKind::Number>{change(moved)}</Cell>
            <Cell kind=CellKind::Number label="Balance">{amount(balance)}</Cell>
            <Cell><Timestamp when=at.into() /></Cell>
        </tr>
    }
    .into_any()
}
