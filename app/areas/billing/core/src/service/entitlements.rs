//! What somebody may use.

use std::collections::BTreeMap;

use kernel::{AccountId, Actor};
use sqlx::{PgExecutor, PgPool};

use super::may_see;
use crate::{Entitlement, Error, Feature, store::entitlements as rows};

/// Whether, how far and how much of a feature somebody may use. `None`: not at all. Other areas ask this in the
/// transaction that uses it: it says what is so at that moment.
///
/// # Errors
/// When the database fails.
pub async fn entitlement(
    db: impl PgExecutor<'_>,
    account: AccountId,
    feature: &Feature,
) -> Result<Option<Entitlement>, Error> {
    let sources = rows::sources(db, account, Some(feature)).await?;
    Ok(Entitlement::of(feature.clone(), sources.into_iter().map(|(_, source)| source).collect()))
}

/// Everything somebody may use, each with why, for themselves or an administrator.
///
/// # Errors
/// When they are somebody else's.
pub async fn entitlements(pool: &PgPool, actor: Actor, account: AccountId) -> Result<Vec<Entitlement>, Error> {
    if !may_see(pool, actor, account).await? {
        return Err(Error::NotAdmin);
    }
    let mut sources: BTreeMap<Feature, Vec<_>> = BTreeMap::new();
    for (feature, source) in rows::sources(pool, account, None).await? {
        sources.entry(feature).or_default().push(source);
    }
    Ok(sources.into_iter().filter_map(|(feature, because)| Entitlement::of(feature, because)).collect())
}
