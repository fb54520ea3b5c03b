//! The directory: narrowed by what somebody looks for, in an order that an index has, piece by piece.
//!
//! The statements are planned anew each time, with what is looked for: one plan for all would read the whole table
//! where an index has it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{AccountId, Money};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::{count, euros, experts::number};
use crate::{
    Error,
    slots::{Span, Taken},
};

/// What narrows the directory, as the statements need it.
#[derive(Debug, Clone)]
pub(crate) struct Narrow {
    /// Lower-cased.
    pub(crate) skill: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) most: Option<i64>,
    pub(crate) stars: Option<i32>,
    /// A query of the database's text search: see [`queries`].
    pub(crate) words: Option<String>,
    /// Only those of whom something may be free before.
    pub(crate) before: Option<DateTime<Utc>>,
}

/// An expert who fits, with what is needed to find out when they are free.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) id: AccountId,
    pub(crate) zone: String,
    pub(crate) buffer: u16,
    pub(crate) notice: u32,
    pub(crate) ahead: u16,
    /// Nothing of theirs is free before.
    pub(crate) free_from: DateTime<Utc>,
    /// Which version of the row this was.
    pub(crate) version: String,
}

struct Row {
    id: Uuid,
    zone: String,
    buffer: i16,
    notice: i32,
    ahead: i16,
    free_from: DateTime<Utc>,
    version: String,
}

impl TryFrom<Row> for Candidate {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: AccountId::from_uuid(row.id),
            zone: row.zone,
            buffer: number(row.buffer)?,
            notice: count(row.notice),
            ahead: number(row.ahead)?,
            free_from: row.free_from,
            version: row.version,
        })
    }
}

// The same in each statement, so that a filter that is added to one is added to all. Of the accounts only those are looked
// at that were suspended, which are few and have an index of their own; so the order stays that of an index here.
macro_rules! candidates {
    ($narrow:expr, $after:expr, $limit:expr, $keyset:literal, $order:literal $(, $more:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"select e.account_id as "id!", e.zone as "zone!", e.buffer_minutes as "buffer!",
                   e.notice_minutes as "notice!", e.ahead_days as "ahead!", e.free_from as "free_from!",
                   e.xmin::text as "version!"
               from experts e
               where e.state = 'published' and e.free_from is not null
                   and not exists (select from accounts a where a.id = e.account_id and a.suspended_at is not null)
                   and ($1::text is null or e.skills @> array[$1::text])
                   and ($2::text is null or e.languages @> array[$2::text])
                   and ($3::bigint is null or e.lowest_minor <= $3)
                   and ($4::integer is null or (e.ratings > 0 and e.rating_sum >= $4 * e.ratings))
                   and ($5::text is null or e.words @@ $5::text::tsquery)
                   and ($6::timestamptz is null or e.free_from < $6)
                   and ($7::uuid is null or "# + $keyset + ") order by " + $order + " limit $8",
            $narrow.skill.as_deref(),
            $narrow.language.as_deref(),
            $narrow.most,
            $narrow.stars,
            $narrow.words.as_deref(),
            $narrow.before,
            $after,
            $limit
            $(, $more)*
        )
    };
}

/// Has the statements of a transaction planned for what they are asked.
pub(crate) async fn plan_anew(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true)").fetch_one(&mut **tx).await?;
    Ok(())
}

/// The next who fit, in the order of the bound of what is free of theirs.
pub(crate) async fn by_bound(
    tx: &mut Tx,
    narrow: &Narrow,
    after: Option<(DateTime<Utc>, AccountId)>,
    limit: i64,
) -> Result<Vec<Candidate>, Error> {
    let (at, id) = (after.map(|(at, _)| at), after.map(|(_, id)| id.uuid()));
    candidates!(narrow, id, limit, "(e.free_from, e.account_id) > ($9, $7)", "e.free_from, e.account_id", at)
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(Candidate::try_from)
        .collect()
}

/// The next who fit, those who cost the least first.
pub(crate) async fn by_price(
    tx: &mut Tx,
    narrow: &Narrow,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Candidate>, Error> {
    candidates!(
        narrow,
        after.map(AccountId::uuid),
        limit,
        "(e.lowest_minor, e.account_id) > ((select c.lowest_minor from experts c where c.account_id = $7), $7)",
        "e.lowest_minor, e.account_id"
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Candidate::try_from)
    .collect()
}

/// The next who fit, those who are rated best first.
pub(crate) async fn by_rating(
    tx: &mut Tx,
    narrow: &Narrow,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Candidate>, Error> {
    candidates!(
        narrow,
        after.map(AccountId::uuid),
        limit,
        "e.rating_rank <= (select c.rating_rank from experts c where c.account_id = $7)
             and (e.rating_rank < (select c.rating_rank from experts c where c.account_id = $7) or e.account_id > $7)",
        "e.rating_rank desc, e.account_id"
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Candidate::try_from)
    .collect()
}

/// Whether anybody fits, whenever they are free.
pub(crate) async fn has_any(tx: &mut Tx, narrow: &Narrow) -> Result<bool, Error> {
    let any = Narrow { before: None, ..narrow.clone() };
    Ok(!by_rating(tx, &any, None, 1).await?.is_empty())
}

/// Queries of the text search for what somebody needs: all of the words, in any form, and any of them. Nothing where
/// there are no words.
pub(crate) async fn queries(tx: &mut Tx, need: &str) -> Result<Option<(String, String)>, Error> {
    // The database divides words by ` & ` where it writes a query down; in a word there is no space.
    let row = sqlx::query!(
        r#"select q.words as "all!", replace(q.words, ' & ', ' | ') as "any!"
           from (select (plainto_tsquery('simple', $1) || plainto_tsquery('english', $1))::text as words) q"#,
        need
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Some((row.all, row.any)).filter(|(all, _)| !all.is_empty()))
}

/// One expert, as the directory looks at them when they fit; whoever was not published yet has a bound of none.
pub(crate) async fn candidate(tx: &mut Tx, id: AccountId) -> Result<Option<Candidate>, Error> {
    sqlx::query_as!(
        Row,
        r#"select account_id as "id!", zone as "zone!", buffer_minutes as "buffer!", notice_minutes as "notice!",
               ahead_days as "ahead!", coalesce(free_from, created_at) as "free_from!", xmin::text as "version!"
           from experts where account_id = $1"#,
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Candidate::try_from)
    .transpose()
}

/// Those whose bound has passed, so that it says nothing any more: the earliest first. Also who was suspended: they are
/// found as quickly as the others once they are reinstated.
pub(crate) async fn passed(
    tx: &mut Tx,
    now: DateTime<Utc>,
    longest_notice: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Candidate>, Error> {
    sqlx::query_as!(
        Row,
        r#"select account_id as "id!", zone as "zone!", buffer_minutes as "buffer!", notice_minutes as "notice!",
               ahead_days as "ahead!", free_from as "free_from!", xmin::text as "version!"
           from experts
           where state = 'published' and free_from < $2
               and free_from < $1::timestamptz + make_interval(mins => notice_minutes)
           order by free_from, account_id limit $3"#,
        now,
        longest_notice,
        limit
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Candidate::try_from)
    .collect()
}

/// A better bound of what is free of an expert's, found by looking at a version of their row.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) id: AccountId,
    pub(crate) version: String,
    pub(crate) free_from: DateTime<Utc>,
}

/// Keeps better bounds. Who was changed meanwhile is left out: something of theirs may have become free. So is who is
/// held by somebody: nobody is waited for.
pub(crate) async fn keep_bounds(tx: &mut Tx, bounds: &[Bound]) -> Result<(), Error> {
    let ids: Vec<Uuid> = bounds.iter().map(|it| it.id.uuid()).collect();
    let versions: Vec<String> = bounds.iter().map(|it| it.version.clone()).collect();
    let times: Vec<DateTime<Utc>> = bounds.iter().map(|it| it.free_from).collect();
    sqlx::query!(
        "with same as (
             select e.account_id, better.free_from
             from experts e
             join unnest($1::uuid[], $2::text[], $3::timestamptz[]) as better (id, version, free_from)
                 on better.id = e.account_id and better.version = e.xmin::text
             for no key update of e skip locked
         )
         update experts set free_from = same.free_from from same where experts.account_id = same.account_id",
        &ids,
        &versions,
        &times,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Something of an expert's that is taken, and whether only for a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaybeTaken {
    pub(crate) taken: Taken,
    pub(crate) for_a_while: bool,
}

/// What is taken of some experts between two moments, by expert, the earliest first.
pub(crate) async fn taken_of(
    executor: impl PgExecutor<'_>,
    experts: &[Uuid],
    within: Span,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<MaybeTaken>>, Error> {
    // The index of the constraint has an expert beside a span, but not many experts.
    let rows = sqlx::query!(
        r#"select s.expert_id as "expert_id!", s.day as "day!", lower(s.call) as "start!", upper(s.call) as "end!",
               upper(s.blocked) as "rested!", s.until is not null as "for_a_while!"
           from unnest($1::uuid[]) as wanted (id)
           cross join lateral (
               select expert_id, day, call, blocked, until from slices
               where expert_id = wanted.id and blocked && tstzrange($2, $3) and (until is null or until > $4)
           ) s
           order by s.expert_id, lower(s.call)"#,
        experts,
        within.start,
        within.end,
        now,
    )
    .fetch_all(executor)
    .await?;
    let mut taken: HashMap<Uuid, Vec<MaybeTaken>> = HashMap::new();
    for row in rows {
        let call = Span { start: row.start, end: row.end };
        let blocked = Span { start: row.start, end: row.rested };
        let it = MaybeTaken { taken: Taken { day: row.day, call, blocked }, for_a_while: row.for_a_while };
        taken.entry(row.expert_id).or_default().push(it);
    }
    Ok(taken)
}

/// What the directory shows of an expert besides who they are and when they are free.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) headline: String,
    pub(crate) skills: Vec<String>,
    pub(crate) languages: Vec<String>,
    pub(crate) from: Money,
    pub(crate) calls: u32,
    pub(crate) ratings: u32,
    pub(crate) rating_sum: u32,
}

/// The cards of some experts.
pub(crate) async fn cards(pool: &PgPool, experts: &[AccountId]) -> Result<HashMap<AccountId, Card>, Error> {
    let ids: Vec<Uuid> = experts.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        "select account_id, headline, skills, languages, lowest_minor, calls, ratings, rating_sum
         from experts where account_id = any($1)",
        &ids
    )
    .fetch_all(pool)
    .await?;
    let cards = rows.into_iter().map(|row| {
        let card = Card {
            headline: row.headline,
            skills: row.skills,
            languages: row.languages,
            from: euros(row.lowest_minor.unwrap_or(0)),
            calls: count(row.calls),
            ratings: count(row.ratings),
            rating_sum: count(row.rating_sum),
        };
        (AccountId::from_uuid(row.account_id), card)
    });
    Ok(cards.collect())
}

/// What those who are rated best say they know about, the most frequent first.
pub(crate) async fn skills(pool: &PgPool, limit: i64) -> Result<Vec<String>, Error> {
    let skills = sqlx::query_scalar!(
        r#"select skill as "skill!"
           from (
               select e.skills from experts e
               where e.state = 'published'
                   and not exists (select from accounts a where a.id = e.account_id and a.suspended_at is not null)
               order by e.rating_rank desc, e.account_id limit 1000
           ) best
           cross join lateral unnest(best.skills) as one (skill)
           group by skill order by count(*) desc, skill limit $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(skills)
}
