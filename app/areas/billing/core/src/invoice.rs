//! Invoices and credit notes.

use chrono::{DateTime, Utc};
use kernel::{AccountId, InvoiceId, Money, SubscriptionId, TransferId};
use serde::{Deserialize, Serialize};

use crate::TaxRate;

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// Something was sold.
    Invoice,
    /// An invoice is taken back, in whole or in part.
    CreditNote,
}

impl InvoiceKind {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditNote].into_iter().find(|it| it.as_str() == text)
    }

    /// What its numbers begin with.
    pub const fn series(self) -> &'static str {
        match self {
            Self::Invoice => "INV",
            Self::CreditNote => "CN",
        }
    }
}

/// How far an invoice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// To be paid.
    Open,
    /// Paid; a credit note is so from the start.
    Paid,
    /// Given up.
    Uncollectible,
}

impl InvoiceState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Uncollectible].into_iter().find(|it| it.as_str() == text)
    }
}

/// The number as it is written: `INV-2026-000042`.
pub fn number(series: &str, number: i64) -> String {
    format!("{series}-{number:06}")
}

/// An invoice in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSummary {
    /// The invoice.
    pub id: InvoiceId,
    /// What kind of document it is.
    pub kind: InvoiceKind,
    /// Its number, as it is written.
    pub number: String,
    /// Who it was made out to.
    pub account: AccountId,
    /// How much, tax included.
    pub total: Money,
    /// What of that credit notes took back.
    pub credited: Money,
    /// How far it is.
    pub state: InvoiceState,
    /// When it was written.
    pub issued_at: DateTime<Utc>,
}

/// An invoice with all that stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceView {
    /// What a list shows of it.
    pub summary: InvoiceSummary,
    /// The subscription it is for.
    pub subscription: Option<SubscriptionId>,
    /// Who it was made out to, in lines.
    pub bill_to: String,
    /// What it is for.
    pub lines: Vec<InvoiceLine>,
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// The money that paid it.
    pub transfer: Option<TransferId>,
    /// The invoice that a credit note takes back, and its number.
    pub corrects: Option<(InvoiceId, String)>,
    /// The credit notes that take it back, and their numbers.
    pub corrected_by: Vec<(InvoiceId, String)>,
    /// How often it was tried in vain to have it paid.
    pub tries: u16,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What for.
    pub description: String,
    /// How much, tax included; below zero for what is given back.
    pub total: Money,
    /// Which tax.
    pub tax_rate: TaxRate,
    /// What of it is tax.
    pub tax: Money,
    /// The time it is for.
    pub period: Option<(DateTime<Utc>, DateTime<Utc>)>,
}
