//! The job runner: which jobs there are, and when the repeated ones run.

use platform::{
    Database,
    job::{self, Job, JobDefinition, JobError, Shared, Tools, WorkerContext},
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// Every kind of job in Magentic.
pub fn jobs() -> Vec<JobDefinition> {
    let mut jobs = vec![KeepHouse::definition()];
    jobs.extend(job::platform_jobs());
    jobs.extend(identity_core::job::jobs());
    jobs.extend(social_core::job::jobs());
    jobs
}

/// When the repeated jobs run, in UTC.
fn crontab() -> String {
    let lines = [
        KeepHouse::CRON,
        platform::media::SweepMedia::CRON,
        identity_core::job::SweepIdentity::CRON,
        social_core::job::SweepSocial::CRON,
    ];
    lines.join("\n")
}

/// Hourly: a partition for the events to come, and rate limits that have run out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeepHouse {}

impl KeepHouse {
    /// The line of the crontab: once an hour.
    const CRON: &'static str = "7 * * * * keep_house";
}

impl Job for KeepHouse {
    const IDENTIFIER: &'static str = "keep_house";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools = job::shared::<Tools>(&context)?;
        let now = tools.world.now();
        platform::event::ensure_partitions(tools.database.pool(), now).await?;
        platform::rate_limit::sweep(tools.database.pool(), now).await?;
        Ok::<(), JobError>(())
    }
}

/// Runs jobs until told to stop; then lets those that have begun finish.
///
/// # Errors
/// When the queue can't be prepared.
pub async fn run(
    database: &Database,
    tools: Tools,
    stop: CancellationToken,
) -> Result<tokio::task::JoinHandle<()>, Box<dyn std::error::Error + Send + Sync>> {
    let worker = job::runner(database.pool(), jobs(), &crontab(), Shared::new(tools), stop.cancelled_owned()).await?;
    Ok(tokio::spawn(async move {
        if let Err(error) = worker.run().await {
            tracing::error!(%error, "the job runner stopped");
        }
    }))
}
