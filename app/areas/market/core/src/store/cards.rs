//! Listings as the grid shows them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ListingId};
use sqlx::PgPool;
use uuid::Uuid;

use super::{count, euros};
use crate::{Category, Error, Figures, ListingCard, ListingState, Prices};

/// Selects cards. `$page` is a query for their ids, in pieces; `$order` is the order that it has, by columns of `l`.
macro_rules! select_cards {
    ([$($page:literal),+], $order:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::store::cards::CardRow,
            r#"select l.id as "id!", l.agent_id as "agent_id!", l.state as "state!", l.title as "title!",
                   l.tagline as "tagline!", l.category as "category!", l.tags as "tags!", l.language as "language!",
                   l.free as "free!", l.once_minor as "once_minor?", l.monthly_minor as "monthly_minor?",
                   l.yearly_minor as "yearly_minor?", l.message_minor as "message_minor?",
                   l.free_messages as "free_messages!", l.users as "users!", l.ratings as "ratings!",
                   l.rating_sum as "rating_sum!", l.listed_at as "listed_at?", f.answers as "answers!",
                   f.conversations as "conversations!", f.charged_minor as "charged_minor!", f.cost_micro as "cost_micro!"
               from ("# $(+ $page)+ + r#") page
               join listings l on l.id = page.id
               join listing_figures f on f.listing_id = l.id
               order by "# + $order,
            $($arg),*
        )
    };
}
pub(crate) use select_cards;

/// What [`select_cards!`] selects.
pub(crate) struct CardRow {
    pub(crate) id: Uuid,
    pub(crate) agent_id: Uuid,
    pub(crate) state: String,
    pub(crate) title: String,
    pub(crate) tagline: String,
    pub(crate) category: String,
    pub(crate) tags: Vec<String>,
    pub(crate) language: String,
    pub(crate) free: bool,
    pub(crate) once_minor: Option<i64>,
    pub(crate) monthly_minor: Option<i64>,
    pub(crate) yearly_minor: Option<i64>,
    pub(crate) message_minor: Option<i64>,
    pub(crate) free_messages: i32,
    pub(crate) users: i32,
    pub(crate) ratings: i32,
    pub(crate) rating_sum: i32,
    pub(crate) listed_at: Option<DateTime<Utc>>,
    pub(crate) answers: i64,
    pub(crate) conversations: i64,
    pub(crate) charged_minor: i64,
    pub(crate) cost_micro: i64,
}

impl CardRow {
    fn figures(&self) -> Figures {
        let per_conversation = |micro: i64| micro.checked_div(self.conversations);
        // Of at least one: the sum is between one and five times as many.
        let tenths =
            (i64::from(self.rating_sum) * 20 + i64::from(self.ratings)).checked_div(i64::from(self.ratings) * 2);
        Figures {
            users: count(self.users),
            answers: self.answers.unsigned_abs(),
            conversations: self.conversations.unsigned_abs(),
            charged_per_conversation_micro: per_conversation(self.charged_minor.saturating_mul(1_000_000)),
            cost_per_conversation_micro: per_conversation(self.cost_micro),
            ratings: count(self.ratings),
            rating_tenths: tenths.and_then(|it| u8::try_from(it).ok()),
        }
    }
}

/// Makes cards of rows: with their agents' heads.
pub(crate) async fn cards(pool: &PgPool, rows: Vec<CardRow>) -> Result<Vec<ListingCard>, Error> {
    let ids: Vec<AccountId> = rows.iter().map(|row| AccountId::from_uuid(row.agent_id)).collect();
    let agents = identity_core::service::summaries(pool, &ids).await?;
    let card = |row: CardRow| {
        let agent = agents.get(&AccountId::from_uuid(row.agent_id)).cloned();
        Ok(ListingCard {
            id: ListingId::from_uuid(row.id),
            agent: agent.ok_or(Error::BadRow("listing without an agent"))?,
            state: ListingState::parse(&row.state).ok_or(Error::BadRow("state of a listing"))?,
            category: Category::parse(&row.category).ok_or(Error::BadRow("category"))?,
            prices: Prices {
                free: row.free,
                once: row.once_minor.map(euros),
                monthly: row.monthly_minor.map(euros),
                yearly: row.yearly_minor.map(euros),
                message: row.message_minor.map(euros),
            },
            free_messages: count(row.free_messages),
            figures: row.figures(),
            listed_at: row.listed_at,
            title: row.title,
            tagline: row.tagline,
            tags: row.tags,
            language: row.language,
        })
    };
    rows.into_iter().map(card).collect()
}

/// One card.
pub(crate) async fn one(pool: &PgPool, id: ListingId) -> Result<Option<ListingCard>, Error> {
    let row = select_cards!(["select $1::uuid as id"], "l.id desc", id.uuid()).fetch_optional(pool).await?;
    Ok(cards(pool, row.into_iter().collect()).await?.pop())
}

/// Those of an owner, in whatever state, youngest first.
pub(crate) async fn of_owner(
    pool: &PgPool,
    owner: AccountId,
    before: Option<ListingId>,
    limit: i64,
) -> Result<Vec<ListingCard>, Error> {
    let rows = select_cards!(
        ["select id from listings where owner_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3"],
        "l.id desc",
        owner.uuid(),
        before.map(ListingId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?;
    cards(pool, rows).await
}
