//! What questions cost whoever asks.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, HoldId, ListingId, RunId};
use platform::Tx;

use crate::{Error, Way};

/// What a question costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    pub(crate) run: RunId,
    pub(crate) listing: ListingId,
    pub(crate) account: AccountId,
    pub(crate) way: Way,
    pub(crate) minor: i64,
    pub(crate) hold: Option<HoldId>,
}

/// Writes down what a question will cost.
pub(crate) async fn insert(tx: &mut Tx, charge: &Charge) -> Result<(), Error> {
    sqlx::query!(
        "insert into message_charges (run_id, listing_id, account_id, way, amount_minor, hold_id)
         values ($1, $2, $3, $4, $5, $6)",
        charge.run.uuid(),
        charge.listing.uuid(),
        charge.account.uuid(),
        charge.way.as_str(),
        charge.minor,
        charge.hold.map(HoldId::uuid),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a run costs and where it belongs, if that is not settled. Held until the transaction ends.
pub(crate) async fn open(tx: &mut Tx, run: RunId) -> Result<Option<(Charge, Option<ConversationId>)>, Error> {
    let row = sqlx::query!(
        "select c.listing_id, c.account_id, c.way, c.amount_minor, c.hold_id, r.conversation_id
         from message_charges c join runs r on r.id = c.run_id
         where c.run_id = $1 and c.settled_at is null for no key update of c",
        run.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let charge = Charge {
            run,
            listing: ListingId::from_uuid(row.listing_id),
            account: AccountId::from_uuid(row.account_id),
            way: Way::parse(&row.way).ok_or(Error::BadRow("way of a charge"))?,
            minor: row.amount_minor,
            hold: row.hold_id.map(HoldId::from_uuid),
        };
        Ok((charge, row.conversation_id.map(ConversationId::from_uuid)))
    })
    .transpose()
}

/// Ends it: taken, or let go.
pub(crate) async fn settle(tx: &mut Tx, run: RunId, taken: bool, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update message_charges set taken = $2, settled_at = $3 where run_id = $1", run.uuid(), taken, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Of which listing a run is that is not settled, and who asked. Not held.
pub(crate) async fn whose(tx: &mut Tx, run: RunId) -> Result<Option<(ListingId, AccountId)>, Error> {
    let row = sqlx::query!(
        "select listing_id, account_id from message_charges where run_id = $1 and settled_at is null",
        run.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (ListingId::from_uuid(row.listing_id), AccountId::from_uuid(row.account_id))))
}
