//! Subscriptions.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Money, PriceId, ProductId, SubscriptionId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::{money, word};
use crate::{AtEnd, CancelReason, Error, PayWith, Per, PriceView, SubscriptionState, SubscriptionView};

/// A subscription whose row is held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: SubscriptionId,
    pub(crate) account: AccountId,
    pub(crate) product: ProductId,
    pub(crate) price: PriceId,
    pub(crate) state: SubscriptionState,
    pub(crate) pay_with: PayWith,
    pub(crate) period_start: DateTime<Utc>,
    pub(crate) period_end: DateTime<Utc>,
    pub(crate) anchor_day: u8,
    pub(crate) at_end: AtEnd,
    pub(crate) next_price: Option<PriceId>,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) canceled: Option<(DateTime<Utc>, CancelReason)>,
    pub(crate) created_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    account_id: Uuid,
    product_id: Uuid,
    price_id: Uuid,
    state: String,
    pay_with: String,
    period_start: DateTime<Utc>,
    period_end: DateTime<Utc>,
    anchor_day: i16,
    at_end: String,
    next_price_id: Option<Uuid>,
    due_at: Option<DateTime<Utc>>,
    canceled_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Held {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let reason = row.cancel_reason.map(|it| word(CancelReason::parse(&it), "reason of an end")).transpose()?;
        Ok(Self {
            id: SubscriptionId::from_uuid(row.id),
            account: AccountId::from_uuid(row.account_id),
            product: ProductId::from_uuid(row.product_id),
            price: PriceId::from_uuid(row.price_id),
            state: word(SubscriptionState::parse(&row.state), "state of a subscription")?,
            pay_with: word(PayWith::parse(&row.pay_with), "means of a subscription")?,
            period_start: row.period_start,
            period_end: row.period_end,
            anchor_day: u8::try_from(row.anchor_day).map_err(|_| Error::BadRow("anchor of a subscription"))?,
            at_end: word(AtEnd::parse(&row.at_end), "end of a subscription")?,
            next_price: row.next_price_id.map(PriceId::from_uuid),
            due_at: row.due_at,
            canceled: row.canceled_at.zip(reason),
            created_at: row.created_at,
        })
    }
}

/// Writes a new subscription down.
pub(crate) async fn insert(tx: &mut Tx, it: &Held) -> Result<(), Error> {
    sqlx::query!(
        "insert into subscriptions (id, account_id, product_id, price_id, state, pay_with, period_start, period_end,
             anchor_day, due_at, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        it.id.uuid(),
        it.account.uuid(),
        it.product.uuid(),
        it.price.uuid(),
        it.state.as_str(),
        it.pay_with.as_str(),
        it.period_start,
        it.period_end,
        i16::from(it.anchor_day),
        it.due_at,
        it.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a subscription and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: SubscriptionId) -> Result<Option<Held>, Error> {
    sqlx::query_as!(
        Row,
        "select id, account_id, product_id, price_id, state, pay_with, period_start, period_end, anchor_day, at_end,
             next_price_id, due_at, canceled_at, cancel_reason, created_at
         from subscriptions where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Held::try_from)
    .transpose()
}

/// Takes one subscription for which something is due, and which nobody else holds.
pub(crate) async fn lock_due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Held>, Error> {
    sqlx::query_as!(
        Row,
        "select id, account_id, product_id, price_id, state, pay_with, period_start, period_end, anchor_day, at_end,
             next_price_id, due_at, canceled_at, cancel_reason, created_at
         from subscriptions where due_at <= $1 order by due_at limit 1 for no key update skip locked",
        now
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Held::try_from)
    .transpose()
}

/// Writes down what a subscription has become.
pub(crate) async fn update(tx: &mut Tx, it: &Held, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update subscriptions set product_id = $14, price_id = $2, state = $3, pay_with = $4, period_start = $5, period_end = $6,
             anchor_day = $7, at_end = $8, next_price_id = $9, due_at = $10, canceled_at = $11, cancel_reason = $12,
             changed_at = $13
         where id = $1",
        it.id.uuid(),
        it.price.uuid(),
        it.state.as_str(),
        it.pay_with.as_str(),
        it.period_start,
        it.period_end,
        i16::from(it.anchor_day),
        it.at_end.as_str(),
        it.next_price.map(PriceId::uuid),
        it.due_at,
        it.canceled.map(|(at, _)| at),
        it.canceled.map(|(_, reason)| reason.as_str()),
        now,
        it.product.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether somebody has a subscription to a product that is not over.
pub(crate) async fn has_one(tx: &mut Tx, account: AccountId, product: ProductId) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(
        r#"select exists (
               select from subscriptions where account_id = $1 and product_id = $2 and state <> 'canceled'
           ) as "has!""#,
        account.uuid(),
        product.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(has)
}

/// Whether somebody ever had a subscription to a product: a trial is had once.
pub(crate) async fn had_one(tx: &mut Tx, account: AccountId, product: ProductId) -> Result<bool, Error> {
    let had = sqlx::query_scalar!(
        r#"select exists (select from subscriptions where account_id = $1 and product_id = $2)
               or exists (select from trials where account_id = $1 and product_id = $2) as "had!""#,
        account.uuid(),
        product.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(had)
}

struct ViewRow {
    id: Uuid,
    account_id: Uuid,
    product_id: Uuid,
    product_name: String,
    price_id: Uuid,
    version: i32,
    currency: String,
    amount: i64,
    per: String,
    trial_days: i16,
    retired_at: Option<DateTime<Utc>>,
    state: String,
    pay_with: String,
    period_start: DateTime<Utc>,
    period_end: DateTime<Utc>,
    at_end: String,
    next_id: Option<Uuid>,
    next_version: Option<i32>,
    next_amount: Option<i64>,
    next_per: Option<String>,
    due_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<ViewRow> for SubscriptionView {
    type Error = Error;

    fn try_from(row: ViewRow) -> Result<Self, Error> {
        let amount = money(row.amount, &row.currency)?;
        let next = row.next_id.zip(row.next_version).zip(row.next_amount.zip(row.next_per));
        let next_price = next.map(|((id, version), (minor, per))| {
            Ok::<_, Error>(PriceView {
                id: PriceId::from_uuid(id),
                version,
                amount: Money::new(minor, amount.currency),
                per: word(Per::parse(&per), "period of a price")?,
                trial_days: 0,
                retired: false,
            })
        });
        let reason = row.cancel_reason.map(|it| word(CancelReason::parse(&it), "reason of an end"));
        Ok(Self {
            id: SubscriptionId::from_uuid(row.id),
            account: AccountId::from_uuid(row.account_id),
            product: ProductId::from_uuid(row.product_id),
            product_name: row.product_name,
            price: PriceView {
                id: PriceId::from_uuid(row.price_id),
                version: row.version,
                amount,
                per: word(Per::parse(&row.per), "period of a price")?,
                trial_days: row.trial_days.unsigned_abs(),
                retired: row.retired_at.is_some(),
            },
            state: word(SubscriptionState::parse(&row.state), "state of a subscription")?,
            pay_with: word(PayWith::parse(&row.pay_with), "means of a subscription")?,
            period_start: row.period_start,
            period_end: row.period_end,
            at_end: word(AtEnd::parse(&row.at_end), "end of a subscription")?,
            next_price: next_price.transpose()?,
            due_at: row.due_at,
            cancel_reason: reason.transpose()?,
            created_at: row.created_at,
        })
    }
}

/// Remembers that somebody had a product for nothing. A subscription can go over to another product, and a trial is had once.
pub(crate) async fn insert_trial(tx: &mut Tx, account: AccountId, product: ProductId) -> Result<(), Error> {
    sqlx::query!(
        "insert into trials (account_id, product_id) values ($1, $2) on conflict do nothing",
        account.uuid(),
        product.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Subscriptions: one, somebody's, or those in a state; youngest first, from before an id on.
pub(crate) async fn views(
    pool: &PgPool,
    id: Option<SubscriptionId>,
    account: Option<AccountId>,
    state: Option<SubscriptionState>,
    before: SubscriptionId,
    limit: i64,
) -> Result<Vec<SubscriptionView>, Error> {
    sqlx::query_as!(
        ViewRow,
        r#"select s.id, s.account_id, s.product_id, o.name as product_name, s.price_id, p.version, p.currency, p.amount,
             p.per, p.trial_days, p.retired_at, s.state, s.pay_with, s.period_start, s.period_end, s.at_end,
             n.id as "next_id?", n.version as "next_version?", n.amount as "next_amount?", n.per as "next_per?",
             s.due_at, s.cancel_reason, s.created_at
         from subscriptions s
         join products o on o.id = s.product_id
         join prices p on p.id = s.price_id
         left join prices n on n.id = s.next_price_id
         where ($1::uuid is null or s.id = $1) and ($2::uuid is null or s.account_id = $2)
             and ($3::text is null or s.state = $3) and s.id < $4
         order by s.id desc limit $5"#,
        id.map(SubscriptionId::uuid),
        account.map(AccountId::uuid),
        state.map(SubscriptionState::as_str),
        before.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(SubscriptionView::try_from)
    .collect()
}

/// What the event log has of a subscription, youngest first.
pub(crate) async fn timeline(
    pool: &PgPool,
    id: SubscriptionId,
) -> Result<Vec<(String, serde_json::Value, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        "select kind, payload, occurred_at from events where stream = $1 order by seq desc limit 100",
        id.uuid()
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.payload, row.occurred_at)).collect())
}

/// One subscription.
pub(crate) async fn one(pool: &PgPool, id: SubscriptionId) -> Result<Option<SubscriptionView>, Error> {
    let last = SubscriptionId::from_uuid(Uuid::max());
    Ok(views(pool, Some(id), None, None, last, 1).await?.pop())
}
