//! The letters this area sends. They are written by a job: what causes one doesn't know the address that links lead to.

use kernel::{InvoiceId, SubscriptionId};
use platform::{
    Cx, Tx,
    job::{self, When},
    mail::{self, Letter},
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, InvoiceView, SubscriptionView, job::WriteLetter, store};

const FOOTER: &str = "Magentic sent this letter because of something you buy there.";

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An invoice was paid.
    Receipt(InvoiceId),
    /// An invoice was taken back, in whole or in part.
    CreditNote(InvoiceId),
    /// A subscription could not be collected, and is tried again.
    PastDue {
        /// Which.
        subscription: SubscriptionId,
        /// What could not be collected.
        invoice: InvoiceId,
        /// Why not, in words.
        reason: String,
    },
    /// A subscription could not be collected, and nothing but reading is left of it.
    Grace {
        /// Which.
        subscription: SubscriptionId,
        /// What could not be collected.
        invoice: InvoiceId,
    },
    /// A subscription is over.
    Ended(SubscriptionId),
}

/// Has a letter written and sent, if and after the transaction is committed.
pub(crate) async fn enqueue(tx: &mut Tx, about: About) -> Result<(), Error> {
    Ok(job::enqueue(tx, &WriteLetter { about }, When::default()).await?)
}

/// Writes a letter.
pub(crate) async fn write(
    database: &platform::Database,
    cx: &Cx<()>,
    public_url: &Url,
    about: &About,
) -> Result<(), Error> {
    let pool = database.pool();
    let link = |path: String| format!("{}{path}", public_url.as_str().trim_end_matches('/'));
    let (account, subject, paragraphs, button) = match about {
        About::Receipt(id) => {
            let Some(invoice) = store::invoices::one(pool, *id).await? else { return Ok(()) };
            let (subject, paragraphs) = receipt(&invoice);
            (
                invoice.summary.account,
                subject,
                paragraphs,
                ("Open the invoice", link(format!("/billing/invoices/{id}"))),
            )
        }
        About::CreditNote(id) => {
            let Some(note) = store::invoices::one(pool, *id).await? else { return Ok(()) };
            let (subject, paragraphs) = credit_note(&note);
            let button = ("Open the credit note", link(format!("/billing/invoices/{id}")));
            (note.summary.account, subject, paragraphs, button)
        }
        About::PastDue { subscription, invoice, reason } => {
            let Some(it) = store::subscriptions::one(pool, *subscription).await? else { return Ok(()) };
            let (subject, paragraphs) = past_due(&it, reason);
            (it.account, subject, paragraphs, ("Pay now", link(format!("/billing/invoices/{invoice}"))))
        }
        About::Grace { subscription, invoice } => {
            let Some(it) = store::subscriptions::one(pool, *subscription).await? else { return Ok(()) };
            let (subject, paragraphs) = grace(&it);
            (it.account, subject, paragraphs, ("Pay now", link(format!("/billing/invoices/{invoice}"))))
        }
        About::Ended(id) => {
            let Some(it) = store::subscriptions::one(pool, *id).await? else { return Ok(()) };
            let (subject, paragraphs) = ended(&it);
            (it.account, subject, paragraphs, ("See what is on offer", link("/pricing".to_owned())))
        }
    };
    let Some((to, _)) = identity_core::service::mail_address(pool, account).await? else { return Ok(()) };
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let letter = Letter::compose(to, &subject, &paragraphs, Some((button.0, &button.1)), FOOTER);
    let mut tx = database.begin().await?;
    mail::post(&mut tx, cx, &letter).await?;
    Ok(tx.commit().await?)
}

type Words = (String, Vec<String>);

fn receipt(invoice: &InvoiceView) -> Words {
    let number = &invoice.summary.number;
    let lines = invoice.lines.iter().map(|line| format!("{}: {}", line.description, line.total));
    let sum = format!("You paid {}, of which {} are tax.", invoice.summary.total, invoice.tax);
    (format!("Your invoice {number}"), lines.chain([sum]).collect())
}

fn credit_note(note: &InvoiceView) -> Words {
    let of = note.corrects.as_ref().map(|(_, number)| number.as_str()).unwrap_or_default();
    let words = format!(
        "{} of your invoice {of} are given back. The credit note is {}.",
        note.summary.total, note.summary.number
    );
    (format!("{} are given back", note.summary.total), vec![words])
}

fn past_due(it: &SubscriptionView, reason: &str) -> Words {
    let again = it.due_at.map(|at| format!("We try again on {}. You can also pay now.", at.format("%-d %B %Y")));
    let paragraphs = vec![
        format!("{} for {} could not be collected.", it.price.amount, it.product_name),
        reason.to_owned(),
        again.unwrap_or_default(),
        "Until then everything works as before.".to_owned(),
    ];
    (format!("Your payment for {} did not go through", it.product_name), paragraphs)
}

fn grace(it: &SubscriptionView) -> Words {
    let until = it.due_at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default();
    let paragraphs = vec![
        format!("We have tried several times to collect {} for {}, in vain.", it.price.amount, it.product_name),
        format!("Until {until} you can still look at everything, and make nothing new. Then the subscription ends."),
        "Once you pay, all is as it was.".to_owned(),
    ];
    (format!("{} is read-only until it is paid", it.product_name), paragraphs)
}

fn ended(it: &SubscriptionView) -> Words {
    let why = match it.cancel_reason {
        Some(crate::CancelReason::Unpaid) => "It could not be collected.",
        Some(crate::CancelReason::Refunded) => "What was paid for it was given back.",
        Some(crate::CancelReason::Disputed) => "What was paid for it was disputed with the bank.",
        Some(crate::CancelReason::Asked) | None => "You wanted it so.",
    };
    let paragraphs = vec![
        format!("Your subscription to {} is over. {why}", it.product_name),
        "What you made stays yours, and you can come back at any time.".to_owned(),
    ];
    (format!("{} has ended", it.product_name), paragraphs)
}
