//! What runs later: clearing away what is no longer needed.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    Database,
    job::{self, IntoTaskHandlerResult, Job, JobDefinition, JobError, Tools, WorkerContext},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    store::{accounts, email_tokens, failures, sessions},
};

/// How long a sign-up may wait for its confirmation. Then its handle is free again.
const UNCONFIRMED_FOR: TimeDelta = TimeDelta::days(7);
/// How long an expired link can still be told from one that never was.
const EXPIRED_LINKS_FOR: TimeDelta = TimeDelta::days(30);
/// How long ended sessions are kept.
const ENDED_SESSIONS_FOR: TimeDelta = TimeDelta::days(30);
/// After this long without a failure the slate is clean anyway.
const FAILURES_FOR: TimeDelta = TimeDelta::days(1);

/// The jobs of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![SweepIdentity::definition()]
}

/// The lines of the crontab that belong to this area.
pub const CRON: &str = SweepIdentity::CRON;

/// Clears away what is no longer needed. Running it twice does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepIdentity;

impl SweepIdentity {
    /// The line of the crontab: once a day.
    pub const CRON: &'static str = "41 3 * * * sweep_identity";
}

impl Job for SweepIdentity {
    const IDENTIFIER: &'static str = "sweep_identity";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let swept = sweep(&tools.database, tools.world.now()).await.map_err(|error| match error {
            Error::Database(error) => JobError::Database(error),
            other => JobError::Other(other.to_string()),
        })?;
        tracing::info!(?swept, "swept accounts, links, sessions and failures");
        Ok::<_, JobError>(())
    }
}

/// How much was cleared away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Accounts whose address was never confirmed.
    pub accounts: u64,
    /// Expired links.
    pub links: u64,
    /// Ended sessions.
    pub sessions: u64,
    /// Failures of long ago.
    pub failures: u64,
}

/// Clears away what is no longer needed at `now`.
///
/// # Errors
/// When the database fails; what was finished stays so.
pub async fn sweep(database: &Database, now: DateTime<Utc>) -> Result<Swept, Error> {
    // Each kind for itself, so that no lock is held longer than its own statement.
    let mut accounts = 0;
    for id in accounts::long_unconfirmed(database.pool(), now - UNCONFIRMED_FOR).await? {
        let mut tx = database.begin().await?;
        accounts += u64::from(accounts::delete_unconfirmed(&mut tx, id).await?);
        tx.commit().await?;
    }
    let mut tx = database.begin().await?;
    let links = email_tokens::sweep(&mut tx, now - EXPIRED_LINKS_FOR).await?;
    tx.commit().await?;
    let mut tx = database.begin().await?;
    let sessions = sessions::sweep(&mut tx, now - ENDED_SESSIONS_FOR).await?;
    tx.commit().await?;
    let mut tx = database.begin().await?;
    let failures = failures::sweep(&mut tx, now - FAILURES_FOR).await?;
    tx.commit().await?;
    Ok(Swept { accounts, links, sessions, failures })
}
