//! Bookings of an expert's time, and what can become of them.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{BookingId, Currency, Money, RescheduleId, ServiceId, SliceId, TransferId};
use serde::{Deserialize, Serialize};

use crate::Policy;

/// The currency experts are paid in.
pub const CURRENCY: Currency = Currency::Eur;
/// What the platform keeps of a call, in hundredths of a per cent.
pub const FEE_POINTS: u16 = 1_500;
/// For so many minutes a time is kept for whoever pays.
pub const HOLD_MINUTES: i64 = 5;
/// For so many minutes something that became free is kept for the first in line.
pub const OFFER_MINUTES: i64 = 10;
/// Within a day nobody has an expert's time kept more often without paying.
pub const MOST_HOLDS: i64 = 3;
/// How many times can be proposed at once.
pub const MOST_PROPOSED: usize = 3;
/// How long an expert has to say yes or no, in hours.
pub const DECIDE_HOURS: i64 = 24;
/// From so many minutes before a call on the room is open.
pub const ROOM_OPENS: i64 = 10;
/// The most that the platform gives a client on top when an expert didn't come, in minor units: so that nobody earns by booking
/// themselves.
pub const MOST_CREDIT: i64 = 500;
/// For so many hours after a call a client can dispute it; then the expert's money is free.
pub const DISPUTE_HOURS: i64 = 24;
/// The most characters of what a booking is about.
pub const BRIEF_LIMIT: usize = 2_000;
/// The most characters of a reason.
pub const REASON_LIMIT: usize = 500;
/// The most characters of somebody's notes of a call.
pub const NOTES_LIMIT: usize = 10_000;

/// How far a booking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Its time is kept for whoever pays.
    Held,
    /// Nobody paid in time.
    Lapsed,
    /// The money is set aside, and the expert has not said yes yet.
    Requested,
    /// The expert said no, or nothing in time.
    Declined,
    /// It is paid, and will happen.
    Confirmed,
    /// One of both took it back.
    Cancelled,
    /// They met.
    Completed,
    /// The expert didn't come.
    ExpertMissed,
    /// The client didn't come.
    ClientMissed,
    /// Neither came.
    NobodyCame,
    /// It failed for technical reasons.
    Failed,
}

impl BookingState {
    const ALL: [Self; 11] = [
        Self::Held,
        Self::Lapsed,
        Self::Requested,
        Self::Declined,
        Self::Confirmed,
        Self::Cancelled,
        Self::Completed,
        Self::ExpertMissed,
        Self::ClientMissed,
        Self::NobodyCame,
        Self::Failed,
    ];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Lapsed => "lapsed",
            Self::Requested => "requested",
            Self::Declined => "declined",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::ExpertMissed => "expert_missed",
            Self::ClientMissed => "client_missed",
            Self::NobodyCame => "nobody_came",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether its time is the client's or may become so.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Requested | Self::Confirmed)
    }

    /// Whether it was to happen and its time has come and gone.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Completed | Self::ExpertMissed | Self::ClientMissed | Self::NobodyCame | Self::Failed)
    }

    /// Which states may follow it.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Held => matches!(next, Self::Lapsed | Self::Requested | Self::Confirmed | Self::Cancelled),
            // A payment that comes late takes its time again, when it is still free.
            Self::Lapsed => matches!(next, Self::Requested | Self::Confirmed),
            Self::Requested => matches!(next, Self::Confirmed | Self::Declined | Self::Cancelled),
            Self::Confirmed => matches!(next, Self::Cancelled) || next.is_settled(),
            _ => false,
        }
    }
}

/// One of the two who meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Who is asked.
    Expert,
    /// Who asks, and pays.
    Client,
}

impl Party {
    /// The one they meet.
    pub const fn other(self) -> Self {
        match self {
            Self::Expert => Self::Client,
            Self::Client => Self::Expert,
        }
    }
}

/// What somebody gets back who cancels now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelQuote {
    /// So much was paid, or is set aside.
    pub paid: Money,
    /// So much of it goes back to the client.
    pub back: Money,
    /// How many hundredths that are.
    pub percent: u8,
}

/// A booking, as both who meet see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingView {
    /// The booking.
    pub id: BookingId,
    /// Which of both the reader is.
    pub me: Party,
    /// Who is asked.
    pub expert: AccountSummary,
    /// Who asks.
    pub client: AccountSummary,
    /// For which service.
    pub service: ServiceId,
    /// What it is called.
    pub title: String,
    /// What the client should bring.
    pub bring: String,
    /// How far it is.
    pub state: BookingState,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends, as far as is booked.
    pub ends_at: DateTime<Utc>,
    /// The expert's time zone.
    pub expert_zone: String,
    /// What it is about, in the client's words.
    pub brief: String,
    /// What a slice costs.
    pub price: Money,
    /// What was paid in all.
    pub paid: Money,
    /// What was given back of it.
    pub returned: Money,
    /// What the platform keeps of the price.
    pub fee: Money,
    /// What is given back when.
    pub policy: Policy,
    /// Until when its time is kept for whoever pays, or for the expert's word.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether it is paid as soon as money comes into the client's wallet.
    pub awaits_money: bool,
    /// When the expert came into the room.
    pub expert_came_at: Option<DateTime<Utc>>,
    /// When the client did.
    pub client_came_at: Option<DateTime<Utc>>,
    /// When somebody ended it before its time.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who cancelled or declined it.
    pub closed_by: Option<Party>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// Another time that one of both wants.
    pub proposal: Option<ProposalView>,
    /// What the client says went wrong.
    pub dispute: Option<Dispute>,
    /// The payments, oldest first.
    pub payments: Vec<TransferId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

/// Times that one of both would rather have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalView {
    /// The proposal.
    pub id: RescheduleId,
    /// Whose.
    pub by: Party,
    /// They are kept until then.
    pub until: DateTime<Utc>,
    /// The times, earliest first.
    pub slots: Vec<(SliceId, DateTime<Utc>)>,
}

/// What a client says went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// In their words.
    pub reason: String,
    /// When they said so.
    pub opened_at: DateTime<Utc>,
    /// What an administrator decided: what was given back, why, and when.
    pub decided: Option<(Money, String, DateTime<Utc>)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_as_it_is() {
        for from in BookingState::ALL {
            assert_eq!(BookingState::parse(from.as_str()), Some(from));
            for to in BookingState::ALL {
                if from.is_settled() || matches!(from, BookingState::Declined | BookingState::Cancelled) {
                    assert!(!from.may_become(to), "{from:?} {to:?}");
                }
            }
        }
    }
}
