//! The sandbox's own pages. Whoever has the address of one may use it, signed in or not, as it is with other providers.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe::local, parse},
    crate::routes,
    kernel::{Problem, ProblemKind},
    payments_sandbox::{
        ACCOUNTS, Sandbox,
        cards::CARDS,
        page::{CardForm, Next, PageKind, PageState},
    },
    platform::rate_limit::Limit,
    web::server::Server,
};

/// What one account, or one address, may send on pages of the sandbox.
#[cfg(not(target_arch = "wasm32"))]
const SANDBOX: Limit = Limit::per("billing.sandbox", 120, 600);

/// The sandbox, where it is in use.
#[cfg(not(target_arch = "wasm32"))]
fn sandbox(server: &Server) -> Result<&Sandbox, Failure> {
    server.sandbox.as_ref().ok_or_else(|| Failure::from(Problem::not_found("page")))
}

/// A page of the sandbox.
#[server(prefix = "/api", endpoint = "billing/sandbox_page", input = GetUrl, output = Json)]
pub async fn sandbox_page(
    /// What the sandbox calls it.
    reference: String,
) -> Result<dto::Sandbox, Failure> {
    let server = Server::current()?;
    let page = sandbox(&server)?.open_page(&reference).await.map_err(Failure::from)?;
    let cards = || CARDS.iter().map(|card| trial(card.number, card.does)).collect();
    let accounts = || ACCOUNTS.iter().map(|account| trial(account.iban, account.does)).collect();
    let (kind, trials) = match page.kind {
        PageKind::Payment => (dto::SandboxKind::Payment, cards()),
        PageKind::Card => (dto::SandboxKind::Card, cards()),
        PageKind::PayoutAccount => (dto::SandboxKind::PayoutAccount, accounts()),
    };
    let state = match page.state {
        PageState::Open if page.confirming => dto::SandboxState::Confirming,
        PageState::Open => dto::SandboxState::Open,
        PageState::Done => dto::SandboxState::Done,
        PageState::Expired => dto::SandboxState::Expired,
    };
    Ok(dto::Sandbox {
        kind,
        state,
        amount: page.amount,
        description: page.description,
        keep_card: page.keep_card,
        done: local(&server, page.success_url.as_str()),
        cancel: local(&server, page.cancel_url.as_str()),
        reference: page.reference,
        trials,
    })
}

/// A number in groups of four.
#[cfg(not(target_arch = "wasm32"))]
fn trial(number: &str, does: &str) -> dto::Trial {
    let groups: Vec<&str> = number.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    dto::Trial { number: groups.join(" "), does: does.to_owned() }
}

/// Pays with a test card, or leaves it.
#[server(prefix = "/api", endpoint = "billing/submit_card")]
pub async fn submit_card(
    #[server(default)] reference: String,
    #[server(default)] number: String,
    #[server(default)] expiry: String,
    #[server(default)] cvc: String,
    #[server(default)] name: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(SANDBOX).await?;
    let form = CardForm { number, expiry, cvc, name };
    let next = sandbox(&server)?.submit_card(&reference, &form).await.map_err(Failure::from)?;
    go_on(&server, &reference, next)
}

/// Answers for a card's owner to their bank: `approve` or `refuse`.
#[server(prefix = "/api", endpoint = "billing/confirm_card")]
pub async fn confirm_card(
    #[server(default)] reference: String,
    #[server(default)] answer: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(SANDBOX).await?;
    let approve = match answer.as_str() {
        "approve" => true,
        "refuse" => false,
        _ => return Err(parse::unreadable()),
    };
    match sandbox(&server)?.confirm(&reference, approve).await.map_err(Failure::from)? {
        Next::Declined { .. } => Ok(Outcome::Go(routes::sandbox(&reference, Some("refused")))),
        next => go_on(&server, &reference, next),
    }
}

/// Says to which test account payouts go.
#[server(prefix = "/api", endpoint = "billing/submit_payout_account")]
pub async fn submit_payout_account(
    #[server(default)] reference: String,
    #[server(default)] iban: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(SANDBOX).await?;
    let next = sandbox(&server)?.submit_payout_account(&reference, &iban).await.map_err(Failure::from)?;
    go_on(&server, &reference, next)
}

/// Where it goes on after something was done on a page.
#[cfg(not(target_arch = "wasm32"))]
fn go_on(server: &Server, reference: &str, next: Next) -> Result<Outcome, Failure> {
    match next {
        Next::Back(url) => Ok(Outcome::Go(local(server, url.as_str()))),
        Next::Confirm => Ok(Outcome::Go(routes::sandbox(reference, Some("confirm")))),
        Next::Declined { message, code } => Err(Failure::from(match code.as_str() {
            "incorrect_cvc" => Problem::field("cvc", message),
            "expired_card" => Problem::field("expiry", message),
            _ => Problem::new(ProblemKind::Invalid, format!("{message} Another card can be tried.")),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::trial;

    #[test]
    fn numbers_stand_in_groups() {
        assert_eq!(trial("4242424242424242", "").number, "4242 4242 4242 4242");
        assert_eq!(trial("DE89370400440532013000", "").number, "DE89 3704 0044 0532 0130 00");
    }
}
