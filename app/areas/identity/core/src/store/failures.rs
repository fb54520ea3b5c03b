//! The table `sign_in_failures`.

use chrono::{DateTime, TimeDelta, Utc};
use platform::Tx;

use crate::Error;

/// Counts a try of `subject`, unless it is locked, and locks it when there have been `threshold` of them: for 30 seconds
/// at first, twice as long after each further one, an hour at most. A day without a try wipes the slate. When the
/// subject is locked, until when. One statement, so tries at the same instant come one after the other.
pub(crate) async fn count(
    tx: &mut Tx,
    subject: &str,
    threshold: i32,
    now: DateTime<Utc>,
) -> Result<Result<(), DateTime<Utc>>, Error> {
    let counted = sqlx::query_scalar!(
        r#"insert into sign_in_failures as known (subject, failures, last_failure_at) values ($1, 1, $2::timestamptz)
           on conflict (subject) do update set
               failures = case when known.last_failure_at < $2 - interval '24 hours' then 1 else known.failures + 1 end,
               last_failure_at = $2,
               locked_until = case
                   when known.last_failure_at >= $2 - interval '24 hours' and known.failures + 1 >= $3::integer
                   then $2 + least(
                       interval '30 seconds' * power(2, least(known.failures + 1 - $3, 10)), interval '1 hour')
               end
           where known.locked_until is null or known.locked_until <= $2
           returning failures"#,
        subject,
        now,
        threshold
    )
    .fetch_optional(&mut **tx)
    .await?;
    if counted.is_some() {
        return Ok(Ok(()));
    }
    let locked_until = sqlx::query_scalar!("select locked_until from sign_in_failures where subject = $1", subject)
        .fetch_optional(&mut **tx)
        .await?;
    // Gone since: a sign-in that succeeded meanwhile unlocked it. The next try will find it open.
    Ok(Err(locked_until.flatten().unwrap_or(now + TimeDelta::seconds(1))))
}

/// Takes back one try that turned out to be none.
pub(crate) async fn take_back(tx: &mut Tx, subject: &str, threshold: i32) -> Result<(), Error> {
    sqlx::query!(
        "update sign_in_failures set failures = greatest(failures - 1, 0),
             locked_until = case when failures - 1 >= $2 then locked_until end
         where subject = $1",
        subject,
        threshold
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Wipes the slate of these subjects.
pub(crate) async fn forget(tx: &mut Tx, subjects: &[String]) -> Result<(), Error> {
    sqlx::query!("delete from sign_in_failures where subject = any($1)", subjects).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets what has not failed since `before`.
pub(crate) async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, Error> {
    let swept =
        sqlx::query!("delete from sign_in_failures where last_failure_at < $1", before).execute(&mut **tx).await?;
    Ok(swept.rows_affected())
}
