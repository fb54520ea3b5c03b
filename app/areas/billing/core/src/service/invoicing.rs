//! Invoices are written, paid and taken back.

use chrono::Datelike;
use kernel::{AccountId, Actor, CheckoutId, InvoiceId, Money, SubscriptionId, allocate};
use money_core::{Draft, LedgerKind, Memo, Subject, TransferKind};
use platform::{Cx, Tx, event};

use crate::{
    CreditNoteIssued, Error, InvoiceIssued, InvoiceKind, InvoicePaid, InvoiceState, TaxRate,
    store::{
        customers,
        invoices::{self, Held, New, NewLine},
    },
};

/// The server itself, which acts for whoever pays.
pub(super) type Server = Cx<Option<Actor>>;

/// Who an invoice is made out to.
async fn bill_to(tx: &mut Tx, account: AccountId) -> Result<String, Error> {
    let customer = customers::of(&mut **tx, account, "").await?;
    let summaries = identity_core::service::summaries(&mut **tx, &[account]).await?;
    let own = summaries.get(&account).map(|it| format!("{} (@{})", it.name, it.handle)).unwrap_or_default();
    let name = if customer.bill_name.is_empty() { own } else { customer.bill_name };
    let parts = [name, customer.bill_address, customer.bill_tax_id];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// The series in which documents of a kind are numbered this year.
fn series(cx: &Server, kind: InvoiceKind) -> String {
    format!("{}-{}", kind.series(), cx.now().year())
}

/// Holds the series of numbers. A transaction that holds accounts of the ledger and then writes an invoice or a credit note
/// begins with this, or it could wait for somebody who waits for it.
pub(super) async fn hold_series(tx: &mut Tx, cx: &Server) -> Result<(), Error> {
    let names = [series(cx, InvoiceKind::Invoice), series(cx, InvoiceKind::CreditNote)];
    invoices::hold_series(tx, [&names[0], &names[1]]).await
}

/// Writes an invoice that is to be paid.
pub(super) async fn issue(
    tx: &mut Tx,
    cx: &Server,
    account: AccountId,
    (subscription, checkout): (Option<SubscriptionId>, Option<CheckoutId>),
    lines: &[NewLine],
    total: Money,
) -> Result<Held, Error> {
    let id = cx.id();
    let new = New {
        id,
        kind: InvoiceKind::Invoice,
        series: series(cx, InvoiceKind::Invoice),
        account,
        subscription,
        checkout,
        corrects: None,
        total,
        tax: lines.iter().map(|line| line.tax).sum(),
        bill_to: &bill_to(tx, account).await?,
        now: cx.now(),
    };
    let number = invoices::insert(tx, &new, lines).await?;
    let tax = Money::new(new.tax, total.currency);
    let fact = InvoiceIssued { invoice: id, number: number.clone(), account, total, tax };
    tell(tx, cx, id, subscription, &fact).await?;
    Ok(Held {
        id,
        kind: InvoiceKind::Invoice,
        number,
        account,
        subscription,
        total,
        tax: new.tax,
        credited: 0,
        state: InvoiceState::Open,
    })
}

/// Pays an open invoice from the wallet of whoever owes it.
pub(super) async fn pay(tx: &mut Tx, cx: &Server, invoice: &Held) -> Result<(), Error> {
    if invoice.state != InvoiceState::Open {
        return Err(Error::NotOpen);
    }
    let total = invoice.total.minor;
    let transfer = if total == 0 {
        None
    } else {
        let key = format!("billing:invoice:{}", invoice.id);
        let parts = Parts { revenue: total - invoice.tax, tax: invoice.tax };
        Some(book(tx, cx, invoice, TransferKind::Payment, parts, key).await?)
    };
    invoices::mark_paid(tx, invoice.id, transfer, cx.now()).await?;
    let fact = InvoicePaid { invoice: invoice.id, account: invoice.account, total: invoice.total };
    tell(tx, cx, invoice.id, invoice.subscription, &fact).await
}

/// Takes so much of a paid invoice back with a credit note: the money is in the wallet of who paid it.
pub(super) async fn credit(
    tx: &mut Tx,
    cx: &Server,
    invoice: &Held,
    amount: Money,
    reason: &str,
) -> Result<InvoiceId, Error> {
    if invoice.kind != InvoiceKind::Invoice || invoice.state != InvoiceState::Paid {
        return Err(Error::NoSuchInvoice);
    }
    if amount.minor > invoice.left().minor {
        return Err(Error::OverRefund { left: invoice.left() });
    }
    let id = cx.id();
    let lines = credited_lines(tx, invoice, amount, reason).await?;
    let tax: i64 = lines.iter().map(|line| line.tax).sum();
    let new = New {
        id,
        kind: InvoiceKind::CreditNote,
        series: series(cx, InvoiceKind::CreditNote),
        account: invoice.account,
        subscription: invoice.subscription,
        checkout: None,
        corrects: Some(invoice.id),
        total: amount,
        tax,
        bill_to: &bill_to(tx, invoice.account).await?,
        now: cx.now(),
    };
    invoices::insert(tx, &new, &lines).await?;
    invoices::credit(tx, invoice.id, amount.minor).await?;
    let parts = Parts { revenue: tax - amount.minor, tax: -tax };
    book(tx, cx, invoice, TransferKind::Refund, parts, format!("billing:credit_note:{id}")).await?;
    let fact = CreditNoteIssued { credit_note: id, invoice: invoice.id, account: invoice.account, total: amount };
    tell(tx, cx, invoice.id, invoice.subscription, &fact).await?;
    Ok(id)
}

/// What is taken back, in proportion to the invoice's rates of tax.
async fn credited_lines(tx: &mut Tx, invoice: &Held, amount: Money, reason: &str) -> Result<Vec<NewLine>, Error> {
    let rates = invoices::tax_rates(tx, invoice.id).await?;
    // What an invoice gave back of an earlier one weighs nothing.
    let weights: Vec<u64> = rates.iter().map(|(_, total)| u64::try_from(*total).unwrap_or(0)).collect();
    let description = if reason.is_empty() {
        format!("Given back of {}", invoice.number)
    } else {
        format!("Given back of {}: {reason}", invoice.number)
    };
    let description: String = description.chars().take(200).collect();
    let line = |((rate, _), total): (&(TaxRate, i64), i64)| {
        let tax = rate.included_in(total);
        let description = description.clone();
        (total > 0).then_some(NewLine { description, price: None, total, tax_rate: *rate, tax, period: None })
    };
    let mut lines: Vec<NewLine> = rates.iter().zip(allocate(amount.minor, &weights)).filter_map(line).collect();
    // Reckoned from the whole each time, so that parts come to the same: in the end, to all of the invoice's tax.
    let share = allocate(
        invoice.tax,
        &[
            u64::try_from(invoice.credited + amount.minor).unwrap_or(0),
            u64::try_from(invoice.left().minor - amount.minor).unwrap_or(0),
        ],
    );
    let due = share.first().copied().unwrap_or(0) - invoices::tax_taken_back(tx, invoice.id).await?;
    let off = due - lines.iter().map(|line| line.tax).sum::<i64>();
    if let Some(line) = lines.iter_mut().max_by_key(|line| line.total) {
        line.tax = (line.tax + off).clamp(0, line.total);
    }
    Ok(lines)
}

/// What comes to the platform, or, below zero, goes from it.
struct Parts {
    revenue: i64,
    tax: i64,
}

/// Moves money between the wallet of who owes an invoice and the platform.
async fn book(
    tx: &mut Tx,
    cx: &Server,
    invoice: &Held,
    kind: TransferKind,
    parts: Parts,
    key: String,
) -> Result<kernel::TransferId, Error> {
    let currency = invoice.total.currency;
    let wallet = money_core::service::account_of(tx, cx, Some(invoice.account), LedgerKind::Wallet, currency).await?;
    let revenue = money_core::service::account_of(tx, cx, None, LedgerKind::Revenue, currency).await?;
    let tax = money_core::service::account_of(tx, cx, None, LedgerKind::Tax, currency).await?;
    let draft = Draft {
        kind,
        key: key.parse()?,
        memo: Memo::new(&format!("Invoice {}", invoice.number)),
        subject: Some(Subject::of(invoice.id)),
        postings: vec![(wallet, -parts.revenue - parts.tax), (revenue, parts.revenue), (tax, parts.tax)],
    };
    Ok(money_core::service::post(tx, cx, &draft).await?.id)
}

/// Appends a fact about an invoice to the stream of its subscription, or else its own.
pub(super) async fn tell<F: kernel::event::Fact>(
    tx: &mut Tx,
    cx: &Server,
    invoice: InvoiceId,
    subscription: Option<SubscriptionId>,
    fact: &F,
) -> Result<(), Error> {
    match subscription {
        Some(subscription) => event::append(tx, cx, subscription, fact).await?,
        None => event::append(tx, cx, invoice, fact).await?,
    }
    Ok(())
}
