//! Credits and what is reserved of them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, CreditId, InvoiceId, ReservationId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    CreditBalance, Error, ReservationView,
    command::{GiveCredits, Reserve},
};

/// Writes credits down, unless they were given with that key before.
pub(crate) async fn insert(tx: &mut Tx, id: CreditId, give: &GiveCredits, now: DateTime<Utc>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into credits (id, account_id, meter, amount, remaining, reason, key, expires_at, created_at)
         values ($1, $2, $3, $4, $4, $5, $6, $7, $8) on conflict (account_id, key) do nothing",
        id.uuid(),
        give.account.uuid(),
        give.meter.as_str(),
        give.amount,
        give.reason,
        give.key.as_str(),
        give.expires_at,
        now
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

/// Lets one at a time reserve of somebody's credits.
pub(crate) async fn queue(tx: &mut Tx, account: AccountId, meter: &str) -> Result<(), Error> {
    let lock = format!("credits:{account}:{meter}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).fetch_one(&mut **tx).await?;
    Ok(())
}

/// What can be used, first what expires first.
pub(crate) async fn usable(
    tx: &mut Tx,
    account: AccountId,
    meter: &str,
    now: DateTime<Utc>,
) -> Result<Vec<(CreditId, i64)>, Error> {
    let rows = sqlx::query!(
        "select id, remaining from credits where account_id = $1 and meter = $2 and remaining > 0 and expires_at > $3
         order by expires_at, id for no key update",
        account.uuid(),
        meter,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (CreditId::from_uuid(row.id), row.remaining)).collect())
}

/// The reservation that was made with a key.
pub(crate) async fn by_key(tx: &mut Tx, reserve: &Reserve) -> Result<Option<(ReservationView, String)>, Error> {
    let row = sqlx::query!(
        "select id, meter, amount, used from reservations where account_id = $1 and key = $2",
        reserve.account.uuid(),
        reserve.key.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let id = ReservationId::from_uuid(row.id);
        (ReservationView { id, amount: row.amount, used: row.used }, row.meter)
    }))
}

/// Writes a reservation down with what it draws on, and takes that off.
pub(crate) async fn reserve(
    tx: &mut Tx,
    id: ReservationId,
    reserve: &Reserve,
    draws: &[(CreditId, i64)],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into reservations (id, account_id, meter, amount, key, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.uuid(),
        reserve.account.uuid(),
        reserve.meter.as_str(),
        reserve.amount,
        reserve.key.as_str(),
        expires_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    let (credits, amounts): (Vec<Uuid>, Vec<i64>) = draws.iter().map(|(id, amount)| (id.uuid(), *amount)).unzip();
    sqlx::query!(
        "with draws as (select * from unnest($2::uuid[], $3::bigint[]) as it (credit, amount)),
         taken as (
             update credits set remaining = remaining - draws.amount from draws where credits.id = draws.credit
         )
         insert into reservation_draws (reservation_id, credit_id, amount) select $1, credit, amount from draws",
        id.uuid(),
        &credits,
        &amounts
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A reservation whose row is held.
pub(crate) struct Held {
    pub(crate) account: AccountId,
    pub(crate) meter: String,
    pub(crate) amount: i64,
    pub(crate) used: Option<i64>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Reads a reservation and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: ReservationId) -> Result<Option<Held>, Error> {
    let row = sqlx::query!(
        "select account_id, meter, amount, used, expires_at from reservations where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Held {
        account: AccountId::from_uuid(row.account_id),
        meter: row.meter,
        amount: row.amount,
        used: row.used,
        expires_at: row.expires_at,
    }))
}

/// Ends a reservation: what was used is used, first of what expires first, and the rest can be used again.
pub(crate) async fn end(tx: &mut Tx, id: ReservationId, used: i64, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update reservations set used = $2, ended_at = $3 where id = $1", id.uuid(), used, now)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "with ordered as (
             select d.credit_id, d.amount,
                 sum(d.amount) over (order by c.expires_at, c.id) - d.amount as before
             from reservation_draws d join credits c on c.id = d.credit_id where d.reservation_id = $1
         ),
         shares as (select credit_id, amount, least(amount, greatest(0, $2 - before))::bigint as used from ordered),
         written as (
             update reservation_draws d set used = s.used from shares s
             where d.reservation_id = $1 and d.credit_id = s.credit_id
         )
         update credits c set remaining = c.remaining + s.amount - s.used from shares s where c.id = s.credit_id",
        id.uuid(),
        i64::max(used, 0) as i64
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the credits that were given with an invoice, because the money for it went back. What is reserved of them can be used.
pub(crate) async fn end_of_invoice(
    tx: &mut Tx,
    account: AccountId,
    invoice: InvoiceId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update credits set expires_at = least(expires_at, $3) where account_id = $1 and starts_with(key, $2)",
        account.uuid(),
        format!("{invoice}:"),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reservations that nobody ended in time.
pub(crate) async fn expired(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<ReservationId>, Error> {
    let ids = sqlx::query_scalar!(
        "select id from reservations where ended_at is null and expires_at <= $1 order by expires_at limit 200",
        now
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(ReservationId::from_uuid).collect())
}

/// What somebody has left.
pub(crate) async fn balances(
    pool: &PgPool,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<CreditBalance>, Error> {
    let rows = sqlx::query!(
        r#"select c.meter, sum(c.remaining)::bigint as "available!", min(c.expires_at) as next_expiry,
             coalesce((
                 select sum(r.amount) from reservations r
                 where r.account_id = $1 and r.meter = c.meter and r.ended_at is null
             ), 0)::bigint as "reserved!"
           from credits c where c.account_id = $1 and c.remaining > 0 and c.expires_at > $2
           group by c.meter order by c.meter"#,
        account.uuid(),
        now
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CreditBalance {
                meter: row.meter.parse().map_err(|_| Error::BadRow("meter"))?,
                available: row.available,
                reserved: row.reserved,
                next_expiry: row.next_expiry,
            })
        })
        .collect()
}
