//! Earnings go to banks.

use kernel::{AccountId, Actor, Id};
use money_core::{MarkPayout, PayoutNews};
use platform::{
    Cx, Database, World,
    payments::{HostedPage, NewPayout, PaymentError, PaymentProvider},
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use url::Url;
use uuid::Uuid;

use super::provider;
use crate::{Error, store::payout_accounts};

/// How many payouts are looked up at a time.
const PAGE: i64 = 100;

/// Whether somebody's payouts have somewhere to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutDestination {
    /// They have not said where.
    Missing,
    /// They have begun to, or it is being looked at.
    Incomplete,
    /// Payouts can go there.
    Ready,
}

/// Whether the actor's payouts have somewhere to go.
///
/// # Errors
/// When the database fails.
pub async fn payout_destination(
    pool: &PgPool,
    actor: Actor,
    payments: &dyn PaymentProvider,
) -> Result<PayoutDestination, Error> {
    let to = payout_accounts::of(pool, actor.account, payments.name().as_str()).await?;
    Ok(match to {
        None => PayoutDestination::Missing,
        Some(to) if to.enabled => PayoutDestination::Ready,
        Some(_) => PayoutDestination::Incomplete,
    })
}

/// A page of the provider's on which the actor says where payouts go.
///
/// # Errors
/// When the provider refuses or doesn't answer.
pub async fn set_up_payouts(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    return_url: &Url,
) -> Result<HostedPage, Error> {
    let reference = account_of(database, &cx.world, payments, cx.actor.account).await?;
    Ok(payments.host_payout_account(&reference, return_url).await?)
}

async fn account_of(
    database: &Database,
    world: &World,
    payments: &dyn PaymentProvider,
    account: AccountId,
) -> Result<String, Error> {
    let (pool, provider) = (database.pool(), payments.name().as_str());
    if let Some(to) = payout_accounts::of(pool, account, provider).await? {
        return Ok(to.reference);
    }
    let owner = provider::known_as(database, account).await?;
    let reference = payments.create_payout_account(&owner, &format!("payout_account:{account}")).await?;
    payout_accounts::set(pool, account, provider, &reference, world.now()).await?;
    Ok(reference)
}

/// Hands over the payouts that were asked for and have somewhere to go. Run again, it asks again with the same keys,
/// which sends each once. Returns how many were handed over.
///
/// # Errors
/// When the list can't be read; a payout that fails is logged and left for the next time.
pub async fn send_payouts(database: &Database, world: &World, payments: &dyn PaymentProvider) -> Result<u64, Error> {
    let mut after = Id::from_uuid(Uuid::nil());
    let mut sent = 0;
    loop {
        let page = money_core::service::payouts_to_send(database.pool(), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(sent) };
        after = last.id;
        for payout in page {
            match send(database, world, payments, &payout).await {
                Ok(true) => sent += 1,
                Ok(false) => {}
                Err(error) => tracing::warn!(payout = %payout.id, %error, "a payout could not be handed over"),
            }
        }
    }
}

async fn send(
    database: &Database,
    world: &World,
    payments: &dyn PaymentProvider,
    payout: &money_core::PayoutView,
) -> Result<bool, Error> {
    let to = payout_accounts::of(database.pool(), payout.account, payments.name().as_str()).await?;
    let Some(to) = to.filter(|to| to.enabled) else { return Ok(false) };
    let asked_at = payout_accounts::asked_at(database.pool(), payout.id, world.now()).await?;
    if provider::is_forgotten(&world.cx(None), asked_at) {
        return Err(Error::Forgotten);
    }
    let new = NewPayout { payout: payout.id, account: to.reference, amount: payout.amount };
    let news = match payments.pay_out(&new, &format!("payout:{}", payout.id)).await {
        Ok(_) => PayoutNews::Sent,
        Err(PaymentError::Refused { message, .. }) => PayoutNews::Failed { reason: message },
        Err(error) => return Err(error.into()),
    };
    let mut tx = database.begin().await?;
    let mark = MarkPayout { payout: payout.id, news };
    money_core::service::mark_payout(&mut tx, &world.cx(None::<Actor>), &mark).await?;
    tx.commit().await?;
    Ok(true)
}
