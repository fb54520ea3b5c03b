//! What is known of a payment by card, put together from what a provider says.

use chrono::{DateTime, Utc};
use kernel::PaymentStatus;

use crate::DisputeState;

/// What is known of a payment by card. Each field only ever grows in its own order, so that hearing the same news in
/// another order, or several times, comes to the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// How far it is, and since when by the provider's clock. What has succeeded stays so; of the rest, the latest.
    pub status: (DateTime<Utc>, PaymentStatus),
    /// How much came, in minor units: the most that was heard of.
    pub received: i64,
    /// How much went back, in minor units: the most that was heard of.
    pub refunded: i64,
    /// How much is disputed, in minor units: the most that was heard of.
    pub disputed: i64,
    /// How the dispute stands: the latest.
    pub dispute: Option<(DateTime<Utc>, DisputeState)>,
}

impl Known {
    /// Hears how far it is. Gives whether that says something new.
    pub fn hear_status(&mut self, at: DateTime<Utc>, status: PaymentStatus, received: i64) -> bool {
        let before = self.clone();
        self.received = self.received.max(received);
        // What has succeeded comes last and what nobody has tried first, whenever that was said; of the rest the latest, and
        // of two things said in the same second the further one.
        let rank = |(at, status): (DateTime<Utc>, PaymentStatus)| {
            (status == PaymentStatus::Succeeded, status != PaymentStatus::Waiting, at, status)
        };
        if rank((at, status)) > rank(self.status) {
            self.status = (at, status);
        }
        *self != before
    }

    /// Hears how much went back.
    pub fn hear_refunded(&mut self, refunded: i64) {
        self.refunded = self.refunded.max(refunded);
    }

    /// Hears of a dispute.
    pub fn hear_dispute(&mut self, at: DateTime<Utc>, state: DisputeState, amount: i64) {
        self.disputed = self.disputed.max(amount);
        self.dispute = self.dispute.max(Some((at, state)));
    }

    /// How much of what came is gone again, in minor units.
    pub fn gone(&self, ours: Ours) -> i64 {
        let disputed = match self.dispute {
            Some((_, DisputeState::Open | DisputeState::Lost)) => self.disputed,
            Some((_, DisputeState::Won)) | None => 0,
        };
        self.went_back(ours).saturating_add(disputed).clamp(0, self.received)
    }

    /// How much of what was sold is taken back, in minor units: also what was disputed and won, because it is no longer
    /// in force.
    pub fn undone(&self, ours: Ours) -> i64 {
        self.went_back(ours).saturating_add(self.disputed).clamp(0, self.received)
    }

    fn went_back(&self, ours: Ours) -> i64 {
        (self.refunded - ours.failed).max(ours.asked)
    }
}

/// What we ourselves asked to be given back of a payment, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ours {
    /// What is under way or went back.
    pub asked: i64,
    /// What the provider took on and did not get back to the card. It had been among what went back.
    pub failed: i64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(second)
    }

    #[derive(Debug, Clone)]
    enum Said {
        Status(i64, PaymentStatus),
        Refunded(i64),
        Dispute(i64, DisputeState),
    }

    fn said() -> impl Strategy<Value = Said> {
        use PaymentStatus::{ActionNeeded, Canceled, Failed, Processing, Succeeded, Waiting};
        prop_oneof![
            (0_i64..4, prop::sample::select(vec![Waiting, ActionNeeded, Processing, Failed, Canceled, Succeeded]))
                .prop_map(|(at, status)| Said::Status(at, status)),
            (0_i64..1200).prop_map(Said::Refunded),
            (0_i64..4, prop::sample::select(vec![DisputeState::Open, DisputeState::Lost, DisputeState::Won]))
                .prop_map(|(at, state)| Said::Dispute(at, state)),
        ]
    }

    fn end(news: &[Said]) -> Known {
        let waiting = (at(0), PaymentStatus::Waiting);
        let mut known = Known { status: waiting, received: 0, refunded: 0, disputed: 0, dispute: None };
        for it in news {
            match *it {
                Said::Status(second, status) => {
                    let received = if status == PaymentStatus::Succeeded { 1000 } else { 0 };
                    known.hear_status(at(second), status, received);
                }
                Said::Refunded(minor) => known.hear_refunded(minor),
                Said::Dispute(second, state) => known.hear_dispute(at(second), state, 1000),
            }
        }
        known
    }

    proptest! {
        #[test]
        fn every_order_and_repetition_of_the_same_news_comes_to_the_same(
            (news, shuffled) in prop::collection::vec(said(), 0..7).prop_flat_map(|news| {
                let twice = [news.clone(), news.clone()].concat();
                (Just(news), Just(twice).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(end(&news), end(&shuffled));
        }
    }

    #[test]
    fn what_is_gone_stays_within_what_came() {
        let mut known = end(&[Said::Status(1, PaymentStatus::Succeeded), Said::Refunded(300)]);
        let asked = |asked| Ours { asked, failed: 0 };
        assert_eq!((known.gone(asked(0)), known.gone(asked(500))), (300, 500));
        assert_eq!(known.gone(Ours { asked: 0, failed: 300 }), 0);
        known.hear_dispute(at(2), DisputeState::Open, 1000);
        assert_eq!((known.gone(asked(0)), known.undone(asked(0))), (1000, 1000));
        known.hear_dispute(at(3), DisputeState::Won, 1000);
        assert_eq!((known.gone(asked(0)), known.undone(asked(0))), (300, 1000));
    }
}
