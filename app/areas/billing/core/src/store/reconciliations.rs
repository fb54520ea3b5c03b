//! Providers' payments, held against ours.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{PaymentId, ReconciliationId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::word;
use crate::{Difference, DifferenceKind, Error, ReconciliationView};

/// Writes a reconciliation down.
pub(crate) async fn insert(tx: &mut Tx, it: &ReconciliationView) -> Result<(), Error> {
    sqlx::query!(
        "insert into reconciliations (id, provider, from_at, to_at, checked, created_at) values ($1, $2, $3, $4, $5, $6)",
        it.id.uuid(),
        it.provider,
        it.from,
        it.to,
        it.checked,
        it.at
    )
    .execute(&mut **tx)
    .await?;
    for (place, difference) in (0_i32..).zip(&it.differences) {
        sqlx::query!(
            "insert into reconciliation_differences (reconciliation_id, place, kind, payment_id, reference, ours, theirs)
             values ($1, $2, $3, $4, $5, $6, $7)",
            it.id.uuid(),
            place,
            difference.kind.as_str(),
            difference.payment.map(PaymentId::uuid),
            difference.reference,
            difference.ours,
            difference.theirs
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The last reconciliations with their differences, youngest first.
pub(crate) async fn latest(pool: &PgPool, limit: i64) -> Result<Vec<ReconciliationView>, Error> {
    let rows = sqlx::query!(
        "select id, provider, from_at, to_at, checked, created_at from reconciliations order by id desc limit $1",
        limit
    )
    .fetch_all(pool)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut differences: HashMap<Uuid, Vec<Difference>> = HashMap::new();
    let found = sqlx::query!(
        "select reconciliation_id, kind, payment_id, reference, ours, theirs from reconciliation_differences
         where reconciliation_id = any($1) order by reconciliation_id, place limit 1000",
        &ids
    )
    .fetch_all(pool)
    .await?;
    for row in found {
        differences.entry(row.reconciliation_id).or_default().push(Difference {
            kind: word(DifferenceKind::parse(&row.kind), "kind of difference")?,
            payment: row.payment_id.map(PaymentId::from_uuid),
            reference: row.reference,
            ours: row.ours,
            theirs: row.theirs,
        });
    }
    Ok(rows
        .into_iter()
        .map(|row| ReconciliationView {
            id: ReconciliationId::from_uuid(row.id),
            provider: row.provider,
            from: row.from_at,
            to: row.to_at,
            checked: row.checked,
            differences: differences.remove(&row.id).unwrap_or_default(),
            at: row.created_at,
        })
        .collect())
}

/// Until when a provider's payments have been held against ours.
pub(crate) async fn last_until(pool: &PgPool, provider: &str) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar!("select max(to_at) from reconciliations where provider = $1", provider)
        .fetch_one(pool)
        .await?)
}
