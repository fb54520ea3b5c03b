//! What runs later.

use platform::job::{self, Job, JobDefinition, JobError, Tools, WorkerContext};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    letter::{self, About},
    service,
};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![RunMarket::definition(), WriteLetter::definition()]
}

fn failed(error: Error) -> JobError {
    match error {
        Error::Database(error) => JobError::Database(error),
        other => JobError::Other(other.to_string()),
    }
}

/// Does what is due for subscriptions to agents. The crontab runs it; running it twice, also at the same time, does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunMarket;

impl RunMarket {
    /// The line of the crontab: every minute.
    pub const CRON: &'static str = "* * * * * run_market";
}

impl Job for RunMarket {
    const IDENTIFIER: &'static str = "run_market";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let renewed = service::run_due(&tools.database, &tools.world).await.map_err(failed)?;
        if renewed > 0 {
            tracing::info!(renewed, "did what was due for the market");
        }
        Ok::<_, JobError>(())
    }
}

/// Writes a letter and has it sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteLetter {
    /// What about.
    pub about: About,
}

impl Job for WriteLetter {
    const IDENTIFIER: &'static str = "market_letter";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        letter::write(&tools.database, &tools.world.cx(()), &tools.public_url, &self.about).await.map_err(failed)
    }
}
