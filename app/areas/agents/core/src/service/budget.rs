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

/// Sets aside what a run can cost at most.
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
    let day = cx.now().date_naive();
    // First the agent's, then the asker's, everywhere: nobody waits in a circle.
    for (subject, side, amount) in [(agent, Side::Agent, most.running), (asker, Side::Account, most.charged)] {
        within_caps(tx, subject, side, amount, day).await?;
        spending::reserve(tx, run, subject, side, amount.micros(), day).await?;
    }
    Ok(())
}

async fn within_caps(tx: &mut Tx, subject: AccountId, side: Side, amount: Cost, day: NaiveDate) -> Result<(), Error> {
    for meter in spending::lock(tx, subject, side, day).await? {
        let would_be = meter.used.saturating_add(amount.micros());
        // What costs nothing passes no cap, not even one of nothing.
        if amount > Cost::ZERO && meter.cap.is_some_and(|cap| would_be > cap) {
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
