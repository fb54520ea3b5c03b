//! The job runner: which jobs there are, and when the repeated ones run.

use agents_core::service::Performer;
use platform::{
    Database, World, event,
    job::{self, Job, JobDefinition, JobError, Shared, Tools, WorkerContext, WorkerOptions},
};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use tokio::time::{Duration, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::{answers::Means, payments::Provider};

/// Every kind of job in Magentic.
pub fn jobs() -> Vec<JobDefinition> {
    let mut jobs = vec![KeepHouse::definition()];
    jobs.extend(job::platform_jobs());
    jobs.extend(identity_core::job::jobs());
    jobs.extend(money_core::job::jobs());
    jobs.extend(billing_core::job::jobs());
    jobs.extend(payments_sandbox::jobs());
    jobs.extend(social_core::job::jobs());
    jobs.extend(market_core::job::jobs());
    jobs.extend(experts_core::job::jobs());
    jobs.extend(agents_core::job::jobs());
    jobs
}

/// When the repeated jobs run, in UTC.
fn crontab() -> String {
    let lines = [
        KeepHouse::CRON,
        platform::media::SweepMedia::CRON,
        identity_core::job::SweepIdentity::CRON,
        money_core::job::SweepMoney::CRON,
        billing_core::job::RunBilling::CRON,
        billing_core::job::Reconcile::CRON,
        payments_sandbox::SweepSandbox::CRON,
        social_core::job::SweepSocial::CRON,
        market_core::job::RunMarket::CRON,
        experts_core::job::RunExperts::CRON,
        experts_core::job::ReadCalendars::CRON,
        agents_core::job::AskServers::CRON,
        agents_core::job::EmbedLeft::CRON,
        agents_core::job::KeepTime::CRON,
    ];
    lines.join("\n")
}

/// Hourly: a partition for the events to come, and rate limits that have run out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeepHouse;

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
    payments: &Provider,
    means: &Means,
    performer: Performer,
    stop: CancellationToken,
) -> Result<tokio::task::JoinHandle<()>, Box<dyn std::error::Error + Send + Sync>> {
    let (payments, means) = (payments.clone(), means.clone());
    let give = |options: WorkerOptions| {
        let options = options.add_extension(Shared::new(tools)).add_extension(Shared::new(performer));
        payments.give(means.give(options))
    };
    let worker = job::runner(database.pool(), jobs(), &crontab(), give, stop.cancelled_owned()).await?;
    Ok(tokio::spawn(async move {
        if let Err(error) = worker.run().await {
            tracing::error!(%error, "the job runner stopped");
        }
    }))
}

/// Calls agents that are mentioned as soon as that is in the log, until told to stop.
pub async fn heed(database: Database, world: World, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            result = follow(&database, &world) => {
                if let Err(error) = result {
                    tracing::warn!(%error, "could not heed what happened; trying again");
                }
                sleep(Duration::from_secs(1)).await;
            }
            () = stop.cancelled() => {}
        }
    }
}

async fn follow(database: &Database, world: &World) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut listener = PgListener::connect_with(database.pool()).await?;
    listener.listen(event::SEQUENCED).await?;
    // Notices may be lost with a connection.
    let mut tick = interval(Duration::from_secs(5));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            notice = listener.try_recv() => { notice?; }
            _ = tick.tick() => {}
        }
        while listener.next_buffered().is_some() {}
        agents_core::service::take_events(database, world).await?;
        experts_core::service::take_events(database, world).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The crontab enqueues a job with nothing but its name.
    fn can_be_repeated<J: Job>() {
        let read = serde_json::from_value::<J>(serde_json::Value::Null);
        assert!(read.is_ok(), "{} can't be made of nothing", J::IDENTIFIER);
        assert!(crontab().lines().any(|line| line.ends_with(J::IDENTIFIER)), "{} is not in the crontab", J::IDENTIFIER);
    }

    #[test]
    fn jobs_of_the_crontab_need_no_payload() {
        can_be_repeated::<KeepHouse>();
        can_be_repeated::<platform::media::SweepMedia>();
        can_be_repeated::<identity_core::job::SweepIdentity>();
        can_be_repeated::<money_core::job::SweepMoney>();
        can_be_repeated::<billing_core::job::RunBilling>();
        can_be_repeated::<billing_core::job::Reconcile>();
        can_be_repeated::<payments_sandbox::SweepSandbox>();
        can_be_repeated::<social_core::job::SweepSocial>();
        can_be_repeated::<market_core::job::RunMarket>();
        can_be_repeated::<experts_core::job::RunExperts>();
        can_be_repeated::<experts_core::job::ReadCalendars>();
        can_be_repeated::<agents_core::job::AskServers>();
        can_be_repeated::<agents_core::job::EmbedLeft>();
        can_be_repeated::<agents_core::job::KeepTime>();
        assert_eq!(crontab().lines().count(), 14, "a new line needs a line here");
    }
}
