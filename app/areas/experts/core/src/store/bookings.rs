//! Bookings, and what was paid for them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId, HoldId, ServiceId, TransferId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{BookingState, Error, Party, Policy};

/// A booking.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) id: BookingId,
    pub(crate) expert: AccountId,
    pub(crate) client: AccountId,
    pub(crate) service: ServiceId,
    pub(crate) state: BookingState,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) brief: String,
    pub(crate) price_minor: i64,
    pub(crate) fee_points: u16,
    pub(crate) policy: Policy,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) awaits_money: bool,
    pub(crate) hold: Option<HoldId>,
    pub(crate) expert_came_at: Option<DateTime<Utc>>,
    pub(crate) client_came_at: Option<DateTime<Utc>>,
    pub(crate) ended: Option<(AccountId, DateTime<Utc>)>,
    pub(crate) broken_by: Option<AccountId>,
    pub(crate) closed_by: Option<AccountId>,
    pub(crate) reason: Option<String>,
    pub(crate) sequence: u32,
    pub(crate) created_at: DateTime<Utc>,
}

impl Booking {
    /// Which of both somebody is, if any.
    pub(crate) fn party(&self, account: AccountId) -> Option<Party> {
        match account {
            it if it == self.expert => Some(Party::Expert),
            it if it == self.client => Some(Party::Client),
            _ => None,
        }
    }

    /// Whether it is the answer to a wish for this time. One that was moved since is as well.
    pub(crate) fn created_for(&self, start: DateTime<Utc>) -> bool {
        self.starts_at == start || self.sequence > 0
    }

    /// Who of both that is.
    pub(crate) const fn who(&self, party: Party) -> AccountId {
        match party {
            Party::Expert => self.expert,
            Party::Client => self.client,
        }
    }
}

struct Row {
    id: Uuid,
    expert_id: Uuid,
    client_id: Uuid,
    service_id: Uuid,
    state: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    brief: String,
    price_minor: i64,
    fee_points: i32,
    policy: serde_json::Value,
    due_at: Option<DateTime<Utc>>,
    awaits_money: bool,
    hold_id: Option<Uuid>,
    expert_came_at: Option<DateTime<Utc>>,
    client_came_at: Option<DateTime<Utc>>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
    broken_by: Option<Uuid>,
    closed_by: Option<Uuid>,
    reason: Option<String>,
    sequence: i32,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Booking {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: BookingId::from_uuid(row.id),
            expert: AccountId::from_uuid(row.expert_id),
            client: AccountId::from_uuid(row.client_id),
            service: ServiceId::from_uuid(row.service_id),
            state: BookingState::parse(&row.state).ok_or(Error::BadRow("state of a booking"))?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            brief: row.brief,
            price_minor: row.price_minor,
            fee_points: u16::try_from(row.fee_points).map_err(|_| Error::BadRow("fee of a booking"))?,
            policy: serde_json::from_value(row.policy).map_err(|_| Error::BadRow("policy of a booking"))?,
            due_at: row.due_at,
            awaits_money: row.awaits_money,
            hold: row.hold_id.map(HoldId::from_uuid),
            expert_came_at: row.expert_came_at,
            client_came_at: row.client_came_at,
            ended: row.ended_by.map(AccountId::from_uuid).zip(row.ended_at),
            broken_by: row.broken_by.map(AccountId::from_uuid),
            closed_by: row.closed_by.map(AccountId::from_uuid),
            reason: row.reason,
            sequence: u32::try_from(row.sequence).unwrap_or(0),
            created_at: row.created_at,
        })
    }
}

/// Writes down a new booking.
pub(crate) async fn insert(tx: &mut Tx, it: &Booking, key: &str) -> Result<(), Error> {
    let policy = serde_json::to_value(&it.policy).map_err(|_| Error::BadRow("policy of a booking"))?;
    sqlx::query!(
        "insert into bookings (id, expert_id, client_id, service_id, key, state, starts_at, ends_at, brief, price_minor,
             fee_points, policy, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        it.id.uuid(),
        it.expert.uuid(),
        it.client.uuid(),
        it.service.uuid(),
        key,
        it.state.as_str(),
        it.starts_at,
        it.ends_at,
        it.brief,
        it.price_minor,
        i32::from(it.fee_points),
        policy,
        it.due_at,
        it.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A booking. Not held.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: BookingId) -> Result<Option<Booking>, Error> {
    sqlx::query_as!(
        Row,
        "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
             due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
             reason, sequence, created_at
         from bookings where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(Booking::try_from)
    .transpose()
}

/// Several bookings, in no order.
pub(crate) async fn many(pool: &PgPool, ids: &[BookingId]) -> Result<Vec<Booking>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
             due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
             reason, sequence, created_at
         from bookings where id = any($1)",
        &ids
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// A booking whose row is held until the transaction ends. After the expert's, before the ledger.
pub(crate) async fn lock(tx: &mut Tx, id: BookingId) -> Result<Option<Booking>, Error> {
    sqlx::query_as!(
        Row,
        "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
             due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
             reason, sequence, created_at
         from bookings where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Booking::try_from)
    .transpose()
}

/// The booking that somebody began with this key.
pub(crate) async fn by_key(tx: &mut Tx, client: AccountId, key: &str) -> Result<Option<Booking>, Error> {
    let id = sqlx::query_scalar!("select id from bookings where client_id = $1 and key = $2", client.uuid(), key)
        .fetch_optional(&mut **tx)
        .await?;
    match id {
        Some(id) => find(&mut **tx, BookingId::from_uuid(id)).await,
        None => Ok(None),
    }
}

/// What of an expert's time is kept for somebody who has not paid.
pub(crate) async fn held_by(
    tx: &mut Tx,
    expert: AccountId,
    client: AccountId,
) -> Result<Option<(BookingId, DateTime<Utc>)>, Error> {
    let row = sqlx::query!(
        "select id, starts_at from bookings where expert_id = $1 and client_id = $2 and state = 'held'",
        expert.uuid(),
        client.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (BookingId::from_uuid(row.id), row.starts_at)))
}

/// How often something of an expert's was kept for somebody since then without being paid.
pub(crate) async fn unpaid_since(
    tx: &mut Tx,
    expert: AccountId,
    client: AccountId,
    since: DateTime<Utc>,
) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from bookings
           where client_id = $2 and expert_id = $1 and state = 'lapsed' and created_at > $3"#,
        expert.uuid(),
        client.uuid(),
        since
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Ends what was kept of an expert's time for those who have not paid until now.
pub(crate) async fn lapse_held(tx: &mut Tx, expert: AccountId, now: DateTime<Utc>) -> Result<Vec<Booking>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "update bookings set state = 'lapsed', due_at = null where expert_id = $1 and state = 'held' and due_at <= $2
         returning id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
             due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
             reason, sequence, created_at",
        expert.uuid(),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// Writes down that the time of a booking is not kept any more, or is no longer wanted.
pub(crate) async fn set_lapsed(tx: &mut Tx, id: BookingId) -> Result<(), Error> {
    sqlx::query!("update bookings set state = 'lapsed', due_at = null where id = $1", id.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes down whether a booking is paid as soon as there is money.
pub(crate) async fn set_awaits(tx: &mut Tx, id: BookingId, awaits: bool) -> Result<(), Error> {
    sqlx::query!("update bookings set awaits_money = $2 where id = $1", id.uuid(), awaits).execute(&mut **tx).await?;
    Ok(())
}

/// Has nothing of an expert's paid for somebody any more that they let pass: they want something else of theirs.
pub(crate) async fn stop_awaiting(tx: &mut Tx, expert: AccountId, client: AccountId) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set awaits_money = false
         where client_id = $2 and expert_id = $1 and state = 'lapsed' and awaits_money",
        expert.uuid(),
        client.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Bookings of somebody's that are paid as soon as there is money.
pub(crate) async fn awaiting(tx: &mut Tx, client: AccountId) -> Result<Vec<BookingId>, Error> {
    let ids = sqlx::query_scalar!(
        "select id from bookings where client_id = $1 and awaits_money order by id limit 20",
        client.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(BookingId::from_uuid).collect())
}

/// Writes down that a booking waits for the expert's word, with the money that is set aside.
pub(crate) async fn set_requested(tx: &mut Tx, id: BookingId, hold: HoldId, until: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set state = 'requested', due_at = $3, hold_id = $2, awaits_money = false where id = $1",
        id.uuid(),
        hold.uuid(),
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that a booking will happen.
pub(crate) async fn set_confirmed(tx: &mut Tx, id: BookingId, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set state = 'confirmed', due_at = null, awaits_money = false, confirmed_at = $2 where id = $1",
        id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that a booking was taken back or declined, by whom and why.
pub(crate) async fn close(
    tx: &mut Tx,
    id: BookingId,
    state: BookingState,
    by: Option<AccountId>,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set state = $2, due_at = null, awaits_money = false, closed_by = $3, reason = $4, closed_at = $5,
             sequence = sequence + 1
         where id = $1",
        id.uuid(),
        state.as_str(),
        by.map(AccountId::uuid),
        reason,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Moves a booking to another time.
pub(crate) async fn set_time(
    tx: &mut Tx,
    id: BookingId,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set starts_at = $2, ends_at = $3, sequence = sequence + 1 where id = $1",
        id.uuid(),
        starts_at,
        ends_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that one of both is there. The first time counts.
pub(crate) async fn set_came(tx: &mut Tx, id: BookingId, party: Party, now: DateTime<Utc>) -> Result<(), Error> {
    let expert = party == Party::Expert;
    sqlx::query!(
        "update bookings set
             expert_came_at = case when $2 then coalesce(expert_came_at, $3) else expert_came_at end,
             client_came_at = case when $2 then client_came_at else coalesce(client_came_at, $3) end
         where id = $1",
        id.uuid(),
        expert,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets who was there: for another time of the call nobody was yet.
pub(crate) async fn clear_came(tx: &mut Tx, id: BookingId) -> Result<(), Error> {
    sqlx::query!("update bookings set expert_came_at = null, client_came_at = null where id = $1", id.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes down who ended a call before its time, and whether because of a technical failure.
pub(crate) async fn set_ended(
    tx: &mut Tx,
    id: BookingId,
    by: AccountId,
    broken: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update bookings set ended_by = $2, ended_at = $4, broken_by = case when $3 then $2::uuid end where id = $1",
        id.uuid(),
        by.uuid(),
        broken,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down what a call came to.
pub(crate) async fn settle(tx: &mut Tx, id: BookingId, state: BookingState, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update bookings set state = $2, closed_at = $3 where id = $1", id.uuid(), state.as_str(), now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What was paid once for a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub(crate) place: i16,
    pub(crate) transfer: TransferId,
    pub(crate) minor: i64,
    pub(crate) returned: i64,
}

/// Writes down a payment.
pub(crate) async fn insert_payment(
    tx: &mut Tx,
    booking: BookingId,
    place: i16,
    transfer: TransferId,
    minor: i64,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into booking_payments (booking_id, place, transfer_id, amount_minor) values ($1, $2, $3, $4)",
        booking.uuid(),
        place,
        transfer.uuid(),
        minor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that so much more of a payment was given back.
pub(crate) async fn add_returned(tx: &mut Tx, booking: BookingId, place: i16, minor: i64) -> Result<(), Error> {
    sqlx::query!(
        "update booking_payments set returned_minor = returned_minor + $3 where booking_id = $1 and place = $2",
        booking.uuid(),
        place,
        minor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was paid for a booking, the call itself first.
pub(crate) async fn payments(executor: impl PgExecutor<'_>, booking: BookingId) -> Result<Vec<Payment>, Error> {
    let rows = sqlx::query!(
        "select place, transfer_id, amount_minor, returned_minor from booking_payments where booking_id = $1 order by place",
        booking.uuid()
    )
    .fetch_all(executor)
    .await?;
    let payments = rows.into_iter().map(|row| Payment {
        place: row.place,
        transfer: TransferId::from_uuid(row.transfer_id),
        minor: row.amount_minor,
        returned: row.returned_minor,
    });
    Ok(payments.collect())
}

/// What was paid for many bookings, by booking.
pub(crate) async fn payments_of(pool: &PgPool, bookings: &[BookingId]) -> Result<Vec<(BookingId, Payment)>, Error> {
    let ids: Vec<Uuid> = bookings.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "select booking_id, place, transfer_id, amount_minor, returned_minor from booking_payments
         where booking_id = any($1) order by booking_id, place",
        &ids
    )
    .fetch_all(pool)
    .await?;
    let payments = rows.into_iter().map(|row| {
        let payment = Payment {
            place: row.place,
            transfer: TransferId::from_uuid(row.transfer_id),
            minor: row.amount_minor,
            returned: row.returned_minor,
        };
        (BookingId::from_uuid(row.booking_id), payment)
    });
    Ok(payments.collect())
}

/// Bookings whose time is kept until now, and those that wait for an expert's word until now; from after a place in the list.
pub(crate) async fn due(
    pool: &PgPool,
    now: DateTime<Utc>,
    after: (DateTime<Utc>, BookingId),
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, BookingId)>, Error> {
    let rows = sqlx::query!(
        r#"select due_at as "due_at!", id from bookings
           where due_at <= $1 and (due_at, id) > ($2, $3) order by due_at, id limit $4"#,
        now,
        after.0,
        after.1.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.due_at, BookingId::from_uuid(row.id))).collect())
}

/// Calls that are over and not settled, from after a place in the list.
pub(crate) async fn to_settle(
    pool: &PgPool,
    now: DateTime<Utc>,
    after: (DateTime<Utc>, BookingId),
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, BookingId)>, Error> {
    let rows = sqlx::query!(
        "select ends_at, id from bookings
         where state = 'confirmed' and ends_at <= $1 and (ends_at, id) > ($2, $3) order by ends_at, id limit $4",
        now,
        after.0,
        after.1.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.ends_at, BookingId::from_uuid(row.id))).collect())
}

/// Where a page of somebody's bookings begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) at: DateTime<Utc>,
    pub(crate) id: BookingId,
}

/// Bookings of somebody's that are still to happen, the earliest first, or are over, the latest first.
pub(crate) async fn of_party(
    pool: &PgPool,
    account: AccountId,
    party: Party,
    upcoming: bool,
    after: Option<Edge>,
    limit: i64,
) -> Result<Vec<Booking>, Error> {
    let (at, id) = (after.map(|it| it.at), after.map(|it| it.id.uuid()));
    let expert = party == Party::Expert;
    let rows = if upcoming {
        sqlx::query_as!(
            Row,
            "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
                 due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
                 reason, sequence, created_at
             from bookings
             where case when $2 then expert_id = $1 else client_id = $1 end
                 and state in ('held', 'requested', 'confirmed')
                 and ($3::timestamptz is null or (starts_at, id) > ($3, $4))
             order by starts_at, id limit $5",
            account.uuid(),
            expert,
            at,
            id,
            limit
        )
        .fetch_all(pool)
        .await?
    } else {
        sqlx::query_as!(
            Row,
            "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
                 due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
                 reason, sequence, created_at
             from bookings
             where case when $2 then expert_id = $1 else client_id = $1 end
                 and state not in ('held', 'requested', 'confirmed')
                 and ($3::timestamptz is null or (starts_at, id) < ($3, $4))
             order by starts_at desc, id desc limit $5",
            account.uuid(),
            expert,
            at,
            id,
            limit
        )
        .fetch_all(pool)
        .await?
    };
    rows.into_iter().map(Booking::try_from).collect()
}

/// An expert's bookings that are still to happen between two moments, the earliest first.
pub(crate) async fn open_between(
    executor: impl PgExecutor<'_>,
    expert: AccountId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Booking>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, expert_id, client_id, service_id, state, starts_at, ends_at, brief, price_minor, fee_points, policy,
             due_at, awaits_money, hold_id, expert_came_at, client_came_at, ended_by, ended_at, broken_by, closed_by,
             reason, sequence, created_at
         from bookings
         where expert_id = $1 and starts_at >= $2 and starts_at < $3 and state in ('held', 'requested', 'confirmed')
         order by starts_at, id limit 500",
        expert.uuid(),
        from,
        until
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// What an expert's calls of each day came to after the platform's part and what was given back, since then: how many, and how much.
/// One that was cancelled counts if something of it stayed theirs.
pub(crate) async fn earned_since(
    pool: &PgPool,
    expert: AccountId,
    since: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select b.starts_at,
               coalesce(sum(l.amount - l.refunded - (l.fee - l.refunded_fee)), 0)::bigint as "earned!"
           from bookings b
               join booking_payments p on p.booking_id = b.id
               join payment_lines l on l.transfer_id = p.transfer_id and l.payee_id = b.expert_id
           where b.expert_id = $1 and b.starts_at >= $2
               and b.state in ('completed', 'expert_missed', 'client_missed', 'nobody_came', 'failed', 'cancelled')
           group by b.id
           having b.state <> 'cancelled' or sum(l.amount) > sum(l.refunded)
           order by b.starts_at"#,
        expert.uuid(),
        since
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.starts_at, row.earned)).collect())
}
