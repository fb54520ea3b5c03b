//! What runs by itself. The jobs find the [`Sandbox`] and the [`Inbox`] in their context.

use platform::job::{self, Job, JobDefinition, JobError, WorkerContext};
use serde::{Deserialize, Serialize};

use crate::{Inbox, Later, Sandbox};

/// The kinds of job of the sandbox.
pub fn jobs() -> Vec<JobDefinition> {
    vec![DeliverWebhook::definition(), SettleLater::definition(), SweepSandbox::definition()]
}

/// Delivers an event. When the receiver doesn't take it the job fails, and the queue tries again later.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeliverWebhook {
    /// Which one.
    pub event: String,
}

impl Job for DeliverWebhook {
    const IDENTIFIER: &'static str = "sandbox_webhook";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let sandbox: &Sandbox = job::shared(&context)?;
        let inbox: &Inbox = job::shared(&context)?;
        sandbox.deliver(&self.event, inbox).await
    }
}

/// Lets something happen that takes a while.
#[derive(Debug, Serialize, Deserialize)]
pub struct SettleLater {
    /// What.
    pub later: Later,
}

impl Job for SettleLater {
    const IDENTIFIER: &'static str = "sandbox_later";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let sandbox: &Sandbox = job::shared(&context)?;
        let settled = sandbox.settle(&self.later).await;
        if let Some(due) = settled.map_err(|error| JobError::Other(format!("{error:?}")))? {
            sandbox.look_again(self.later, due).await?;
        }
        Ok::<_, JobError>(())
    }
}

/// Forgets old requests and events. The crontab runs it.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepSandbox;

impl SweepSandbox {
    /// The line of the crontab: once a day.
    pub const CRON: &'static str = "41 3 * * * sweep_sandbox";
}

impl Job for SweepSandbox {
    const IDENTIFIER: &'static str = "sweep_sandbox";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let sandbox: &Sandbox = job::shared(&context)?;
        let forgotten = sandbox.sweep().await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "forgot old requests and events of the sandbox");
        }
        Ok::<_, JobError>(())
    }
}
