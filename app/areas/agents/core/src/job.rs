//! What runs later.

use std::sync::Arc;

use kernel::{AccountId, ActId, SourceId};
use platform::{
    Tx,
    job::{self, Job, JobDefinition, JobError, Tools, When, WorkerContext},
    models::Chain,
    outbound::Outbound,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    service::{self, McpClient},
};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![
        ReadSource::definition(),
        EmbedPassages::definition(),
        EmbedLeft::definition(),
        AskServers::definition(),
        Perform::definition(),
        KeepTime::definition(),
    ]
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

/// How often it is tried to turn passages into vectors when a model does not answer.
const EMBED_ATTEMPTS: i32 = 8;

/// Turns what an agent knows into vectors. The runner gives it an `Arc<`[`Chain`]`>`, besides the tools.
#[derive(Debug, Serialize, Deserialize)]
pub struct EmbedPassages {
    /// Whose knowledge.
    pub agent: AccountId,
}

impl EmbedPassages {
    /// Has it done. What waits for one agent is done once.
    pub(crate) async fn enqueue(self, tx: &mut Tx) -> Result<(), Error> {
        let key = Some(format!("embed_passages:{}", self.agent));
        job::enqueue(tx, &self, When { key, max_attempts: Some(EMBED_ATTEMPTS), ..When::default() }).await?;
        Ok(())
    }
}

impl Job for EmbedPassages {
    const IDENTIFIER: &'static str = "embed_passages";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let chain: &Arc<Chain> = job::shared(&context)?;
        let (database, world) = (&tools.database, &tools.world);
        // Past the cap it is left to the next hour: [`EmbedLeft`].
        service::embed_passages(database, world, chain, self.agent).await.map_err(failed)?;
        Ok::<(), JobError>(())
    }
}

/// Turns into vectors what was left, because the agent's cap stood in the way or no model answered. Needs what
/// [`EmbedPassages`] does.
#[derive(Debug, Serialize, Deserialize)]
pub struct EmbedLeft;

impl EmbedLeft {
    /// The line of the crontab: once an hour.
    pub const CRON: &'static str = "23 * * * * embed_left";
}

impl Job for EmbedLeft {
    const IDENTIFIER: &'static str = "embed_left";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let chain: &Arc<Chain> = job::shared(&context)?;
        if chain.embedder().is_some() {
            let mut tx = tools.database.begin().await?;
            for agent in service::agents_to_embed(&mut tx).await.map_err(failed)? {
                EmbedPassages { agent }.enqueue(&mut tx).await.map_err(failed)?;
            }
            tx.commit().await?;
        }
        Ok::<(), JobError>(())
    }
}

/// Asks servers of tools what they offer, every quarter of an hour those that were not asked for an hour. The runner gives it
/// an `Arc<`[`McpClient`]`>`, besides the tools.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskServers;

impl AskServers {
    /// The line of the crontab.
    pub const CRON: &'static str = "*/15 * * * * ask_servers";
}

impl Job for AskServers {
    const IDENTIFIER: &'static str = "ask_servers";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let client: &Arc<McpClient> = job::shared(&context)?;
        service::ask_servers(&tools.database, &tools.world, client).await.map(drop).map_err(failed)
    }
}

/// Does what an agent was called to do. The runner gives it a [`service::Performer`], besides the tools.
#[derive(Debug, Serialize, Deserialize)]
pub struct Perform {
    /// What to do.
    pub act: ActId,
}

impl Job for Perform {
    const IDENTIFIER: &'static str = "perform_act";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let performer: &service::Performer = job::shared(&context)?;
        performer.perform(self.act).await.map_err(failed)
    }
}

/// Calls the agents whose time has come, and ends what nobody decided in time. The crontab runs it.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeepTime;

impl KeepTime {
    /// The line of the crontab: each minute.
    pub const CRON: &'static str = "* * * * * keep_time";
}

impl Job for KeepTime {
    const IDENTIFIER: &'static str = "keep_time";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let called = service::keep_time(&tools.database, &tools.world).await.map_err(failed)?;
        let expired = service::expire_reviews(&tools.database, &tools.world).await.map_err(failed)?;
        // Mentions are found as they are published; this finds what was published while nobody looked.
        let mentioned = service::take_events(&tools.database, &tools.world).await.map_err(failed)?;
        if called + expired + mentioned > 0 {
            tracing::info!(called, expired, mentioned, "kept the agents' time");
        }
        Ok::<_, JobError>(())
    }
}
