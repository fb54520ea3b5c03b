//! Products and prices.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{PriceId, ProductId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::{money, word};
use crate::{
    Error, Feature, Grant, Per, PriceView, ProductView, TaxRate,
    command::{SaveProduct, SetPrice},
};

struct ProductRow {
    id: Uuid,
    code: String,
    name: String,
    summary: String,
    tax_rate: i16,
    on_sale: bool,
}

struct PriceRow {
    id: Uuid,
    product_id: Uuid,
    version: i32,
    currency: String,
    amount: i64,
    per: String,
    trial_days: i16,
    retired_at: Option<DateTime<Utc>>,
}

impl TryFrom<PriceRow> for PriceView {
    type Error = Error;

    fn try_from(row: PriceRow) -> Result<Self, Error> {
        Ok(Self {
            id: PriceId::from_uuid(row.id),
            version: row.version,
            amount: money(row.amount, &row.currency)?,
            per: word(Per::parse(&row.per), "period of a price")?,
            trial_days: row.trial_days.unsigned_abs(),
            retired: row.retired_at.is_some(),
        })
    }
}

fn tax_rate(points: i16) -> Result<TaxRate, Error> {
    points.unsigned_abs().try_into().map_err(|_| Error::BadRow("tax rate"))
}

/// All products with their current prices; those that are on sale, or every one.
pub(crate) async fn products(pool: &PgPool, all: bool) -> Result<Vec<ProductView>, Error> {
    let rows = sqlx::query_as!(
        ProductRow,
        "select id, code, name, summary, tax_rate, on_sale from products where on_sale or $1
         order by place, id limit 500",
        all
    )
    .fetch_all(pool)
    .await?;
    complete(pool, rows).await
}

/// One product with its current prices.
pub(crate) async fn product(pool: &PgPool, id: ProductId) -> Result<Option<ProductView>, Error> {
    let row = sqlx::query_as!(
        ProductRow,
        "select id, code, name, summary, tax_rate, on_sale from products where id = $1",
        id.uuid()
    )
    .fetch_all(pool)
    .await?;
    Ok(complete(pool, row).await?.pop())
}

async fn complete(pool: &PgPool, rows: Vec<ProductRow>) -> Result<Vec<ProductView>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut prices: HashMap<Uuid, Vec<PriceView>> = HashMap::new();
    let found = sqlx::query_as!(
        PriceRow,
        "select id, product_id, version, currency, amount, per, trial_days, retired_at
         from prices where product_id = any($1) and retired_at is null order by currency, amount",
        &ids
    )
    .fetch_all(pool)
    .await?;
    for row in found {
        prices.entry(row.product_id).or_default().push(row.try_into()?);
    }
    let mut grants: HashMap<Uuid, Vec<Grant>> = HashMap::new();
    let found = sqlx::query!(
        "select product_id, feature, amount, as_credits from product_grants where product_id = any($1) order by feature",
        &ids
    )
    .fetch_all(pool)
    .await?;
    for row in found {
        let feature = row.feature.parse().map_err(|_| Error::BadRow("feature"))?;
        let grant = Grant { feature, amount: row.amount, as_credits: row.as_credits };
        grants.entry(row.product_id).or_default().push(grant);
    }
    rows.into_iter()
        .map(|row| {
            Ok(ProductView {
                id: ProductId::from_uuid(row.id),
                code: row.code.parse().map_err(|_| Error::BadRow("code of a product"))?,
                name: row.name,
                summary: row.summary,
                tax_rate: tax_rate(row.tax_rate)?,
                on_sale: row.on_sale,
                grants: grants.remove(&row.id).unwrap_or_default(),
                prices: prices.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// Writes a product down, or changes it.
pub(crate) async fn save(tx: &mut Tx, id: ProductId, save: &SaveProduct, now: DateTime<Utc>) -> Result<(), Error> {
    let tax_rate = i16::try_from(save.tax_rate.get()).unwrap_or(0);
    let changed = sqlx::query!(
        "update products set name = $2, summary = $3, tax_rate = $4, on_sale = $5 where id = $1",
        id.uuid(),
        save.name,
        save.summary,
        tax_rate,
        save.on_sale
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        if save.id.is_some() {
            return Err(Error::NoSuchProduct);
        }
        sqlx::query!(
            "insert into products (id, code, name, summary, tax_rate, place, on_sale, created_at)
             values ($1, $2, $3, $4, $5, (select coalesce(max(place), 0) + 1 from products), $6, $7)",
            id.uuid(),
            save.code.as_str(),
            save.name,
            save.summary,
            tax_rate,
            save.on_sale,
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!("delete from product_grants where product_id = $1", id.uuid()).execute(&mut **tx).await?;
    let features: Vec<String> = save.grants.iter().map(|grant| grant.feature.to_string()).collect();
    let amounts: Vec<Option<i64>> = save.grants.iter().map(|grant| grant.amount).collect();
    let as_credits: Vec<bool> = save.grants.iter().map(|grant| grant.as_credits).collect();
    sqlx::query!(
        "insert into product_grants (product_id, feature, amount, as_credits)
         select $1, it.feature, it.amount, it.as_credits
         from unnest($2::text[], $3::bigint[], $4::boolean[]) as it (feature, amount, as_credits)",
        id.uuid(),
        &features,
        &amounts as &[Option<i64>],
        &as_credits
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Retires the price a product has for a currency and way of paying, and writes down the next version.
pub(crate) async fn set_price(tx: &mut Tx, id: PriceId, price: &SetPrice, now: DateTime<Utc>) -> Result<(), Error> {
    // One after the other: the versions have no gaps.
    sqlx::query!("select from products where id = $1 for update", price.product.uuid())
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Error::NoSuchProduct)?;
    let (currency, per) = (price.amount.currency.as_str(), price.per.as_str());
    sqlx::query!(
        "update prices set retired_at = $4
         where product_id = $1 and currency = $2 and per = $3 and retired_at is null",
        price.product.uuid(),
        currency,
        per,
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into prices (id, product_id, version, currency, amount, per, trial_days, created_at)
         values ($1, $2, (
             select coalesce(max(version), 0) + 1 from prices where product_id = $2 and currency = $3 and per = $5
         ), $3, $4, $5, $6, $7)",
        id.uuid(),
        price.product.uuid(),
        currency,
        price.amount.minor,
        per,
        i16::try_from(price.trial_days).unwrap_or(0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stops offering a price.
pub(crate) async fn retire_price(tx: &mut Tx, id: PriceId, now: DateTime<Utc>) -> Result<bool, Error> {
    let retired =
        sqlx::query!("update prices set retired_at = $2 where id = $1 and retired_at is null", id.uuid(), now)
            .execute(&mut **tx)
            .await?
            .rows_affected();
    Ok(retired > 0)
}

/// A price with what it is the price of.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) price: PriceView,
    pub(crate) product: ProductId,
    pub(crate) product_name: String,
    pub(crate) tax_rate: TaxRate,
    pub(crate) on_sale: bool,
}

/// A price, retired or not.
pub(crate) async fn offer(db: impl PgExecutor<'_>, id: PriceId) -> Result<Option<Offer>, Error> {
    let row = sqlx::query!(
        "select p.id, p.product_id, p.version, p.currency, p.amount, p.per, p.trial_days, p.retired_at,
             o.name, o.tax_rate, o.on_sale
         from prices p join products o on o.id = p.product_id where p.id = $1",
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let price = PriceRow {
        id: row.id,
        product_id: row.product_id,
        version: row.version,
        currency: row.currency,
        amount: row.amount,
        per: row.per,
        trial_days: row.trial_days,
        retired_at: row.retired_at,
    };
    Ok(Some(Offer {
        product: ProductId::from_uuid(row.product_id),
        price: price.try_into()?,
        product_name: row.name,
        tax_rate: tax_rate(row.tax_rate)?,
        on_sale: row.on_sale,
    }))
}

/// All versions of the prices of a product, youngest first.
pub(crate) async fn price_history(pool: &PgPool, product: ProductId) -> Result<Vec<PriceView>, Error> {
    sqlx::query_as!(
        PriceRow,
        "select id, product_id, version, currency, amount, per, trial_days, retired_at
         from prices where product_id = $1 order by id desc limit 200",
        product.uuid()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(PriceView::try_from)
    .collect()
}

/// What a product gives as credits.
pub(crate) async fn credit_grants(tx: &mut Tx, product: ProductId) -> Result<Vec<(Feature, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select feature, amount as "amount!" from product_grants where product_id = $1 and as_credits order by feature"#,
        product.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| Ok((row.feature.parse().map_err(|_| Error::BadRow("feature"))?, row.amount))).collect()
}

/// What a provider calls a product or price.
pub(crate) async fn published(pool: &PgPool, provider: &str, thing: Uuid) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar!("select reference from published where provider = $1 and thing_id = $2", provider, thing)
        .fetch_optional(pool)
        .await?)
}

/// Remembers what a provider calls a product or price.
pub(crate) async fn remember_published(
    pool: &PgPool,
    provider: &str,
    thing: Uuid,
    reference: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into published (provider, thing_id, reference) values ($1, $2, $3) on conflict do nothing",
        provider,
        thing,
        reference
    )
    .execute(pool)
    .await?;
    Ok(())
}
