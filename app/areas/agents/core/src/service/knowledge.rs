//! Knowledge: texts, files and pages are added, read by a job, and taken away.

use chrono::TimeDelta;
use documents::{Chunk, Document, DocumentError, Limits};
use kernel::{AccountId, Actor, Cursor, Page, PageSize, SourceId, Via};
use platform::{
    Cx, Database, Tx, World, event,
    files::{DeleteFiles, FileKey, Files, FilesError},
    job::{self, When},
    outbound::Outbound,
};
use sha2::{Digest, Sha256};
use sqlx::PgPool;

use super::builder;
use crate::{
    Error, Language,
    command::{NewFile, NewPage, NewText, shortened_title},
    event::{KnowledgeAdded, KnowledgeRead, KnowledgeRemoved},
    job::{EmbedPassages, ReadSource},
    knowledge::{Extent, MAX_CHARACTERS, MAX_PASSAGES, MAX_SOURCES, Source, SourceKind, SourceState},
    store::{
        knowledge::{self, NewRow, ReadRow, SourceRow},
        passages,
    },
};

/// After so long an upload that has not arrived is broken off.
const UPLOAD: TimeDelta = TimeDelta::minutes(5);
/// How often reading is tried when something of ours fails.
pub(crate) const READ_ATTEMPTS: i32 = 5;
/// How much of a text its language is told from.
const LANGUAGE_SAMPLE: usize = 20_000;

/// Gives an agent a text to know. It does once the text has been read, in a moment.
///
/// # Errors
/// When the agent isn't the actor's, knows as much as it can, or knows this text already.
pub async fn add_text(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, new: &NewText) -> Result<SourceId, Error> {
    room_for_one(tx, cx, agent).await?;
    let id = cx.id();
    let digest = Sha256::digest(new.body());
    let row = NewRow {
        body: Some(new.body()),
        bytes: new.body().len(),
        digest: Some(&digest),
        ..row(cx, id, agent, SourceKind::Text, new.title())
    };
    add(tx, cx, &row, When::default()).await
}

/// Gives an agent a public page to know. It does once the page has been read, in a moment.
///
/// # Errors
/// When the agent isn't the actor's, knows as much as it can, or this page was added already.
pub async fn add_page(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, new: &NewPage) -> Result<SourceId, Error> {
    room_for_one(tx, cx, agent).await?;
    let id = cx.id();
    let address = new.address().as_str();
    // Until the page has said what it is called.
    let title = shortened_title(address);
    let row = NewRow { address: Some(address), ..row(cx, id, agent, SourceKind::Page, &title) };
    add(tx, cx, &row, When::default()).await
}

/// Gives an agent a file to know: keeps it, and has it read. Works in transactions of its own.
///
/// # Errors
/// When the agent isn't the actor's, knows as much as it can, or knows this file already; or when the file store fails, and
/// nothing is added then.
pub async fn add_file(
    database: &Database,
    files: &Files,
    cx: &Cx<Actor>,
    agent: AccountId,
    new: &NewFile,
) -> Result<SourceId, Error> {
    let id: SourceId = cx.id();
    let key: FileKey = format!("knowledge/{}", id.uuid()).parse().map_err(|_| Error::BadRow("key of a file"))?;
    let digest = Sha256::digest(new.bytes());
    let mut tx = database.begin().await?;
    room_for_one(&mut tx, cx, agent).await?;
    let row = NewRow {
        file_key: Some(&key),
        bytes: new.bytes().len(),
        digest: Some(&digest),
        ..row(cx, id, agent, SourceKind::File, new.name())
    };
    // The row comes first, so that there is never a file that no row knows of. Should we end before the file is there, the
    // job finds none after a while, and says so.
    add(&mut tx, cx, &row, When { run_at: Some(cx.now() + UPLOAD), ..When::default() }).await?;
    tx.commit().await?;

    let kept = files.put(&key, new.bytes().clone(), "application/octet-stream").await;
    let mut tx = database.begin().await?;
    if let Err(error) = kept {
        knowledge::delete(&mut tx, id).await?;
        tx.commit().await?;
        return Err(error.into());
    }
    enqueue(&mut tx, id, When::default()).await?;
    tx.commit().await?;
    Ok(id)
}

fn row<'a>(cx: &Cx<Actor>, id: SourceId, agent: AccountId, kind: SourceKind, title: &'a str) -> NewRow<'a> {
    let now = cx.now();
    NewRow { id, agent, kind, title, address: None, body: None, file_key: None, bytes: 0, digest: None, now }
}

/// Holds the agent, and refuses when it has as many sources as there may be.
async fn room_for_one(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
    builder::hold(tx, &cx.actor, agent).await?;
    let known = knowledge::extent(&mut **tx, agent, None).await?;
    let full = usize::try_from(known.sources).is_ok_and(|it| it >= MAX_SOURCES);
    if full { Err(Error::Full { what: "sources", most: MAX_SOURCES }) } else { Ok(()) }
}

async fn add(tx: &mut Tx, cx: &Cx<Actor>, row: &NewRow<'_>, when: When) -> Result<SourceId, Error> {
    knowledge::insert(tx, row).await?;
    enqueue(tx, row.id, when).await?;
    event::append(tx, cx, row.agent, &KnowledgeAdded { agent: row.agent, source: row.id, kind: row.kind }).await?;
    Ok(row.id)
}

/// Has a source read. One that waits to be read is read once.
async fn enqueue(tx: &mut Tx, source: SourceId, when: When) -> Result<(), Error> {
    let key = Some(format!("read_source:{source}"));
    job::enqueue(tx, &ReadSource { source }, When { key, max_attempts: Some(READ_ATTEMPTS), ..when }).await?;
    Ok(())
}

/// Has a page read again. What is known of it stays known until then, and also if it can't be read.
///
/// # Errors
/// When there is no such page of the actor's.
pub async fn reread_page(tx: &mut Tx, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error> {
    let row = hold_source(tx, &cx.actor, source).await?;
    if row.kind != SourceKind::Page {
        return Err(Error::NoSuchSource);
    }
    knowledge::read_again(tx, source).await?;
    enqueue(tx, source, When::default()).await
}

/// Takes something from what an agent knows. With the commit, no answer uses it any more.
///
/// # Errors
/// When there is no such source of the actor's.
pub async fn remove_source(tx: &mut Tx, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error> {
    let row = knowledge::find(&mut **tx, source).await?.ok_or(Error::NoSuchSource)?;
    if let Err(Error::Refused(_)) = builder::own(&mut **tx, &cx.actor, row.agent).await {
        return Err(Error::NoSuchSource);
    }
    // A job may be writing passages: it ends first, and the agent can be changed meanwhile.
    knowledge::line_up(tx, row.agent).await?;
    hold_source(tx, &cx.actor, source).await?;
    let row = knowledge::lock(tx, source).await?.ok_or(Error::NoSuchSource)?;
    passages::remove(tx, row.agent, source).await?;
    knowledge::delete(tx, source).await?;
    DeleteFiles::after(tx, row.file_key.into_iter().collect()).await?;
    event::append(tx, cx, row.agent, &KnowledgeRemoved { agent: row.agent, source }).await?;
    Ok(())
}

/// Holds the agent that a source is of. Somebody else's source is none.
async fn hold_source(tx: &mut Tx, actor: &Actor, source: SourceId) -> Result<SourceRow, Error> {
    let row = knowledge::find(&mut **tx, source).await?.ok_or(Error::NoSuchSource)?;
    match builder::hold(tx, actor, row.agent).await {
        Ok(_) => Ok(row),
        Err(Error::Refused(_)) => Err(Error::NoSuchSource),
        Err(error) => Err(error),
    }
}

/// What an agent was given to know, newest first.
///
/// # Errors
/// When the agent isn't the actor's, or the cursor was made up.
pub async fn sources(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<Source>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    let before = after.map(Cursor::id).transpose()?;
    Ok(Page::from_overfull(knowledge::list(pool, agent, before, size).await?, size, |source| source.id))
}

/// How much an agent knows.
///
/// # Errors
/// When it isn't the actor's.
pub async fn extent(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Extent, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    knowledge::extent(pool, agent, None).await
}

/// The titles of some of what an agent knows, the newest first, and how many there are in all: for those who wonder whether to ask
/// it. Each answer that goes by a source names it, so they are no secret of an agent that everybody may ask.
///
/// # Errors
/// When the database fails.
pub async fn source_titles(pool: &PgPool, agent: AccountId, most: u8) -> Result<(Vec<String>, u64), Error> {
    knowledge::titles(pool, agent, most.into()).await
}

/// What came of a source before it is written down.
struct Material {
    title: Option<String>,
    bytes: usize,
    digest: Vec<u8>,
    language: Language,
    chunks: Vec<Chunk>,
}

/// Why a source was not read.
enum Unread {
    /// For good: its owner is told.
    Words(String),
    /// For now: it is tried again.
    Later(String),
}

impl From<DocumentError> for Unread {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Busy => Self::Later(error.to_string()),
            _ => Self::Words(error.to_string()),
        }
    }
}

/// Reads a source and writes its passages down; or writes down why it can't be read. Doing it twice does no harm: what was
/// read stays as it is, and a page is read again. `last` says that it is not tried again later.
///
/// # Errors
/// When something of ours failed, and it should be tried again.
pub async fn read_source(
    database: &Database,
    files: &Files,
    outbound: &Outbound,
    world: &World,
    source: SourceId,
    last: bool,
) -> Result<(), Error> {
    let Some(row) = knowledge::find(database.pool(), source).await? else { return Ok(()) };
    if row.state != SourceState::Reading && row.kind != SourceKind::Page {
        return Ok(());
    }
    match read(database, files, outbound, &row).await? {
        Ok(material) => keep(database, world, &row, material).await,
        Err(Unread::Words(problem)) => give_up(database, world, source, &problem).await,
        Err(Unread::Later(_)) if last => {
            give_up(database, world, source, "This could not be read, because something of ours failed. Add it again.")
                .await
        }
        Err(Unread::Later(reason)) => Err(Error::NotYet(reason)),
    }
}

async fn read(
    database: &Database,
    files: &Files,
    outbound: &Outbound,
    row: &SourceRow,
) -> Result<Result<Material, Unread>, Error> {
    let (bytes, name, content_type) = match row.kind {
        SourceKind::Text => {
            let body = knowledge::body(database.pool(), row.id).await?.unwrap_or_default();
            (body.into_bytes(), None, Some("text/markdown; charset=utf-8".to_owned()))
        }
        SourceKind::File => match upload(files, row).await {
            Ok(bytes) => (bytes, Some(row.title.clone()), None),
            Err(unread) => return Ok(Err(unread)),
        },
        SourceKind::Page => {
            let address = row.address.as_deref().and_then(|it| it.parse().ok()).ok_or(Error::BadRow("address"))?;
            match outbound.get_to_keep(&address).await {
                Ok(page) => (page.bytes.to_vec(), None, Some(page.content_type)),
                Err(error) => return Ok(Err(Unread::Words(error.to_string()))),
            }
        }
    };
    let work = move || digested(bytes, name, content_type);
    let material = tokio::task::spawn_blocking(work).await;
    Ok(material.unwrap_or_else(|_| Err(Unread::Later("reading it was broken off".to_owned()))))
}

async fn upload(files: &Files, row: &SourceRow) -> Result<Vec<u8>, Unread> {
    let gone = || Unread::Words("The upload was broken off. Upload the file again.".to_owned());
    let key = row.file_key.as_ref().ok_or_else(gone)?;
    match files.get(key).await {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(FilesError::NotFound(_)) => Err(gone()),
        Err(error) => Err(Unread::Later(error.to_string())),
    }
}

/// Takes a file apart. It may take long, and blocks.
fn digested(bytes: Vec<u8>, name: Option<String>, content_type: Option<String>) -> Result<Material, Unread> {
    let (size, digest) = (bytes.len(), Sha256::digest(&bytes).to_vec());
    let document: Document = documents::extract_guarded(bytes, name, content_type, Limits::default())?;
    let chunks = documents::chunk(&document);
    let sample: String =
        chunks.iter().flat_map(|it| [&it.text, " "]).flat_map(str::chars).take(LANGUAGE_SAMPLE).collect();
    Ok(Material { title: document.title, bytes: size, digest, language: Language::of(&sample), chunks })
}

async fn keep(database: &Database, world: &World, row: &SourceRow, material: Material) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    knowledge::line_up(&mut tx, row.agent).await?;
    // It may be gone, or somebody else may have read it.
    let Some(now) = knowledge::lock(&mut tx, row.id).await? else { return Ok(()) };
    if now.state != SourceState::Reading && now.kind != SourceKind::Page {
        return Ok(());
    }
    let known = knowledge::extent(&mut *tx, row.agent, Some(row.id)).await?;
    if let Some(problem) = beyond(known, &material) {
        drop(tx);
        return give_up(database, world, row.id, &problem).await;
    }
    match write(&mut tx, world, &now, &material).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(Error::Twice) => {
            drop(tx);
            let problem = "The agent knows a page, a file or a text that says exactly the same.";
            give_up(database, world, row.id, problem).await
        }
        Err(error) => Err(error),
    }
}

fn characters(chunks: &[Chunk]) -> u64 {
    chunks.iter().map(|it| u64::try_from(it.text.chars().count()).unwrap_or(u64::MAX)).sum()
}

/// What is said of a source that would make an agent know more than it can.
fn beyond(known: Extent, material: &Material) -> Option<String> {
    let passages = usize::try_from(known.passages).unwrap_or(usize::MAX).saturating_add(material.chunks.len());
    let characters = known.characters.saturating_add(characters(&material.chunks));
    (passages > MAX_PASSAGES || characters > MAX_CHARACTERS).then(|| {
        format!(
            "With this the agent would know more than it can: {MAX_PASSAGES} passages, and {} million characters. Remove \
             something, and add it again.",
            MAX_CHARACTERS / 1_000_000
        )
    })
}

async fn write(tx: &mut Tx, world: &World, row: &SourceRow, material: &Material) -> Result<(), Error> {
    let rows: Vec<passages::NewRow> = material
        .chunks
        .iter()
        .map(|chunk| passages::NewRow {
            id: world.id(),
            heading: storable(&chunk.heading_path.join(" › ")),
            locator: storable(&chunk.locator.to_string()),
            body: storable(&chunk.text),
        })
        .collect();
    // A page says itself what it is called; a text or a file was called something by its owner.
    let own_title =
        material.title.as_deref().map(shortened_title).filter(|it| row.kind == SourceKind::Page && !it.is_empty());
    let read = ReadRow {
        title: own_title.as_deref().unwrap_or(&row.title),
        bytes: material.bytes,
        digest: &material.digest,
        passages: rows.len(),
        characters: characters(&material.chunks),
        language: material.language,
    };
    knowledge::ready(tx, row.id, &read, world.now()).await?;
    passages::replace(tx, row.agent, row.id, material.language, &rows).await?;
    DeleteFiles::after(tx, row.file_key.clone().into_iter().collect()).await?;
    EmbedPassages { agent: row.agent }.enqueue(tx).await?;
    let passages = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    told(tx, world, row, SourceState::Ready, passages).await
}

/// Text that the database can hold.
fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// The fact that a source was read. The server reads, on behalf of the agent itself.
async fn told(tx: &mut Tx, world: &World, row: &SourceRow, state: SourceState, passages: u32) -> Result<(), Error> {
    let cx = world.cx(Actor::agent(row.agent, Via::System));
    event::append(tx, &cx, row.agent, &KnowledgeRead { agent: row.agent, source: row.id, state, passages }).await?;
    Ok(())
}

/// Writes down why a source can't be read.
async fn give_up(database: &Database, world: &World, source: SourceId, problem: &str) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    let Some(row) = knowledge::lock(&mut tx, source).await? else { return Ok(()) };
    if row.state == SourceState::Ready && row.kind != SourceKind::Page {
        return Ok(());
    }
    knowledge::fail(&mut tx, source, problem).await?;
    DeleteFiles::after(&mut tx, row.file_key.clone().into_iter().collect()).await?;
    let state = if row.state == SourceState::Ready { SourceState::Ready } else { SourceState::Failed };
    told(&mut tx, world, &row, state, 0).await?;
    tx.commit().await?;
    Ok(())
}
