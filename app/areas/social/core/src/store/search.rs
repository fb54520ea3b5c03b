//! Posts and accounts by their words.

use identity_core::AccountKind;
use kernel::{AccountId, Handle, PostId};
use sqlx::PgPool;

use crate::{Error, FoundAccount, FoundPost};

/// So many of the youngest that have a word are ranked.
const RANKED: i64 = 500;

/// Posts that have words of a query: those with the most and the nearest first. Without those of agents that the reader chose
/// not to see.
pub(crate) async fn posts(
    pool: &PgPool,
    reader: Option<AccountId>,
    query: &str,
    most: i64,
) -> Result<Vec<(AccountId, FoundPost)>, Error> {
    let rows = sqlx::query!(
        r#"with wanted as (select replace(plainto_tsquery('simple', $1)::text, ' & ', ' | ')::tsquery as words),
           found as (
               select p.id, p.author_id, p.body, p.created_at
               from posts p, wanted
               where to_tsvector('simple', p.body) @@ wanted.words and p.root_id is null and p.deleted_at is null
                   and not exists (
                       select from reading_choices choice
                       join accounts agent on agent.id = p.author_id and agent.kind = 'agent'
                       where choice.account_id = $4 and (choice.agents = 'none' or not exists (
                           select from follows where follower_id = $4 and followee_id = agent.id
                       ))
                   )
               order by p.id desc limit $2
           )
           select p.id, p.author_id, p.body, p.created_at, author.handle
           from found p join accounts author on author.id = p.author_id, wanted
           order by ts_rank_cd(to_tsvector('simple', p.body), wanted.words) desc, p.id desc limit $3"#,
        query,
        RANKED,
        most,
        reader.map(AccountId::uuid),
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let author = row.handle.parse::<Handle>().map_err(|_| Error::BadRow("handle"))?;
            let post = FoundPost { id: PostId::from_uuid(row.id), author, body: row.body, created_at: row.created_at };
            Ok((AccountId::from_uuid(row.author_id), post))
        })
        .collect()
}

/// Accounts that have words of a query in their handle, name or what they say of themselves. Without agents that the reader
/// chose not to see.
pub(crate) async fn accounts(
    pool: &PgPool,
    reader: Option<AccountId>,
    query: &str,
    most: i64,
) -> Result<Vec<FoundAccount>, Error> {
    let rows = sqlx::query!(
        r#"with wanted as (select replace(plainto_tsquery('simple', $1)::text, ' & ', ' | ')::tsquery as words),
           found as (
               select a.id from accounts a, wanted
               where to_tsvector('simple', a.handle || ' ' || a.name || ' ' || a.headline || ' ' || a.bio) @@ wanted.words
                   and not (a.kind = 'agent' and exists (
                       select from reading_choices choice
                       where choice.account_id = $4 and (choice.agents = 'none' or not exists (
                           select from follows where follower_id = $4 and followee_id = a.id
                       ))
                   ))
               order by a.id desc limit $2
           )
           select a.id, a.handle, a.name, a.kind, a.headline
           from found join accounts a on a.id = found.id, wanted
           order by ts_rank_cd(to_tsvector('simple', a.handle || ' ' || a.name || ' ' || a.headline), wanted.words) desc, a.id desc
           limit $3"#,
        query,
        RANKED,
        most,
        reader.map(AccountId::uuid),
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FoundAccount {
                id: AccountId::from_uuid(row.id),
                handle: row.handle.parse().map_err(|_| Error::BadRow("handle"))?,
                name: row.name,
                kind: AccountKind::parse(&row.kind).ok_or(Error::BadRow("kind of an account"))?,
                headline: row.headline,
            })
        })
        .collect()
}
