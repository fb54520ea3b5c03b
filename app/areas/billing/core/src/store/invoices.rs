//! Invoices and credit notes.

use chrono::{DateTime, Utc};
use kernel::{AccountId, CheckoutId, InvoiceId, Money, PriceId, SubscriptionId, TransferId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::{money, word};
use crate::{Error, InvoiceKind, InvoiceLine, InvoiceState, InvoiceSummary, InvoiceView, TaxRate, number};

/// A line to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewLine {
    pub(crate) description: String,
    pub(crate) price: Option<PriceId>,
    pub(crate) total: i64,
    pub(crate) tax_rate: TaxRate,
    /// What of the total is tax.
    pub(crate) tax: i64,
    pub(crate) period: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// An invoice to be written.
pub(crate) struct New<'a> {
    pub(crate) id: InvoiceId,
    pub(crate) kind: InvoiceKind,
    pub(crate) series: String,
    pub(crate) account: AccountId,
    pub(crate) subscription: Option<SubscriptionId>,
    pub(crate) checkout: Option<CheckoutId>,
    pub(crate) corrects: Option<InvoiceId>,
    pub(crate) total: Money,
    pub(crate) tax: i64,
    pub(crate) bill_to: &'a str,
    pub(crate) now: DateTime<Utc>,
}

/// Holds the rows of series until the transaction ends, in the order in which they are named.
pub(crate) async fn hold_series(tx: &mut Tx, names: [&str; 2]) -> Result<(), Error> {
    for name in names {
        sqlx::query!(
            "insert into invoice_series as it (name) values ($1)
             on conflict (name) do update set last_number = it.last_number",
            name
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Writes an invoice with its lines, and gives its number. A credit note is settled from the start.
pub(crate) async fn insert(tx: &mut Tx, new: &New<'_>, lines: &[NewLine]) -> Result<String, Error> {
    let settled = new.kind == InvoiceKind::CreditNote;
    let state = if settled { InvoiceState::Paid } else { InvoiceState::Open };
    let given = sqlx::query_scalar!(
        "insert into invoices (id, kind, series, number, account_id, subscription_id, checkout_id, corrects, currency,
             net, tax, total, bill_to, state, issued_at, paid_at)
         values ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning number",
        new.id.uuid(),
        new.kind.as_str(),
        new.series,
        new.account.uuid(),
        new.subscription.map(SubscriptionId::uuid),
        new.checkout.map(CheckoutId::uuid),
        new.corrects.map(InvoiceId::uuid),
        new.total.currency.as_str(),
        new.total.minor - new.tax,
        new.tax,
        new.total.minor,
        new.bill_to,
        state.as_str(),
        new.now,
        settled.then_some(new.now)
    )
    .fetch_one(&mut **tx)
    .await?;
    for (place, line) in (0_i16..).zip(lines) {
        sqlx::query!(
            "insert into invoice_lines (invoice_id, place, description, price_id, total, tax_rate, tax, period_start, period_end)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            new.id.uuid(),
            place,
            line.description,
            line.price.map(PriceId::uuid),
            line.total,
            i16::try_from(line.tax_rate.get()).unwrap_or(0),
            line.tax,
            line.period.map(|(start, _)| start),
            line.period.map(|(_, end)| end)
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(number(&new.series, given))
}

/// An invoice whose row is held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: InvoiceId,
    pub(crate) kind: InvoiceKind,
    pub(crate) number: String,
    pub(crate) account: AccountId,
    pub(crate) subscription: Option<SubscriptionId>,
    pub(crate) total: Money,
    pub(crate) tax: i64,
    pub(crate) credited: i64,
    pub(crate) state: InvoiceState,
}

impl Held {
    /// What can still be given back.
    pub(crate) fn left(&self) -> Money {
        Money::new(self.total.minor - self.credited, self.total.currency)
    }
}

/// Reads an invoice and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: InvoiceId) -> Result<Option<Held>, Error> {
    let row = sqlx::query!(
        "select id, kind, series, number, account_id, subscription_id, currency, total, tax, credited, state
         from invoices where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Held {
        id,
        kind: word(InvoiceKind::parse(&row.kind), "kind of invoice")?,
        number: number(&row.series, row.number),
        account: AccountId::from_uuid(row.account_id),
        subscription: row.subscription_id.map(SubscriptionId::from_uuid),
        total: money(row.total, &row.currency)?,
        tax: row.tax,
        credited: row.credited,
        state: word(InvoiceState::parse(&row.state), "state of an invoice")?,
    }))
}

/// The invoice of a subscription that is to be paid.
pub(crate) async fn open_of(tx: &mut Tx, subscription: SubscriptionId) -> Result<Option<InvoiceId>, Error> {
    let id = sqlx::query_scalar!(
        "select id from invoices where subscription_id = $1 and state = 'open'",
        subscription.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(InvoiceId::from_uuid))
}

/// The subscription that an invoice is for.
pub(crate) async fn subscription_of(tx: &mut Tx, id: InvoiceId) -> Result<Option<SubscriptionId>, Error> {
    let subscription = sqlx::query_scalar!("select subscription_id from invoices where id = $1", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(subscription.flatten().map(SubscriptionId::from_uuid))
}

/// The last paid invoice of a subscription.
pub(crate) async fn last_of(tx: &mut Tx, subscription: SubscriptionId) -> Result<Option<InvoiceId>, Error> {
    let id = sqlx::query_scalar!(
        "select id from invoices where subscription_id = $1 and kind = 'invoice' and state = 'paid'
         order by id desc limit 1",
        subscription.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(InvoiceId::from_uuid))
}

/// The invoice that came of a checkout.
pub(crate) async fn of_checkout(tx: &mut Tx, checkout: CheckoutId) -> Result<Option<InvoiceId>, Error> {
    let id =
        sqlx::query_scalar!("select id from invoices where checkout_id = $1 and kind = 'invoice'", checkout.uuid())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(id.map(InvoiceId::from_uuid))
}

/// Writes down that an invoice is paid.
pub(crate) async fn mark_paid(
    tx: &mut Tx,
    id: InvoiceId,
    transfer: Option<TransferId>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update invoices set state = 'paid', paid_at = $3, transfer_id = $2 where id = $1",
        id.uuid(),
        transfer.map(TransferId::uuid),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts a try to have an invoice paid that was in vain.
pub(crate) async fn count_try(tx: &mut Tx, id: InvoiceId) -> Result<u16, Error> {
    let tries = sqlx::query_scalar!("update invoices set tries = tries + 1 where id = $1 returning tries", id.uuid())
        .fetch_one(&mut **tx)
        .await?;
    Ok(tries.unsigned_abs())
}

/// Writes down that nobody expects an invoice to be paid any more.
pub(crate) async fn give_up(tx: &mut Tx, id: InvoiceId) -> Result<(), Error> {
    sqlx::query!("update invoices set state = 'uncollectible' where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Writes down that so much of an invoice was taken back.
pub(crate) async fn credit(tx: &mut Tx, id: InvoiceId, amount: i64) -> Result<(), Error> {
    sqlx::query!("update invoices set credited = credited + $2 where id = $1", id.uuid(), amount)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What of the tax of an invoice credit notes took back.
pub(crate) async fn tax_taken_back(tx: &mut Tx, id: InvoiceId) -> Result<i64, Error> {
    let tax = sqlx::query_scalar!(
        r#"select coalesce(sum(tax), 0)::bigint as "tax!" from invoices where corrects = $1"#,
        id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(tax)
}

/// What stands on the lines of an invoice, for a credit note over the whole or a part of it.
pub(crate) async fn tax_rates(tx: &mut Tx, id: InvoiceId) -> Result<Vec<(TaxRate, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select tax_rate, sum(total)::bigint as "total!" from invoice_lines where invoice_id = $1
           group by tax_rate order by tax_rate"#,
        id.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let rate = row.tax_rate.unsigned_abs().try_into().map_err(|_| Error::BadRow("tax rate"))?;
            Ok((rate, row.total))
        })
        .collect()
}

struct SummaryRow {
    id: Uuid,
    kind: String,
    series: String,
    number: i64,
    account_id: Uuid,
    currency: String,
    total: i64,
    credited: i64,
    state: String,
    issued_at: DateTime<Utc>,
}

impl TryFrom<SummaryRow> for InvoiceSummary {
    type Error = Error;

    fn try_from(row: SummaryRow) -> Result<Self, Error> {
        Ok(Self {
            id: InvoiceId::from_uuid(row.id),
            kind: word(InvoiceKind::parse(&row.kind), "kind of invoice")?,
            number: number(&row.series, row.number),
            account: AccountId::from_uuid(row.account_id),
            total: money(row.total, &row.currency)?,
            credited: money(row.credited, &row.currency)?,
            state: word(InvoiceState::parse(&row.state), "state of an invoice")?,
            issued_at: row.issued_at,
        })
    }
}

/// Invoices and credit notes, somebody's or everybody's, youngest first.
pub(crate) async fn page(
    pool: &PgPool,
    account: Option<AccountId>,
    subscription: Option<SubscriptionId>,
    before: InvoiceId,
    limit: i64,
) -> Result<Vec<InvoiceSummary>, Error> {
    sqlx::query_as!(
        SummaryRow,
        "select id, kind, series, number, account_id, currency, total, credited, state, issued_at from invoices
         where ($1::uuid is null or account_id = $1) and ($2::uuid is null or subscription_id = $2) and id < $3
         order by id desc limit $4",
        account.map(AccountId::uuid),
        subscription.map(SubscriptionId::uuid),
        before.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(InvoiceSummary::try_from)
    .collect()
}

/// One invoice with all that stands on it.
pub(crate) async fn one(pool: &PgPool, id: InvoiceId) -> Result<Option<InvoiceView>, Error> {
    let row = sqlx::query!(
        r#"select i.kind, i.series, i.number, i.account_id, i.subscription_id, i.currency, i.net, i.tax, i.total,
             i.credited, i.bill_to, i.state, i.tries, i.transfer_id, i.issued_at, i.paid_at, i.corrects,
             c.series as "corrected_series?", c.number as "corrected_number?"
           from invoices i left join invoices c on c.id = i.corrects where i.id = $1"#,
        id.uuid()
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let summary = SummaryRow {
        id: id.uuid(),
        kind: row.kind,
        series: row.series,
        number: row.number,
        account_id: row.account_id,
        currency: row.currency.clone(),
        total: row.total,
        credited: row.credited,
        state: row.state,
        issued_at: row.issued_at,
    };
    let corrected = row.corrected_series.zip(row.corrected_number).map(|(series, it)| number(&series, it));
    let notes = sqlx::query!("select id, series, number from invoices where corrects = $1 order by id", id.uuid())
        .fetch_all(pool)
        .await?;
    Ok(Some(InvoiceView {
        summary: summary.try_into()?,
        subscription: row.subscription_id.map(SubscriptionId::from_uuid),
        bill_to: row.bill_to,
        lines: lines(pool, id, &row.currency).await?,
        net: money(row.net, &row.currency)?,
        tax: money(row.tax, &row.currency)?,
        paid_at: row.paid_at,
        transfer: row.transfer_id.map(TransferId::from_uuid),
        corrects: row.corrects.map(InvoiceId::from_uuid).zip(corrected),
        corrected_by: notes
            .into_iter()
            .map(|note| (InvoiceId::from_uuid(note.id), number(&note.series, note.number)))
            .collect(),
        tries: row.tries.unsigned_abs(),
    }))
}

async fn lines(pool: &PgPool, id: InvoiceId, currency: &str) -> Result<Vec<InvoiceLine>, Error> {
    let rows = sqlx::query!(
        "select description, total, tax_rate, tax, period_start, period_end
         from invoice_lines where invoice_id = $1 order by place",
        id.uuid()
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(InvoiceLine {
                description: row.description,
                total: money(row.total, currency)?,
                tax_rate: row.tax_rate.unsigned_abs().try_into().map_err(|_| Error::BadRow("tax rate"))?,
                tax: money(row.tax, currency)?,
                period: row.period_start.zip(row.period_end),
            })
        })
        .collect()
}
