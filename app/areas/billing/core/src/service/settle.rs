//! What a provider says of a payment is written down, and the ledger brought to agree with it.
//!
//! What is known of a payment is merged so that the order of the news makes no difference (`known::Known`), and all
//! that follows from it is reckoned from what is known then: so every order ends in the same.

use chrono::{DateTime, Utc};
use kernel::{Money, PaymentStatus};
use money_core::{Amount, LedgerKind, Memo, ReverseTopUp, Subject, TopUp};
use platform::{
    Tx, event,
    payments::{Card, Failure, PaymentSnapshot, ProviderName},
};

use super::{
    fulfil,
    invoicing::{self, Server},
    renew,
};
use crate::{
    CancelReason, CardDisputed, CardFailed, CardPaid, CheckoutState, DisputeState, Error, InvoiceState,
    news::Of,
    store::{
        checkouts, customers,
        payments::{self, Held},
        refunds,
    },
};

/// What was heard of a payment.
pub(super) enum Heard {
    /// How far it is.
    Status { status: PaymentStatus, received: Option<i64>, card: Option<Card>, failure: Option<Failure> },
    /// That the page it is made on was used to the end, and how far it is by that.
    PageDone(PaymentStatus),
    /// How much went back in all, in minor units.
    Refunded(i64),
    /// That it is disputed, and how much of it, in minor units.
    Dispute(DisputeState, i64),
    /// Nothing new of the payment itself: something was asked back, or did not get back.
    AskedBack,
}

impl Heard {
    /// What a snapshot says.
    pub(super) fn of(snapshot: PaymentSnapshot) -> Self {
        Self::Status {
            status: snapshot.status,
            received: Some(snapshot.received),
            card: snapshot.card,
            failure: snapshot.failure,
        }
    }
}

/// Writes down what was heard of a payment at an instant of the provider's clock, and does what follows.
///
/// # Errors
/// When no payment of ours is meant.
pub(super) async fn hear(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    of: &Of,
    at: DateTime<Utc>,
    heard: Heard,
) -> Result<(), Error> {
    let unknown = || Error::Unknown(of.reference.clone().unwrap_or_default());
    let mut payment = payments::lock(tx, provider.as_str(), of).await?.ok_or_else(unknown)?;
    if payment.reference.is_none() {
        payment.reference.clone_from(&of.reference);
    }
    let before = payment.known.status.1;
    let mut failure = None;
    match heard {
        Heard::Status { status, received, card, failure: why } => {
            let whole = payment.amount.minor;
            let received = received.unwrap_or(if status == PaymentStatus::Succeeded { whole } else { 0 });
            payment.known.hear_status(at, status, received.clamp(0, whole));
            failure = why;
            if let Some(card) = card.filter(|_| status == PaymentStatus::Succeeded) {
                keep_card(tx, cx, provider, &payment, &card).await?;
            }
        }
        Heard::PageDone(status) => {
            payment.page_done = true;
            let received = if status == PaymentStatus::Succeeded { payment.amount.minor } else { 0 };
            payment.known.hear_status(at, status, received);
        }
        Heard::Refunded(refunded) => payment.known.hear_refunded(refunded),
        Heard::Dispute(state, amount) => {
            if payment.known.dispute.is_none() {
                let amount = Money::new(amount, payment.amount.currency);
                let fact = CardDisputed { payment: payment.id, account: payment.account, amount };
                event::append(tx, cx, payment.id, &fact).await?;
            }
            payment.known.hear_dispute(at, state, amount);
        }
        Heard::AskedBack => {}
    }
    settle(tx, cx, &mut payment).await?;
    payments::update(tx, &payment, failure.as_ref(), cx.now()).await?;
    let is = payment.known.status.1;
    let over = |status| matches!(status, PaymentStatus::Failed | PaymentStatus::Canceled);
    if over(is) && !over(before) {
        failed(tx, cx, &payment, failure.as_ref()).await?;
    }
    end_checkout(tx, cx, &payment, failure.as_ref()).await
}

/// The card that paid is the one for payments to come, if the provider told enough of it.
async fn keep_card(tx: &mut Tx, cx: &Server, provider: ProviderName, payment: &Held, card: &Card) -> Result<(), Error> {
    let customer = customers::of(&mut **tx, payment.account, provider.as_str()).await?;
    if let Some(reference) = customer.reference.filter(|_| customer.card.is_none()) {
        customers::set_card(tx, (provider.as_str(), &reference), card, cx.now(), false).await?;
    }
    Ok(())
}

/// Brings the ledger to agree with what is known of a payment.
async fn settle(tx: &mut Tx, cx: &Server, payment: &mut Held) -> Result<(), Error> {
    if payment.known.received == 0 {
        return Ok(());
    }
    let currency = payment.amount.currency;
    let owner = Some(payment.account);
    let accounts = [
        (owner, LedgerKind::Wallet),
        (None, LedgerKind::Provider),
        (None, LedgerKind::Losses),
        (None, LedgerKind::Revenue),
        (None, LedgerKind::Tax),
    ];
    let first = payment.top_up.is_none();
    let ours = payments::asked_back(tx, payment.id).await?;
    let gone = payment.known.gone(ours);
    let unasked = payment.known.undone(ours) - ours.asked;
    if !first && unasked <= 0 && gone == payment.booked_back {
        return Ok(());
    }
    // What belongs to the payment is held before the ledger's accounts are.
    checkouts::queue(tx, payment.account).await?;
    fulfil::hold(tx, payment).await?;
    invoicing::hold_series(tx, cx).await?;
    money_core::service::hold_accounts(tx, cx, currency, &accounts).await?;
    if first {
        payment.top_up = Some(top_up(tx, cx, payment).await?);
        fulfil::paid(tx, cx, payment).await?;
        let amount = Money::new(payment.known.received, currency);
        let fact = CardPaid { payment: payment.id, account: payment.account, amount, checkout: payment.checkout };
        event::append(tx, cx, payment.id, &fact).await?;
    }
    take_back(tx, cx, payment, unasked).await?;
    book_back(tx, cx, payment, gone).await
}

/// Money that a card paid comes into the wallet.
async fn top_up(tx: &mut Tx, cx: &Server, payment: &Held) -> Result<kernel::TransferId, Error> {
    let top_up = TopUp {
        account: payment.account,
        amount: Amount::new(Money::new(payment.known.received, payment.amount.currency))?,
        key: format!("card:{}", payment.id).parse()?,
        memo: Memo::new(&payment.description),
        subject: Some(Subject::of(payment.id)),
    };
    Ok(money_core::service::top_up(tx, cx, &top_up).await?.id)
}

/// What the provider took back without our having asked for it (a dispute, or a refund that was made over there) is
/// taken back from what was sold as well: so much of the invoice as has not been.
async fn take_back(tx: &mut Tx, cx: &Server, payment: &Held, unasked: i64) -> Result<(), Error> {
    let disputed = payment.known.dispute.is_some();
    if unasked <= 0 && !disputed {
        return Ok(());
    }
    let Some(invoice) = fulfil::hold_invoice(tx, payment).await? else { return Ok(()) };
    if invoice.state != InvoiceState::Paid {
        return Ok(());
    }
    // What credit notes took back that nobody here asked for.
    let taken = invoice.credited - refunds::sum_of(tx, invoice.id).await?;
    let due = (unasked - taken).clamp(0, invoice.left().minor);
    if due > 0 {
        let reason = if disputed { "disputed with the bank" } else { "refunded by the payment provider" };
        invoicing::credit(tx, cx, &invoice, Money::new(due, invoice.total.currency), reason).await?;
    }
    if disputed || due == invoice.left().minor {
        let reason = if disputed { CancelReason::Disputed } else { CancelReason::Refunded };
        fulfil::undo(tx, cx, &invoice, reason).await?;
    }
    Ok(())
}

/// Lets the ledger have as much gone back as is gone.
async fn book_back(tx: &mut Tx, cx: &Server, payment: &mut Held, gone: i64) -> Result<(), Error> {
    let Some(top_up) = payment.top_up else { return Ok(()) };
    let change = gone - payment.booked_back;
    if change == 0 {
        return Ok(());
    }
    let moved = ReverseTopUp {
        top_up,
        amount: Amount::new(Money::new(change.saturating_abs(), payment.amount.currency))?,
        // Each step has a key of its own: money can go back, come again and go once more. That a step is booked once is
        // seen to by the row of the payment, which is held.
        key: cx.id::<kernel::Payment>().to_string().parse()?,
        memo: Memo::new(&payment.description),
    };
    if change > 0 {
        money_core::service::reverse_top_up(tx, cx, &moved).await?;
    } else {
        money_core::service::restore_top_up(tx, cx, &moved).await?;
    }
    payment.booked_back = gone;
    Ok(())
}

/// A card did not pay: whoever waits for it hears of it. Where the form was taken back, nobody does.
async fn failed(tx: &mut Tx, cx: &Server, payment: &Held, failure: Option<&Failure>) -> Result<(), Error> {
    if payment.withdrawn {
        return Ok(());
    }
    let fact = CardFailed {
        payment: payment.id,
        account: payment.account,
        amount: payment.amount,
        code: failure.map(|failure| failure.code.clone()),
    };
    event::append(tx, cx, payment.id, &fact).await?;
    match payment.invoice {
        Some(invoice) => renew::not_collected(tx, cx, invoice, &failure_in_words(failure)).await,
        None => Ok(()),
    }
}

/// Ends a checkout whose payment came to nothing, where no other card can be tried: on a page one can, until it was used
/// to the end, and so it is with a form; a card that was charged without either was the only try. A form that was taken
/// back ends nothing: it is paid on a page instead.
async fn end_checkout(tx: &mut Tx, cx: &Server, payment: &Held, failure: Option<&Failure>) -> Result<(), Error> {
    if payment.withdrawn {
        return Ok(());
    }
    let state = match payment.known.status.1 {
        PaymentStatus::Canceled => CheckoutState::Expired,
        PaymentStatus::Failed if payment.card.is_some() || payment.page_done => CheckoutState::Failed,
        _ => return Ok(()),
    };
    let Some(id) = payment.checkout else { return Ok(()) };
    let Some(checkout) = checkouts::lock(tx, id).await?.filter(|it| it.state == CheckoutState::Open) else {
        return Ok(());
    };
    checkouts::end(tx, &checkout, state, failure.map(|it| failure_in_words(Some(it))).as_deref(), cx.now()).await
}

/// Why a card did not pay and what to do about it (<https://docs.stripe.com/declines/codes>).
pub(super) fn failure_in_words(failure: Option<&Failure>) -> String {
    let Some(failure) = failure else { return "The card did not pay. Try again, or use another one.".to_owned() };
    let words = match failure.code.as_str() {
        "insufficient_funds" => "There is not enough money behind the card. Use another one, or try again later.",
        "expired_card" => "The card has expired. Leave another one.",
        "lost_card" | "stolen_card" => "The bank does not accept this card any more. Use another one.",
        "incorrect_cvc" => "The security code is not right. Check it, and try again.",
        "processing_error" => "The bank could not be reached. Try again in a while.",
        "authentication_required" => {
            "The bank wants its owner to confirm this. Pay it yourself, and confirm when asked."
        }
        "card_declined" | "generic_decline" | "do_not_honor" => {
            "The bank refused, and did not say why. Use another card, or ask the bank."
        }
        _ => return format!("The card did not pay: {}", failure.message.chars().take(200).collect::<String>()),
    };
    words.to_owned()
}
