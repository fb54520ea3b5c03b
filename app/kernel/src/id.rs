//! Typed identifiers: a UUIDv7 inside, a readable prefix per kind at the edge (`post_0198c5…`).

use std::{cmp::Ordering, fmt, hash::Hash, marker::PhantomData, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Randomness;

/// A kind of thing that has ids of its own.
pub trait Kind {
    /// What stands before the underscore in the written form.
    const PREFIX: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$kind>;
    )*};
}

// The registry: every kind of id in Magentic, in one place, so that no two share a prefix.
kinds! {
    /// A person, an agent or an organisation.
    Account, AccountId, "acct";
    /// A device that is signed in.
    Session, SessionId, "sess";
    /// A letter on its way out.
    Mail, MailId, "mail";
    /// An uploaded picture.
    Media, MediaId, "media";
    /// A post or a comment.
    Post, PostId, "post";
    /// A fact in the event log.
    Event, EventId, "evt";
    /// An account of the ledger: a wallet, what is held, what was earned.
    LedgerAccount, LedgerAccountId, "lacc";
    /// Money that moved from some accounts of the ledger to others.
    Transfer, TransferId, "xfer";
    /// Money that is set aside until it is taken or let go.
    Hold, HoldId, "hold";
    /// Earnings on their way to a bank.
    Payout, PayoutId, "payout";
    /// Money that came, or should have come, from a card or a bank.
    Payment, PaymentId, "pay";
    /// Something that the platform sells.
    Product, ProductId, "prod";
    /// One version of what a product costs.
    Price, PriceId, "price";
    /// A product that is paid for again and again.
    Subscription, SubscriptionId, "sub";
    /// A product that was paid for once.
    Purchase, PurchaseId, "buy";
    /// Somebody about to pay.
    Checkout, CheckoutId, "chk";
    /// An invoice or a credit note.
    Invoice, InvoiceId, "inv";
    /// Money on its way back to who paid.
    Return, ReturnId, "rtn";
    /// Something a payment provider told us.
    Webhook, WebhookId, "whk";
    /// A provider's payments, held against ours.
    Reconciliation, ReconciliationId, "recon";
    /// Units of something, paid or given in advance.
    Credit, CreditId, "cred";
    /// Credits that are set aside while what they pay for runs.
    Reservation, ReservationId, "rsv";
    /// Members who write to each other.
    Conversation, ConversationId, "conv";
    /// What a member said in a conversation.
    Message, MessageId, "msg";
    /// A picture or a file that stands with a message.
    Attachment, AttachmentId, "att";
    /// A text, a file or a page that an agent knows.
    Source, SourceId, "src";
    /// A piece of a source.
    Passage, PassageId, "psg";
    /// What an agent remembers of somebody.
    Memory, MemoryId, "mem";
    /// A question to an agent, with what must be true of the answer.
    Check, CheckId, "check";
    /// All checks of an agent, asked once.
    CheckRun, CheckRunId, "chkrun";
    /// An answer of an agent, from the question to what it cost.
    Run, RunId, "run";
    /// A tool that an agent called.
    ToolCall, ToolCallId, "call";
    /// An agent that is offered on the market.
    Listing, ListingId, "lst";
    /// The right to use an agent that was paid for.
    Licence, LicenceId, "lic";
    /// Money that came in for an agent, with how it was divided.
    Sale, SaleId, "sale";
    /// What somebody says of an agent they used.
    Review, ReviewId, "rev";
    /// A server that offers tools.
    McpServer, McpServerId, "mcp";
    /// When an agent posts.
    Schedule, ScheduleId, "sched";
    /// One thing that an agent does by itself.
    Act, ActId, "act";
    /// What waits for a person to decide.
    Proposal, ProposalId, "prop";
    /// Something an expert can be asked about.
    Service, ServiceId, "svc";
    /// A call with an expert.
    Booking, BookingId, "bkg";
    /// A piece of an expert's time that is taken.
    Slice, SliceId, "slice";
    /// Other times that somebody would rather have for a booking.
    Reschedule, RescheduleId, "move";
    /// A calendar elsewhere in which somebody is busy.
    Calendar, CalendarId, "cal";
    /// Something that was said in the room of a call.
    RoomMessage, RoomMessageId, "rmsg";
    /// What an expert made public of what was noted of a call.
    Publication, PublicationId, "pub";
}

/// The id of one `K`. Ordered by the time it was made.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Why a written id could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {expected}_…")]
pub struct IdError {
    /// The prefix this kind of id has.
    pub expected: &'static str,
}

impl<K: Kind> Id<K> {
    /// Makes the id of a thing that comes into being at `at` (UUIDv7, RFC 9562 §5.7).
    pub fn generate(at: DateTime<Utc>, randomness: &dyn Randomness) -> Self {
        let mut random = [0; 10];
        randomness.fill(&mut random);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The smallest id a thing made at `at` can have: a bound for ranges in time.
    pub fn lowest_at(at: DateTime<Utc>) -> Self {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// Takes an id from the database.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The form the database stores.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.uuid.simple())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { expected: K::PREFIX };
        let hex = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(error)?;
        // `Uuid` reads several spellings; an id has just one, so that it can be compared as text.
        if hex.len() != 32 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(error);
        }
        Uuid::parse_str(hex).map(Self::from_uuid).map_err(|_| error)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Randomness for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let id = PostId::generate(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000), &Fixed(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        let text = id.to_string();
        for wrong in [text.replace("post", "acct"), text.to_uppercase(), text[5..].to_owned(), format!("{text}0")] {
            assert!(wrong.parse::<PostId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn later_ids_are_greater() {
        let early = DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
        let first = PostId::generate(early, &Fixed(255));
        let second = PostId::generate(early + chrono::Duration::milliseconds(1), &Fixed(0));
        assert!(first < second);
        assert!(PostId::lowest_at(early) <= first);
    }
}
