//! Cards.

use chrono::{DateTime, Utc};
use platform::Tx;

use crate::{cards::Behaviour, error::Error, payments::StoredCard};

/// A card as its row has it.
pub(super) struct CardRow {
    pub(super) reference: String,
    pub(super) customer: Option<String>,
    pub(super) behaviour: String,
    pub(super) brand: String,
    pub(super) last4: String,
    pub(super) exp_month: i16,
    pub(super) exp_year: i16,
    pub(super) detached_at: Option<DateTime<Utc>>,
}

impl TryFrom<CardRow> for StoredCard {
    type Error = Error;

    fn try_from(row: CardRow) -> Result<Self, Error> {
        let date = || Error::BadRow("date of a card");
        Ok(Self {
            behaviour: Behaviour::parse(&row.behaviour).ok_or(Error::BadRow("behaviour of a card"))?,
            customer: row.customer.filter(|_| row.detached_at.is_none()),
            reference: row.reference,
            brand: row.brand,
            last4: row.last4,
            exp_month: u8::try_from(row.exp_month).map_err(|_| date())?,
            exp_year: u16::try_from(row.exp_year).map_err(|_| date())?,
        })
    }
}

/// Writes a card down.
pub(crate) async fn insert(tx: &mut Tx, card: &StoredCard) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_cards (reference, customer, behaviour, brand, last4, exp_month, exp_year)
         values ($1, $2, $3, $4, $5, $6, $7)",
        card.reference,
        card.customer,
        card.behaviour.as_str(),
        card.brand,
        card.last4,
        i16::from(card.exp_month),
        i16::try_from(card.exp_year).map_err(|_| Error::BadRow("date of a card"))?,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A card.
pub(crate) async fn find(tx: &mut Tx, reference: &str) -> Result<Option<StoredCard>, Error> {
    sqlx::query_as!(
        CardRow,
        "select reference, customer, behaviour, brand, last4, exp_month, exp_year, detached_at
         from sandbox_cards where reference = $1",
        reference
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(StoredCard::try_from)
    .transpose()
}

/// Keeps a card for a customer.
pub(crate) async fn attach(tx: &mut Tx, reference: &str, customer: &str) -> Result<(), Error> {
    sqlx::query!("update sandbox_cards set customer = $2 where reference = $1", reference, customer)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets a card that was kept. Whether there is one.
pub(crate) async fn detach(tx: &mut Tx, reference: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let there = sqlx::query!(
        "update sandbox_cards set detached_at = coalesce(detached_at, $2)
         where reference = $1 and customer is not null",
        reference,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(there.rows_affected() == 1)
}
