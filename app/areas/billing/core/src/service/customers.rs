//! Who pays, and with what.

use kernel::{AccountId, Actor};
use platform::{
    Cx, Database, Tx,
    payments::{HostedPage, PaymentProvider, ProviderName},
};
use sqlx::PgPool;
use url::Url;

use super::{may_see, provider};
use crate::{CustomerView, Error, command::BillTo, store::customers};

/// What stands on somebody's invoices, and the card they left, for themselves or an administrator.
///
/// # Errors
/// When they are somebody else's.
pub async fn customer(
    pool: &PgPool,
    actor: Actor,
    provider: ProviderName,
    account: AccountId,
) -> Result<CustomerView, Error> {
    if !may_see(pool, actor, account).await? {
        return Err(Error::NotAdmin);
    }
    Ok(customers::of(pool, account, provider.as_str()).await?.into())
}

/// Writes down what stands on the actor's invoices from now on.
///
/// # Errors
/// When the database fails.
pub async fn set_bill_to(tx: &mut Tx, cx: &Cx<Actor>, bill: &BillTo) -> Result<(), Error> {
    customers::set_bill_to(tx, cx.actor.account, bill, cx.now()).await
}

/// A page on which the actor leaves another card.
///
/// # Errors
/// When the provider refuses or doesn't answer.
pub async fn leave_card(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    return_url: &Url,
    key: &str,
) -> Result<HostedPage, Error> {
    let account = cx.actor.account;
    let customer = provider::customer(database, &cx.world, payments, account).await?;
    Ok(payments.host_card(&customer, return_url, &format!("card:{account}:{key}")).await?)
}

/// Forgets the card that the actor left, here and at the provider's.
///
/// # Errors
/// When there is none, or the provider doesn't answer.
pub async fn forget_card(database: &Database, cx: &Cx<Actor>, payments: &dyn PaymentProvider) -> Result<(), Error> {
    let provider = payments.name().as_str();
    let customer = customers::of(database.pool(), cx.actor.account, provider).await?;
    let card = customer.card.ok_or(Error::NoCard)?;
    payments.forget_card(&card.reference).await?;
    let mut tx = database.begin().await?;
    customers::forget_card(&mut tx, provider, &card.reference, cx.now()).await?;
    Ok(tx.commit().await?)
}
