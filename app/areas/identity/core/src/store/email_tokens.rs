//! The table `email_tokens`.

use chrono::{DateTime, Utc};
use kernel::AccountId;
use platform::{Tx, secret::TokenHash};
use sqlx::PgExecutor;

use crate::{
    Error,
    link::{LinkFault, LinkPurpose},
};

/// Keeps the hash of a link that is about to be sent.
pub(crate) async fn insert(
    tx: &mut Tx,
    token: TokenHash,
    account: AccountId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into email_tokens (token_hash, account_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        token.as_bytes(),
        account.uuid(),
        purpose.as_str(),
        now,
        now + purpose.lifetime(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose link this is, if it works.
pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    token: TokenHash,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<Result<AccountId, LinkFault>, Error> {
    let row = sqlx::query!(
        "select account_id, expires_at, used_at from email_tokens where token_hash = $1 and purpose = $2",
        token.as_bytes(),
        purpose.as_str()
    )
    .fetch_optional(executor)
    .await?;
    Ok(match row {
        None => Err(LinkFault::Unknown),
        Some(row) if row.used_at.is_some() => Err(LinkFault::Used),
        Some(row) if row.expires_at <= now => Err(LinkFault::Expired),
        Some(row) => Ok(AccountId::from_uuid(row.account_id)),
    })
}

/// Uses up this link and all others that were sent to the account for the same purpose. The caller holds the account's
/// login, so that two links of one account don't wait for each other. False when somebody was quicker.
pub(crate) async fn use_up(
    tx: &mut Tx,
    token: TokenHash,
    account: AccountId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let used = sqlx::query_scalar!(
        "update email_tokens set used_at = $3
         where account_id = $1 and purpose = $2 and used_at is null and expires_at > $3
         returning token_hash",
        account.uuid(),
        purpose.as_str(),
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(used.iter().any(|hash| hash.as_slice() == token.as_bytes()))
}

/// Forgets links that expired before `before`.
pub(crate) async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, Error> {
    let swept = sqlx::query!("delete from email_tokens where expires_at < $1", before).execute(&mut **tx).await?;
    Ok(swept.rows_affected())
}
