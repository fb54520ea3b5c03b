//! One function per use case. What changes something takes the caller's transaction, the context and a command; the
//! caller commits. What only reads takes the pool and the actor. What asks the payment provider takes the database: it
//! writes down what it is about to ask before it asks, and what came of it afterwards, so that nothing is lost or done
//! twice when the answer doesn't come.
//!
//! Money that comes from a card goes through the wallet: it is put in, and what is bought is paid from it, in one
//! transaction. So there is one way of paying, and nothing is owed for money that came too late for what it was for.
//!
//! Rows are held in one order: a payment, its checkout, a subscription, its invoice, the series of
//! numbers, and the ledger's accounts last.

mod card_form;
mod catalogue;
mod checkout;
mod credits;
mod customers;
mod entitlements;
mod fulfil;
mod invoicing;
mod manage;
mod overview;
mod payouts;
mod provider;
mod read;
mod reconcile;
mod refunds;
mod renew;
mod settle;
mod webhooks;

pub use card_form::{CardForm, cancel_forms, card_form};
pub use catalogue::{price_history, product, products, retire_price, save_product, set_price};
pub use checkout::{checkout, expire_checkouts, open_page, start};
pub use credits::{balances, expire_reservations, give_credits, release, reserve, use_reserved};
pub use customers::{customer, forget_card, leave_card, set_bill_to};
pub use entitlements::{entitlement, entitlements};
pub use manage::{change_preview, manage, schedule_change};
pub use overview::{Overview, overview};
pub use payouts::{PayoutDestination, payout_destination, send_payouts, set_up_payouts};
pub use provider::charge_card;
pub use read::{
    PurchaseView, invoice, invoices, payments, purchases, subscription, subscription_invoices, subscriptions,
    subscriptions_in, timeline,
};
pub use reconcile::{reconcile, reconciliations};
pub use refunds::{give_back, send_refund};
pub use renew::run_due;
pub use webhooks::{MOST_TRIES, handle, receive, replay, webhooks};

use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor};
use sqlx::PgPool;

use crate::Error;

/// Whether something is the actor's own.
fn is_own(actor: Actor, owner: AccountId) -> bool {
    gate::decide(Some(&actor), Action::Edit, &Guarded::private(owner)).is_ok()
}

/// Whether the actor may see something of somebody's: it is their own, or they administer this server.
async fn may_see(pool: &PgPool, actor: Actor, owner: AccountId) -> Result<bool, Error> {
    Ok(is_own(actor, owner) || is_admin(pool, actor).await?)
}

async fn is_admin(pool: &PgPool, actor: Actor) -> Result<bool, Error> {
    Ok(identity_core::service::is_admin(pool, actor.account).await?)
}

/// Lets nobody but administrators go on.
async fn admins_only(pool: &PgPool, actor: Actor) -> Result<(), Error> {
    if is_admin(pool, actor).await? { Ok(()) } else { Err(Error::NotAdmin) }
}
