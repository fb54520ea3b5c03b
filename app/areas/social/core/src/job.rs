//! What runs by itself.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    Database,
    job::{self, Job, JobDefinition, JobError, Tools, WorkerContext},
    media,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    post::UNDO_WINDOW,
    service,
    store::{conversations, posts},
};

/// How long a submission key is remembered: much longer than anybody tries again.
const SUBMISSIONS_FOR: TimeDelta = TimeDelta::days(7);
/// How many deleted posts are erased in one transaction.
const BATCH: i64 = 200;

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![SweepSocial::definition()]
}

/// Erases the texts and pictures of posts that can't be brought back any more, and forgets old submission keys. The crontab
/// runs it.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepSocial;

impl SweepSocial {
    /// The line of the crontab: once a day.
    pub const CRON: &'static str = "41 3 * * * sweep_social";
}

impl Job for SweepSocial {
    const IDENTIFIER: &'static str = "sweep_social";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let erased =
            sweep(&tools.database, tools.world.now()).await.map_err(|error| JobError::Other(format!("{error:?}")))?;
        tracing::info!(erased, "erased posts that were deleted long ago");
        Ok::<_, JobError>(())
    }
}

/// Does the sweeping, a batch at a time, so that it can be stopped and goes on next time. Returns how many posts were erased.
///
/// # Errors
/// When the database fails; batches that were finished stay so.
pub async fn sweep(database: &Database, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut erased = 0;
    loop {
        let mut tx = database.begin().await?;
        let (posts, pictures) = posts::erase(&mut tx, now - UNDO_WINDOW, now, BATCH).await?;
        media::detach(&mut tx, &pictures).await?;
        tx.commit().await?;
        erased += posts;
        if posts == 0 {
            break;
        }
    }
    service::sweep_uploads(database, now).await?;
    posts::forget_submissions(database.pool(), now - SUBMISSIONS_FOR).await?;
    conversations::forget_submissions(database.pool(), now - SUBMISSIONS_FOR).await?;
    Ok(erased)
}
