//! The payment provider that the settings choose, and what it tells us.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use kernel::Problem;
use payments_sandbox::{Inbox, Sandbox};
use payments_stripe::Stripe;
use platform::{
    Config, Database, World,
    config::PaymentsConfig,
    job::{Shared, WorkerOptions},
    payments::{Payments, signature},
    rate_limit::Limit,
};
use web::server::Visit;

use crate::{app::App, problem::HttpProblem};

/// Webhooks that one address may send with a signature that is not right.
const WRONG: Limit = Limit::per("webhook_refused", 60, 60);

/// The payment provider in use; the sandbox, when it is that.
#[derive(Clone)]
pub struct Provider {
    /// Whoever it is.
    pub payments: Payments,
    /// The sandbox, whose pages are served by ourselves.
    pub sandbox: Option<Sandbox>,
    inbox: Inbox,
}

impl Provider {
    /// Opens the payment provider that the settings choose.
    ///
    /// # Errors
    /// When it can't be used with these settings, or the database fails.
    pub async fn open(
        config: &Config,
        database: &Database,
        world: &World,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (payments, sandbox): (Payments, _) = match &config.payments {
            PaymentsConfig::Sandbox => {
                let sandbox = Sandbox::open(database, world, &config.public_url).await?;
                (Arc::new(sandbox.clone()), Some(sandbox))
            }
            PaymentsConfig::Stripe { secret_key, webhook_secrets, api_base, card_form } => {
                let stripe = Stripe::new(secret_key.clone(), webhook_secrets.clone(), api_base.clone())?;
                (Arc::new(stripe.with_card_form(card_form.as_deref().cloned())), None)
            }
        };
        let inbox = inbox(database.clone(), world.clone(), Arc::clone(&payments));
        Ok(Self { payments, sandbox, inbox })
    }

    /// Gives jobs what they need of it.
    pub fn give(self, options: WorkerOptions) -> WorkerOptions {
        let options = options.add_extension(Shared::new(self.payments)).add_extension(Shared::new(self.inbox));
        match self.sandbox {
            Some(sandbox) => options.add_extension(Shared::new(sandbox)),
            None => options,
        }
    }
}

/// What the sandbox's webhooks are delivered to: the same as what the endpoint does with those that come over the
/// network.
fn inbox(database: Database, world: World, payments: Payments) -> Inbox {
    Inbox::new(move |header, body| {
        let (database, world, payments) = (database.clone(), world.clone(), Arc::clone(&payments));
        async move {
            let taken = billing_core::service::receive(&database, &world, payments.as_ref(), &header, &body).await;
            taken.map_err(|error| error.to_string())
        }
    })
}

/// Takes what the payment provider tells: `POST /webhooks/stripe`. It is answered once it is stored; it is handled by a
/// job.
pub async fn webhook(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, HttpProblem> {
    let state = &app.state;
    if provider != state.payments.name().as_str() {
        return Err(Problem::not_found("webhook endpoint").into());
    }
    let header = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let taken =
        billing_core::service::receive(&state.database, &state.world, state.payments.as_ref(), header, &body).await;
    match taken {
        Ok(()) => Ok(StatusCode::OK),
        Err(error) => {
            tracing::warn!(%error, "a webhook was not taken");
            state.limit_by(WRONG, &visit.device.network()).await?;
            Err(Problem::from(error).into())
        }
    }
}
