//! The grid: looked for by words, narrowed by filters, in an order, page by page.
//!
//! The statements are planned anew each time, with what is looked for: one plan for all would read the whole table where
//! an index has it. That takes a millisecond.

use kernel::ListingId;
use platform::Tx;
use uuid::Uuid;

use super::cards::{CardRow, select_cards};
use crate::{Category, Error, Filter, PriceKind, Sort};

/// What narrows the grid, as the statements need it.
pub(crate) struct Narrow<'a> {
    category: Option<&'a str>,
    language: Option<&'a str>,
    price: Option<&'a str>,
    max_minor: Option<i64>,
    min_rating: Option<i32>,
    owner: Option<Uuid>,
    words: Option<&'a str>,
    config: &'a str,
    after: Option<Uuid>,
    limit: i64,
}

impl<'a> Narrow<'a> {
    /// What a filter asks for, after a listing.
    pub(crate) fn of(filter: &'a Filter, config: &'a str, after: Option<ListingId>, limit: i64) -> Self {
        Self {
            category: filter.category.map(Category::as_str),
            language: filter.language.as_deref(),
            price: filter.price.map(PriceKind::as_str),
            max_minor: filter.max_price.map(|price| price.minor),
            min_rating: filter.min_rating.map(i32::from),
            owner: filter.owner.map(kernel::AccountId::uuid),
            words: Some(filter.words.trim()).filter(|words| !words.is_empty()),
            config,
            after: after.map(ListingId::uuid),
            limit,
        }
    }
}

// The same in each statement, so that a filter that is added to one is added to all.
macro_rules! page {
    ($narrow:expr, $keyset:literal, $order:literal) => {
        select_cards!(
            [
                "select l.id from listings l
                 where l.state = 'listed' and l.at_work
                     and ($1::text is null or l.category = $1)
                     and ($2::text is null or l.language = $2)
                     and ($3::text is null or case $3 when 'free' then l.free when 'once' then l.once_minor is not null
                             when 'subscription' then l.monthly_minor is not null or l.yearly_minor is not null
                             else l.message_minor is not null end)
                     and ($4::bigint is null or l.lowest_minor <= $4)
                     and ($5::integer is null or (l.ratings > 0 and l.rating_sum >= $5 * l.ratings))
                     and ($6::uuid is null or l.owner_id = $6)
                     and ($7::text is null or l.words @@ (
                             websearch_to_tsquery('simple', $7) || websearch_to_tsquery($8::text::regconfig, $7)))
                     and ($9::uuid is null or ",
                $keyset,
                ") order by ",
                $order,
                " limit $10"
            ],
            $order,
            $narrow.category,
            $narrow.language,
            $narrow.price,
            $narrow.max_minor,
            $narrow.min_rating,
            $narrow.owner,
            $narrow.words,
            $narrow.config,
            $narrow.after,
            $narrow.limit,
        )
    };
}

/// Has the statements of a transaction planned for what they are asked.
pub(crate) async fn plan_anew(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true)").fetch_one(&mut **tx).await?;
    Ok(())
}

/// A page in an order that an index has.
pub(crate) async fn page(tx: &mut Tx, sort: Sort, narrow: &Narrow<'_>) -> Result<Vec<CardRow>, Error> {
    Ok(match sort {
        Sort::Newest => {
            page!(
                narrow,
                "(l.listed_at, l.id) < ((select c.listed_at from listings c where c.id = $9), $9)",
                "l.listed_at desc, l.id desc"
            )
            .fetch_all(&mut **tx)
            .await?
        }
        Sort::BestRated => {
            page!(
                narrow,
                "(l.rating_rank, l.id) < ((select c.rating_rank from listings c where c.id = $9), $9)",
                "l.rating_rank desc, l.id desc"
            )
            .fetch_all(&mut **tx)
            .await?
        }
        Sort::Relevance | Sort::MostUsed => {
            page!(
                narrow,
                "(l.users, l.id) < ((select c.users from listings c where c.id = $9), $9)",
                "l.users desc, l.id desc"
            )
            .fetch_all(&mut **tx)
            .await?
        }
        Sort::Cheapest => {
            page!(
                narrow,
                "(l.lowest_minor, l.id) > ((select c.lowest_minor from listings c where c.id = $9), $9)",
                "l.lowest_minor, l.id"
            )
            .fetch_all(&mut **tx)
            .await?
        }
    })
}

/// A page by how well it fits to words: the four hundred most used that they fit to, in the order of how well they do, and a
/// little of how much they are used.
pub(crate) async fn by_words(tx: &mut Tx, narrow: &Narrow<'_>) -> Result<Vec<CardRow>, Error> {
    let ids = sqlx::query_scalar!(
        r#"with found as materialized (
               select l.id, l.users, l.words from listings l
               where l.state = 'listed' and l.at_work
                   and ($1::text is null or l.category = $1)
                   and ($2::text is null or l.language = $2)
                   and ($3::text is null or case $3 when 'free' then l.free when 'once' then l.once_minor is not null
                           when 'subscription' then l.monthly_minor is not null or l.yearly_minor is not null
                           else l.message_minor is not null end)
                   and ($4::bigint is null or l.lowest_minor <= $4)
                   and ($5::integer is null or (l.ratings > 0 and l.rating_sum >= $5 * l.ratings))
                   and ($6::uuid is null or l.owner_id = $6)
                   and l.words @@ (websearch_to_tsquery('simple', $7) || websearch_to_tsquery($8::text::regconfig, $7))
               order by l.users desc, l.id desc limit 400
           ),
           ranked as materialized (
               select id, (1000000 * (4 + ln(1 + users)) * ts_rank(words,
                       websearch_to_tsquery('simple', $7) || websearch_to_tsquery($8::text::regconfig, $7)))::bigint as fit
               from found
           )
           select id from ranked
           where $9::uuid is null or (fit, id) < ((select r.fit from ranked r where r.id = $9), $9)
           order by fit desc, id desc limit $10"#,
        narrow.category,
        narrow.language,
        narrow.price,
        narrow.max_minor,
        narrow.min_rating,
        narrow.owner,
        narrow.words.unwrap_or_default(),
        narrow.config,
        narrow.after,
        narrow.limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    in_order(tx, &ids).await
}

/// Those whose titles look like words that fit to nothing as they are spelt; `grams` as the database makes them, `query` of
/// pairs of them.
pub(crate) async fn by_looks(
    tx: &mut Tx,
    narrow: &Narrow<'_>,
    grams: &[String],
    query: &str,
) -> Result<Vec<CardRow>, Error> {
    let ids = sqlx::query_scalar!(
        r#"select id from (
               select l.id, l.users, cardinality(array(
                       select unnest(market_grams(l.title)) intersect select unnest($7::text[]))) as shared
               from listings l
               where l.state = 'listed' and l.at_work
                   and ($1::text is null or l.category = $1)
                   and ($2::text is null or l.language = $2)
                   and ($3::text is null or case $3 when 'free' then l.free when 'once' then l.once_minor is not null
                           when 'subscription' then l.monthly_minor is not null or l.yearly_minor is not null
                           else l.message_minor is not null end)
                   and ($4::bigint is null or l.lowest_minor <= $4)
                   and ($5::integer is null or (l.ratings > 0 and l.rating_sum >= $5 * l.ratings))
                   and ($6::uuid is null or l.owner_id = $6)
                   and l.grams @@ $8::text::tsquery
               limit 1000
           ) alike
           where shared * 2 >= cardinality($7::text[])
           order by shared desc, users desc, id desc limit $9"#,
        narrow.category,
        narrow.language,
        narrow.price,
        narrow.max_minor,
        narrow.min_rating,
        narrow.owner,
        grams,
        query,
        narrow.limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    in_order(tx, &ids).await
}

async fn in_order(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<CardRow>, Error> {
    Ok(select_cards!(["select unnest($1::uuid[]) as id"], "array_position($1::uuid[], l.id)", ids)
        .fetch_all(&mut **tx)
        .await?)
}
