//! What pages show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    identity_core::AccountSummary,
    kernel::{AccountId, Cursor, Handle, LedgerAccountId, PageSize},
    money_core::{Counterparty, Error, LedgerKind, StatementLine, service},
    std::collections::HashMap,
    web::{Moment, server::Server},
};

/// What the reader has, and one of their statements: the one that is asked for, or else that of the first wallet.
#[server(prefix = "/api", endpoint = "money/wallet", input = GetUrl, output = Json)]
pub async fn wallet(
    /// An account of the ledger.
    #[server(default)]
    of: Option<String>,
    /// Where the stretch of the statement begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Wallet, Failure> {
    let server = Server::current()?;
    let (pool, actor, after) = (server.database.pool(), server.cx()?.actor, Server::cursor(after.as_deref())?);
    let asked = of.filter(|of| !of.is_empty());
    let asked = asked.map(|of| of.parse().map_err(|_| Failure::from(Error::NoSuchLedgerAccount))).transpose()?;
    let wallet = service::wallet(pool, actor, actor.account).await.map_err(Failure::from)?;
    let balances: Vec<_> = wallet.balances.iter().map(|balance| describe_balance(balance, &server)).collect();
    let shown = match asked {
        Some(account) => Some(account),
        None => balances.iter().flat_map(|balance| &balance.purposes).find_map(|purpose| purpose.account),
    };
    let statement = match shown {
        Some(account) => Some(statement(&server, &balances, account, after.as_ref()).await?),
        None => None,
    };
    Ok(dto::Wallet { balances, statement })
}

#[cfg(not(target_arch = "wasm32"))]
fn describe_balance(balance: &money_core::Balance, server: &Server) -> dto::Balance {
    let purposes = [
        (LedgerKind::Wallet, balance.available),
        (LedgerKind::Held, balance.held),
        (LedgerKind::Pending, balance.pending),
        (LedgerKind::Earnings, balance.earnings),
    ];
    let purposes = purposes.map(|(kind, amount)| dto::Purpose { kind, amount, account: balance.account(kind) });
    dto::Balance {
        currency: balance.currency,
        purposes: purposes.into(),
        next_freed: balance.next_freed_at.map(|at| Moment::describe(at, server.world.now())),
    }
}

/// A stretch of the statement of one of the reader's own accounts: a wallet shows nobody else's.
#[cfg(not(target_arch = "wasm32"))]
async fn statement(
    server: &Server,
    balances: &[dto::Balance],
    account: LedgerAccountId,
    after: Option<&Cursor>,
) -> Result<dto::Statement, Failure> {
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let purposes = balances.iter().flat_map(|balance| &balance.purposes);
    let purpose = purposes.into_iter().find(|purpose| purpose.account == Some(account));
    let purpose = purpose.ok_or_else(|| Failure::from(Error::NoSuchLedgerAccount))?;
    let page = service::statement(pool, actor, account, after, PageSize::clamped(30)).await.map_err(Failure::from)?;
    let members = page.items.iter().filter_map(|line| match line.counterparty {
        Counterparty::Member(id) => Some(id),
        Counterparty::Account(_) => None,
    });
    let members = summaries(server, members.collect()).await?;
    let line = |line: StatementLine| dto::Line {
        transfer: line.transfer,
        kind: line.kind,
        memo: line.memo.into(),
        with: match line.counterparty {
            Counterparty::Member(id) => {
                handle(&members, id).map_or(dto::Other::Account(LedgerKind::Losses), dto::Other::Member)
            }
            Counterparty::Account(kind) => dto::Other::Account(kind),
        },
        amount: line.amount,
        balance: line.balance,
        at: Moment::describe(line.created_at, now),
    };
    let (kind, currency) = (purpose.kind, purpose.amount.currency);
    Ok(dto::Statement { account, kind, currency, lines: page.items.into_iter().map(line).collect(), next: page.next })
}

/// One transfer, for those who have a part in it.
#[server(prefix = "/api", endpoint = "money/transfer", input = GetUrl, output = Json)]
pub async fn transfer(
    /// Its id.
    id: String,
) -> Result<dto::Transfer, Failure> {
    let server = Server::current()?;
    let (pool, actor) = (server.database.pool(), server.cx()?.actor);
    let id = id.parse().map_err(|_| Failure::from(Error::NoSuchTransfer))?;
    let view = service::transfer(pool, actor, id).await.map_err(Failure::from)?;
    let owners = summaries(&server, view.postings.iter().filter_map(|posting| posting.owner).collect()).await?;
    let postings = view.postings.iter().map(|posting| dto::Posting {
        kind: posting.kind,
        owner: posting.owner.and_then(|owner| handle(&owners, owner)),
        amount: posting.amount,
    });
    Ok(dto::Transfer {
        id,
        kind: view.kind,
        memo: view.memo.into(),
        subject: view.subject.map(|subject| subject.to_string()),
        at: Moment::describe(view.created_at, server.world.now()),
        reverses: view.reverses,
        reversed_by: view.reversed_by,
        postings: postings.collect(),
    })
}

/// What the reader can have paid out, and what was.
#[server(prefix = "/api", endpoint = "money/payouts", input = GetUrl, output = Json)]
pub async fn payouts(
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Payouts, Failure> {
    let server = Server::current()?;
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let after = Server::cursor(after.as_deref())?;
    let wallet = service::wallet(pool, actor, actor.account).await.map_err(Failure::from)?;
    let page =
        service::payouts(pool, actor, actor.account, after.as_ref(), PageSize::DEFAULT).await.map_err(Failure::from)?;
    let payout = |payout: money_core::PayoutView| dto::Payout {
        amount: payout.amount,
        state: payout.state,
        failure: payout.failure,
        asked: Moment::describe(payout.created_at, now),
    };
    Ok(dto::Payouts {
        free: wallet.balances.iter().map(|balance| balance.earnings).filter(|free| free.is_positive()).collect(),
        key: server.submission_key(),
        payouts: page.items.into_iter().map(payout).collect(),
        next: page.next,
    })
}

#[cfg(not(target_arch = "wasm32"))]
async fn summaries(server: &Server, ids: Vec<AccountId>) -> Result<HashMap<AccountId, AccountSummary>, Failure> {
    identity_core::service::summaries(server.database.pool(), &ids).await.map_err(Failure::from)
}

#[cfg(not(target_arch = "wasm32"))]
fn handle(of: &HashMap<AccountId, AccountSummary>, id: AccountId) -> Option<Handle> {
    of.get(&id).map(|summary| summary.handle.clone())
}
