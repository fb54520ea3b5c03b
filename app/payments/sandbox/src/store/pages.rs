//! Pages.

use chrono::{DateTime, Utc};
use kernel::PaymentId;
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::{address, money};
use crate::{
    error::Error,
    page::{Due, Hosted, PageKind, PageState},
};

struct PageRow {
    reference: String,
    kind: String,
    customer: Option<String>,
    payout_account: Option<String>,
    payment_id: Option<Uuid>,
    currency: Option<String>,
    amount: Option<i64>,
    description: String,
    payment: Option<String>,
    keep_card: bool,
    confirming: Option<String>,
    success_url: String,
    cancel_url: String,
    state: String,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// Pages.
macro_rules! pages {
    ($rest:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            PageRow,
            "select reference, kind, customer, payout_account, payment_id, currency, amount, description, payment, keep_card,
                 confirming, success_url, cancel_url, state, expires_at, created_at
             from sandbox_pages " + $rest,
            $($argument),*
        )
    };
}

impl TryFrom<PageRow> for Hosted {
    type Error = Error;

    fn try_from(row: PageRow) -> Result<Self, Error> {
        let due = match (row.payment_id, row.currency, row.amount) {
            (Some(payment), Some(currency), Some(minor)) => {
                Some(Due { payment: PaymentId::from_uuid(payment), amount: money(minor, &currency)? })
            }
            _ => None,
        };
        Ok(Self {
            reference: row.reference,
            kind: PageKind::parse(&row.kind).ok_or(Error::BadRow("kind of a page"))?,
            customer: row.customer,
            payout_account: row.payout_account,
            due,
            description: row.description,
            payment: row.payment,
            keep_card: row.keep_card,
            confirming: row.confirming,
            success_url: address(&row.success_url)?,
            cancel_url: address(&row.cancel_url)?,
            state: PageState::parse(&row.state).ok_or(Error::BadRow("state of a page"))?,
            expires_at: row.expires_at,
            created_at: row.created_at,
        })
    }
}

/// Writes a new page down.
pub(crate) async fn insert(tx: &mut Tx, page: &Hosted) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_pages
             (reference, kind, customer, payout_account, payment_id, currency, amount, description, keep_card, success_url,
              cancel_url, state, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        page.reference,
        page.kind.as_str(),
        page.customer,
        page.payout_account,
        page.due.map(|due| due.payment.uuid()),
        page.due.map(|due| due.amount.currency.as_str()),
        page.due.map(|due| due.amount.minor),
        page.description,
        page.keep_card,
        page.success_url.as_str(),
        page.cancel_url.as_str(),
        page.state.as_str(),
        page.expires_at,
        page.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down what has become of a page.
pub(crate) async fn save(tx: &mut Tx, page: &Hosted) -> Result<(), Error> {
    sqlx::query!(
        "update sandbox_pages set payment = $2, confirming = $3, state = $4 where reference = $1",
        page.reference,
        page.payment,
        page.confirming,
        page.state.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a page and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, reference: &str) -> Result<Option<Hosted>, Error> {
    pages!("where reference = $1 for no key update", reference)
        .fetch_optional(&mut **tx)
        .await?
        .map(Hosted::try_from)
        .transpose()
}

/// A page.
pub(crate) async fn find(pool: &PgPool, reference: &str) -> Result<Option<Hosted>, Error> {
    pages!("where reference = $1", reference).fetch_optional(pool).await?.map(Hosted::try_from).transpose()
}
