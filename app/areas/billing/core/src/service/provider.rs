//! Asking the payment provider. It is written down before it is asked, and asked again with the same key as often as it
//! doesn't answer, so nothing is charged twice.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, PaymentId, PaymentStatus};
use platform::{
    Database, Tx, World,
    job::{self, When},
    payments::{NewCharge, NewCustomer, PaymentError, PaymentProvider, ProviderName},
};

use super::{invoicing::Server, settle};
use crate::{
    Error,
    job::ChargeCard,
    news::Of,
    store::{
        customers,
        invoices::Held,
        payments::{self, New},
    },
};

/// What the provider calls somebody; they are made known to it when they aren't yet.
pub(super) async fn customer(
    database: &Database,
    world: &World,
    payments: &dyn PaymentProvider,
    account: AccountId,
) -> Result<String, Error> {
    let (pool, provider) = (database.pool(), payments.name().as_str());
    if let Some(reference) = customers::of(pool, account, provider).await?.reference {
        return Ok(reference);
    }
    let reference =
        payments.create_customer(&known_as(database, account).await?, &format!("customer:{account}")).await?;
    customers::set_reference(pool, account, provider, &reference, world.now()).await?;
    Ok(reference)
}

/// Somebody, as the provider is to know them.
pub(super) async fn known_as(database: &Database, account: AccountId) -> Result<NewCustomer, Error> {
    let (email, name) = identity_core::service::mail_address(database.pool(), account)
        .await?
        .ok_or(Error::NotNow("Only people can pay by card or be paid out. An agent's owner does it for the agent."))?;
    Ok(NewCustomer { account, email: email.as_str().to_owned(), name })
}

/// Has an open invoice charged to the card that was left.
pub(super) async fn charge_invoice(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    invoice: &Held,
) -> Result<(), Error> {
    let customer = customers::of(&mut **tx, invoice.account, provider.as_str()).await?;
    let card = customer.card.ok_or(Error::NoCard)?;
    let new = New {
        id: cx.id(),
        account: invoice.account,
        checkout: None,
        invoice: Some(invoice.id),
        provider: provider.as_str(),
        card: Some(&card.reference),
        entered_on: None,
        description: &format!("Invoice {}", invoice.number),
        amount: invoice.total,
        now: cx.now(),
    };
    // When one is under way, its end is waited for.
    if payments::insert(tx, &new).await? {
        enqueue_charge(tx, new.id).await?;
    }
    Ok(())
}

/// Providers remember keys for a day. What got no answer for so long is not asked again, because it could happen twice.
pub(super) fn is_forgotten(cx: &Server, since: DateTime<Utc>) -> bool {
    cx.now() - since >= TimeDelta::hours(20)
}

/// Has a payment charged to its card, if and after the transaction is committed.
pub(super) async fn enqueue_charge(tx: &mut Tx, payment: PaymentId) -> Result<(), Error> {
    let when = When { key: Some(format!("charge:{payment}")), ..When::default() };
    Ok(job::enqueue(tx, &ChargeCard { payment }, when).await?)
}

/// Charges a card that was left. Run again, it asks the provider again with the same key, which charges once.
///
/// # Errors
/// When the provider doesn't answer: then it has to be run again.
pub async fn charge_card(
    database: &Database,
    world: &World,
    provider: &dyn PaymentProvider,
    id: PaymentId,
) -> Result<(), Error> {
    let cx = world.cx(None::<Actor>);
    let of = Of { payment: Some(id), reference: None };
    let mut tx = database.begin().await?;
    let payment = payments::lock(&mut tx, provider.name().as_str(), &of).await?.ok_or(Error::NoSuchPayment)?;
    // Not held while the provider is asked, which takes seconds.
    let owed = payments::is_owed(&mut tx, id).await?;
    drop(tx);
    let waits = payment.known.status.1 == PaymentStatus::Waiting;
    let Some(card) = payment.card.filter(|_| waits) else { return Ok(()) };
    let created_at = payment.created_at;
    if is_forgotten(&cx, created_at) {
        let heard = what_became_of(provider, id, created_at).await?;
        return write_down(database, &cx, provider.name(), of, created_at, heard).await;
    }
    if !owed {
        // Meanwhile it was paid otherwise, given up, or has expired. Nothing was charged, as far as we know; if it was, the
        // provider's news of it say so, and the money comes into the wallet.
        let heard =
            settle::Heard::Status { status: PaymentStatus::Canceled, received: Some(0), card: None, failure: None };
        return write_down(database, &cx, provider.name(), of, created_at, heard).await;
    }
    let charge = NewCharge {
        payment: id,
        customer: customer(database, world, provider, payment.account).await?,
        card,
        amount: payment.amount,
        description: payment.description,
    };
    let (of, heard) = match provider.charge(&charge, &format!("charge:{id}")).await {
        Ok(snapshot) => {
            let of = Of { payment: Some(id), reference: Some(snapshot.reference.clone()) };
            (of, settle::Heard::of(snapshot))
        }
        Err(PaymentError::Refused { code, message }) => {
            tracing::warn!(payment = %id, %message, "a charge was refused");
            let code = code.unwrap_or_else(|| "refused".to_owned());
            let failure = Some(platform::payments::Failure { code, message });
            let status = PaymentStatus::Failed;
            (of, settle::Heard::Status { status, received: Some(0), card: None, failure })
        }
        Err(error) => return Err(error.into()),
    };
    // The answer may be one that was given before, so any news of the payment are newer.
    write_down(database, &cx, provider.name(), of, created_at, heard).await
}

pub(super) async fn write_down(
    database: &Database,
    cx: &Server,
    provider: ProviderName,
    of: Of,
    at: DateTime<Utc>,
    heard: settle::Heard,
) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    settle::hear(&mut tx, cx, provider, &of, at, heard).await?;
    Ok(tx.commit().await?)
}

/// What a provider has of a payment for which it gave no answer for so long that it won't be asked again: when it has
/// nothing, nothing was charged, and nothing will be.
async fn what_became_of(
    provider: &dyn PaymentProvider,
    id: PaymentId,
    created_at: DateTime<Utc>,
) -> Result<settle::Heard, Error> {
    let (from, to) = (created_at - TimeDelta::minutes(5), created_at + TimeDelta::hours(21));
    let mut after = None;
    loop {
        let page = provider.payments_between(from, to, after.as_deref()).await?;
        if let Some(found) = page.payments.into_iter().find(|it| it.payment == Some(id)) {
            return Ok(settle::Heard::of(found));
        }
        after = page.next;
        if after.is_none() {
            let message = "The payment provider gave no answer.".to_owned();
            let failure = Some(platform::payments::Failure { code: "no_answer".to_owned(), message });
            return Ok(settle::Heard::Status { status: PaymentStatus::Failed, received: Some(0), card: None, failure });
        }
    }
}
