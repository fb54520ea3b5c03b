//! What runs is paid for: the most it can cost is set aside before, and what it did cost is settled afterwards.

use chrono::NaiveDate;
use kernel::{AccountId, Actor, RunId};
use platform::{Cx, Tx, models::Cost};
use sqlx::PgPool;

use crate::{
    Cap, Caps, Error,
    budget::{Side, Span, Spent},
    command::NewCaps,
    store::spending,
};

/// What a run is going to cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// What the agent costs to run.
    pub running: Cost,
    /// What whoever asks pays for it.
    pub charged: Cost,
}

/// Sets aside what a run can cost at most. Where something is set aside for it already, it is so much from now on: a run that
/// goes on further than it was thought to sets aside more before it does.
///
/// # Errors
/// When that would pass a cap, of the agent's or of whoever asks.
pub async fn reserve<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    run: RunId,
    agent: AccountId,
    asker: AccountId,
    most: Most,
) -> Result<(), Error> {
    let held = spending::open(tx, run).await?;
    // First the agent's, then the asker's, everywhere: nobody waits in a circle.
    let mine = held.iter().find(|it| it.side == Side::Agent);
    // A run counts to the day on which it began.
    let day = mine.map_or_else(|| cx.now().date_naive(), |it| it.made_on);
    let running = most.running.micros();
    within_caps(tx, agent, Side::Agent, running.saturating_sub(mine.map_or(0, |it| it.amount)), day).await?;
    match mine {
        Some(held) => spending::change(tx, run, held, running).await?,
        None => spending::reserve(tx, run, agent, Side::Agent, running, day).await?,
    }
    if most.charged > Cost::ZERO {
        reserve_charge(tx, cx, run, asker, most.charged).await?;
    }
    Ok(())
}

/// Sets aside what whoever asked will pay for an answer, when that is known before it is written.
///
/// # Errors
/// When that would pass a cap they set themselves.
pub async fn reserve_charge<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    run: RunId,
    asker: AccountId,
    charged: Cost,
) -> Result<(), Error> {
    let day = cx.now().date_naive();
    within_caps(tx, asker, Side::Account, charged.micros(), day).await?;
    spending::reserve(tx, run, asker, Side::Account, charged.micros(), day).await
}

/// Counts what an account pays at once, such as for something it buys, to what it lets itself spend.
///
/// # Errors
/// When that would pass a cap it set itself.
pub async fn spend<A>(tx: &mut Tx, cx: &Cx<A>, account: AccountId, amount: Cost) -> Result<(), Error> {
    let day = cx.now().date_naive();
    within_caps(tx, account, Side::Account, amount.micros(), day).await?;
    spending::spend(tx, account, Side::Account, amount.micros(), day).await
}

/// Takes back what was just counted, in the same transaction: it could not be paid after all.
///
/// # Errors
/// When the database fails.
pub async fn unspend<A>(tx: &mut Tx, cx: &Cx<A>, account: AccountId, amount: Cost) -> Result<(), Error> {
    spending::spend(tx, account, Side::Account, -amount.micros(), cx.now().date_naive()).await
}

async fn within_caps(tx: &mut Tx, subject: AccountId, side: Side, more: i64, day: NaiveDate) -> Result<(), Error> {
    for meter in spending::lock(tx, subject, side, day).await? {
        let would_be = meter.used.saturating_add(more);
        // What costs nothing passes no cap, not even one of nothing.
        if more > 0 && meter.cap.is_some_and(|cap| would_be > cap) {
            return Err(Error::OverCap(match (side, meter.span) {
                (Side::Agent, Span::Day) => Cap::AgentDay,
                (Side::Agent, Span::Month) => Cap::AgentMonth,
                (Side::Account, Span::Day) => Cap::AccountDay,
                (Side::Account, Span::Month) => Cap::AccountMonth,
            }));
        }
    }
    Ok(())
}

/// Settles what was set aside for a run. Settling it again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn settle<A>(tx: &mut Tx, cx: &Cx<A>, run: RunId, spent: Most) -> Result<(), Error> {
    let mut open = spending::open(tx, run).await?;
    // In the order in which they are reserved.
    open.sort_by_key(|held| held.side == Side::Account);
    for held in open {
        let amount = match held.side {
            Side::Agent => spent.running,
            Side::Account => spent.charged,
        };
        if amount.micros() > held.amount {
            tracing::error!(%run, side = held.side.as_str(), reserved = held.amount, spent = amount.micros(), "a run cost more than its most");
        }
        spending::lock(tx, held.subject, held.side, held.made_on).await?;
        spending::settle(tx, run, &held, amount.micros(), cx.now()).await?;
    }
    Ok(())
}

/// What was spent today and this month by an account itself, and what it lets itself spend.
///
/// # Errors
/// When the database fails.
pub async fn my_spending(pool: &PgPool, cx: &Cx<Actor>) -> Result<(Vec<Spent>, Option<Caps>), Error> {
    let me = cx.actor.account;
    let spent = spending::spent(pool, me, Side::Account, cx.now().date_naive()).await?;
    Ok((spent, spending::caps(pool, me, Side::Account).await?))
}

/// Sets what an account lets itself spend.
///
/// # Errors
/// When the database fails.
pub async fn set_my_limits(tx: &mut Tx, cx: &Cx<Actor>, caps: NewCaps) -> Result<(), Error> {
    spending::set_limits(tx, cx.actor.account, caps.caps(), cx.now()).await
}
