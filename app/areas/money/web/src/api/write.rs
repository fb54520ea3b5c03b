//! What forms send.

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    crate::routes,
    kernel::{Currency, Problem},
    money_core::{Amount, Error, command, service},
    platform::rate_limit::Limit,
    web::server::Server,
};

/// Requests for a payout of one account.
#[cfg(not(target_arch = "wasm32"))]
const REQUESTS: Limit = Limit::per("payout", 20, 3600);

/// Asks for a payout of what was earned.
#[server(prefix = "/api", endpoint = "money/request_payout")]
pub async fn request_payout(
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(REQUESTS).await?;
    let unknown = |error: kernel::UnknownCurrency| Failure::from(Problem::field("currency", error.to_string()));
    let currency: Currency = currency.parse().map_err(unknown)?;
    let request = command::RequestPayout {
        amount: Amount::parse(&amount, currency).map_err(|error| Failure::from(Error::Amount(error)))?,
        key: key.parse().map_err(|error| Failure::from(Error::Key(error)))?,
    };
    let mut tx = server.begin().await?;
    service::request_payout(&mut tx, &cx, &request).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?requested=yes", routes::PAYOUTS)))
}
