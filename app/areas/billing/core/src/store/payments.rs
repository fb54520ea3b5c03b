//! Payments by card.

use chrono::{DateTime, Utc};
use kernel::{AccountId, CheckoutId, InvoiceId, Money, PaymentId, PaymentStatus, TransferId};
use platform::{
    Tx,
    payments::{Failure, HostedPage},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{money, word};
use crate::{
    DisputeState, EnteredOn, Error, PaymentView,
    known::{Known, Ours as Asked},
    news::Of,
};

/// A payment whose row is held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: PaymentId,
    pub(crate) account: AccountId,
    pub(crate) checkout: Option<CheckoutId>,
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) reference: Option<String>,
    /// Whether the page it is made on was used to the end.
    pub(crate) page_done: bool,
    pub(crate) card: Option<String>,
    /// Where the card is entered, once somebody went there.
    pub(crate) entered_on: Option<EnteredOn>,
    /// Whether its form was taken back, because it is paid on a page instead.
    pub(crate) withdrawn: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) description: String,
    pub(crate) amount: Money,
    pub(crate) known: Known,
    pub(crate) top_up: Option<TransferId>,
    pub(crate) booked_back: i64,
}

/// A payment to be written down.
pub(crate) struct New<'a> {
    pub(crate) id: PaymentId,
    pub(crate) account: AccountId,
    pub(crate) checkout: Option<CheckoutId>,
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) provider: &'a str,
    pub(crate) card: Option<&'a str>,
    pub(crate) entered_on: Option<EnteredOn>,
    pub(crate) description: &'a str,
    pub(crate) amount: Money,
    pub(crate) now: DateTime<Utc>,
}

/// Writes a payment down before anybody is asked for money. Whether it was: an invoice is charged once at a time.
pub(crate) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into payments (id, account_id, checkout_id, invoice_id, provider, card_reference, description, currency,
             amount, status, status_at, created_at, changed_at, way)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', to_timestamp(0), $10, $10, $11) on conflict do nothing",
        new.id.uuid(),
        new.account.uuid(),
        new.checkout.map(CheckoutId::uuid),
        new.invoice.map(InvoiceId::uuid),
        new.provider,
        new.card,
        new.description,
        new.amount.currency.as_str(),
        new.amount.minor,
        new.now,
        new.entered_on.map(EnteredOn::as_str)
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

struct Row {
    id: Uuid,
    account_id: Uuid,
    checkout_id: Option<Uuid>,
    invoice_id: Option<Uuid>,
    reference: Option<String>,
    created_at: DateTime<Utc>,
    page_done: bool,
    card_reference: Option<String>,
    way: Option<String>,
    withdrawn_at: Option<DateTime<Utc>>,
    description: String,
    currency: String,
    amount: i64,
    status: String,
    status_at: DateTime<Utc>,
    received: i64,
    refunded: i64,
    disputed: i64,
    dispute: Option<String>,
    dispute_at: Option<DateTime<Utc>>,
    top_up_id: Option<Uuid>,
    booked_back: i64,
}

impl TryFrom<Row> for Held {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let dispute = row.dispute.map(|it| word(DisputeState::parse(&it), "state of a dispute")).transpose()?;
        Ok(Self {
            id: PaymentId::from_uuid(row.id),
            account: AccountId::from_uuid(row.account_id),
            checkout: row.checkout_id.map(CheckoutId::from_uuid),
            invoice: row.invoice_id.map(InvoiceId::from_uuid),
            reference: row.reference,
            created_at: row.created_at,
            page_done: row.page_done,
            card: row.card_reference,
            entered_on: row.way.map(|way| word(EnteredOn::parse(&way), "way of a payment")).transpose()?,
            withdrawn: row.withdrawn_at.is_some(),
            description: row.description,
            amount: money(row.amount, &row.currency)?,
            known: Known {
                status: (row.status_at, word(PaymentStatus::parse(&row.status), "status of a payment")?),
                received: row.received,
                refunded: row.refunded,
                disputed: row.disputed,
                dispute: row.dispute_at.zip(dispute),
            },
            top_up: row.top_up_id.map(TransferId::from_uuid),
            booked_back: row.booked_back,
        })
    }
}

/// Reads the payment that news are about and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, provider: &str, of: &Of) -> Result<Option<Held>, Error> {
    sqlx::query_as!(
        Row,
        "select id, account_id, checkout_id, invoice_id, reference, created_at, page_done, card_reference, way,
             withdrawn_at, description, currency, amount, status, status_at, received, refunded, disputed, dispute,
             dispute_at, top_up_id, booked_back
         from payments
         where id = coalesce($3, (select id from payments where provider = $1 and reference = $2)) and provider = $1
         for no key update",
        provider,
        of.reference.as_deref(),
        of.payment.map(PaymentId::uuid)
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Held::try_from)
    .transpose()
}

/// Reads the payment of a checkout and holds its row until the transaction ends: the one whose form was taken back only
/// while there is no other.
pub(crate) async fn lock_of_checkout(tx: &mut Tx, provider: &str, checkout: CheckoutId) -> Result<Option<Held>, Error> {
    sqlx::query_as!(
        Row,
        "select id, account_id, checkout_id, invoice_id, reference, created_at, page_done, card_reference, way,
             withdrawn_at, description, currency, amount, status, status_at, received, refunded, disputed, dispute,
             dispute_at, top_up_id, booked_back
         from payments where provider = $1 and checkout_id = $2
         order by withdrawn_at nulls first limit 1 for no key update",
        provider,
        checkout.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Held::try_from)
    .transpose()
}

/// Writes down where the card of a payment is entered.
pub(crate) async fn enter_on(tx: &mut Tx, id: PaymentId, on: EnteredOn) -> Result<(), Error> {
    sqlx::query!("update payments set way = $2 where id = $1", id.uuid(), on.as_str()).execute(&mut **tx).await?;
    Ok(())
}

/// Takes the form for a payment back.
pub(crate) async fn withdraw(tx: &mut Tx, id: PaymentId, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update payments set withdrawn_at = coalesce(withdrawn_at, $2) where id = $1", id.uuid(), now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Remembers what the provider calls a payment that a form is for. Whether it can still be paid with the form: it was not
/// taken back, and the checkout is open.
pub(crate) async fn name_form(pool: &PgPool, id: PaymentId, reference: &str) -> Result<bool, Error> {
    let named = sqlx::query!(
        "update payments p set reference = coalesce(p.reference, $2)
         from checkouts c
         where p.id = $1 and c.id = p.checkout_id and c.state = 'open' and p.withdrawn_at is null",
        id.uuid(),
        reference
    )
    .execute(pool)
    .await?;
    Ok(named.rows_affected() > 0)
}

/// The payments begun since then whose forms nobody is to pay with any more, and which may still be open over there.
pub(crate) async fn forms_to_cancel(
    pool: &PgPool,
    provider: &str,
    since: DateTime<Utc>,
) -> Result<Vec<PaymentId>, Error> {
    let ids = sqlx::query_scalar!(
        "select p.id from payments p join checkouts c on c.id = p.checkout_id
         where p.provider = $1 and p.created_at >= $2 and p.way = 'form'
             and p.status not in ('canceled', 'succeeded', 'processing')
             and (c.state <> 'open' or p.withdrawn_at is not null)
         order by p.created_at, p.id limit 100",
        provider,
        since
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(PaymentId::from_uuid).collect())
}

/// The last payment that came in for an invoice: of itself, or of the checkout it came of.
pub(crate) async fn that_paid(tx: &mut Tx, invoice: InvoiceId) -> Result<Option<PaymentId>, Error> {
    let id = sqlx::query_scalar!(
        r#"select id as "id!" from (
             select id from payments where invoice_id = $1 and status = 'succeeded'
             union all
             select p.id from invoices i join payments p on p.checkout_id = i.checkout_id
             where i.id = $1 and p.status = 'succeeded'
             union all
             select p.id from checkouts c join payments p on p.checkout_id = c.id
             where c.invoice_id = $1 and p.status = 'succeeded'
         ) paid order by id desc limit 1"#,
        invoice.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(PaymentId::from_uuid))
}

/// Whether what a payment is for is still to be paid.
pub(crate) async fn is_owed(tx: &mut Tx, id: PaymentId) -> Result<bool, Error> {
    let owed = sqlx::query_scalar!(
        r#"select coalesce(i.state = 'open', c.state = 'open') as "owed!"
           from payments p
           left join invoices i on i.id = p.invoice_id
           left join checkouts c on c.id = p.checkout_id
           where p.id = $1"#,
        id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(owed)
}

/// Whether a card is being charged for an invoice, without its owner.
pub(crate) async fn under_way(tx: &mut Tx, invoice: InvoiceId) -> Result<bool, Error> {
    let under_way = sqlx::query_scalar!(
        r#"select exists (
               select from payments where invoice_id = $1 and status in ('waiting', 'action_needed', 'processing')
               union all
               select from payments p join checkouts c on c.id = p.checkout_id
               where c.invoice_id = $1 and (p.status = 'processing' or p.status = 'waiting' and p.card_reference is not null)
           ) as "under_way!""#,
        invoice.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(under_way)
}

/// Writes down what is known of a payment, and what of it is in the ledger.
pub(crate) async fn update(tx: &mut Tx, it: &Held, failure: Option<&Failure>, now: DateTime<Utc>) -> Result<(), Error> {
    let known = &it.known;
    let succeeded = known.status.1 == PaymentStatus::Succeeded;
    sqlx::query!(
        "update payments set reference = coalesce(reference, $2), status = $3, status_at = $4, received = $5,
             refunded = $6, disputed = $7, dispute = $8, dispute_at = $9, top_up_id = $10, booked_back = $11,
             failure_code = case when $12 then null else coalesce($13, failure_code) end,
             failure = case when $12 then null else coalesce($14, failure) end, changed_at = $15, page_done = $16
         where id = $1",
        it.id.uuid(),
        it.reference,
        known.status.1.as_str(),
        known.status.0,
        known.received,
        known.refunded,
        known.disputed,
        known.dispute.map(|(_, state)| state.as_str()),
        known.dispute.map(|(at, _)| at),
        it.top_up.map(TransferId::uuid),
        it.booked_back,
        succeeded,
        failure.map(|failure| failure.code.as_str()),
        failure.map(|failure| failure.message.as_str()),
        now,
        it.page_done
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Remembers the page on which a payment is made.
pub(crate) async fn set_page(pool: &PgPool, id: PaymentId, page: &HostedPage) -> Result<(), Error> {
    sqlx::query!(
        "update payments set page_reference = $2, page_url = $3 where id = $1",
        id.uuid(),
        page.reference,
        page.url.as_str()
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What of a payment we asked to be given back.
pub(crate) async fn asked_back(tx: &mut Tx, id: PaymentId) -> Result<Asked, Error> {
    let sums = sqlx::query_as!(
        Asked,
        r#"select coalesce(sum(amount) filter (where state <> 'failed'), 0)::bigint as "asked!",
             coalesce(sum(amount) filter (where state = 'failed' and reference is not null), 0)::bigint as "failed!"
           from refunds where payment_id = $1"#,
        id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(sums)
}

/// Payments, youngest first.
pub(crate) async fn page(
    pool: &PgPool,
    account: Option<AccountId>,
    before: PaymentId,
    limit: i64,
) -> Result<Vec<PaymentView>, Error> {
    let rows = sqlx::query!(
        "select p.id, p.account_id, p.description, p.currency, p.amount, p.status, p.failure, p.booked_back, p.dispute,
             p.provider, p.reference, coalesce(p.invoice_id, c.invoice_id) as invoice_id, p.created_at
         from payments p left join checkouts c on c.id = p.checkout_id
         where ($1::uuid is null or p.account_id = $1) and p.id < $2 order by p.id desc limit $3",
        account.map(AccountId::uuid),
        before.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PaymentView {
                id: PaymentId::from_uuid(row.id),
                account: AccountId::from_uuid(row.account_id),
                description: row.description,
                amount: money(row.amount, &row.currency)?,
                status: word(PaymentStatus::parse(&row.status), "status of a payment")?,
                failure: row.failure,
                refunded: money(row.booked_back, &row.currency)?,
                dispute: row.dispute.map(|it| word(DisputeState::parse(&it), "state of a dispute")).transpose()?,
                provider: row.provider,
                reference: row.reference,
                invoice: row.invoice_id.map(InvoiceId::from_uuid),
                created_at: row.created_at,
            })
        })
        .collect()
}

/// Ours of a stretch of time, to be held against a provider's.
pub(crate) struct Ours {
    pub(crate) id: PaymentId,
    pub(crate) reference: Option<String>,
    pub(crate) amount: Money,
    pub(crate) status: PaymentStatus,
    pub(crate) received: i64,
    pub(crate) refunded: i64,
    /// What of it is in the ledger.
    pub(crate) in_ledger: Option<i64>,
}

/// Ours that the provider calls by these names, and those that were begun in a stretch of time.
pub(crate) async fn ours(
    pool: &PgPool,
    provider: &str,
    references: &[String],
    ids: &[Uuid],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Ours>, Error> {
    let rows = sqlx::query!(
        r#"select p.id, p.reference, p.currency, p.amount, p.status, p.received, p.refunded,
             (select o.amount from postings o join ledger_accounts a on a.id = o.ledger_account_id and a.kind = 'wallet'
              where o.transfer_id = p.top_up_id) as in_ledger
           from payments p
           where p.provider = $1
               and (p.reference = any($2) or p.id = any($5)
                    or p.created_at >= $3 and p.created_at < $4::timestamptz - interval '1 day' and p.reference is not null)"#,
        provider,
        references,
        from,
        to,
        ids
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ours {
                id: PaymentId::from_uuid(row.id),
                reference: row.reference,
                amount: money(row.amount, &row.currency)?,
                status: word(PaymentStatus::parse(&row.status), "status of a payment")?,
                received: row.received,
                refunded: row.refunded,
                in_ledger: row.in_ledger,
            })
        })
        .collect()
}
