//! Jobs: work that happens after the commit, at least once, so each handler is idempotent.
//! The queue is `graphile_worker`, on Postgres, and enqueues inside our own transaction.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
pub use graphile_worker::{IntoTaskHandlerResult, JobDefinition, TaskHandler as Job, WorkerContext, WorkerOptions};
use graphile_worker::{Worker, WorkerRecoveryConfig, WorkerUtils};
use sqlx::PgPool;
use url::Url;

use crate::{Database, Tx, World, files::Files, mail::Mailer};

/// The schema that the queue keeps to itself.
const SCHEMA: &str = "graphile_worker";
/// How often a runner says that it is alive, and looks for others that are not.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(5);
/// After how long without a sign of life a runner is taken for dead. Signs come beside the jobs, however long those take.
const DEAD_AFTER: Duration = Duration::from_secs(30);

/// When and how a job runs.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// Not before this instant; at once when empty.
    pub run_at: Option<DateTime<Utc>>,
    /// At most one waiting job has this key: a newer one takes its place.
    pub key: Option<String>,
    /// How often it is tried before it becomes a dead letter (25 when empty, with exponential back-off).
    pub max_attempts: Option<i32>,
}

/// Enqueues a job in the caller's transaction: it runs if, and only after, that is committed.
///
/// # Errors
/// When the database fails or the payload can't be serialised.
pub async fn enqueue<J: Job>(tx: &mut Tx, job: &J, when: When) -> Result<(), sqlx::Error> {
    let payload = serde_json::to_value(job).map_err(|error| sqlx::Error::Encode(error.into()))?;
    // Not checked at compile time: the queue's schema is its own, and not there while our migrations are.
    sqlx::query(
        "select graphile_worker.add_job($1, payload => $2::json, run_at => $3, max_attempts => $4, job_key => $5)",
    )
    .bind(J::IDENTIFIER)
    .bind(payload)
    .bind(when.run_at)
    .bind(when.max_attempts)
    .bind(when.key)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Brings the queue's own schema up to date.
///
/// # Errors
/// When the database fails.
pub async fn migrate(pool: &PgPool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    WorkerUtils::new(pool.clone(), SCHEMA).migrate().await?;
    Ok(())
}

/// What handlers find in their context: anything the server gives them, by type.
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Wraps what handlers should find.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

/// What a handler was given under `Shared`.
///
/// # Errors
/// When the runner was built without it, which is a mistake in the program.
pub fn shared<T: Send + Sync + 'static>(context: &WorkerContext) -> Result<&T, JobError> {
    context.get_ext::<Shared<T>>().map(|shared| shared.0.as_ref()).ok_or(JobError::Missing(std::any::type_name::<T>()))
}

/// What the platform's own jobs work with; the server and the tests give it to the runner, shared.
pub struct Tools {
    /// The database.
    pub database: Database,
    /// How letters go out.
    pub mailer: Arc<Mailer>,
    /// The file store.
    pub files: Files,
    /// Time and chance.
    pub world: World,
    /// The address people use, for links.
    pub public_url: Url,
}

/// Why a job failed. The queue keeps the words and tries again later.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The runner was built without something the handler needs.
    #[error("the job runner was built without {0}")]
    Missing(&'static str),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Something else failed, said in words.
    #[error("{0}")]
    Other(String),
}

/// Builds the runner for the given kinds of job. `give` adds what handlers find in their context, each [`Shared`].
/// `crontab` has a line per repeated job, in UTC. When `stop` resolves it
/// takes no more jobs, and gives those that run 15 seconds.
///
/// # Errors
/// When the queue can't be prepared or a line of the crontab is malformed.
pub async fn runner(
    pool: &PgPool,
    jobs: Vec<JobDefinition>,
    crontab: &str,
    give: impl FnOnce(WorkerOptions) -> WorkerOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Worker, Box<dyn std::error::Error + Send + Sync>> {
    let worker = give(WorkerOptions::default())
        .schema(SCHEMA)
        .worker_recovery(recovery())
        .pg_pool(pool.clone())
        .concurrency(4)
        .poll_interval(Duration::from_secs(2))
        .listen_os_shutdown_signals(false)
        .shutdown_signal(stop)
        .shutdown_grace_period(Duration::from_secs(15))
        .define_jobs(jobs)
        .with_cron(crontab)?
        .init()
        .await?;
    Ok(worker)
}

/// What a runner was doing that ended without a word, because its process was killed, another one does. Jobs end, or are
/// broken off, long before a runner is taken for dead.
fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(SIGN_OF_LIFE_EVERY)
        .sweep_interval(SIGN_OF_LIFE_EVERY)
        .sweep_threshold(DEAD_AFTER)
        .recovery_delay(Duration::from_secs(1))
}

/// The jobs of the platform itself.
pub fn platform_jobs() -> Vec<JobDefinition> {
    vec![
        crate::mail::SendMail::definition(),
        crate::files::DeleteFiles::definition(),
        crate::media::SweepMedia::definition(),
    ]
}

/// How many jobs wait, and how many have failed for good.
///
/// # Errors
/// When the database fails.
pub async fn backlog(pool: &PgPool) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where attempts < max_attempts), count(*) filter (where attempts >= max_attempts)
         from graphile_worker._private_jobs",
    )
    .fetch_one(pool)
    .await
}
