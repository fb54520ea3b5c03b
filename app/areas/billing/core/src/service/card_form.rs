//! Paying with a form for cards on our own page.
//!
//! The provider is asked for a payment, and gives a secret with which the browser makes a card pay it. Where a card is entered
//! is written down before the provider is asked, with the payment's row held: of a form and a page one comes first, and the
//! other finds it there. So a checkout is never offered in two places at once.

use kernel::{Actor, CheckoutId, PaymentId, PaymentStatus};
use platform::{
    Cx, Database, World,
    config::Secret,
    payments::{BegunPayment, NewPayment, PaymentProvider},
};

use super::{
    checkout::{self, checkout},
    provider,
    settle::Heard,
};
use crate::{
    CheckoutState, EnteredOn, Error,
    news::Of,
    store::{
        checkouts,
        payments::{self, Held, New},
    },
};

/// How far back forms are looked for that nobody is to pay with any more.
const LOOKED_FOR: chrono::TimeDelta = chrono::TimeDelta::days(3);

/// What the form of an open checkout is told when somebody presses its button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardForm {
    /// A card can pay with this.
    Ready(Secret),
    /// It is paid already, or paid on a page, or over: the checkout says which.
    Elsewhere,
}

/// What the browser makes a card pay an open checkout with. Asked again it is the same payment, which can be made once.
///
/// # Errors
/// When it is somebody else's or has expired, it can't be had any more for that total, or the provider refuses or doesn't
/// answer.
pub async fn card_form(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    id: CheckoutId,
) -> Result<CardForm, Error> {
    let view = checkout(database.pool(), cx.actor, id).await?;
    if view.state != CheckoutState::Open || payments.card_form().is_none() {
        return Ok(CardForm::Elsewhere);
    }
    if view.expires_at <= cx.now() {
        return Err(Error::CheckoutOver);
    }
    let Some(payment) = on_form(database, cx, payments, id).await? else { return Ok(CardForm::Elsewhere) };
    let begun = begun(database, &cx.world, payments, &payment).await?;
    let reference = begun.payment.reference.clone();
    let is_over =
        matches!(begun.payment.status, PaymentStatus::Succeeded | PaymentStatus::Processing | PaymentStatus::Canceled);
    if is_over {
        let (cx, of) = (cx.world.cx(None), Of { payment: Some(payment.id), reference: Some(reference) });
        provider::write_down(database, &cx, payments.name(), of, cx.now(), Heard::of(begun.payment)).await?;
        return Ok(CardForm::Elsewhere);
    }
    if payments::name_form(database.pool(), payment.id, &reference).await? {
        return Ok(CardForm::Ready(begun.client_secret));
    }
    // Meanwhile it was taken back or has expired. Nobody has been given the secret, so nobody can pay it: it is taken back
    // for tidiness, and if that fails once more by and by.
    if let Err(error) = payments.cancel_payment(&reference).await {
        tracing::warn!(payment = %payment.id, %error, "a payment that nobody can make is left open");
    }
    Ok(CardForm::Elsewhere)
}

/// The payment of a checkout, once it is written down that its card is entered into a form; `None` where it is not.
async fn on_form(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    id: CheckoutId,
) -> Result<Option<Held>, Error> {
    let mut tx = database.begin().await?;
    let payment = payments::lock_of_checkout(&mut tx, payments.name().as_str(), id).await?;
    let payment = payment.ok_or(Error::NoSuchCheckout)?;
    if payment.card.is_some() || payment.withdrawn || payment.entered_on == Some(EnteredOn::Page) {
        return Ok(None);
    }
    let held = checkouts::lock(&mut tx, id).await?.ok_or(Error::NoSuchCheckout)?;
    checkout::still_holds(&mut tx, cx, &held).await?;
    payments::enter_on(&mut tx, payment.id, EnteredOn::Form).await?;
    tx.commit().await?;
    Ok(Some(payment))
}

/// The payment of a checkout, once it is written down that its card is entered on a page. Where there was a form, that is
/// taken back and the payment it was for cancelled, and the checkout gets another.
///
/// # Errors
/// When a card has paid with the form, or the card that was left is being charged.
pub(super) async fn on_page(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    id: CheckoutId,
) -> Result<PaymentId, Error> {
    let name = payments.name().as_str();
    let mut tx = database.begin().await?;
    let payment = payments::lock_of_checkout(&mut tx, name, id).await?;
    // A card that was left is charged without a page.
    let payment = payment.filter(|payment| payment.card.is_none());
    let payment = payment.ok_or(Error::NotNow("The card you left is being charged. This takes a moment."))?;
    match payment.entered_on {
        Some(EnteredOn::Page) => return Ok(payment.id),
        None => payments::enter_on(&mut tx, payment.id, EnteredOn::Page).await?,
        Some(EnteredOn::Form) => payments::withdraw(&mut tx, payment.id, cx.now()).await?,
    }
    tx.commit().await?;
    if payment.entered_on.is_none() {
        return Ok(payment.id);
    }
    if cancel(database, &cx.world, payments, &payment).await? != PaymentStatus::Canceled {
        return Err(Error::PaidMeanwhile);
    }
    another(database, cx, name, id).await
}

/// The payment of a checkout in place of the one whose form was taken back.
async fn another(database: &Database, cx: &Cx<Actor>, provider: &str, id: CheckoutId) -> Result<PaymentId, Error> {
    let mut tx = database.begin().await?;
    let old = payments::lock_of_checkout(&mut tx, provider, id).await?.ok_or(Error::NoSuchCheckout)?;
    let new = New {
        id: cx.id(),
        account: old.account,
        checkout: Some(id),
        invoice: None,
        provider,
        card: None,
        entered_on: Some(EnteredOn::Page),
        description: &old.description,
        amount: old.amount,
        now: cx.now(),
    };
    if payments::insert(&mut tx, &new).await? {
        tx.commit().await?;
        return Ok(new.id);
    }
    // Somebody else was here in between: theirs it is.
    let theirs = payments::lock_of_checkout(&mut tx, provider, id).await?.ok_or(Error::NoSuchCheckout)?;
    Ok(theirs.id)
}

/// The payment that a form is for, as the provider has it: begun when there is none yet. As long as its name has not come
/// here, nobody has been given its secret, and asking with the same key gives the same one.
async fn begun(
    database: &Database,
    world: &World,
    payments: &dyn PaymentProvider,
    payment: &Held,
) -> Result<BegunPayment, Error> {
    if let Some(reference) = &payment.reference {
        return Ok(payments.begun_payment(reference).await?);
    }
    if provider::is_forgotten(&world.cx(None), payment.created_at) {
        return Err(Error::Forgotten);
    }
    let new = NewPayment {
        payment: payment.id,
        customer: provider::customer(database, world, payments, payment.account).await?,
        amount: payment.amount,
        description: payment.description.clone(),
        keep_card: true,
    };
    Ok(payments.begin_payment(&new, &format!("form:{}", payment.id)).await?)
}

/// Cancels the payment that a form is for, unless a card has paid it. Gives how far it is then.
async fn cancel(
    database: &Database,
    world: &World,
    payments: &dyn PaymentProvider,
    payment: &Held,
) -> Result<PaymentStatus, Error> {
    let is = payment.known.status.1;
    if matches!(is, PaymentStatus::Canceled | PaymentStatus::Succeeded) {
        return Ok(is);
    }
    let reference = match &payment.reference {
        Some(reference) => Some(reference.clone()),
        None => match begun(database, world, payments, payment).await {
            Ok(begun) => Some(begun.payment.reference),
            // Its name never came here, nor its secret to anybody: nothing was paid with it, and nothing can be.
            Err(Error::Forgotten) => None,
            Err(error) => return Err(error),
        },
    };
    let heard = match &reference {
        Some(reference) => Heard::of(payments.cancel_payment(reference).await?),
        None => Heard::Status { status: PaymentStatus::Canceled, received: Some(0), card: None, failure: None },
    };
    let Heard::Status { status, .. } = heard else { return Ok(is) };
    let (cx, of) = (world.cx(None), Of { payment: Some(payment.id), reference });
    provider::write_down(database, &cx, payments.name(), of, cx.now(), heard).await?;
    Ok(status)
}

/// Cancels the payments of forms that were taken back, and of those whose checkout is over. Returns how many.
///
/// # Errors
/// When the database fails; where the provider does not answer, it is left for the next time.
pub async fn cancel_forms(database: &Database, world: &World, payments: &dyn PaymentProvider) -> Result<u64, Error> {
    let since = world.now() - LOOKED_FOR;
    let mut canceled = 0;
    for id in payments::forms_to_cancel(database.pool(), payments.name().as_str(), since).await? {
        let mut tx = database.begin().await?;
        let of = Of { payment: Some(id), reference: None };
        let payment = payments::lock(&mut tx, payments.name().as_str(), &of).await?.ok_or(Error::NoSuchPayment)?;
        // Not held while the provider is asked, which takes seconds.
        drop(tx);
        match cancel(database, world, payments, &payment).await {
            Ok(_) => canceled += 1,
            Err(error @ Error::Database(_)) => return Err(error),
            Err(error) => tracing::warn!(payment = %id, %error, "a payment that nobody is to make is still open"),
        }
    }
    Ok(canceled)
}
