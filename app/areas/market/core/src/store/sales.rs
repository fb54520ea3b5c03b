//! Sales and their lines.

use chrono::{DateTime, Utc};
use kernel::{AccountId, LicenceId, ListingId, RunId, SaleId, TransferId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::{count, euros};
use crate::{Error, SaleKind, SaleView, SpentOn, split::Part};

/// A sale.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) id: SaleId,
    pub(crate) listing: ListingId,
    pub(crate) agent: AccountId,
    pub(crate) buyer: AccountId,
    pub(crate) kind: SaleKind,
    pub(crate) minor: i64,
    pub(crate) licence: Option<LicenceId>,
    pub(crate) run: Option<RunId>,
    pub(crate) rule_version: u32,
    pub(crate) transfer: TransferId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) refunded_at: Option<DateTime<Utc>>,
}

/// Writes a sale down, and who got what of it.
pub(crate) async fn insert(tx: &mut Tx, sale: &Sale, parts: &[Part]) -> Result<(), Error> {
    sqlx::query!(
        "insert into sales (id, listing_id, agent_id, buyer_id, kind, amount_minor, licence_id, run_id, rule_version,
             transfer_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        sale.id.uuid(),
        sale.listing.uuid(),
        sale.agent.uuid(),
        sale.buyer.uuid(),
        sale.kind.as_str(),
        sale.minor,
        sale.licence.map(LicenceId::uuid),
        sale.run.map(RunId::uuid),
        i32::try_from(sale.rule_version).unwrap_or(i32::MAX),
        sale.transfer.uuid(),
        sale.at,
    )
    .execute(&mut **tx)
    .await?;
    let payees: Vec<Option<Uuid>> = parts.iter().map(|it| it.account.map(AccountId::uuid)).collect();
    let roles: Vec<String> = parts.iter().map(|it| it.role.as_str().to_owned()).collect();
    let points: Vec<i32> = parts.iter().map(|it| it.points.get().into()).collect();
    let minors: Vec<i64> = parts.iter().map(|it| it.minor).collect();
    sqlx::query!(
        "insert into sale_lines (sale_id, place, payee_id, role, points, amount_minor)
         select $1, place - 1, payee, role, points, minor
         from unnest($2::uuid[], $3::text[], $4::integer[], $5::bigint[]) with ordinality
             as line (payee, role, points, minor, place)",
        sale.id.uuid(),
        &payees as &[Option<Uuid>],
        &roles,
        &points,
        &minors,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update listing_figures set revenue_minor = revenue_minor + $2 where listing_id = $1",
        sale.listing.uuid(),
        sale.minor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    listing_id: Uuid,
    agent_id: Uuid,
    buyer_id: Uuid,
    kind: String,
    amount_minor: i64,
    licence_id: Option<Uuid>,
    run_id: Option<Uuid>,
    rule_version: i32,
    transfer_id: Uuid,
    created_at: DateTime<Utc>,
    refunded_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Sale {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: SaleId::from_uuid(row.id),
            listing: ListingId::from_uuid(row.listing_id),
            agent: AccountId::from_uuid(row.agent_id),
            buyer: AccountId::from_uuid(row.buyer_id),
            kind: SaleKind::parse(&row.kind).ok_or(Error::BadRow("kind of a sale"))?,
            minor: row.amount_minor,
            licence: row.licence_id.map(LicenceId::from_uuid),
            run: row.run_id.map(RunId::from_uuid),
            rule_version: count(row.rule_version),
            transfer: TransferId::from_uuid(row.transfer_id),
            at: row.created_at,
            refunded_at: row.refunded_at,
        })
    }
}

/// A sale. Not held.
pub(crate) async fn find(tx: &mut Tx, id: SaleId) -> Result<Option<Sale>, Error> {
    sqlx::query_as!(
        Row,
        "select id, listing_id, agent_id, buyer_id, kind, amount_minor, licence_id, run_id, rule_version, transfer_id,
             created_at, refunded_at
         from sales where id = $1",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Sale::try_from)
    .transpose()
}

/// A sale whose row is held until the transaction ends. After the user's and the licence's, before the ledger.
pub(crate) async fn lock(tx: &mut Tx, id: SaleId) -> Result<Option<Sale>, Error> {
    sqlx::query_as!(
        Row,
        "select id, listing_id, agent_id, buyer_id, kind, amount_minor, licence_id, run_id, rule_version, transfer_id,
             created_at, refunded_at
         from sales where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Sale::try_from)
    .transpose()
}

/// The newest sale of a licence: what its present period was paid with. Held until the transaction ends.
pub(crate) async fn newest_of(tx: &mut Tx, licence: LicenceId) -> Result<Option<Sale>, Error> {
    sqlx::query_as!(
        Row,
        "select id, listing_id, agent_id, buyer_id, kind, amount_minor, licence_id, run_id, rule_version, transfer_id,
             created_at, refunded_at
         from sales where licence_id = $1 order by id desc limit 1 for no key update",
        licence.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Sale::try_from)
    .transpose()
}

/// Writes down that a sale was given back, by which transfer, and what the ledger took back from whom.
pub(crate) async fn refunded(
    tx: &mut Tx,
    sale: &Sale,
    refund: TransferId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update sales set refunded_at = $2, refund_id = $3, refund_reason = $4 where id = $1",
        sale.id.uuid(),
        now,
        refund.uuid(),
        reason,
    )
    .execute(&mut **tx)
    .await?;
    // What somebody no longer had, the platform bore: so as the ledger has it, in the order of the lines.
    sqlx::query!(
        "with taken as (
             select a.owner_id, -sum(p.amount) as minor from postings p join ledger_accounts a on a.id = p.ledger_account_id
             where p.transfer_id = $2 and a.kind in ('pending', 'earnings', 'fees') group by a.owner_id
         ),
         lines as (
             select place, payee_id, amount_minor,
                 sum(amount_minor) over (partition by payee_id order by place) - amount_minor as before
             from sale_lines where sale_id = $1
         )
         update sale_lines l
         set returned_minor = least(greatest(coalesce(taken.minor, 0) - lines.before, 0), lines.amount_minor)
         from lines left join taken on taken.owner_id is not distinct from lines.payee_id
         where l.sale_id = $1 and l.place = lines.place",
        sale.id.uuid(),
        refund.uuid(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update listing_figures set revenue_minor = revenue_minor - $2 where listing_id = $1",
        sale.listing.uuid(),
        sale.minor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sales of a listing, youngest first.
pub(crate) async fn of_listing(
    pool: &PgPool,
    listing: ListingId,
    before: Option<SaleId>,
    limit: i64,
) -> Result<Vec<SaleView>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, listing_id, agent_id, buyer_id, kind, amount_minor, licence_id, run_id, rule_version, transfer_id,
             created_at, refunded_at
         from sales where listing_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        listing.uuid(),
        before.map(SaleId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?;
    let sales = rows.into_iter().map(Sale::try_from).collect::<Result<Vec<_>, _>>()?;
    let buyers: Vec<AccountId> = sales.iter().map(|sale| sale.buyer).collect();
    let buyers = identity_core::service::summaries(pool, &buyers).await?;
    sales
        .into_iter()
        .map(|sale| {
            Ok(SaleView {
                id: sale.id,
                buyer: buyers.get(&sale.buyer).cloned().ok_or(Error::BadRow("sale without a buyer"))?,
                kind: sale.kind,
                amount: euros(sale.minor),
                licence: sale.licence,
                rule_version: sale.rule_version,
                at: sale.at,
                refunded_at: sale.refunded_at,
            })
        })
        .collect()
}

/// What somebody paid, by listing, what came to the most first.
pub(crate) async fn of_buyer(pool: &PgPool, buyer: AccountId) -> Result<Vec<SpentOn>, Error> {
    let rows = sqlx::query!(
        r#"select l.id, l.title, count(*) as "sales!",
               coalesce(sum(s.amount_minor) filter (where s.refunded_at is null), 0)::bigint as "paid!",
               coalesce(sum(s.amount_minor) filter (where s.refunded_at is not null), 0)::bigint as "returned!"
           from sales s join listings l on l.id = s.listing_id
           where s.buyer_id = $1
           group by l.id order by "paid!" desc, l.id limit 200"#,
        buyer.uuid()
    )
    .fetch_all(pool)
    .await?;
    let spent = rows.into_iter().map(|row| SpentOn {
        listing: ListingId::from_uuid(row.id),
        title: row.title,
        sales: row.sales.unsigned_abs(),
        paid: euros(row.paid),
        returned: euros(row.returned),
    });
    Ok(spent.collect())
}
