//! Payouts and their states.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Money, PayoutId};
use serde::{Deserialize, Serialize};

/// How far a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// Taken off the earnings, and not handed to a bank yet.
    Requested,
    /// Handed to a bank.
    Sent,
    /// Arrived.
    Paid,
    /// Came back: it is among the earnings again.
    Failed,
}

/// What is heard of a payout from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutNews {
    /// The bank has it.
    Sent,
    /// It arrived.
    Paid,
    /// It didn't, or was sent back afterwards.
    Failed {
        /// Why, in words for its owner.
        reason: String,
    },
}

/// Where the money of a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Still on its way.
    No,
    /// Outside.
    Outside,
    /// Back with its owner.
    Back,
}

impl PayoutState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Requested, Self::Sent, Self::Paid, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }

    /// The state after some news. News come late, twice and in any order, and every order ends in the same state: a
    /// failure is final, because a bank may send back what it had paid, and never the other way round.
    pub const fn after(self, news: &PayoutNews) -> Self {
        match (self, news) {
            (Self::Failed, _) | (_, PayoutNews::Failed { .. }) => Self::Failed,
            (Self::Paid, _) | (_, PayoutNews::Paid) => Self::Paid,
            (Self::Requested | Self::Sent, PayoutNews::Sent) => Self::Sent,
        }
    }

    /// Where the money is.
    pub const fn settled(self) -> Settled {
        match self {
            Self::Requested | Self::Sent => Settled::No,
            Self::Paid => Settled::Outside,
            Self::Failed => Settled::Back,
        }
    }
}

/// A payout, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutView {
    /// The payout.
    pub id: PayoutId,
    /// Whose.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub state: PayoutState,
    /// Why it came back, when it did.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_of_the_same_news_ends_in_the_same_state() {
        let failed = || PayoutNews::Failed { reason: "closed account".to_owned() };
        let news = [PayoutNews::Sent, PayoutNews::Paid, failed()];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for length in 1..=3 {
            for order in orders {
                // The same news, in the order of the list and in this one, and each of them twice.
                let mut sorted = order[..length].to_vec();
                sorted.sort_unstable();
                let end = |order: &[usize]| {
                    order.iter().flat_map(|n| [n, n]).fold(PayoutState::Requested, |state, n| state.after(&news[*n]))
                };
                assert_eq!(end(&order[..length]), end(&sorted), "{order:?}");
            }
        }
        assert_eq!(PayoutState::Requested.after(&PayoutNews::Paid).settled(), Settled::Outside);
        assert_eq!(PayoutState::Paid.after(&failed()).settled(), Settled::Back);
    }
}
