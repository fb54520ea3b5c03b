//! Rules of division, and who shares.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BasisPoints, ListingId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::points;
use crate::{Error, Role, Rule, Share};

/// The rule that divides what a listing earns now.
pub(crate) async fn current(tx: &mut Tx, listing: ListingId) -> Result<Option<Rule>, Error> {
    let head = sqlx::query!(
        "select version, platform_points from split_rules where listing_id = $1 order by version desc limit 1",
        listing.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let shares = sqlx::query!(
        "select account_id, role, points, agent_id from split_shares where listing_id = $1 and version = $2 order by place",
        listing.uuid(),
        head.version,
    )
    .fetch_all(&mut **tx)
    .await?;
    let share = |account: Uuid, role: &str, of: i32, agent: Option<Uuid>| {
        Ok::<_, Error>(Share {
            account: AccountId::from_uuid(account),
            role: Role::parse(role).ok_or(Error::BadRow("role of a share"))?,
            points: points(of)?,
            agent: agent.map(AccountId::from_uuid),
        })
    };
    let shares = shares.into_iter().map(|row| share(row.account_id, &row.role, row.points, row.agent_id));
    Ok(Some(Rule {
        version: head.version.unsigned_abs(),
        platform: points(head.platform_points)?,
        shares: shares.collect::<Result<_, _>>()?,
    }))
}

/// Writes a rule down.
pub(crate) async fn insert(tx: &mut Tx, listing: ListingId, rule: &Rule, now: DateTime<Utc>) -> Result<(), Error> {
    let version = i32::try_from(rule.version).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into split_rules (listing_id, version, platform_points, created_at) values ($1, $2, $3, $4)",
        listing.uuid(),
        version,
        i32::from(rule.platform.get()),
        now,
    )
    .execute(&mut **tx)
    .await?;
    let accounts: Vec<Uuid> = rule.shares.iter().map(|it| it.account.uuid()).collect();
    let roles: Vec<String> = rule.shares.iter().map(|it| it.role.as_str().to_owned()).collect();
    let points: Vec<i32> = rule.shares.iter().map(|it| it.points.get().into()).collect();
    let agents: Vec<Option<Uuid>> = rule.shares.iter().map(|it| it.agent.map(AccountId::uuid)).collect();
    sqlx::query!(
        "insert into split_shares (listing_id, version, place, account_id, role, points, agent_id)
         select $1, $2, place - 1, account, role, points, agent
         from unnest($3::uuid[], $4::text[], $5::integer[], $6::uuid[]) with ordinality
             as share (account, role, points, agent, place)",
        listing.uuid(),
        version,
        &accounts,
        &roles,
        &points,
        &agents as &[Option<Uuid>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody who has a share or was offered one.
pub(crate) struct Sharing {
    pub(crate) account: AccountId,
    pub(crate) points: BasisPoints,
    pub(crate) offered: Option<BasisPoints>,
}

/// Those who share in a listing or were asked to, in the order in which they accepted, or were asked.
pub(crate) async fn sharing(executor: impl PgExecutor<'_>, listing: ListingId) -> Result<Vec<Sharing>, Error> {
    let rows = sqlx::query!(
        "select account_id, points, offered_points from co_creators where listing_id = $1
         order by accepted_at nulls last, offered_at, account_id",
        listing.uuid()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Sharing {
                account: AccountId::from_uuid(row.account_id),
                points: points(row.points)?,
                offered: row.offered_points.map(points).transpose()?,
            })
        })
        .collect()
}

/// Offers a share, in the place of what was offered before.
pub(crate) async fn offer(
    tx: &mut Tx,
    listing: ListingId,
    account: AccountId,
    points: BasisPoints,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into co_creators (listing_id, account_id, offered_points, offered_at) values ($1, $2, $3, $4)
         on conflict (listing_id, account_id) do update
             set offered_points = excluded.offered_points, offered_at = excluded.offered_at",
        listing.uuid(),
        account.uuid(),
        i32::from(points.get()),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was offered is what they have.
pub(crate) async fn accept(
    tx: &mut Tx,
    listing: ListingId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update co_creators set points = offered_points, offered_points = null, offered_at = null,
             accepted_at = coalesce(accepted_at, $3)
         where listing_id = $1 and account_id = $2 and offered_points is not null",
        listing.uuid(),
        account.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from co_creators where listing_id = $1 and account_id = $2 and points = 0 and offered_points is null",
        listing.uuid(),
        account.uuid(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes an offer back, or declines it; what they have stays.
pub(crate) async fn unoffer(tx: &mut Tx, listing: ListingId, account: AccountId) -> Result<(), Error> {
    sqlx::query!(
        "update co_creators set offered_points = null, offered_at = null where listing_id = $1 and account_id = $2",
        listing.uuid(),
        account.uuid(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from co_creators where listing_id = $1 and account_id = $2 and points = 0",
        listing.uuid(),
        account.uuid(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a share.
pub(crate) async fn leave(tx: &mut Tx, listing: ListingId, account: AccountId) -> Result<(), Error> {
    sqlx::query!("delete from co_creators where listing_id = $1 and account_id = $2", listing.uuid(), account.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Listings in which somebody shares, or was asked to.
pub(crate) async fn shared_with(
    pool: &PgPool,
    account: AccountId,
) -> Result<Vec<(ListingId, BasisPoints, Option<BasisPoints>)>, Error> {
    let rows = sqlx::query!(
        "select listing_id, points, offered_points from co_creators where account_id = $1 order by listing_id desc limit 200",
        account.uuid()
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let offered = row.offered_points.map(points).transpose()?;
            Ok((ListingId::from_uuid(row.listing_id), points(row.points)?, offered))
        })
        .collect()
}

/// Whether somebody has a share of a listing.
pub(crate) async fn has_share(
    executor: impl PgExecutor<'_>,
    listing: ListingId,
    account: AccountId,
) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from co_creators where listing_id = $1 and account_id = $2 and points > 0) as "has!""#,
        listing.uuid(),
        account.uuid()
    )
    .fetch_one(executor)
    .await?;
    Ok(has)
}
