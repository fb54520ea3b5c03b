//! What happens by itself after a while: slow payments and payouts end, refunds come back, pages expire. When each is due
//! stands in its row, by the sandbox's own clock; a job looks when the time has come.

use chrono::{DateTime, Utc};
use platform::{Tx, job, payments::PaymentError};
use serde::{Deserialize, Serialize};

use crate::{Sandbox, SettleLater, error::Error, request::REMEMBERED, store};

/// What is to happen, by its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Later {
    /// A payment ends.
    Payment(String),
    /// A refund comes back.
    Refund(String),
    /// A payout arrives or comes back.
    Payout(String),
    /// A page expires.
    Page(String),
}

impl Later {
    fn reference(&self) -> &str {
        match self {
            Self::Payment(reference) | Self::Refund(reference) | Self::Payout(reference) | Self::Page(reference) => {
                reference
            }
        }
    }
}

/// Has a job look after something at an instant.
pub(crate) async fn schedule(tx: &mut Tx, later: Later, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let key = format!("sandbox:{}", later.reference());
    job::enqueue(tx, &SettleLater { later }, job::When { run_at: Some(at), key: Some(key), ..Default::default() }).await
}

impl Sandbox {
    /// Lets everything happen that is due by now, and gives how much that was. The jobs do so by themselves; this is for
    /// who moves the clock and doesn't want to wait for them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_due(&self) -> Result<u64, PaymentError> {
        let mut settled = 0;
        loop {
            let due = store::later::due(self.database.pool(), self.world.now()).await?;
            if due.is_empty() {
                return Ok(settled);
            }
            for later in &due {
                self.settle(later).await?;
                settled += 1;
            }
        }
    }

    /// Lets something happen if it is due. If not, gives when it will be.
    pub(crate) async fn settle(&self, later: &Later) -> Result<Option<DateTime<Utc>>, Error> {
        match later {
            Later::Payment(reference) => self.settle_payment(reference).await,
            Later::Refund(reference) => self.fail_refund(reference).await,
            Later::Payout(reference) => self.settle_payout(reference).await,
            Later::Page(reference) => self.settle_page(reference).await,
        }
    }

    /// Looks again at the instant `due` of the sandbox's clock. The queue goes by the database's, which need not be the
    /// same: what counts is how long it is until then.
    pub(crate) async fn look_again(&self, later: Later, due: DateTime<Utc>) -> Result<(), sqlx::Error> {
        let there = store::later::database_time(self.database.pool()).await?;
        let mut tx = self.database.begin().await?;
        schedule(&mut tx, later, there + (due - self.world.now())).await?;
        tx.commit().await
    }

    /// Forgets requests and events that are older than 30 days, and gives how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<u64, sqlx::Error> {
        let (pool, before) = (self.database.pool(), self.world.now() - REMEMBERED);
        Ok(store::requests::forget(pool, before).await? + store::events::forget(pool, before).await?)
    }
}
