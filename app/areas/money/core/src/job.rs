//! What runs by itself.

use platform::job::{self, Job, JobDefinition, JobError, Tools, WorkerContext};
use serde::{Deserialize, Serialize};

use crate::{Error, service};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![SweepMoney::definition()]
}

/// Lets go holds that have expired, and makes free what was earned long enough ago. The crontab runs it; running it
/// twice, also at the same time, does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepMoney;

impl SweepMoney {
    /// The line of the crontab: every five minutes.
    pub const CRON: &'static str = "*/5 * * * * sweep_money";
}

impl Job for SweepMoney {
    const IDENTIFIER: &'static str = "sweep_money";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let failed = |error: Error| match error {
            Error::Database(error) => JobError::Database(error),
            other => JobError::Other(format!("{other:?}")),
        };
        let expired = service::expire_holds(&tools.database, &tools.world).await.map_err(failed)?;
        let freed = service::free_earnings(&tools.database, &tools.world).await.map_err(failed)?;
        if expired + freed > 0 {
            tracing::info!(expired, freed, "let go expired holds, and freed earnings");
        }
        Ok::<_, JobError>(())
    }
}
