//! Pictures that people uploaded: a row that says what there is, and a file for each size. An upload belongs to whoever
//! made it, and to nothing else until a transaction attaches it to what shows it; what stays unattached is swept away.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, MediaId, Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use sqlx::{Acquire, PgPool, error::DatabaseError};
use uuid::Uuid;

use crate::{
    Cx, Database, Tx,
    files::{DeleteFiles, FileKey, FileKeyError, Files, FilesError},
    image::{self, Encoding, ImageError, Prepared, Purpose},
    job::{self, Job, JobError, Tools, WorkerContext},
};

/// How many pictures somebody may have uploaded that show nowhere yet.
pub const MAX_UNATTACHED: i64 = 200;
/// How long they are kept.
const UNATTACHED_FOR: TimeDelta = TimeDelta::days(1);
const SWEEP_BATCH: i64 = 100;
const MAX_SWEEP_BATCHES: usize = 50;

/// A picture in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMedia {
    /// Its id.
    pub id: MediaId,
    /// Who uploaded it.
    pub owner: AccountId,
    /// What its files are.
    pub encoding: Encoding,
    /// Width in pixels of what was uploaded (turned upright and, for a portrait, cut): with the height, the shape.
    pub width: u32,
    /// Height in pixels, as the width.
    pub height: u32,
    /// Widths of its files, ascending; at least one.
    pub variants: Vec<u32>,
    /// Whether something shows it.
    pub attached: bool,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

impl StoredMedia {
    /// The smallest width there is that isn't below the wanted one, or the largest of all.
    pub fn nearest(&self, wanted: u32) -> u32 {
        let enough = self.variants.iter().copied().find(|width| *width >= wanted);
        enough.or_else(|| self.variants.last().copied()).unwrap_or(self.width)
    }

    /// The address of the file to show in a place of the given width in pixels.
    pub fn url(&self, wanted: u32) -> String {
        variant_url(self.id, self.nearest(wanted), self.encoding.extension())
    }

    /// All sizes with their widths, for an `<img>`'s `srcset`.
    pub fn srcset(&self) -> String {
        srcset(self.id, &self.variants, self.encoding.extension())
    }

    /// Height over width of any of its files, for the place kept free while it loads.
    pub fn height_at(&self, width: u32) -> u32 {
        let height = u64::from(self.height) * u64::from(width) / u64::from(self.width.max(1));
        u32::try_from(height).unwrap_or(u32::MAX).max(1)
    }

    fn keys(&self) -> Result<Vec<FileKey>, FileKeyError> {
        self.variants.iter().map(|width| key(self.id, *width, self.encoding)).collect()
    }
}

/// The address of one size of a picture. What stands there never changes, so it may be cached for good.
pub fn variant_url(id: MediaId, width: u32, extension: &str) -> String {
    format!("/media/{id}/{width}.{extension}")
}

/// The sizes of a picture with their widths, for an `<img>`'s `srcset`.
pub fn srcset(id: MediaId, widths: &[u32], extension: &str) -> String {
    let sizes: Vec<_> = widths.iter().map(|width| format!("{} {width}w", variant_url(id, *width, extension))).collect();
    sizes.join(", ")
}

fn key(id: MediaId, width: u32, encoding: Encoding) -> Result<FileKey, FileKeyError> {
    format!("media/{}/{width}.{}", id.uuid(), encoding.extension()).parse()
}

/// What can go wrong with a picture.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file was refused.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Too many uploads that show nowhere yet.
    #[error(
        "You have uploaded {MAX_UNATTACHED} pictures without using them. Use some, or wait a day and they are gone."
    )]
    TooManyUnattached,
    /// No such picture, or it is somebody else's, or it is used already.
    #[error("there is no such picture to attach: {0}")]
    NotFound(MediaId),
    /// The file store failed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A row that this build can't read.
    #[error("the row of a picture is damaged: {0}")]
    Damaged(MediaId),
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Image(error) => error.into(),
            MediaError::TooManyUnattached => Self::new(ProblemKind::TooMany, error.to_string()),
            MediaError::NotFound(_) => Self::not_found("picture"),
            MediaError::Files(error) => error.into(),
            MediaError::Database(_) | MediaError::Damaged(_) => crate::internal(&error),
        }
    }
}

/// Takes an upload: prepares its sizes and keeps them. It shows nowhere until it is attached.
///
/// # Errors
/// When the file is refused, the actor has too many uploads lying about, or a store fails. Nothing is left behind then
/// that isn't swept away.
pub async fn upload(
    database: &Database,
    files: &Files,
    cx: &Cx<Actor>,
    bytes: Bytes,
    purpose: Purpose,
) -> Result<StoredMedia, MediaError> {
    // Asked before the work is done as well as when the row is written: refusing should be cheap.
    let mut tx = database.begin().await?;
    refuse_too_many(&mut tx, cx.actor.account).await?;
    tx.rollback().await?;
    let prepared = image::prepare(bytes, purpose).await?;
    // The row comes first, so that there is never a file that no row knows of. Nobody knows its id until we return.
    let media = keep_row(database, cx, &prepared).await?;
    for variant in prepared.variants {
        let key = key(media.id, variant.width, media.encoding).map_err(|_| MediaError::Damaged(media.id))?;
        files.put(&key, variant.bytes, media.encoding.content_type()).await?;
    }
    Ok(media)
}

/// Refuses whoever has too many unattached uploads. Holds a lock per owner until the transaction ends: two uploads at
/// once count each other.
async fn refuse_too_many(tx: &mut Tx, owner: AccountId) -> Result<(), MediaError> {
    let lock = format!("media:{owner}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).execute(&mut **tx).await?;
    let lying_about = sqlx::query_scalar!(
        r#"select count(*) as "count!" from media where owner_id = $1 and not attached"#,
        owner.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    if lying_about >= MAX_UNATTACHED { Err(MediaError::TooManyUnattached) } else { Ok(()) }
}

async fn keep_row(database: &Database, cx: &Cx<Actor>, prepared: &Prepared) -> Result<StoredMedia, MediaError> {
    let media = StoredMedia {
        id: cx.id(),
        owner: cx.actor.account,
        encoding: Encoding::WebP,
        width: prepared.width,
        height: prepared.height,
        variants: prepared.variants.iter().map(|variant| variant.width).collect(),
        attached: false,
        created_at: cx.now(),
    };
    let bytes: usize = prepared.variants.iter().map(|variant| variant.bytes.len()).sum();
    let widths: Vec<i32> = media.variants.iter().copied().map(to_row).collect();
    let mut tx = database.begin().await?;
    refuse_too_many(&mut tx, media.owner).await?;
    sqlx::query!(
        "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        media.id.uuid(),
        media.owner.uuid(),
        media.encoding.content_type(),
        to_row(media.width),
        to_row(media.height),
        &widths,
        i64::try_from(bytes).unwrap_or(i64::MAX),
        media.created_at,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(media)
}

/// Marks pictures as shown, in the transaction that shows them, and returns them in the given order.
///
/// # Errors
/// `NotFound` when one isn't there, isn't the actor's, is shown already or is given twice; nothing is changed then.
pub async fn attach(tx: &mut Tx, cx: &Cx<Actor>, ids: &[MediaId]) -> Result<Vec<StoredMedia>, MediaError> {
    // In order of ids, so that two transactions with the same pictures wait for each other instead of dying.
    let rows = sqlx::query_as!(
        Row,
        "select id, owner_id, content_type, width, height, variants, attached, created_at
         from media where id = any($1) and owner_id = $2 and not attached
         order by id for update",
        &uuids(ids),
        cx.actor.account.uuid(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut free = rows.into_iter().map(StoredMedia::try_from).collect::<Result<Vec<_>, _>>()?;
    let mut taken = Vec::with_capacity(ids.len());
    for id in ids {
        let at = free.iter().position(|media| media.id == *id).ok_or(MediaError::NotFound(*id))?;
        taken.push(StoredMedia { attached: true, ..free.swap_remove(at) });
    }
    sqlx::query!("update media set attached = true where id = any($1)", &uuids(ids)).execute(&mut **tx).await?;
    Ok(taken)
}

/// Marks pictures as no longer shown, in the transaction that takes them away. They are swept away when they are old
/// enough, which a picture that was shown for a while is at once.
///
/// # Errors
/// When the database fails.
pub async fn detach(tx: &mut Tx, ids: &[MediaId]) -> Result<(), sqlx::Error> {
    sqlx::query!("update media set attached = false where id = any($1)", &uuids(ids)).execute(&mut **tx).await?;
    Ok(())
}

/// Finds a picture.
///
/// # Errors
/// When the database fails.
pub async fn get(pool: &PgPool, id: MediaId) -> Result<Option<StoredMedia>, MediaError> {
    let row = sqlx::query_as!(
        Row,
        "select id, owner_id, content_type, width, height, variants, attached, created_at from media where id = $1",
        id.uuid()
    )
    .fetch_optional(pool)
    .await?;
    row.map(StoredMedia::try_from).transpose()
}

/// Finds several pictures at once, in no particular order; those that aren't there are left out.
///
/// # Errors
/// When the database fails.
pub async fn get_all(pool: &PgPool, ids: &[MediaId]) -> Result<Vec<StoredMedia>, MediaError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, owner_id, content_type, width, height, variants, attached, created_at from media where id = any($1)",
        &uuids(ids)
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(StoredMedia::try_from).collect()
}

/// Reads the file of one size.
///
/// # Errors
/// `NotFound` when there is no such size; otherwise when the store fails.
pub async fn read_variant(files: &Files, media: &StoredMedia, width: u32) -> Result<Bytes, MediaError> {
    if !media.variants.contains(&width) {
        return Err(MediaError::NotFound(media.id));
    }
    let key = key(media.id, width, media.encoding).map_err(|_| MediaError::Damaged(media.id))?;
    Ok(files.get(&key).await?)
}

/// Deletes pictures that were never attached, or no longer are, and are older than a day: the rows now, and the files by
/// a job that each batch's transaction enqueues. Several may sweep at once. Returns how many rows went.
///
/// # Errors
/// When the database fails; batches that were finished stay so.
pub async fn sweep(database: &Database, now: DateTime<Utc>) -> Result<u64, MediaError> {
    let mut gone = 0;
    for _ in 0..MAX_SWEEP_BATCHES {
        let (found, deleted) = sweep_batch(database, now - UNATTACHED_FOR).await?;
        gone += deleted;
        if found == 0 {
            break;
        }
    }
    Ok(gone)
}

async fn sweep_batch(database: &Database, before: DateTime<Utc>) -> Result<(usize, u64), MediaError> {
    let mut tx = database.begin().await?;
    let rows = sqlx::query_as!(
        Row,
        "select id, owner_id, content_type, width, height, variants, attached, created_at
         from media where not attached and created_at < $1
         order by created_at limit $2 for update skip locked",
        before,
        SWEEP_BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (found, mut deleted, mut keys) = (rows.len(), 0, Vec::new());
    for row in rows {
        let media = StoredMedia::try_from(row)?;
        if delete_row(&mut tx, media.id).await? {
            deleted += 1;
            keys.extend(media.keys().map_err(|_| MediaError::Damaged(media.id))?);
        }
    }
    DeleteFiles::after(&mut tx, keys).await?;
    tx.commit().await?;
    Ok((found, deleted))
}

/// Deletes a row, unless something still shows the picture although it wasn't attached. It is attached then, or it would
/// stand in the way of every sweep. Returns whether it is gone.
async fn delete_row(tx: &mut Tx, id: MediaId) -> Result<bool, sqlx::Error> {
    let mut attempt = tx.begin().await?;
    match sqlx::query!("delete from media where id = $1", id.uuid()).execute(&mut *attempt).await {
        Ok(_) => {
            attempt.commit().await?;
            Ok(true)
        }
        Err(error) if error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation) => {
            attempt.rollback().await?;
            tracing::warn!(media = %id, "a picture that is still shown wasn't attached; it is now");
            sqlx::query!("update media set attached = true where id = $1", id.uuid()).execute(&mut **tx).await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The job that sweeps; the crontab runs it.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepMedia;

impl SweepMedia {
    /// The line of the crontab: once an hour.
    pub const CRON: &'static str = "17 * * * * sweep_media";
}

impl Job for SweepMedia {
    const IDENTIFIER: &'static str = "sweep_media";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let gone =
            sweep(&tools.database, tools.world.now()).await.map_err(|error| JobError::Other(error.to_string()))?;
        tracing::info!(gone, "swept pictures that show nowhere");
        Ok::<_, JobError>(())
    }
}

struct Row {
    id: Uuid,
    owner_id: Uuid,
    content_type: String,
    width: i32,
    height: i32,
    variants: Vec<i32>,
    attached: bool,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for StoredMedia {
    type Error = MediaError;

    fn try_from(row: Row) -> Result<Self, MediaError> {
        let id = MediaId::from_uuid(row.id);
        let pixels = |number: i32| u32::try_from(number).map_err(|_| MediaError::Damaged(id));
        Ok(Self {
            id,
            owner: AccountId::from_uuid(row.owner_id),
            encoding: Encoding::parse(&row.content_type).ok_or(MediaError::Damaged(id))?,
            width: pixels(row.width)?,
            height: pixels(row.height)?,
            variants: row.variants.into_iter().map(pixels).collect::<Result<_, _>>()?,
            attached: row.attached,
            created_at: row.created_at,
        })
    }
}

/// Sizes have been held to far smaller limits.
fn to_row(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

fn uuids(ids: &[MediaId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
