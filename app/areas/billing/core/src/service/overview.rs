//! How the business of subscriptions is doing.

use kernel::{Actor, Money};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use super::admins_only;
use crate::{Error, SubscriptionState, store::overview as rows};

/// How the business of subscriptions is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How many subscriptions are in a state, and what they come to by the month.
    pub states: Vec<(SubscriptionState, i64, Money)>,
    /// Providers' events that are to be handled.
    pub waiting_webhooks: i64,
    /// Those that were given up.
    pub dead_webhooks: i64,
}

impl Overview {
    /// What comes in by the month (MRR), for each currency: of subscriptions that are in force and paid for, also when
    /// a payment is tried again. Trials, and those that rest, are over or will not be paid, don't count.
    pub fn monthly(&self) -> Vec<Money> {
        let counts = |state| matches!(state, SubscriptionState::Active | SubscriptionState::PastDue);
        let mut sums: Vec<Money> = Vec::new();
        for (_, _, monthly) in self.states.iter().filter(|(state, _, _)| counts(*state)) {
            match sums.iter_mut().find(|sum| sum.currency == monthly.currency) {
                Some(sum) => sum.minor += monthly.minor,
                None => sums.push(*monthly),
            }
        }
        sums
    }
}

/// How the business of subscriptions is doing, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn overview(pool: &PgPool, actor: Actor) -> Result<Overview, Error> {
    admins_only(pool, actor).await?;
    let (waiting_webhooks, dead_webhooks) = rows::webhook_counts(pool).await?;
    Ok(Overview { states: rows::by_state(pool).await?, waiting_webhooks, dead_webhooks })
}
