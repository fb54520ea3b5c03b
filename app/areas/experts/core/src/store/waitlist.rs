//! Who waits for an expert.

use chrono::{DateTime, Utc};
use kernel::AccountId;
use platform::Tx;
use sqlx::PgExecutor;

use crate::Error;

/// Puts somebody at the end of the line.
pub(crate) async fn join(tx: &mut Tx, expert: AccountId, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into waitlist (expert_id, account_id, joined_at) values ($1, $2, $3)",
        expert.uuid(),
        account.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes somebody out of the line. Whether they were in it.
pub(crate) async fn leave(tx: &mut Tx, expert: AccountId, account: AccountId) -> Result<bool, Error> {
    let gone =
        sqlx::query!("delete from waitlist where expert_id = $1 and account_id = $2", expert.uuid(), account.uuid())
            .execute(&mut **tx)
            .await?;
    Ok(gone.rows_affected() > 0)
}

/// Sends somebody to the end of the line, if they are in it.
pub(crate) async fn go_behind(
    tx: &mut Tx,
    expert: AccountId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update waitlist set joined_at = $3 where expert_id = $1 and account_id = $2",
        expert.uuid(),
        account.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The first in line for whom nothing is kept already.
pub(crate) async fn first(tx: &mut Tx, expert: AccountId) -> Result<Option<AccountId>, Error> {
    let id = sqlx::query_scalar!(
        "select w.account_id from waitlist w
         where w.expert_id = $1 and not exists (
             select from slices s where s.expert_id = $1 and s.account_id = w.account_id and s.kind = 'offer'
         )
         order by w.joined_at, w.account_id limit 1",
        expert.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(AccountId::from_uuid))
}

/// How many wait, and whether somebody is one of them.
pub(crate) async fn length(
    executor: impl PgExecutor<'_>,
    expert: AccountId,
    viewer: Option<AccountId>,
) -> Result<(u32, bool), Error> {
    let row = sqlx::query!(
        r#"select count(*) as "waiting!", coalesce(bool_or(account_id = $2), false) as "me!"
           from waitlist where expert_id = $1"#,
        expert.uuid(),
        viewer.map(AccountId::uuid)
    )
    .fetch_one(executor)
    .await?;
    Ok((u32::try_from(row.waiting).unwrap_or(u32::MAX), row.me))
}
