//! Versions of agents. They are added, and never changed: a trigger refuses.

use chrono::{DateTime, Utc};
use kernel::AccountId;
use platform::Tx;
use sqlx::{PgExecutor, types::Json};

use super::agents::{number, to_row};
use crate::{Error, Spec, agent::VersionEntry};

/// A version that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) agent: AccountId,
    pub(crate) spec: &'a Spec,
    pub(crate) note: &'a str,
    pub(crate) restored_from: Option<u32>,
    pub(crate) by: AccountId,
    pub(crate) now: DateTime<Utc>,
}

/// Writes a version down under the next number. The agent's row is held by the caller.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow<'_>) -> Result<u32, Error> {
    let added = sqlx::query_scalar!(
        "insert into agent_versions (agent_id, number, spec, note, restored_from, published_by, published_at)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from agent_versions where agent_id = $1
         returning number",
        new.agent.uuid(),
        Json(new.spec) as _,
        new.note,
        new.restored_from.map(to_row),
        new.by.uuid(),
        new.now,
    )
    .fetch_one(&mut **tx)
    .await?;
    number(added)
}

/// What a version is made of.
pub(crate) async fn spec(executor: impl PgExecutor<'_>, agent: AccountId, version: u32) -> Result<Option<Spec>, Error> {
    let spec = sqlx::query_scalar!(
        r#"select spec as "spec: Json<Spec>" from agent_versions where agent_id = $1 and number = $2"#,
        agent.uuid(),
        to_row(version)
    )
    .fetch_optional(executor)
    .await?;
    Ok(spec.map(|it| it.0))
}

/// The youngest versions, newest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    most: i64,
) -> Result<Vec<VersionEntry>, Error> {
    let rows = sqlx::query!(
        r#"select v.number, v.note, v.restored_from, v.published_by, v.published_at,
               a.version is not distinct from v.number as "answers!"
           from agent_versions v join agents a on a.account_id = v.agent_id
           where v.agent_id = $1 order by v.number desc limit $2"#,
        agent.uuid(),
        most
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(VersionEntry {
                number: number(row.number)?,
                note: row.note,
                restored_from: row.restored_from.map(number).transpose()?,
                published_by: AccountId::from_uuid(row.published_by),
                published_at: row.published_at,
                answers: row.answers,
            })
        })
        .collect()
}
