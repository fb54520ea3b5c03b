//! Payouts: the accounts they go to, and whether they arrive.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Money, PayoutId};
use platform::{
    Tx,
    payments::{NewPayout, PayoutAccount},
};

use crate::{Later, Sandbox, accounts::Arrival, error::Error, events, later, payments::check_amount, store};

/// How long a payout is under way.
const UNDER_WAY: TimeDelta = TimeDelta::seconds(5);

/// An account that payouts go to.
#[derive(Debug)]
pub(crate) struct BankAccount {
    pub(crate) reference: String,
    pub(crate) owner: AccountId,
    /// Empty until its owner has said where it leads.
    pub(crate) arrival: Option<Arrival>,
    pub(crate) created_at: DateTime<Utc>,
}

/// How far a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayoutStatus {
    InTransit,
    Paid,
    Failed,
}

impl PayoutStatus {
    /// The form the database stores, which is Stripe's.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::InTransit, Self::Paid, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

/// Earnings on their way to a bank.
#[derive(Debug)]
pub(crate) struct Payout {
    pub(crate) reference: String,
    pub(crate) payout: PayoutId,
    pub(crate) account: String,
    pub(crate) amount: Money,
    pub(crate) status: PayoutStatus,
    pub(crate) settles_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

impl Payout {
    /// The name of its transfer.
    pub(crate) fn sibling(&self, prefix: &str) -> String {
        let name = self.reference.strip_prefix("po").unwrap_or(&self.reference);
        format!("{prefix}{name}")
    }
}

impl Sandbox {
    /// Makes an account of which nobody knows yet where it leads.
    pub(crate) async fn new_payout_account(&self, tx: &mut Tx, owner: AccountId) -> Result<String, Error> {
        let (reference, created_at) = (self.reference("acct"), self.world.now());
        let account = BankAccount { reference, owner, arrival: None, created_at };
        store::payouts::insert_account(tx, &account).await?;
        Ok(account.reference)
    }

    /// Whether payouts can go to an account. Here that is so as soon as its owner has said where it leads.
    pub(crate) async fn find_payout_account(&self, reference: &str) -> Result<PayoutAccount, Error> {
        let account = store::payouts::find_account(self.database.pool(), reference).await?;
        let account = account.ok_or_else(|| Error::missing("account", reference))?;
        Ok(PayoutAccount { complete: account.arrival.is_some(), enabled: account.arrival.is_some() })
    }

    /// Sends earnings on their way.
    pub(crate) async fn send_payout(&self, tx: &mut Tx, new: &NewPayout) -> Result<String, Error> {
        check_amount(new.amount)?;
        let account = store::payouts::lock_account(tx, &new.account).await?;
        let account = account.ok_or_else(|| Error::missing("account", &new.account))?;
        if account.arrival.is_none() {
            let message = format!("Payouts to {} are not enabled: nobody has said where they go.", account.reference);
            return Err(Error::refused("payouts_not_allowed", message));
        }
        let now = self.world.now();
        let payout = Payout {
            reference: self.reference("po"),
            payout: new.payout,
            account: account.reference,
            amount: new.amount,
            status: PayoutStatus::InTransit,
            settles_at: Some(now + UNDER_WAY),
            created_at: now,
        };
        store::payouts::insert(tx, &payout).await?;
        later::schedule(tx, Later::Payout(payout.reference.clone()), now + UNDER_WAY).await?;
        self.emit(tx, "transfer.created", events::transfer(&payout)).await?;
        Ok(payout.reference)
    }

    /// Lets a payout arrive or come back. `None` when that has happened, or else when it is due if that is still to come.
    pub(crate) async fn settle_payout(&self, reference: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.database.begin().await?;
        let Some((mut payout, arrival)) = store::payouts::lock(&mut tx, reference).await? else { return Ok(None) };
        let Some(due) = payout.settles_at else { return Ok(None) };
        if due > self.world.now() {
            return Ok(Some(due));
        }
        payout.settles_at = None;
        let kind = match arrival {
            Arrival::Arrives => {
                payout.status = PayoutStatus::Paid;
                "payout.paid"
            }
            Arrival::ComesBack => {
                payout.status = PayoutStatus::Failed;
                "payout.failed"
            }
        };
        store::payouts::save(&mut tx, &payout).await?;
        self.emit_about(&mut tx, Some(&payout.account), kind, events::payout(&payout)).await?;
        tx.commit().await?;
        Ok(None)
    }
}
