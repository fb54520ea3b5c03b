//! What experts can be asked about.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ServiceId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::euros;
use crate::{Error, ServiceView};

/// Something an expert can be asked about.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) id: ServiceId,
    pub(crate) expert: AccountId,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) bring: String,
    pub(crate) price_minor: i64,
    pub(crate) offered: bool,
}

impl From<Service> for ServiceView {
    fn from(it: Service) -> Self {
        Self {
            id: it.id,
            title: it.title,
            description: it.description,
            bring: it.bring,
            price: euros(it.price_minor),
            offered: it.offered,
        }
    }
}

struct Row {
    id: Uuid,
    expert_id: Uuid,
    title: String,
    description: String,
    bring: String,
    price_minor: i64,
    offered: bool,
}

impl From<Row> for Service {
    fn from(row: Row) -> Self {
        Self {
            id: ServiceId::from_uuid(row.id),
            expert: AccountId::from_uuid(row.expert_id),
            title: row.title,
            description: row.description,
            bring: row.bring,
            price_minor: row.price_minor,
            offered: row.offered,
        }
    }
}

/// A service.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: ServiceId) -> Result<Option<Service>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, expert_id, title, description, bring, price_minor, offered from expert_services where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Service::from))
}

/// Several services.
pub(crate) async fn many(pool: &PgPool, services: &[ServiceId]) -> Result<Vec<Service>, Error> {
    let ids: Vec<Uuid> = services.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        "select id, expert_id, title, description, bring, price_minor, offered from expert_services where id = any($1)",
        &ids
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Service::from).collect())
}

/// An expert's services: those that are offered first, the oldest before the others. There are never more than can be
/// made.
pub(crate) async fn of(executor: impl PgExecutor<'_>, expert: AccountId) -> Result<Vec<Service>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, expert_id, title, description, bring, price_minor, offered from expert_services
         where expert_id = $1 order by offered desc, id",
        expert.uuid()
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Service::from).collect())
}

/// How many services an expert offers, and how many there are in all.
pub(crate) async fn count(executor: impl PgExecutor<'_>, expert: AccountId) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where offered) as "offered!", count(*) as "all!" from expert_services
           where expert_id = $1"#,
        expert.uuid()
    )
    .fetch_one(executor)
    .await?;
    Ok((row.offered, row.all))
}

/// Writes a service down.
pub(crate) async fn insert(tx: &mut Tx, it: &Service, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into expert_services (id, expert_id, title, description, bring, price_minor, offered, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        it.id.uuid(),
        it.expert.uuid(),
        it.title,
        it.description,
        it.bring,
        it.price_minor,
        it.offered,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what changed of a service.
pub(crate) async fn update(tx: &mut Tx, it: &Service) -> Result<(), Error> {
    sqlx::query!(
        "update expert_services set title = $2, description = $3, bring = $4, price_minor = $5, offered = $6
         where id = $1",
        it.id.uuid(),
        it.title,
        it.description,
        it.bring,
        it.price_minor,
        it.offered,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps with an expert what their cheapest service that is offered costs.
pub(crate) async fn refresh_lowest(tx: &mut Tx, expert: AccountId) -> Result<(), Error> {
    sqlx::query!(
        "update experts set lowest_minor = (
             select min(price_minor) from expert_services where expert_id = $1 and offered
         )
         where account_id = $1",
        expert.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
