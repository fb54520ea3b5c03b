//! What payment providers told us.

use chrono::{DateTime, Utc};
use kernel::WebhookId;
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::word;
use crate::{Error, WebhookState, WebhookView};

/// An event to be stored.
pub(crate) struct New<'a> {
    pub(crate) id: WebhookId,
    pub(crate) provider: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) object: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
}

/// Stores an event, unless it is there.
pub(crate) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into webhook_events (id, provider, reference, kind, object, body, state, occurred_at, received_at)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8) on conflict (provider, reference) do nothing",
        new.id.uuid(),
        new.provider,
        new.reference,
        new.kind,
        new.object,
        new.body,
        new.occurred_at,
        new.now
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

/// Whether the event that is there has this very body.
pub(crate) async fn has_body(tx: &mut Tx, provider: &str, reference: &str, body: &[u8]) -> Result<bool, Error> {
    let same = sqlx::query_scalar!(
        r#"select body = $3 as "same!" from webhook_events where provider = $1 and reference = $2"#,
        provider,
        reference,
        body
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(same)
}

/// An event to be handled.
pub(crate) struct Stored {
    pub(crate) provider: String,
    pub(crate) object: String,
    pub(crate) body: Vec<u8>,
    pub(crate) state: WebhookState,
}

/// Reads an event.
pub(crate) async fn one(pool: &PgPool, id: WebhookId) -> Result<Option<Stored>, Error> {
    let row = sqlx::query!("select provider, object, body, state from webhook_events where id = $1", id.uuid())
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        let state = word(WebhookState::parse(&row.state), "state of a webhook")?;
        Ok(Stored { provider: row.provider, object: row.object, body: row.body, state })
    })
    .transpose()
}

/// Waits until nobody else handles news of the same thing, and keeps others waiting until the transaction ends. Says
/// whether the event is still to be handled.
pub(crate) async fn take(tx: &mut Tx, id: WebhookId, it: &Stored) -> Result<bool, Error> {
    let lock = format!("{}:{}", it.provider, it.object);
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).fetch_one(&mut **tx).await?;
    let state = sqlx::query_scalar!("select state from webhook_events where id = $1 for no key update", id.uuid())
        .fetch_one(&mut **tx)
        .await?;
    Ok(WebhookState::parse(&state) == Some(WebhookState::Waiting))
}

/// Writes down that an event was handled.
pub(crate) async fn finish(tx: &mut Tx, id: WebhookId, state: WebhookState, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update webhook_events set state = $2, handled_at = $3, last_error = null where id = $1",
        id.uuid(),
        state.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that handling an event failed; after so many tries it is given up.
pub(crate) async fn fail(pool: &PgPool, id: WebhookId, error: &str, most: i16) -> Result<(), Error> {
    sqlx::query!(
        "update webhook_events set attempts = attempts + 1, last_error = $2,
             state = case when attempts + 1 >= $3 then 'dead' else 'waiting' end
         where id = $1 and state = 'waiting'",
        id.uuid(),
        error,
        i32::from(most)
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Lets an event be handled again.
pub(crate) async fn revive(tx: &mut Tx, id: WebhookId) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update webhook_events set state = 'waiting', attempts = 0 where id = $1 and state in ('dead', 'waiting')",
        id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

/// Events, youngest first; those in a state, or all.
pub(crate) async fn page(
    pool: &PgPool,
    state: Option<WebhookState>,
    before: WebhookId,
    limit: i64,
) -> Result<Vec<WebhookView>, Error> {
    struct Row {
        id: Uuid,
        provider: String,
        reference: String,
        kind: String,
        object: String,
        state: String,
        attempts: i16,
        last_error: Option<String>,
        received_at: DateTime<Utc>,
    }
    let rows = sqlx::query_as!(
        Row,
        "select id, provider, reference, kind, object, state, attempts, last_error, received_at from webhook_events
         where ($1::text is null or state = $1) and id < $2 order by id desc limit $3",
        state.map(WebhookState::as_str),
        before.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(WebhookView {
                id: WebhookId::from_uuid(row.id),
                provider: row.provider,
                reference: row.reference,
                kind: row.kind,
                object: row.object,
                state: word(WebhookState::parse(&row.state), "state of a webhook")?,
                attempts: row.attempts.unsigned_abs(),
                last_error: row.last_error,
                received_at: row.received_at,
            })
        })
        .collect()
}
