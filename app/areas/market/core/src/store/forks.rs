//! Agents that were made of others, and what they owe those.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BasisPoints};
use platform::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::points;
use crate::{Error, Role, Share};

/// What a fork owes to those above it, from the parent upwards.
pub(crate) async fn royalties(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Vec<Share>, Error> {
    let rows = sqlx::query!(
        "select ancestor_id, owner_id, points from fork_royalties where agent_id = $1 order by place",
        agent.uuid()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Share {
                account: AccountId::from_uuid(row.owner_id),
                role: Role::Parent,
                points: points(row.points)?,
                agent: Some(AccountId::from_uuid(row.ancestor_id)),
            })
        })
        .collect()
}

/// Writes a fork down.
pub(crate) async fn insert(
    tx: &mut Tx,
    agent: AccountId,
    parent: AccountId,
    parent_version: u32,
    royalties: &[(AccountId, AccountId, BasisPoints)],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into forks (agent_id, parent_id, parent_version, depth, created_at) values ($1, $2, $3, $4, $5)",
        agent.uuid(),
        parent.uuid(),
        i32::try_from(parent_version).unwrap_or(i32::MAX),
        i16::try_from(royalties.len()).unwrap_or(i16::MAX),
        now,
    )
    .execute(&mut **tx)
    .await?;
    let ancestors: Vec<Uuid> = royalties.iter().map(|it| it.0.uuid()).collect();
    let owners: Vec<Uuid> = royalties.iter().map(|it| it.1.uuid()).collect();
    let points: Vec<i32> = royalties.iter().map(|it| it.2.get().into()).collect();
    sqlx::query!(
        "insert into fork_royalties (agent_id, place, ancestor_id, owner_id, points)
         select $1, place - 1, ancestor, owner, points
         from unnest($2::uuid[], $3::uuid[], $4::integer[]) with ordinality as royalty (ancestor, owner, points, place)",
        agent.uuid(),
        &ancestors,
        &owners,
        &points,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
