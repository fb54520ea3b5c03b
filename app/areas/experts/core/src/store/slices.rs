//! Pieces of experts' time that are taken.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{AccountId, BookingId, SliceId};
use platform::Tx;
use sqlx::PgExecutor;

use crate::{
    Error,
    slots::{Span, Taken},
};

/// What a piece of time is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SliceKind {
    /// Kept for whoever pays, or for the expert's word.
    Hold,
    /// A call.
    Booking,
    /// Proposed for a call that is at another time now.
    Proposal,
    /// Kept for somebody on the waiting list.
    Offer,
}

impl SliceKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Booking => "booking",
            Self::Proposal => "proposal",
            Self::Offer => "offer",
        }
    }
}

/// What is taken, as the columns of a row say it: the call, and the rest after it.
const fn piece(day: NaiveDate, start: DateTime<Utc>, end: DateTime<Utc>, rested: DateTime<Utc>) -> Taken {
    Taken { day, call: Span { start, end }, blocked: Span { start, end: rested } }
}

/// A piece of time that is to be taken.
pub(crate) struct NewSlice {
    pub(crate) id: SliceId,
    pub(crate) expert: AccountId,
    pub(crate) kind: SliceKind,
    pub(crate) booking: Option<BookingId>,
    pub(crate) account: AccountId,
    pub(crate) taken: Taken,
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Takes a piece of time. Who held the expert's row has looked before whether it is free; the constraint is there for who did not.
pub(crate) async fn insert(tx: &mut Tx, new: &NewSlice) -> Result<(), Error> {
    let Taken { day, call, blocked } = &new.taken;
    sqlx::query!(
        "insert into slices (id, expert_id, kind, booking_id, account_id, day, call, blocked, until)
         values ($1, $2, $3, $4, $5, $6, tstzrange($7, $8), tstzrange($7, $9), $10)",
        new.id.uuid(),
        new.expert.uuid(),
        new.kind.as_str(),
        new.booking.map(BookingId::uuid),
        new.account.uuid(),
        day,
        call.start,
        call.end,
        blocked.end,
        new.until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is taken of an expert's time between two moments, the earliest first.
pub(crate) async fn taken(
    executor: impl PgExecutor<'_>,
    expert: AccountId,
    within: Span,
    now: DateTime<Utc>,
) -> Result<Vec<Taken>, Error> {
    let rows = sqlx::query!(
        r#"select day, lower(call) as "start!", upper(call) as "end!", upper(blocked) as "rested!" from slices
           where expert_id = $1 and blocked && tstzrange($2, $3) and (until is null or until > $4)
           order by lower(call)"#,
        expert.uuid(),
        within.start,
        within.end,
        now
    )
    .fetch_all(executor)
    .await?;
    let taken = rows.into_iter().map(|row| piece(row.day, row.start, row.end, row.rested));
    Ok(taken.collect())
}

/// Time that was kept, and is not any longer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expired {
    /// For whom on the waiting list, if it was.
    pub(crate) offered_to: Option<AccountId>,
    pub(crate) taken: Taken,
}

/// Gives up what was kept of an expert's time until now. What that was, the earliest first.
pub(crate) async fn expire(tx: &mut Tx, expert: AccountId, now: DateTime<Utc>) -> Result<Vec<Expired>, Error> {
    let rows = sqlx::query!(
        r#"delete from slices where expert_id = $1 and until <= $2
           returning kind, account_id, day, lower(call) as "start!", upper(call) as "end!", upper(blocked) as "rested!""#,
        expert.uuid(),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let expired = rows.into_iter().map(|row| Expired {
        offered_to: (row.kind == SliceKind::Offer.as_str()).then(|| AccountId::from_uuid(row.account_id)),
        taken: piece(row.day, row.start, row.end, row.rested),
    });
    let mut expired: Vec<Expired> = expired.collect();
    expired.sort_by_key(|it| it.taken.call.start);
    Ok(expired)
}

/// A piece of time that a booking has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) id: SliceId,
    pub(crate) taken: Taken,
    /// Whether it is the call itself, or what is to become it.
    pub(crate) is_call: bool,
}

/// What a booking has taken, the earliest first.
pub(crate) async fn of_booking(executor: impl PgExecutor<'_>, booking: BookingId) -> Result<Vec<Slice>, Error> {
    let rows = sqlx::query!(
        r#"select id, kind, day, lower(call) as "start!", upper(call) as "end!", upper(blocked) as "rested!" from slices
           where booking_id = $1 order by lower(call)"#,
        booking.uuid()
    )
    .fetch_all(executor)
    .await?;
    let slices = rows.into_iter().map(|row| Slice {
        id: SliceId::from_uuid(row.id),
        taken: piece(row.day, row.start, row.end, row.rested),
        is_call: row.kind != SliceKind::Proposal.as_str(),
    });
    Ok(slices.collect())
}

/// Gives up all that a booking has taken.
pub(crate) async fn free(tx: &mut Tx, booking: BookingId) -> Result<(), Error> {
    sqlx::query!("delete from slices where booking_id = $1", booking.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Gives up what is proposed for a booking, and nothing else of it.
pub(crate) async fn free_proposed(tx: &mut Tx, booking: BookingId) -> Result<(), Error> {
    sqlx::query!("delete from slices where booking_id = $1 and kind = 'proposal'", booking.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Makes of what was kept for a booking what it has for good.
pub(crate) async fn confirm(tx: &mut Tx, booking: BookingId) -> Result<(), Error> {
    sqlx::query!(
        "update slices set kind = 'booking', until = null where booking_id = $1 and kind = 'hold'",
        booking.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what is kept for a booking until another time.
pub(crate) async fn keep_until(tx: &mut Tx, booking: BookingId, until: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update slices set until = $2 where booking_id = $1 and kind = 'hold'", booking.uuid(), until)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Makes a call longer.
pub(crate) async fn lengthen(tx: &mut Tx, id: SliceId, to: &Taken) -> Result<(), Error> {
    sqlx::query!(
        "update slices set call = tstzrange($2, $3), blocked = tstzrange($2, $4) where id = $1",
        id.uuid(),
        to.call.start,
        to.call.end,
        to.blocked.end
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Something that is kept for somebody on the waiting list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) id: SliceId,
    pub(crate) expert: AccountId,
    pub(crate) account: AccountId,
    pub(crate) taken: Taken,
    pub(crate) until: DateTime<Utc>,
}

struct OfferRow {
    id: uuid::Uuid,
    expert_id: uuid::Uuid,
    account_id: uuid::Uuid,
    day: NaiveDate,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    rested: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl From<OfferRow> for Offer {
    fn from(row: OfferRow) -> Self {
        Self {
            id: SliceId::from_uuid(row.id),
            expert: AccountId::from_uuid(row.expert_id),
            account: AccountId::from_uuid(row.account_id),
            taken: piece(row.day, row.start, row.end, row.rested),
            until: row.until,
        }
    }
}

/// What is kept for somebody on waiting lists, the earliest first.
pub(crate) async fn offers_to(
    executor: impl PgExecutor<'_>,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Offer>, Error> {
    let rows = sqlx::query_as!(
        OfferRow,
        r#"select id, expert_id, account_id, day, lower(call) as "start!", upper(call) as "end!",
               upper(blocked) as "rested!", until as "until!"
           from slices where account_id = $1 and kind = 'offer' and until > $2 order by lower(call) limit 50"#,
        account.uuid(),
        now
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// What is kept of an expert's for people on their waiting list, however long ago.
pub(crate) async fn offers_of(tx: &mut Tx, expert: AccountId) -> Result<Vec<Offer>, Error> {
    let rows = sqlx::query_as!(
        OfferRow,
        r#"select id, expert_id, account_id, day, lower(call) as "start!", upper(call) as "end!",
               upper(blocked) as "rested!", until as "until!"
           from slices where expert_id = $1 and kind = 'offer' order by lower(call)"#,
        expert.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// Gives up something that was kept.
pub(crate) async fn delete(tx: &mut Tx, id: SliceId) -> Result<(), Error> {
    sqlx::query!("delete from slices where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Experts of whose time something was kept until now, for people on their waiting lists.
pub(crate) async fn experts_with_old_offers(
    executor: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<AccountId>, Error> {
    let ids = sqlx::query_scalar!(
        "select distinct expert_id from slices where until <= $1 and kind = 'offer' limit $2",
        now,
        limit
    )
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// What is proposed for bookings, the earliest first.
pub(crate) async fn proposed(
    executor: impl PgExecutor<'_>,
    bookings: &[BookingId],
) -> Result<Vec<(BookingId, SliceId, DateTime<Utc>)>, Error> {
    let ids: Vec<uuid::Uuid> = bookings.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select booking_id as "booking!", id, lower(call) as "start!" from slices
           where booking_id = any($1) and kind = 'proposal' order by lower(call)"#,
        &ids
    )
    .fetch_all(executor)
    .await?;
    let slots = rows.into_iter().map(|row| (BookingId::from_uuid(row.booking), SliceId::from_uuid(row.id), row.start));
    Ok(slots.collect())
}
