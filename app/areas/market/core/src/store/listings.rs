//! Listings, as the rules need them.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, BasisPoints, ListingId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::{count, euros, points};
use crate::{Error, ListingState, Prices, command::ListingText};

/// What the rules need to know of a listing.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) id: ListingId,
    pub(crate) agent: AccountId,
    pub(crate) owner: AccountId,
    pub(crate) state: ListingState,
    pub(crate) title: String,
    pub(crate) prices: Prices,
    pub(crate) free_messages: u32,
    pub(crate) fork_royalty: Option<BasisPoints>,
    pub(crate) at_work: bool,
}

struct Row {
    id: Uuid,
    agent_id: Uuid,
    owner_id: Uuid,
    state: String,
    title: String,
    free: bool,
    once_minor: Option<i64>,
    monthly_minor: Option<i64>,
    yearly_minor: Option<i64>,
    message_minor: Option<i64>,
    free_messages: i32,
    fork_royalty_points: Option<i32>,
    at_work: bool,
}

impl TryFrom<Row> for Listing {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: ListingId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            owner: AccountId::from_uuid(row.owner_id),
            state: ListingState::parse(&row.state).ok_or(Error::BadRow("state of a listing"))?,
            title: row.title,
            prices: Prices {
                free: row.free,
                once: row.once_minor.map(euros),
                monthly: row.monthly_minor.map(euros),
                yearly: row.yearly_minor.map(euros),
                message: row.message_minor.map(euros),
            },
            free_messages: count(row.free_messages),
            fork_royalty: row.fork_royalty_points.map(points).transpose()?,
            at_work: row.at_work,
        })
    }
}

/// A listing.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: ListingId) -> Result<Option<Listing>, Error> {
    sqlx::query_as!(
        Row,
        "select id, agent_id, owner_id, state, title, free, once_minor, monthly_minor, yearly_minor, message_minor,
             free_messages, fork_royalty_points, at_work
         from listings where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(Listing::try_from)
    .transpose()
}

/// The listing of an agent.
pub(crate) async fn of_agent(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<Listing>, Error> {
    sqlx::query_as!(
        Row,
        "select id, agent_id, owner_id, state, title, free, once_minor, monthly_minor, yearly_minor, message_minor,
             free_messages, fork_royalty_points, at_work
         from listings where agent_id = $1",
        agent.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(Listing::try_from)
    .transpose()
}

/// A listing whose row is held until the transaction ends. Who holds it waits for nothing else.
pub(crate) async fn lock(tx: &mut Tx, id: ListingId) -> Result<Option<Listing>, Error> {
    sqlx::query!("select id from listings where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    find(&mut **tx, id).await
}

/// Whose an agent is, and whether it answers; nothing when there is no such agent.
pub(crate) async fn agent(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<(AccountId, bool)>, Error> {
    let row = sqlx::query!(
        r#"select owner_id, state = 'published' as "at_work!" from agents where account_id = $1"#,
        agent.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| (AccountId::from_uuid(row.owner_id), row.at_work)))
}

/// Makes a draft, if the agent has no listing; says what its listing is.
pub(crate) async fn ensure(
    tx: &mut Tx,
    new: ListingId,
    agent: AccountId,
    owner: AccountId,
    now: DateTime<Utc>,
) -> Result<ListingId, Error> {
    sqlx::query!(
        "insert into listings (id, agent_id, owner_id, state, title, tagline, description, description_html, category, tags,
             language, config, suggestions, free, free_messages, at_work, created_at, updated_at)
         select $1, account_id, $3, 'draft', '', '', '', '', 'other', '{}', 'en', 'english', '{}', true, 3,
             state = 'published', $4, $4
         from agents where account_id = $2
         on conflict (agent_id) do nothing",
        new.uuid(),
        agent.uuid(),
        owner.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    let id =
        sqlx::query_scalar!("select id from listings where agent_id = $1", agent.uuid()).fetch_one(&mut **tx).await?;
    sqlx::query!("insert into listing_figures (listing_id) values ($1) on conflict do nothing", id)
        .execute(&mut **tx)
        .await?;
    Ok(ListingId::from_uuid(id))
}

/// Keeps what a listing says and costs.
pub(crate) async fn save(
    tx: &mut Tx,
    id: ListingId,
    text: &ListingText,
    description_html: &str,
    config: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let minor = |price: Option<kernel::Money>| price.map(|it| it.minor);
    let prices = text.prices;
    sqlx::query!(
        "update listings set title = $2, tagline = $3, description = $4, description_html = $5, category = $6, tags = $7,
             language = $8, config = $9::text::regconfig, suggestions = $10, free = $11, once_minor = $12, monthly_minor = $13,
             yearly_minor = $14, message_minor = $15, free_messages = $16, fork_royalty_points = $17, updated_at = $18
         where id = $1",
        id.uuid(),
        text.title,
        text.tagline,
        text.description,
        description_html,
        text.category.as_str(),
        &text.tags,
        text.language,
        config,
        &text.suggestions,
        prices.free,
        minor(prices.once),
        minor(prices.monthly),
        minor(prices.yearly),
        minor(prices.message),
        i32::try_from(text.free_messages).unwrap_or(i32::MAX),
        text.fork_royalty.map(|it| i32::from(it.get())),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets a listing be in a state.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: ListingId,
    state: ListingState,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update listings set state = $2, withdrawn_reason = $3, updated_at = $4,
             listed_at = case when $2 = 'listed' then coalesce(listed_at, $4) else listed_at end
         where id = $1",
        id.uuid(),
        state.as_str(),
        reason,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What only a listing's own page shows.
pub(crate) struct Texts {
    pub(crate) description: String,
    pub(crate) description_html: String,
    pub(crate) suggestions: Vec<String>,
    pub(crate) withdrawn_reason: Option<String>,
    pub(crate) forked_from: Option<AccountId>,
}

/// Whether somebody offers an agent that answers.
pub(crate) async fn are_offered_by(executor: impl PgExecutor<'_>, owner: AccountId) -> Result<bool, Error> {
    let offers = sqlx::query_scalar!(
        r#"select exists (select from listings where owner_id = $1 and state = 'listed' and at_work) as "offers!""#,
        owner.uuid()
    )
    .fetch_one(executor)
    .await?;
    Ok(offers)
}

/// The texts of a listing.
pub(crate) async fn texts(pool: &PgPool, id: ListingId) -> Result<Texts, Error> {
    let row = sqlx::query!(
        r#"select l.description, l.description_html, l.suggestions, l.withdrawn_reason, f.parent_id as "parent_id?"
           from listings l left join forks f on f.agent_id = l.agent_id where l.id = $1"#,
        id.uuid()
    )
    .fetch_one(pool)
    .await?;
    Ok(Texts {
        description: row.description,
        description_html: row.description_html,
        suggestions: row.suggestions,
        withdrawn_reason: row.withdrawn_reason,
        forked_from: row.parent_id.map(AccountId::from_uuid),
    })
}

/// The head of one account.
pub(crate) async fn summary(executor: impl PgExecutor<'_>, id: AccountId) -> Result<AccountSummary, Error> {
    let mut found = identity_core::service::summaries(executor, &[id]).await?;
    found.remove(&id).ok_or(Error::BadRow("absence of an account"))
}
