//! Rate limits, shared by all instances through the database: the generic cell rate algorithm (ITU-T I.371, annex A),
//! which keeps one instant per key.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Problem, ProblemKind};
use sqlx::PgPool;

/// How often something may happen: `burst` times at once, and then once per `period / burst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is limited; part of the key.
    pub name: &'static str,
    /// How many may come at once.
    pub burst: u32,
    /// How long a full bucket takes to empty.
    pub period: Duration,
}

impl Limit {
    /// A limit of `burst` per `seconds`.
    pub const fn per(name: &'static str, burst: u32, seconds: u64) -> Self {
        Self { name, burst, period: Duration::from_secs(seconds) }
    }

    fn step(self) -> TimeDelta {
        // The database keeps microseconds. What does not divide waits for the next one.
        let micros = self.period.as_micros().div_ceil(u128::from(self.burst.max(1)));
        i64::try_from(micros).map_or(TimeDelta::MAX, TimeDelta::microseconds)
    }

    fn whole(self) -> TimeDelta {
        TimeDelta::from_std(self.period).unwrap_or(TimeDelta::MAX)
    }
}

/// Counts one use of `limit` by `who` (an account's id, an address, …).
///
/// # Errors
/// `Ok(Err(wait))` when it is too early, with how long to wait; an outer error when the database fails.
pub async fn take(
    pool: &PgPool,
    limit: Limit,
    who: &str,
    now: DateTime<Utc>,
) -> Result<Result<(), Duration>, sqlx::Error> {
    let key = format!("{}:{who}", limit.name);
    // One statement, so concurrent uses of one key line up on its row. A refused use leaves the row as it was.
    let taken = sqlx::query_scalar!(
        r#"insert into rate_limits as bucket (key, empty_at) values ($1, $2::timestamptz + $3::interval)
           on conflict (key) do update set empty_at = greatest(bucket.empty_at, $2) + $3
           where greatest(bucket.empty_at, $2) + $3 <= $2 + $4::interval
           returning empty_at"#,
        key,
        now,
        sqlx::postgres::types::PgInterval::try_from(limit.step()).map_err(sqlx::Error::Encode)?,
        sqlx::postgres::types::PgInterval::try_from(limit.whole()).map_err(sqlx::Error::Encode)?,
    )
    .fetch_optional(pool)
    .await?;
    if taken.is_some() {
        return Ok(Ok(()));
    }
    let empty_at =
        sqlx::query_scalar!("select empty_at from rate_limits where key = $1", key).fetch_optional(pool).await?;
    let wait = empty_at.map_or(TimeDelta::zero(), |at| at + limit.step() - limit.whole() - now);
    Ok(Err(wait.to_std().unwrap_or(Duration::ZERO).max(Duration::from_secs(1))))
}

/// The problem of somebody who was refused.
pub fn refusal(wait: Duration) -> Problem {
    let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    let when = match seconds {
        0..=1 => "in a second".to_owned(),
        2..=90 => format!("in {seconds} seconds"),
        _ => format!("in {} minutes", seconds.div_ceil(60)),
    };
    Problem {
        retry_after: Some(seconds),
        ..Problem::new(ProblemKind::TooMany, format!("That was a lot in a short time. Please try again {when}."))
    }
}

/// Forgets buckets that have long been empty.
///
/// # Errors
/// When the database fails.
pub async fn sweep(pool: &PgPool, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("delete from rate_limits where empty_at < $1", now).execute(pool).await?.rows_affected())
}
