//! Servers that offer tools.

use chrono::{DateTime, Utc};
use kernel::{AccountId, McpServerId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool, types::Json};
use uuid::Uuid;

use crate::{
    Error,
    mcp::{McpServer, ServerTool},
};

/// A server with what is needed to speak with it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) view: McpServer,
    pub(crate) owner: Option<AccountId>,
    /// The value of the header, sealed.
    pub(crate) sealed: Option<Vec<u8>>,
}

/// A server that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) id: McpServerId,
    pub(crate) owner: Option<AccountId>,
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
    pub(crate) header: Option<(&'a str, &'a [u8])>,
}

/// Writes a server down. One of this owner's that has the name is an error.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into mcp_servers (id, owner_id, name, address, header_name, header_value, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.id.uuid(),
        new.owner.map(AccountId::uuid),
        new.name,
        new.address,
        new.header.map(|(name, _)| name),
        new.header.map(|(_, value)| value),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes the operator's servers those of these names.
pub(crate) async fn set_operators(
    tx: &mut Tx,
    servers: &[(McpServerId, String, String)],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let names: Vec<String> = servers.iter().map(|(_, name, _)| name.clone()).collect();
    sqlx::query!("delete from mcp_servers where owner_id is null and name <> all($1)", &names)
        .execute(&mut **tx)
        .await?;
    for (id, name, address) in servers {
        sqlx::query!(
            "insert into mcp_servers (id, owner_id, name, address, created_at) values ($1, null, $2, $3, $4)
             on conflict (owner_id, name) do update set address = excluded.address",
            id.uuid(),
            name,
            address,
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// How many servers somebody has.
pub(crate) async fn count(tx: &mut Tx, owner: AccountId) -> Result<i64, Error> {
    // One after the other, so that nobody has more than there may be.
    sqlx::query!("select id from accounts where id = $1 for no key update", owner.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from mcp_servers where owner_id = $1"#, owner.uuid())
            .fetch_one(&mut **tx)
            .await?;
    Ok(count)
}

struct Stored {
    id: Uuid,
    owner_id: Option<Uuid>,
    name: String,
    address: String,
    header_name: Option<String>,
    header_value: Option<Vec<u8>>,
    tools: Json<Vec<ServerTool>>,
    problem: Option<String>,
    contacted_at: Option<DateTime<Utc>>,
    checked_at: Option<DateTime<Utc>>,
}

impl From<Stored> for Row {
    fn from(row: Stored) -> Self {
        Self {
            view: McpServer {
                id: McpServerId::from_uuid(row.id),
                name: row.name,
                address: row.address,
                header: row.header_name,
                operators: row.owner_id.is_none(),
                tools: row.tools.0,
                problem: row.problem,
                contacted_at: row.contacted_at,
                checked_at: row.checked_at,
            },
            owner: row.owner_id.map(AccountId::from_uuid),
            sealed: row.header_value,
        }
    }
}

/// The servers that an owner's agents may use: their own and the operator's, by name. An own one hides one of the same name.
pub(crate) async fn of_owner(executor: impl PgExecutor<'_>, owner: AccountId) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as!(
        Stored,
        r#"select distinct on (name) id, owner_id, name, address, header_name, header_value,
               tools as "tools: Json<Vec<ServerTool>>", problem, contacted_at, checked_at
           from mcp_servers where owner_id = $1 or owner_id is null order by name, owner_id nulls last"#,
        owner.uuid()
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// A server.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: McpServerId) -> Result<Option<Row>, Error> {
    let row = sqlx::query_as!(
        Stored,
        r#"select id, owner_id, name, address, header_name, header_value, tools as "tools: Json<Vec<ServerTool>>",
               problem, contacted_at, checked_at
           from mcp_servers where id = $1"#,
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Row::from))
}

/// Servers that nobody has asked since `before`, those first that were not asked for the longest.
pub(crate) async fn to_check(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> Result<Vec<McpServerId>, Error> {
    let ids = sqlx::query_scalar!(
        "select id from mcp_servers where checked_at is null or checked_at < $1 order by checked_at nulls first limit $2",
        before,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(McpServerId::from_uuid).collect())
}

/// Notes what a server offers, or why it could not be asked: what it offered before stays then.
pub(crate) async fn checked(
    pool: &PgPool,
    id: McpServerId,
    found: Result<&[ServerTool], &str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (tools, problem) = match found {
        Ok(tools) => (Some(Json(tools)), None),
        Err(problem) => (None, Some(problem)),
    };
    sqlx::query!(
        "update mcp_servers set tools = coalesce($2::jsonb, tools), problem = $3, checked_at = $4,
             contacted_at = case when $3::text is null then $4 else contacted_at end
         where id = $1",
        id.uuid(),
        tools as _,
        problem,
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes a server away. Whether this owner had it.
pub(crate) async fn delete(tx: &mut Tx, id: McpServerId, owner: AccountId) -> Result<bool, Error> {
    let gone = sqlx::query!("delete from mcp_servers where id = $1 and owner_id = $2", id.uuid(), owner.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected() == 1)
}
