//! What somebody got of sales.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ListingId, Money, SaleId, TransferId};
use sqlx::PgPool;
use uuid::Uuid;

use super::{count, euros};
use crate::{Error, RevenueLine, RevenueOf, Role, SaleKind};

struct Row {
    sale_id: Uuid,
    place: i16,
    listing_id: Uuid,
    title: String,
    kind: String,
    paid: i64,
    role: String,
    amount_minor: i64,
    returned_minor: i64,
    rule_version: i32,
    transfer_id: Uuid,
    refund_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    refunded_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for RevenueLine {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            sale: SaleId::from_uuid(row.sale_id),
            place: row.place.unsigned_abs(),
            listing: ListingId::from_uuid(row.listing_id),
            title: row.title,
            kind: SaleKind::parse(&row.kind).ok_or(Error::BadRow("kind of a sale"))?,
            paid: euros(row.paid),
            role: Role::parse(&row.role).ok_or(Error::BadRow("role of a line"))?,
            amount: euros(row.amount_minor),
            returned: euros(row.returned_minor),
            rule_version: count(row.rule_version),
            transfer: TransferId::from_uuid(row.transfer_id),
            refund: row.refund_id.map(TransferId::from_uuid),
            at: row.created_at,
            refunded_at: row.refunded_at,
        })
    }
}

/// A payee's lines, of one listing or all, youngest first, before a sale.
pub(crate) async fn lines(
    pool: &PgPool,
    payee: AccountId,
    listing: Option<ListingId>,
    before: Option<SaleId>,
    limit: i64,
) -> Result<Vec<RevenueLine>, Error> {
    sqlx::query_as!(
        Row,
        "select s.id as sale_id, line.place, s.listing_id, l.title, s.kind, s.amount_minor as paid, line.role,
             line.amount_minor, line.returned_minor, s.rule_version, s.transfer_id, s.refund_id, s.created_at, s.refunded_at
         from sale_lines line join sales s on s.id = line.sale_id join listings l on l.id = s.listing_id
         where line.payee_id = $1 and ($2::uuid is null or s.listing_id = $2)
             and ($3::uuid is null or line.sale_id < $3)
         order by line.sale_id desc, line.place desc limit $4",
        payee.uuid(),
        listing.map(ListingId::uuid),
        before.map(SaleId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(RevenueLine::try_from)
    .collect()
}

/// What each listing brought a payee since an instant, the most first.
pub(crate) async fn by_listing(pool: &PgPool, payee: AccountId, since: DateTime<Utc>) -> Result<Vec<RevenueOf>, Error> {
    let rows = sqlx::query!(
        r#"select l.id, l.agent_id, l.title, count(distinct s.id) as "sales!",
               coalesce(sum(s.amount_minor) filter (where s.refunded_at is null and line.first), 0)::bigint as "paid!",
               coalesce(sum(line.amount_minor - line.returned_minor), 0)::bigint as "earned!"
           from (select *, row_number() over (partition by sale_id order by place) = 1 as first
                 from sale_lines where payee_id = $1) line
               join sales s on s.id = line.sale_id join listings l on l.id = s.listing_id
           where s.created_at >= $2
           group by l.id order by "earned!" desc, l.id"#,
        payee.uuid(),
        since,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| RevenueOf {
            listing: ListingId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            title: row.title,
            sales: row.sales.unsigned_abs(),
            paid: euros(row.paid),
            earned: euros(row.earned),
        })
        .collect())
}

/// What an agent brought its owner since an instant, and what was paid for it in all; without what was given back.
pub(crate) async fn of_agent(
    pool: &PgPool,
    agent: AccountId,
    owner: AccountId,
    since: DateTime<Utc>,
) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(line.amount_minor - line.returned_minor) filter (where line.payee_id = $2), 0)::bigint as "earned!",
               coalesce(sum(line.amount_minor - line.returned_minor), 0)::bigint as "paid!"
           from sales s join sale_lines line on line.sale_id = s.id join listings l on l.id = s.listing_id
           where l.agent_id = $1 and s.created_at >= $3"#,
        agent.uuid(),
        owner.uuid(),
        since,
    )
    .fetch_one(pool)
    .await?;
    Ok((row.earned, row.paid))
}

/// What each of these agents brought their owner by sales since an id, without what was given back.
pub(crate) async fn of_agents(
    pool: &PgPool,
    agents: &[AccountId],
    owner: AccountId,
    since: SaleId,
) -> Result<Vec<(AccountId, Money)>, Error> {
    let agents: Vec<Uuid> = agents.iter().map(|agent| agent.uuid()).collect();
    let rows = sqlx::query!(
        r#"select s.agent_id, sum(line.amount_minor - line.returned_minor)::bigint as "earned!"
           from sale_lines line join sales s on s.id = line.sale_id
           where line.payee_id = $2 and line.sale_id >= $3 and s.agent_id = any($1)
           group by s.agent_id"#,
        &agents,
        owner.uuid(),
        since.uuid(),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.agent_id), euros(row.earned))).collect())
}
