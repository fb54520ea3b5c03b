//! What runs by itself.

use kernel::{PaymentId, PayoutId, ReturnId, WebhookId};
use platform::{
    job::{self, Job, JobDefinition, JobError, Tools, WorkerContext},
    payments::Payments,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    letter::{self, About},
    service,
};

/// The kinds of job of this area.
pub fn jobs() -> Vec<JobDefinition> {
    vec![
        RunBilling::definition(),
        Reconcile::definition(),
        ChargeCard::definition(),
        SendRefund::definition(),
        HandleWebhook::definition(),
        TakeBackPayout::definition(),
        WriteLetter::definition(),
    ]
}

/// What the jobs of this area work with.
fn given(context: &WorkerContext) -> Result<(&Tools, &Payments), JobError> {
    Ok((job::shared(context)?, job::shared(context)?))
}

fn failed(error: Error) -> JobError {
    match error {
        Error::Database(error) => JobError::Database(error),
        other => JobError::Other(format!("{other}")),
    }
}

/// Does what is due: periods that end, payments that are tried again, checkouts and reservations that expire, forms for cards
/// that are taken back, payouts that go out. The crontab runs it; running it twice, also at the same time, does no harm.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunBilling;

impl RunBilling {
    /// The line of the crontab: every minute.
    pub const CRON: &'static str = "* * * * * run_billing";
}

impl Job for RunBilling {
    const IDENTIFIER: &'static str = "run_billing";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let (tools, payments) = given(&context)?;
        let (database, world) = (&tools.database, &tools.world);
        let renewed = service::run_due(database, world, payments.name()).await.map_err(failed)?;
        let expired = service::expire_checkouts(database, world).await.map_err(failed)?;
        let taken_back = service::cancel_forms(database, world, payments.as_ref()).await.map_err(failed)?;
        let released = service::expire_reservations(database, world).await.map_err(failed)?;
        let sent = service::send_payouts(database, world, payments.as_ref()).await.map_err(failed)?;
        if renewed + expired + taken_back + released + sent > 0 {
            tracing::info!(renewed, expired, taken_back, released, sent, "did what was due for billing");
        }
        Ok::<_, JobError>(())
    }
}

/// Holds the payment provider's payments against ours.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reconcile;

impl Reconcile {
    /// The line of the crontab: every night.
    pub const CRON: &'static str = "23 3 * * * reconcile_payments";
}

impl Job for Reconcile {
    const IDENTIFIER: &'static str = "reconcile_payments";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let (tools, payments) = given(&context)?;
        service::reconcile(&tools.database, &tools.world, payments.as_ref()).await.map_err(failed)?;
        Ok::<_, JobError>(())
    }
}

/// Charges a card that was left.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChargeCard {
    /// For which payment.
    pub payment: PaymentId,
}

impl Job for ChargeCard {
    const IDENTIFIER: &'static str = "charge_card";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let (tools, payments) = given(&context)?;
        let (database, world) = (&tools.database, &tools.world);
        service::charge_card(database, world, payments.as_ref(), self.payment).await.map_err(failed)
    }
}

/// Asks the payment provider to give money back.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendRefund {
    /// Which.
    pub refund: ReturnId,
}

impl Job for SendRefund {
    const IDENTIFIER: &'static str = "send_refund";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let (tools, payments) = given(&context)?;
        let (database, world) = (&tools.database, &tools.world);
        service::send_refund(database, world, payments.as_ref(), self.refund).await.map_err(failed)
    }
}

/// Takes back from the provider what came back from a bank.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakeBackPayout {
    /// Which payout.
    pub payout: PayoutId,
}

impl Job for TakeBackPayout {
    const IDENTIFIER: &'static str = "take_back_payout";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let payments: &Payments = job::shared(&context)?;
        payments.take_back_payout(self.payout).await.map_err(|error| JobError::Other(error.to_string()))
    }
}

/// Handles what the payment provider told.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandleWebhook {
    /// The event.
    pub event: WebhookId,
}

impl Job for HandleWebhook {
    const IDENTIFIER: &'static str = "handle_webhook";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let (tools, payments) = given(&context)?;
        service::handle(&tools.database, &tools.world, payments.name(), self.event).await.map_err(failed)
    }
}

/// Writes a letter and has it sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteLetter {
    /// What about.
    pub about: About,
}

impl Job for WriteLetter {
    const IDENTIFIER: &'static str = "billing_letter";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        letter::write(&tools.database, &tools.world.cx(()), &tools.public_url, &self.about).await.map_err(failed)
    }
}
