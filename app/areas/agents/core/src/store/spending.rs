//! What was spent and what is set aside, by day and by month.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kernel::{AccountId, Currency, Money, RunId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};

use crate::{
    Caps, Error,
    budget::{Side, Span, Spent},
};

/// What of a side is spent and set aside in a span, and how much may be.
pub(crate) struct Meter {
    pub(crate) span: Span,
    /// Spent and set aside together, in millionths of a minor unit.
    pub(crate) used: i64,
    /// The most it may be; nothing, where there is no cap.
    pub(crate) cap: Option<i64>,
}

/// When a span of this day begins.
fn begins(span: Span, day: NaiveDate) -> Option<NaiveDate> {
    match span {
        Span::Day => Some(day),
        Span::Month => day.with_day(1),
    }
}

fn spans(day: NaiveDate) -> (Vec<String>, Vec<NaiveDate>) {
    [Span::Day, Span::Month].into_iter().filter_map(|span| Some((span.as_str().to_owned(), begins(span, day)?))).unzip()
}

/// Holds the meters of a side on a day until the transaction ends: those of the day first, always.
pub(crate) async fn lock(tx: &mut Tx, subject: AccountId, side: Side, day: NaiveDate) -> Result<Vec<Meter>, Error> {
    let (spans, begins) = spans(day);
    sqlx::query!(
        "insert into spending (subject_id, side, span, begins)
         select $1, $2, span, begins from unnest($3::text[], $4::date[]) as meter (span, begins)
         order by span on conflict do nothing",
        subject.uuid(),
        side.as_str(),
        &spans,
        &begins,
    )
    .execute(&mut **tx)
    .await?;
    let caps = caps(&mut **tx, subject, side).await?;
    let rows = sqlx::query!(
        r#"select s.span, s.spent_micro + s.reserved_micro as "used!" from spending s
           join unnest($3::text[], $4::date[]) as meter (span, begins) on meter.span = s.span and meter.begins = s.begins
           where s.subject_id = $1 and s.side = $2 order by s.span for no key update of s"#,
        subject.uuid(),
        side.as_str(),
        &spans,
        &begins,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let span = Span::parse(&row.span).ok_or(Error::BadRow("span of spending"))?;
            Ok(Meter { span, used: row.used, cap: caps.map(|caps| caps.micros(span)) })
        })
        .collect()
}

/// The caps of a side; nothing, where nobody set any.
pub(crate) async fn caps(executor: impl PgExecutor<'_>, subject: AccountId, side: Side) -> Result<Option<Caps>, Error> {
    let row = sqlx::query!(
        r#"select daily_cap_minor as "daily!", monthly_cap_minor as "monthly!" from agents
               where account_id = $1 and $2 = 'agent'
           union all
           select daily_cap_minor, monthly_cap_minor from spending_limits where account_id = $1 and $2 = 'account'"#,
        subject.uuid(),
        side.as_str(),
    )
    .fetch_optional(executor)
    .await?;
    let euros = |minor| Money::new(minor, Currency::Eur);
    Ok(row.map(|row| Caps { daily: euros(row.daily), monthly: euros(row.monthly) }))
}

/// Sets something aside on the meters, which are held.
pub(crate) async fn reserve(
    tx: &mut Tx,
    run: RunId,
    subject: AccountId,
    side: Side,
    amount: i64,
    day: NaiveDate,
) -> Result<(), Error> {
    let (spans, begins) = spans(day);
    sqlx::query!(
        "insert into spending_reservations (run_id, side, subject_id, amount_micro, made_on) values ($1, $2, $3, $4, $5)",
        run.uuid(),
        side.as_str(),
        subject.uuid(),
        amount,
        day,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update spending s set reserved_micro = reserved_micro + $5
         from unnest($3::text[], $4::date[]) as meter (span, begins)
         where s.subject_id = $1 and s.side = $2 and s.span = meter.span and s.begins = meter.begins",
        subject.uuid(),
        side.as_str(),
        &spans,
        &begins,
        amount,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts what was spent at once on the meters, which are held.
pub(crate) async fn spend(
    tx: &mut Tx,
    subject: AccountId,
    side: Side,
    amount: i64,
    day: NaiveDate,
) -> Result<(), Error> {
    let (spans, begins) = spans(day);
    sqlx::query!(
        "update spending s set spent_micro = spent_micro + $5
         from unnest($3::text[], $4::date[]) as meter (span, begins)
         where s.subject_id = $1 and s.side = $2 and s.span = meter.span and s.begins = meter.begins",
        subject.uuid(),
        side.as_str(),
        &spans,
        &begins,
        amount,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is set aside for a run.
pub(crate) struct Reservation {
    pub(crate) side: Side,
    pub(crate) subject: AccountId,
    pub(crate) amount: i64,
    pub(crate) made_on: NaiveDate,
}

/// What is set aside for a run and not settled. Held until the transaction ends.
pub(crate) async fn open(tx: &mut Tx, run: RunId) -> Result<Vec<Reservation>, Error> {
    let rows = sqlx::query!(
        "select side, subject_id, amount_micro, made_on from spending_reservations
         where run_id = $1 and settled_at is null order by side for update",
        run.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Reservation {
                side: Side::parse(&row.side).ok_or(Error::BadRow("side of a reservation"))?,
                subject: AccountId::from_uuid(row.subject_id),
                amount: row.amount_micro,
                made_on: row.made_on,
            })
        })
        .collect()
}

/// Sets so much aside instead of what is. The meters are held.
pub(crate) async fn change(tx: &mut Tx, run: RunId, held: &Reservation, amount: i64) -> Result<(), Error> {
    let (spans, begins) = spans(held.made_on);
    sqlx::query!(
        "update spending s set reserved_micro = reserved_micro + $5
         from unnest($3::text[], $4::date[]) as meter (span, begins)
         where s.subject_id = $1 and s.side = $2 and s.span = meter.span and s.begins = meter.begins",
        held.subject.uuid(),
        held.side.as_str(),
        &spans,
        &begins,
        amount - held.amount,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update spending_reservations set amount_micro = $3 where run_id = $1 and side = $2",
        run.uuid(),
        held.side.as_str(),
        amount,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what was set aside: so much of it was spent. The meters are held.
pub(crate) async fn settle(
    tx: &mut Tx,
    run: RunId,
    held: &Reservation,
    spent: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (spans, begins) = spans(held.made_on);
    sqlx::query!(
        "update spending s set reserved_micro = reserved_micro - $5, spent_micro = spent_micro + $6
         from unnest($3::text[], $4::date[]) as meter (span, begins)
         where s.subject_id = $1 and s.side = $2 and s.span = meter.span and s.begins = meter.begins",
        held.subject.uuid(),
        held.side.as_str(),
        &spans,
        &begins,
        held.amount,
        spent,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update spending_reservations set settled_at = $3 where run_id = $1 and side = $2",
        run.uuid(),
        held.side.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What of a side was spent and is set aside on a day and in its month.
pub(crate) async fn spent(pool: &PgPool, subject: AccountId, side: Side, day: NaiveDate) -> Result<Vec<Spent>, Error> {
    let (spans, begins) = spans(day);
    let rows = sqlx::query!(
        "select s.span, s.spent_micro, s.reserved_micro from spending s
         join unnest($3::text[], $4::date[]) as meter (span, begins) on meter.span = s.span and meter.begins = s.begins
         where s.subject_id = $1 and s.side = $2 order by s.span",
        subject.uuid(),
        side.as_str(),
        &spans,
        &begins,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let span = Span::parse(&row.span).ok_or(Error::BadRow("span of spending"))?;
            Ok(Spent { span, spent: row.spent_micro, reserved: row.reserved_micro })
        })
        .collect()
}

/// Sets what an account lets itself spend.
pub(crate) async fn set_limits(tx: &mut Tx, account: AccountId, caps: Caps, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into spending_limits (account_id, daily_cap_minor, monthly_cap_minor, updated_at) values ($1, $2, $3, $4)
         on conflict (account_id) do update
             set daily_cap_minor = excluded.daily_cap_minor, monthly_cap_minor = excluded.monthly_cap_minor,
                 updated_at = excluded.updated_at",
        account.uuid(),
        caps.daily.minor,
        caps.monthly.minor,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
