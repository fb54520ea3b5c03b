//! Administrators give money back.

use kernel::{Actor, InvoiceId, PaymentId, ReturnId};
use platform::{
    Cx, Database, Tx, World,
    job::{self, When},
    payments::{NewRefund, PaymentError, PaymentProvider, ProviderName},
};

use super::{
    admins_only, fulfil,
    invoicing::{self, Server},
    provider, renew, settle,
};
use crate::{
    CancelReason, Error,
    command::GiveBack,
    job::SendRefund,
    letter::{self, About},
    news::Of,
    store::{
        payments,
        refunds::{self, New},
    },
};

/// Gives money of a paid invoice back with a credit note, into the wallet or to the card that paid, and never more than
/// was paid. When all of it is given back, what it gave is taken away. With a key that was used before for the same,
/// gives the credit note of that time.
///
/// # Errors
/// When the actor is no administrator, less of the invoice or of its card payment is left, or the key was used for
/// something else.
pub async fn give_back(
    database: &Database,
    tx: &mut Tx,
    cx: &Cx<Actor>,
    provider: ProviderName,
    give: &GiveBack,
) -> Result<InvoiceId, Error> {
    admins_only(database.pool(), cx.actor).await?;
    let server = renew::server(cx);
    // The payment is held first, as the news of it do.
    let payment = match give.to_card {
        true => Some(payment_of(tx, provider, give.invoice).await?),
        false => None,
    };
    let invoice = fulfil::hold_by_id(tx, give.invoice).await?.ok_or(Error::NoSuchInvoice)?;
    if let Some((note, amount, to_card)) = refunds::by_key(tx, invoice.id, give.key.as_str()).await? {
        return if (amount, to_card) == (give.amount.money(), give.to_card) { Ok(note) } else { Err(Error::KeyReused) };
    }
    if give.amount.currency() != invoice.total.currency {
        let (left, right) = (invoice.total.currency, give.amount.currency());
        return Err(kernel::MoneyError::OtherCurrency { left, right }.into());
    }
    if let Some((_, left)) = payment.filter(|(_, left)| *left < give.amount.minor()) {
        let left = kernel::Money::new(left, invoice.total.currency);
        return Err(Error::OverRefund { left });
    }
    invoicing::hold_series(tx, &server).await?;
    let note = invoicing::credit(tx, &server, &invoice, give.amount.money(), &give.reason).await?;
    let new = New {
        id: cx.id(),
        invoice: invoice.id,
        credit_note: note,
        payment: payment.map(|(id, _)| id),
        amount: give.amount.money(),
        reason: &give.reason,
        key: give.key.as_str(),
        now: cx.now(),
    };
    refunds::insert(tx, &new).await?;
    if give.amount.minor() == invoice.left().minor {
        fulfil::undo(tx, &server, &invoice, CancelReason::Refunded).await?;
    }
    if let Some((id, _)) = payment {
        asked_back(tx, &server, provider, id).await?;
        let when = When { key: Some(format!("refund:{}", new.id)), ..When::default() };
        job::enqueue(tx, &SendRefund { refund: new.id }, when).await?;
    }
    letter::enqueue(tx, About::CreditNote(note)).await?;
    Ok(note)
}

/// The card payment that paid an invoice, and what of it can still go back, in minor units.
async fn payment_of(tx: &mut Tx, provider: ProviderName, invoice: InvoiceId) -> Result<(PaymentId, i64), Error> {
    let id = payments::that_paid(tx, invoice).await?.ok_or(Error::NotByCard)?;
    let of = Of { payment: Some(id), reference: None };
    let payment = payments::lock(tx, provider.as_str(), &of).await?.ok_or(Error::NotByCard)?;
    let gone = payment.known.undone(payments::asked_back(tx, id).await?);
    Ok((id, payment.known.received - gone))
}

/// Lets the ledger have what was asked to go back, or no longer is.
async fn asked_back(tx: &mut Tx, cx: &Server, provider: ProviderName, payment: PaymentId) -> Result<(), Error> {
    let of = Of { payment: Some(payment), reference: None };
    settle::hear(tx, cx, provider, &of, cx.now(), settle::Heard::AskedBack).await
}

/// Asks the provider to give money back. Run again, it asks again with the same key, which gives it back once.
///
/// # Errors
/// When the provider doesn't answer: then it has to be run again.
pub async fn send_refund(
    database: &Database,
    world: &World,
    asked_of: &dyn PaymentProvider,
    id: ReturnId,
) -> Result<(), Error> {
    let cx = world.cx(None::<Actor>);
    let mut tx = database.begin().await?;
    let Some(refund) = refunds::lock(&mut tx, id).await?.filter(|refund| refund.waits) else { return Ok(()) };
    let of = Of { payment: Some(refund.payment), reference: None };
    let payment = payments::lock(&mut tx, asked_of.name().as_str(), &of).await?.ok_or(Error::NoSuchPayment)?;
    drop(tx);
    let known = payment.reference.ok_or(Error::NoSuchPayment)?;
    if provider::is_forgotten(&cx, refund.created_at) {
        // It won't be asked again: what went back in all says whether this did.
        let went_back = asked_of.payment(&known).await?.refunded.unwrap_or(0);
        let mut tx = database.begin().await?;
        let asked = payments::asked_back(&mut tx, refund.payment).await?.asked;
        let failure = (went_back < asked).then_some("The payment provider gave no answer.");
        ended(&mut tx, &cx, asked_of.name(), id, None, failure).await?;
        return Ok(tx.commit().await?);
    }
    let asked = NewRefund { payment: known, amount: refund.amount };
    let (reference, failure) = match asked_of.refund(&asked, &format!("refund:{id}")).await {
        Ok(snapshot) if snapshot.failed => (Some(snapshot.reference), Some("The bank refused it.".to_owned())),
        Ok(snapshot) => (Some(snapshot.reference), None),
        Err(PaymentError::Refused { message, .. }) => (None, Some(message)),
        Err(error) => return Err(error.into()),
    };
    let mut tx = database.begin().await?;
    ended(&mut tx, &cx, asked_of.name(), id, reference.as_deref(), failure.as_deref()).await?;
    Ok(tx.commit().await?)
}

/// Money did not get back to its card: it stays in the wallet.
pub(super) async fn failed(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    reference: &str,
    reason: &str,
) -> Result<(), Error> {
    let id = refunds::by_reference(tx, reference).await?.ok_or_else(|| Error::Unknown(reference.to_owned()))?;
    ended(tx, cx, provider, id, None, Some(reason)).await
}

async fn ended(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    id: ReturnId,
    reference: Option<&str>,
    failure: Option<&str>,
) -> Result<(), Error> {
    let Some(refund) = refunds::lock(tx, id).await? else { return Ok(()) };
    refunds::end(tx, id, reference, failure, cx.now()).await?;
    if failure.is_some() {
        tracing::warn!(refund = %id, failure, "money did not get back to its card");
        asked_back(tx, cx, provider, refund.payment).await?;
    }
    Ok(())
}
