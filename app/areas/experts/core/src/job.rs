//! What runs later.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId};
use platform::{
    job::{self, Job, JobDefinition, JobError, Tools, WorkerContext},
    outbound::Outbound,
    seal::Sealer,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Party,
    letter::{self, About},
    service,
};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![
        RunExperts::definition(),
        ReadCalendars::definition(),
        PayAwaiting::definition(),
        WriteLetter::definition(),
        WriteOffer::definition(),
    ]
}

pub(crate) fn failed(error: Error) -> JobError {
    match error {
        Error::Database(error) => JobError::Database(error),
        other => JobError::Other(format!("{other:?}")),
    }
}

/// Does what is due for bookings. The crontab runs it; running it twice, also at the same time, does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunExperts;

impl RunExperts {
    /// The line of the crontab: every minute.
    pub const CRON: &'static str = "* * * * * run_experts";
}

impl Job for RunExperts {
    const IDENTIFIER: &'static str = "run_experts";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let done = service::run_due(&tools.database, &tools.world).await.map_err(failed)?;
        if done > 0 {
            tracing::info!(done, "did what was due for bookings");
        }
        Ok::<_, JobError>(())
    }
}

/// Reads calendars elsewhere in which experts are busy. The crontab runs it; running it twice, also at the same time, does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadCalendars;

impl ReadCalendars {
    /// The line of the crontab: every five minutes. Each calendar is read once an hour.
    pub const CRON: &'static str = "*/5 * * * * read_calendars";
}

impl Job for ReadCalendars {
    const IDENTIFIER: &'static str = "read_calendars";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let (sealer, outbound): (&Arc<Sealer>, &Outbound) = (job::shared(&context)?, job::shared(&context)?);
        let read = service::read_due(&tools.database, &tools.world, sealer, outbound).await.map_err(failed)?;
        if read > 0 {
            tracing::info!(read, "read calendars of experts");
        }
        Ok::<_, JobError>(())
    }
}

/// Pays for a booking that waited for money.
#[derive(Debug, Serialize, Deserialize)]
pub struct PayAwaiting {
    /// Which.
    pub booking: BookingId,
}

impl Job for PayAwaiting {
    const IDENTIFIER: &'static str = "experts_pay_awaiting";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        service::pay_awaiting(&tools.database, &tools.world, self.booking).await.map_err(failed)
    }
}

/// Writes a letter to one of both who meet, and has it sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteLetter {
    /// What about.
    pub about: About,
    /// Which booking.
    pub booking: BookingId,
    /// To whom.
    pub to: Party,
}

impl Job for WriteLetter {
    const IDENTIFIER: &'static str = "experts_letter";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        letter::write(&tools.database, &tools.world.cx(()), &tools.public_url, &self).await.map_err(failed)
    }
}

/// Tells somebody on a waiting list what is kept for them.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteOffer {
    /// Whose time.
    pub expert: AccountId,
    /// For whom.
    pub account: AccountId,
    /// When the call would begin.
    pub starts_at: DateTime<Utc>,
    /// Until when it is kept.
    pub until: DateTime<Utc>,
}

impl Job for WriteOffer {
    const IDENTIFIER: &'static str = "experts_offer";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        letter::write_offer(&tools.database, &tools.world.cx(()), &tools.public_url, &self).await.map_err(failed)
    }
}
