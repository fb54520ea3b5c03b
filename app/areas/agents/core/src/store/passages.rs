//! Passages: written all at once when a source was read, and found by their words.

use kernel::{AccountId, Id, PassageId, SourceId};
use platform::Tx;
use sqlx::PgExecutor;

use super::knowledge::uuids;
use crate::{Error, Language, knowledge::Found};

/// How many passages are written by one statement.
const BATCH: usize = 500;
/// Longer words are left out of the list of words: nobody types them.
const LONGEST_WORD: i32 = 60;
/// How many words are looked at for one that may have been meant.
const MOST_NEAR: i64 = 5_000;

/// A passage that is written down.
pub(crate) struct NewRow {
    pub(crate) id: PassageId,
    pub(crate) heading: String,
    pub(crate) locator: String,
    pub(crate) body: String,
}

/// Takes the passages of a source away, and their words from the agent's. The caller has lined up.
pub(crate) async fn remove(tx: &mut Tx, agent: AccountId, source: SourceId) -> Result<(), Error> {
    sqlx::query!(
        "update knowledge_words k set passages = greatest(k.passages - gone.ndoc, 0)
         from ts_stat(format('select words from passages where source_id = %L', $2::uuid)) as gone
         where k.agent_id = $1 and k.word = gone.word",
        agent.uuid(),
        source.uuid()
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from knowledge_words where agent_id = $1 and passages = 0", agent.uuid())
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from passages where source_id = $1", source.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Puts these passages in the place of those that the source had, and counts their words. The caller has lined up.
pub(crate) async fn replace(
    tx: &mut Tx,
    agent: AccountId,
    source: SourceId,
    language: Language,
    rows: &[NewRow],
) -> Result<(), Error> {
    remove(tx, agent, source).await?;
    for (batch, rows) in rows.chunks(BATCH).enumerate() {
        let column = |of: fn(&NewRow) -> &str| -> Vec<String> { rows.iter().map(|row| of(row).to_owned()).collect() };
        let ids: Vec<PassageId> = rows.iter().map(|row| row.id).collect();
        sqlx::query!(
            "insert into passages (id, source_id, agent_id, place, heading, locator, body, language)
             select id, $1, $2, ($3::integer + place - 1)::integer, heading, locator, body, $4::text::regconfig
             from unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) with ordinality
                 as new (id, heading, locator, body, place)",
            source.uuid(),
            agent.uuid(),
            i32::try_from(batch * BATCH).unwrap_or(i32::MAX),
            language.config(),
            &uuids(&ids),
            &column(|row| &row.heading),
            &column(|row| &row.locator),
            &column(|row| &row.body),
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!(
        "insert into knowledge_words as known (agent_id, word, passages)
         select $1, word, ndoc from ts_stat(format('select words from passages where source_id = %L', $2::uuid))
         where word <> $1::uuid::text and length(word) <= $3
         on conflict (agent_id, word) do update set passages = known.passages + excluded.passages",
        agent.uuid(),
        source.uuid(),
        LONGEST_WORD,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The words of a question, in the forms that they are found by, in each language that the agent knows something in.
pub(crate) async fn words_of(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    question: &str,
) -> Result<Vec<String>, Error> {
    let words = sqlx::query_scalar!(
        r#"select distinct word as "word!"
           from (select distinct language from knowledge_sources where agent_id = $1 and state = 'ready') known,
               unnest(tsvector_to_array(to_tsvector(known.language, $2))) as word"#,
        agent.uuid(),
        question
    )
    .fetch_all(executor)
    .await?;
    Ok(words)
}

/// In how many passages of an agent each of these words is; words in none are left out.
pub(crate) async fn frequencies(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    words: &[String],
) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query!(
        "select word, passages from knowledge_words where agent_id = $1 and word = any($2)",
        agent.uuid(),
        words
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.word, i64::from(row.passages))).collect())
}

/// Words that the agent knows and that begin like this.
pub(crate) async fn beginning_with(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    beginning: &str,
) -> Result<Vec<String>, Error> {
    let words = sqlx::query_scalar!(
        "select word from knowledge_words where agent_id = $1 and word >= $2 and word < $3 limit $4",
        agent.uuid(),
        beginning,
        format!("{beginning}\u{10ffff}"),
        MOST_NEAR
    )
    .fetch_all(executor)
    .await?;
    Ok(words)
}

/// A word or several that all have to be in a passage, and how much it counts when they are.
pub(crate) struct Clause {
    pub(crate) words: Vec<String>,
    pub(crate) weight: f32,
}

/// A word as a search is written: in quotation marks, so that nothing in it has a meaning of its own.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

/// The passages for which most clauses speak, best first.
pub(crate) async fn search(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    clauses: &[Clause],
    (each, ranked, most): (i64, i64, i64),
) -> Result<Vec<PassageId>, Error> {
    let all = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" & ");
    let owner = quoted(&agent.uuid().to_string());
    let queries: Vec<String> = clauses.iter().map(|it| format!("{owner} & {}", all(&it.words))).collect();
    let weights: Vec<f32> = clauses.iter().map(|it| it.weight).collect();
    let any: Vec<String> = clauses.iter().flat_map(|it| &it.words).map(|word| quoted(word)).collect();
    let ids = sqlx::query_scalar!(
        r#"with fitting as (
               select hit.id, sum(clause.weight) as weight
               from unnest($1::text[], $2::real[]) as clause (query, weight)
                   cross join lateral (
                       select p.id from passages p where p.words @@ clause.query::tsquery limit $4
                   ) as hit
               group by hit.id order by weight desc limit $5
           )
           select p.id
           from fitting join passages p on p.id = fitting.id join knowledge_sources s on s.id = p.source_id
           where p.agent_id = $7 and s.state = 'ready'
           order by fitting.weight desc, ts_rank_cd(p.words, $3::text::tsquery, 1) desc, p.id
           limit $6"#,
        &queries,
        &weights,
        any.join(" | "),
        each,
        ranked,
        most,
        agent.uuid(),
    )
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().map(Id::from_uuid).collect())
}

/// All passages of an agent that knows little.
pub(crate) async fn all(executor: impl PgExecutor<'_>, agent: AccountId, most: i64) -> Result<Vec<PassageId>, Error> {
    let ids = sqlx::query_scalar!(
        "select p.id from passages p join knowledge_sources s on s.id = p.source_id
         where p.agent_id = $1 and s.state = 'ready' order by p.source_id, p.place limit $2",
        agent.uuid(),
        most
    )
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().map(Id::from_uuid).collect())
}

/// Passages of an agent, in the order of these ids; those that it does not know any more are left out.
pub(crate) async fn load(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    ids: &[PassageId],
) -> Result<Vec<Found>, Error> {
    let rows = sqlx::query!(
        "select p.id, p.source_id, s.title, s.address, p.heading, p.locator, p.body
         from unnest($2::uuid[]) with ordinality as wanted (id, place)
             join passages p on p.id = wanted.id join knowledge_sources s on s.id = p.source_id
         where p.agent_id = $1 and s.state = 'ready' order by wanted.place",
        agent.uuid(),
        &uuids(ids)
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Found {
            passage: Id::from_uuid(row.id),
            source: Id::from_uuid(row.source_id),
            title: row.title,
            address: row.address,
            heading: row.heading,
            locator: row.locator,
            text: row.body,
            score: 0.0,
        })
        .collect())
}

/// What a model made of passages: of these, or, without any, of the agent's first ones up to a number.
pub(crate) async fn embeddings(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    model: &str,
    of: Option<&[PassageId]>,
    most: i64,
) -> Result<Vec<(PassageId, Vec<f32>)>, Error> {
    let of = of.map(uuids);
    let rows = sqlx::query!(
        r#"select p.id, p.embedding as "embedding!" from passages p join knowledge_sources s on s.id = p.source_id
           where p.agent_id = $1 and s.state = 'ready' and p.embedded_by = $2 and ($3::uuid[] is null or p.id = any($3))
           limit $4"#,
        agent.uuid(),
        model,
        of.as_deref(),
        most
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (Id::from_uuid(row.id), row.embedding)).collect())
}

/// Whether this model has turned anything that an agent knows into vectors.
pub(crate) async fn has_embeddings(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    model: &str,
) -> Result<bool, Error> {
    let any = sqlx::query_scalar!(
        r#"select exists (select from passages where agent_id = $1 and embedded_by = $2) as "any!""#,
        agent.uuid(),
        model
    )
    .fetch_one(executor)
    .await?;
    Ok(any)
}

/// A passage that this model has not turned into a vector.
pub(crate) struct Unembedded {
    pub(crate) id: PassageId,
    pub(crate) text: String,
}

/// Passages of an agent that this model has not turned into vectors, the first ones up to a number.
pub(crate) async fn unembedded(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    model: &str,
    most: i64,
) -> Result<Vec<Unembedded>, Error> {
    let rows = sqlx::query!(
        "select id, heading, body from passages
         where agent_id = $1 and embedded_by is distinct from $2 order by id limit $3",
        agent.uuid(),
        model,
        most
    )
    .fetch_all(executor)
    .await?;
    let text = |heading: String, body: String| if heading.is_empty() { body } else { format!("{heading}\n\n{body}") };
    Ok(rows
        .into_iter()
        .map(|row| Unembedded { id: PassageId::from_uuid(row.id), text: text(row.heading, row.body) })
        .collect())
}

/// Writes down what a model made of passages; those that are gone meanwhile are left out.
pub(crate) async fn embed(tx: &mut Tx, model: &str, made: &[(PassageId, Vec<f32>)]) -> Result<(), Error> {
    for (id, vector) in made {
        sqlx::query!("update passages set embedding = $2, embedded_by = $3 where id = $1", id.uuid(), vector, model)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Agents that have passages which are no vectors.
pub(crate) async fn agents_to_embed(executor: impl PgExecutor<'_>, limit: i64) -> Result<Vec<AccountId>, Error> {
    let ids = sqlx::query_scalar!("select distinct agent_id from passages where embedding is null limit $1", limit)
        .fetch_all(executor)
        .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}
