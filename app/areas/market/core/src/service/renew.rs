//! Time passes for subscriptions to agents: periods end and begin, payments are tried again, and what is never paid ends.

use agents_core::Cap;
use chrono::TimeDelta;
use kernel::{Actor, LicenceId};
use money_core::{LedgerKind, service as ledger};
use platform::{Cx, Database, Tx, World, event};
use uuid::Uuid;

use super::{
    buy::{end, period_end},
    sell::{self, For},
    terms::cost,
};
use crate::{
    AtEnd, EndReason, Error, LicenceState, ListingState, SaleKind,
    event::{LicenceInGrace, LicencePastDue, LicenceRecovered, LicenceRenewed},
    letter::{self, About},
    store::{
        licences::{self, Licence},
        listings::{self, Listing},
        users,
    },
};

/// After how many days a payment that failed is tried again, each after the one before.
const RETRIES: [i64; 3] = [1, 3, 5];
/// For how many days a subscription rests that is not paid, before it ends.
const GRACE_DAYS: i64 = 7;

/// Does what is due for subscriptions, one after the other, each in a transaction of its own. What fails is logged and left
/// for the next time. Returns how many were done.
///
/// # Errors
/// When the database fails.
pub async fn run_due(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let (mut done, mut failed) = (0, Vec::<Uuid>::new());
    while let Some((id, listing, account)) = licences::next_due(database.pool(), cx.now(), &failed).await? {
        let mut tx = database.begin().await?;
        users::lock(&mut tx, listing, account).await?;
        match advance(&mut tx, &cx, id).await {
            Ok(()) => {
                tx.commit().await?;
                done += 1;
            }
            Err(error) => {
                tracing::error!(licence = %id, ?error, "a licence could not be advanced");
                tx.rollback().await?;
                failed.push(id.uuid());
            }
        }
    }
    Ok(done)
}

/// Does the next thing that is due for a licence, unless somebody did it meanwhile.
async fn advance(tx: &mut Tx, cx: &Cx<Option<Actor>>, id: LicenceId) -> Result<(), Error> {
    let Some(mut it) = licences::lock(tx, id).await? else { return Ok(()) };
    if it.due_at.is_none_or(|due| due > cx.now()) {
        return Ok(());
    }
    let listing = listings::find(&mut **tx, it.listing).await?.ok_or(Error::NoSuchListing)?;
    // What doesn't answer, or not on the market any more, is not paid for.
    let gone = listing.state == ListingState::Withdrawn || !listing.at_work;
    match it.state {
        LicenceState::Ended => Ok(()),
        LicenceState::Grace => end(tx, cx, it, EndReason::Unpaid).await,
        _ if gone => end(tx, cx, it, EndReason::Withdrawn).await,
        LicenceState::PastDue => collect_or_wait(tx, cx, &listing, it).await,
        LicenceState::Active if it.at_end == Some(AtEnd::Cancel) => end(tx, cx, it, EndReason::Asked).await,
        LicenceState::Active => {
            let (Some(start), Some(months)) = (it.period_end, it.kind.months()) else { return Ok(()) };
            it.period_start = start;
            it.period_end = Some(period_end(start, months, it.anchor_day));
            it.tries = 0;
            collect_or_wait(tx, cx, &listing, it).await
        }
    }
}

async fn collect_or_wait(tx: &mut Tx, cx: &Cx<Option<Actor>>, listing: &Listing, it: Licence) -> Result<(), Error> {
    match collect(tx, cx, listing, it.clone()).await {
        Err(error) => match not_paid(&error) {
            Some(reason) => wait(tx, cx, it, reason).await,
            None => Err(error),
        },
        Ok(()) => Ok(()),
    }
}

/// Why there is not enough to pay a period, in words for the subscriber; nothing, when something else is wrong.
fn not_paid(error: &Error) -> Option<String> {
    match error {
        Error::Ledger(money_core::Error::NotEnough { of: LedgerKind::Wallet, missing }) => {
            Some(format!("There is not enough in your wallet: {missing} are missing."))
        }
        Error::Agents(agents_core::Error::OverCap(cap)) => {
            let span = if *cap == Cap::AccountMonth { "month" } else { "day" };
            Some(format!("It would pass what you let yourself spend in a {span}. You can raise that in your settings."))
        }
        _ => None,
    }
}

/// Has the period of a licence paid that it is in. When there is not enough, nothing is changed.
pub(super) async fn collect<A: ledger::Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    listing: &Listing,
    mut it: Licence,
) -> Result<(), Error> {
    let (id, account) = (it.id, it.account);
    agents_core::service::spend(tx, cx, account, cost(it.price)).await?;
    let key = format!("licence:{id}:{}", it.period_start.timestamp()).parse().map_err(money_core::Error::from)?;
    let what = For::Licence { kind: SaleKind::Period, licence: id, key };
    match sell::sell(tx, cx, listing, account, it.price, what).await {
        Ok(_) => {}
        Err(error) => {
            agents_core::service::unspend(tx, cx, account, cost(it.price)).await?;
            return Err(error);
        }
    }
    let owed = it.state.owes();
    it.state = LicenceState::Active;
    it.due_at = it.period_end;
    (it.tries, it.answers) = (0, 0);
    licences::update(tx, &it).await?;
    let until = it.period_end.unwrap_or(it.period_start);
    event::append(tx, cx, id, &LicenceRenewed { licence: id, account, until }).await?;
    if owed {
        event::append(tx, cx, id, &LicenceRecovered { licence: id, account }).await?;
    }
    Ok(())
}

/// A period could not be paid: it is tried again after a while, then the licence rests, and then it ends.
async fn wait(tx: &mut Tx, cx: &Cx<Option<Actor>>, mut it: Licence, reason: String) -> Result<(), Error> {
    let (licence, account, tries) = (it.id, it.account, it.tries + 1);
    it.tries = tries;
    match RETRIES.get(usize::from(tries) - 1) {
        Some(days) => {
            let next_try = cx.now() + TimeDelta::days(*days);
            (it.state, it.due_at) = (LicenceState::PastDue, Some(next_try));
            event::append(tx, cx, licence, &LicencePastDue { licence, account, tries, next_try }).await?;
        }
        None => {
            let until = cx.now() + TimeDelta::days(GRACE_DAYS);
            (it.state, it.due_at) = (LicenceState::Grace, Some(until));
            event::append(tx, cx, licence, &LicenceInGrace { licence, account, until }).await?;
        }
    }
    licences::update(tx, &it).await?;
    letter::enqueue(tx, About::NotPaid { licence, reason }).await
}
