//! The table `sessions`.

use chrono::{DateTime, Utc};
use kernel::{AccountId, SessionId};
use platform::{Tx, secret::TokenHash};
use sqlx::PgExecutor;

use super::accounts::SummaryRow;
use crate::{
    AccountSummary, Error,
    session::{Device, LIFETIME, SessionSummary, name_of},
};

/// How many sessions a list shows: more than anybody has devices.
const SHOWN: i64 = 100;

/// Inserts a session.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: SessionId,
    account: AccountId,
    token: TokenHash,
    device: &Device,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into sessions (id, account_id, token_hash, user_agent, address, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $6, $7)",
        id.uuid(),
        account.uuid(),
        token.as_bytes(),
        device.user_agent(),
        device.address().to_string(),
        now,
        now + LIFETIME,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A session that is in use, and its account.
pub(crate) struct Live {
    pub(crate) id: SessionId,
    pub(crate) account: AccountSummary,
    pub(crate) is_admin: bool,
    pub(crate) last_seen_at: DateTime<Utc>,
}

/// The session that has this token, unless it has ended.
pub(crate) async fn live(
    executor: impl PgExecutor<'_>,
    token: TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<Live>, Error> {
    let row = sqlx::query!(
        r#"select s.id as "session_id!", s.last_seen_at as "last_seen_at!", a.id as "id!", a.kind as "kind!",
               a.handle as "handle!", a.name as "name!", a.is_expert as "is_expert!", a.is_admin as "is_admin!",
               o.handle as "owner_handle?", m.id as "portrait?", m.content_type as "portrait_type?",
               m.variants as "portrait_widths?"
           from sessions s
           join accounts a on a.id = s.account_id
           left join accounts o on o.id = a.owner_id
           left join media m on m.id = a.portrait_id
           where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2
               and a.suspended_at is null and o.suspended_at is null"#,
        token.as_bytes(),
        now
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let account = SummaryRow {
        id: row.id,
        kind: row.kind,
        handle: row.handle,
        name: row.name,
        is_expert: row.is_expert,
        owner_handle: row.owner_handle,
        portrait: row.portrait,
        portrait_type: row.portrait_type,
        portrait_widths: row.portrait_widths,
    };
    Ok(Some(Live {
        id: SessionId::from_uuid(row.session_id),
        account: account.try_into()?,
        is_admin: row.is_admin,
        last_seen_at: row.last_seen_at,
    }))
}

/// Notes that a session is in use, and lets it last as long from now, unless that was noted since `since`.
pub(crate) async fn touch(
    executor: impl PgExecutor<'_>,
    id: SessionId,
    now: DateTime<Utc>,
    since: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update sessions set last_seen_at = $2, expires_at = $3
         where id = $1 and last_seen_at <= $4 and revoked_at is null",
        id.uuid(),
        now,
        now + LIFETIME,
        since
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// The sessions of an account, the last used first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    account: AccountId,
    current: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Vec<SessionSummary>, Error> {
    let rows = sqlx::query!(
        "select id, user_agent, address, created_at, last_seen_at from sessions
         where account_id = $1 and revoked_at is null and expires_at > $2
         order by last_seen_at desc, id desc
         limit $3",
        account.uuid(),
        now,
        SHOWN
    )
    .fetch_all(executor)
    .await?;
    let session = |id| SessionId::from_uuid(id);
    Ok(rows
        .into_iter()
        .map(|row| SessionSummary {
            id: session(row.id),
            device: name_of(&row.user_agent),
            address: row.address,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            current: current == Some(session(row.id)),
        })
        .collect())
}

/// Whose session this is.
pub(crate) async fn owner(executor: impl PgExecutor<'_>, id: SessionId) -> Result<Option<AccountId>, Error> {
    let owner = sqlx::query_scalar!("select account_id from sessions where id = $1", id.uuid())
        .fetch_optional(executor)
        .await?;
    Ok(owner.map(AccountId::from_uuid))
}

/// Ends a session. False when it had ended before.
pub(crate) async fn revoke(tx: &mut Tx, id: SessionId, now: DateTime<Utc>) -> Result<bool, Error> {
    let revoked = sqlx::query!(
        "update sessions set revoked_at = $2 where id = $1 and revoked_at is null and expires_at > $2",
        id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(revoked.rows_affected() == 1)
}

/// Ends all sessions of an account but one, and tells which.
pub(crate) async fn revoke_all(
    tx: &mut Tx,
    account: AccountId,
    except: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Error> {
    let revoked = sqlx::query_scalar!(
        "update sessions set revoked_at = $3
         where account_id = $1 and id is distinct from $2 and revoked_at is null and expires_at > $3
         returning id",
        account.uuid(),
        except.map(SessionId::uuid),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(revoked.into_iter().map(SessionId::from_uuid).collect())
}

/// Forgets sessions that ended before `before`.
pub(crate) async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, Error> {
    let swept = sqlx::query!("delete from sessions where revoked_at < $1 or expires_at < $1", before)
        .execute(&mut **tx)
        .await?;
    Ok(swept.rows_affected())
}
