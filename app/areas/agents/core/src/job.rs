//! What runs later.

use kernel::SourceId;
use platform::{
    job::{self, Job, JobDefinition, JobError, Tools, WorkerContext},
    outbound::Outbound,
};
use serde::{Deserialize, Serialize};

use crate::{Error, service};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![ReadSource::definition()]
}

fn failed(error: Error) -> JobError {
    match error {
        Error::Database(error) => JobError::Database(error),
        other => JobError::Other(other.to_string()),
    }
}

/// Reads what an agent was given to know. The runner gives it an [`Outbound`], besides the tools.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadSource {
    /// What to read.
    pub source: SourceId,
}

impl Job for ReadSource {
    const IDENTIFIER: &'static str = "read_source";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let outbound: &Outbound = job::shared(&context)?;
        let last = context.job().attempts() >= context.job().max_attempts();
        let (database, files, world) = (&tools.database, &tools.files, &tools.world);
        service::read_source(database, files, outbound, world, self.source, last).await.map_err(failed)
    }
}
