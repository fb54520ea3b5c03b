//! A provider's payments are held against ours.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, PaymentStatus};
use platform::{
    Database, World,
    payments::{PaymentProvider, PaymentSnapshot},
};
use sqlx::PgPool;

use super::admins_only;
use crate::{
    Difference, DifferenceKind, Error, ReconciliationView,
    store::{
        payments::{self, Ours},
        reconciliations as rows,
    },
};

/// How long news may take: payments younger than this are left for the next time.
const SETTLES_IN: TimeDelta = TimeDelta::hours(1);
/// How long a payment is looked at again: what it comes to, and what goes back of it, may be heard of late.
const LOOKED_AT_AGAIN: TimeDelta = TimeDelta::days(3);
/// How far back the first time goes.
const FIRST: TimeDelta = TimeDelta::days(7);

/// Holds the provider's payments since the last time against ours, and writes down where they differ. Nothing is changed
/// by it: somebody has to look.
///
/// # Errors
/// When the provider doesn't answer: nothing is written down then.
pub async fn reconcile(
    database: &Database,
    world: &World,
    provider: &dyn PaymentProvider,
) -> Result<ReconciliationView, Error> {
    let (pool, name, now) = (database.pool(), provider.name().as_str(), world.now());
    let to = now - SETTLES_IN;
    let from = rows::last_until(pool, name).await?.map_or(now - FIRST, |until| until - LOOKED_AT_AGAIN).min(to);
    let theirs = all_between(provider, from, to).await?;
    let references: Vec<String> = theirs.iter().map(|it| it.reference.clone()).collect();
    let ids: Vec<_> = theirs.iter().filter_map(|it| it.payment).map(kernel::Id::uuid).collect();
    let ours = payments::ours(pool, name, &references, &ids, from, to).await?;
    let checked = i32::try_from(theirs.len()).unwrap_or(i32::MAX);
    let differences = compare(&theirs, &ours);
    let it = ReconciliationView { id: world.id(), provider: name.to_owned(), from, to, checked, differences, at: now };
    let mut tx = database.begin().await?;
    rows::insert(&mut tx, &it).await?;
    tx.commit().await?;
    if !it.differences.is_empty() {
        tracing::warn!(differences = it.differences.len(), "the provider's payments differ from ours");
    }
    Ok(it)
}

async fn all_between(
    provider: &dyn PaymentProvider,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<PaymentSnapshot>, Error> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = provider.payments_between(from, to, after.as_deref()).await?;
        all.extend(page.payments);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Where a provider's payments and ours differ.
fn compare(theirs: &[PaymentSnapshot], ours: &[Ours]) -> Vec<Difference> {
    let mut left: HashMap<&str, &Ours> = HashMap::new();
    left.extend(ours.iter().filter_map(|it| Some((it.reference.as_deref()?, it))));
    // Those for which no answer ever came have no name yet.
    let nameless = |of: &PaymentSnapshot| ours.iter().find(|it| it.reference.is_none() && Some(it.id) == of.payment);
    let mut differences = Vec::new();
    for their in theirs {
        match left.remove(their.reference.as_str()).or_else(|| nameless(their)) {
            // What was never paid and never came here moves no money.
            None if their.status != PaymentStatus::Succeeded => {}
            None => differences.push(Difference {
                kind: DifferenceKind::MissingHere,
                payment: their.payment,
                reference: Some(their.reference.clone()),
                ours: "nothing".to_owned(),
                theirs: format!("{}, {}", their.amount, their.status.as_str()),
            }),
            Some(our) => differences.extend(compare_one(their, our)),
        }
    }
    differences.extend(left.into_values().map(|our| Difference {
        kind: DifferenceKind::MissingThere,
        payment: Some(our.id),
        reference: our.reference.clone(),
        ours: format!("{}, {}", our.amount, our.status.as_str()),
        theirs: "nothing".to_owned(),
    }));
    differences.sort_by_key(|it| it.reference.clone());
    differences
}

fn compare_one(their: &PaymentSnapshot, our: &Ours) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |kind, ours: String, theirs: String| {
        if ours != theirs {
            let reference = our.reference.clone();
            differences.push(Difference { kind, payment: Some(our.id), reference, ours, theirs });
        }
    };
    let currency = our.amount.currency;
    let money = |minor| kernel::Money::new(minor, currency).to_string();
    differ(DifferenceKind::Amount, our.amount.to_string(), their.amount.to_string());
    differ(DifferenceKind::Amount, money(our.received), money(their.received));
    let done = |status| (status == PaymentStatus::Succeeded).to_string();
    differ(DifferenceKind::Status, done(our.status), done(their.status));
    if let Some(refunded) = their.refunded {
        differ(DifferenceKind::Refunded, money(our.refunded), money(refunded));
    }
    let in_ledger = our.in_ledger.unwrap_or(0);
    differ(DifferenceKind::Ledger, money(in_ledger), money(our.received));
    differences
}

/// The last reconciliations, youngest first, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn reconciliations(pool: &PgPool, actor: Actor) -> Result<Vec<ReconciliationView>, Error> {
    admins_only(pool, actor).await?;
    rows::latest(pool, 30).await
}
