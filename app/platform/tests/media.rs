//! Uploads, against a real database and a folder.

#![expect(clippy::expect_used, clippy::panic, reason = "these are tests, and so are their helpers")]

mod support;

use bytes::Bytes;
use chrono::TimeDelta;
use kernel::{AccountId, Actor, MediaId, Problem, Via};
use platform::{
    Cx, Database, World,
    config::FilesConfig,
    files::{DeleteFiles, Files},
    image::Purpose,
    media::{self, MediaError, StoredMedia},
};
use sqlx::PgPool;
use tempfile::TempDir;

struct Place {
    database: Database,
    files: Files,
    folder: TempDir,
    world: World,
    hands: std::sync::Arc<support::Hands>,
}

impl Place {
    async fn new(name: &str) -> Self {
        let database = support::database(name).await;
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(&FilesConfig::Disk, folder.path()).expect("opens");
        let (world, hands) = support::world();
        Self { database, files, folder, world, hands }
    }

    fn pool(&self) -> &PgPool {
        self.database.pool()
    }

    async fn account(&self, handle: &str) -> Cx<Actor> {
        let id: AccountId = self.world.id();
        sqlx::query("insert into accounts (id, kind, handle, handle_skeleton, name, created_at) values ($1, 'person', $2, $2, $2, now())")
            .bind(id.uuid())
            .bind(handle)
            .execute(self.pool())
            .await
            .expect("an account");
        self.world.cx(Actor::human(id, Via::System))
    }

    async fn upload(&self, cx: &Cx<Actor>) -> Result<StoredMedia, MediaError> {
        media::upload(&self.database, &self.files, cx, picture(), Purpose::Post).await
    }

    async fn attach(&self, cx: &Cx<Actor>, ids: &[MediaId]) -> Result<Vec<StoredMedia>, MediaError> {
        let mut tx = self.database.begin().await.expect("begins");
        let attached = media::attach(&mut tx, cx, ids).await?;
        tx.commit().await.expect("commits");
        Ok(attached)
    }

    fn files_on_disk(&self) -> usize {
        walk(&self.folder.path().join("files"))
    }

    /// Does what the queue would do with the files of deleted rows.
    async fn delete_files(&self) {
        let jobs: Vec<serde_json::Value> =
            sqlx::query_scalar("delete from graphile_worker._private_jobs returning payload")
                .fetch_all(self.pool())
                .await
                .expect("jobs");
        for job in jobs {
            let job: DeleteFiles = serde_json::from_value(job).expect("a payload");
            job.work(&self.files).await.expect("deletes");
            job.work(&self.files).await.expect("twice does no harm");
        }
    }
}

fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

fn picture() -> Bytes {
    let picture = image::DynamicImage::new_rgb8(1000, 500);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner().into()
}

#[tokio::test]
async fn an_upload_can_be_read_and_attached_once() {
    let place = Place::new("media_upload").await;
    let (ana, ben) = (place.account("ana").await, place.account("ben").await);
    let media = place.upload(&ana).await.expect("uploads");
    assert_eq!((media.width, media.height, media.variants.as_slice()), (1000, 500, &[480, 640, 960, 1000][..]));
    assert_eq!(media::get(place.pool(), media.id).await.expect("reads"), Some(media.clone()));
    let bytes = media::read_variant(&place.files, &media, 480).await.expect("a file");
    assert_eq!(image::load_from_memory(&bytes).expect("a picture").width(), 480);
    assert!(matches!(media::read_variant(&place.files, &media, 500).await, Err(MediaError::NotFound(_))));

    assert_eq!(
        (media.nearest(100), media.nearest(480), media.nearest(481), media.nearest(5000)),
        (480, 480, 640, 1000)
    );
    assert_eq!(media.url(500), format!("/media/{}/640.webp", media.id));
    assert!(media.srcset().starts_with(&format!("/media/{}/480.webp 480w, ", media.id)), "{}", media.srcset());
    assert_eq!(media.height_at(480), 240);

    let second = place.upload(&ana).await.expect("uploads");
    for (who, ids) in
        [(&ben, vec![media.id]), (&ana, vec![media.id, media.id]), (&ana, vec![second.id, place.world.id()])]
    {
        let error = place.attach(who, &ids).await.expect_err("not his, twice, not there");
        assert_eq!(Problem::from(error).status(), 404);
    }
    let attached = place.attach(&ana, &[second.id, media.id]).await.expect("attaches");
    assert_eq!(
        attached.iter().map(|it| (it.id, it.attached)).collect::<Vec<_>>(),
        [(second.id, true), (media.id, true)]
    );
    assert!(matches!(place.attach(&ana, &[media.id]).await, Err(MediaError::NotFound(id)) if id == media.id));
    assert!(place.attach(&ana, &[]).await.expect("nothing").is_empty());
}

#[tokio::test]
async fn a_picture_kept_as_jpeg_is_still_read_and_swept() {
    let place = Place::new("media_jpeg").await;
    let ana = place.account("ana").await;
    let id: MediaId = place.world.id();
    sqlx::query(
        "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
         values ($1, $2, 'image/jpeg', 300, 300, '{96,192,300}', 30, $3)",
    )
    .bind(id.uuid())
    .bind(ana.actor.account.uuid())
    .bind(place.world.now())
    .execute(place.pool())
    .await
    .expect("inserts");
    for width in [96, 192, 300] {
        let key = format!("media/{}/{width}.jpg", id.uuid()).parse().expect("a key");
        place.files.put(&key, Bytes::from_static(b"a portrait"), "image/jpeg").await.expect("writes");
    }

    let kept = media::get(place.pool(), id).await.expect("reads").expect("there");
    assert_eq!((kept.encoding.content_type(), kept.encoding.extension()), ("image/jpeg", "jpg"));
    assert_eq!(kept.url(48), format!("/media/{id}/96.jpg"));
    assert_eq!(media::read_variant(&place.files, &kept, 96).await.expect("a file"), "a portrait");
    assert!(matches!(media::read_variant(&place.files, &kept, 48).await, Err(MediaError::NotFound(_))));

    place.hands.forward(TimeDelta::hours(25));
    assert_eq!(media::sweep(&place.database, place.world.now()).await.expect("sweeps"), 1);
    place.delete_files().await;
    assert_eq!(place.files_on_disk(), 0);
}

#[tokio::test]
async fn only_one_of_two_transactions_gets_a_picture() {
    let place = Place::new("media_race").await;
    let ana = place.account("ana").await;
    let media = place.upload(&ana).await.expect("uploads");
    let ids = [media.id];
    let results = tokio::join!(place.attach(&ana, &ids), place.attach(&ana, &ids), place.attach(&ana, &ids));
    let won = [results.0.is_ok(), results.1.is_ok(), results.2.is_ok()].into_iter().filter(|ok| *ok).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn what_is_not_used_is_swept_away() {
    let place = Place::new("media_sweep").await;
    let ana = place.account("ana").await;
    let (kept, dropped, shown) = (
        place.upload(&ana).await.expect("1"),
        place.upload(&ana).await.expect("2"),
        place.upload(&ana).await.expect("3"),
    );
    place.attach(&ana, &[kept.id]).await.expect("attaches");
    // A mistake somewhere else: it is shown, but was never attached.
    sqlx::query("update accounts set portrait_id = $1")
        .bind(shown.id.uuid())
        .execute(place.pool())
        .await
        .expect("shows");
    assert_eq!(media::sweep(&place.database, place.world.now()).await.expect("sweeps"), 0);

    place.hands.forward(TimeDelta::hours(25));
    let fresh = place.upload(&ana).await.expect("4");
    let now = place.world.now();
    let (first, second) = tokio::join!(media::sweep(&place.database, now), media::sweep(&place.database, now));
    assert_eq!(first.expect("sweeps") + second.expect("sweeps"), 1);
    assert_eq!(place.files_on_disk(), 16);
    place.delete_files().await;
    assert_eq!(place.files_on_disk(), 12);
    for (media, there) in [(&kept, true), (&dropped, false), (&shown, true), (&fresh, true)] {
        assert_eq!(media::get(place.pool(), media.id).await.expect("reads").is_some(), there);
        assert_eq!(media::read_variant(&place.files, media, 480).await.is_ok(), there);
    }
    assert!(media::get(place.pool(), shown.id).await.expect("reads").expect("there").attached);

    let mut tx = place.database.begin().await.expect("begins");
    media::detach(&mut tx, &[kept.id]).await.expect("detaches");
    tx.commit().await.expect("commits");
    assert_eq!(media::sweep(&place.database, place.world.now()).await.expect("sweeps"), 1);
}

#[tokio::test]
async fn uploads_that_lie_about_are_bounded_and_refusals_keep_nothing() {
    let place = Place::new("media_bound").await;
    let (ana, ben) = (place.account("ana").await, place.account("ben").await);
    let hostile =
        media::upload(&place.database, &place.files, &ana, Bytes::from_static(b"<svg/>"), Purpose::Post).await;
    assert_eq!(Problem::from(hostile.expect_err("no picture")).status(), 415);
    sqlx::query(
        "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
         select gen_random_uuid(), $1, 'image/jpeg', 1, 1, '{1}', 1, now() from generate_series(1, $2)",
    )
    .bind(ana.actor.account.uuid())
    .bind(media::MAX_UNATTACHED - 1)
    .execute(place.pool())
    .await
    .expect("inserts");
    // There is room for one, and two ask at once.
    let (first, second) = tokio::join!(place.upload(&ana), place.upload(&ana));
    assert_eq!([first.is_ok(), second.is_ok()].into_iter().filter(|ok| *ok).count(), 1);
    assert_eq!(place.files_on_disk(), 4);
    let error = place.upload(&ana).await.expect_err("full");
    assert_eq!(Problem::from(error).status(), 429);
    place.upload(&ben).await.expect("somebody else may");
}
