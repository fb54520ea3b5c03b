//! The facts this area appends to the event log. They hold ids, amounts and states, never what people wrote: the log is never
//! rewritten, while a text may be deleted.

use chrono::{DateTime, Utc};
use kernel::{
    AccountId, BasisPoints, LicenceId, ListingId, Money, ReviewId, RunId, SaleId, TransferId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::{AtEnd, EndReason, LicenceKind};

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = 1;
        }
    )*};
}

facts! {
    /// An agent is offered on the market. Stream: the listing.
    ListingPublished {
        /// The listing.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
        /// Whether it was offered before.
        again: bool,
    }
    /// What a listing says or costs changed. Stream: the listing.
    ListingEdited {
        /// The listing.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whether what it costs changed.
        prices: bool,
    }
    /// A listing takes on nobody new. Stream: the listing.
    ListingPaused {
        /// The listing.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
    }
    /// An administrator took a listing off the market. Stream: the listing.
    ListingWithdrawn {
        /// The listing.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
    }
    /// An administrator let a listing back. Stream: the listing.
    ListingRestored {
        /// The listing.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
    }
    /// Somebody bought an agent once. Stream: the licence.
    LicenceBought {
        /// The licence.
        licence: LicenceId,
        /// For what.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
        /// Who bought.
        account: AccountId,
        /// For how much.
        price: Money,
    }
    /// Somebody subscribed to an agent. Stream: the licence.
    LicenceSubscribed {
        /// The licence.
        licence: LicenceId,
        /// For what.
        listing: ListingId,
        /// The agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
        /// Who subscribed.
        account: AccountId,
        /// By the month or the year.
        kind: LicenceKind,
        /// For how much.
        price: Money,
        /// Until when it is paid.
        until: DateTime<Utc>,
    }
    /// The next period of a subscription was paid. Stream: the licence.
    LicenceRenewed {
        /// The licence.
        licence: LicenceId,
        /// Whose.
        account: AccountId,
        /// Until when it is paid.
        until: DateTime<Utc>,
    }
    /// The next period of a subscription could not be paid, and is tried again. Stream: the licence.
    LicencePastDue {
        /// The licence.
        licence: LicenceId,
        /// Whose.
        account: AccountId,
        /// So many tries were made.
        tries: u16,
        /// When the next one is made.
        next_try: DateTime<Utc>,
    }
    /// The next period of a subscription could not be paid, and it rests. Stream: the licence.
    LicenceInGrace {
        /// The licence.
        licence: LicenceId,
        /// Whose.
        account: AccountId,
        /// When it ends, unless it is paid.
        until: DateTime<Utc>,
    }
    /// What a subscription owed was paid after all. Stream: the licence.
    LicenceRecovered {
        /// The licence.
        licence: LicenceId,
        /// Whose.
        account: AccountId,
    }
    /// A subscriber decided what happens when the period ends. Stream: the licence.
    LicenceEndDecided {
        /// The licence.
        licence: LicenceId,
        /// Whose.
        account: AccountId,
        /// What happens then.
        at_end: AtEnd,
    }
    /// A licence is over. Stream: the licence.
    LicenceEnded {
        /// The licence.
        licence: LicenceId,
        /// Whose it was.
        account: AccountId,
        /// Why.
        reason: EndReason,
    }
    /// A message was paid for. Stream: the listing.
    MessageSold {
        /// The sale.
        sale: SaleId,
        /// Of which listing.
        listing: ListingId,
        /// Who paid.
        account: AccountId,
        /// The answer.
        run: RunId,
        /// How much.
        price: Money,
    }
    /// What was paid was given back. Stream: the listing.
    SaleRefunded {
        /// The sale.
        sale: SaleId,
        /// Of which listing.
        listing: ListingId,
        /// Who got it back.
        account: AccountId,
        /// How much.
        amount: Money,
        /// The transfer.
        transfer: TransferId,
    }
    /// Somebody reviewed an agent, or changed their review. Stream: the listing.
    Reviewed {
        /// The review.
        review: ReviewId,
        /// Of which listing.
        listing: ListingId,
        /// Who did.
        author: AccountId,
        /// Whose agent it is.
        owner: AccountId,
        /// How many stars.
        rating: u8,
    }
    /// A review was deleted. Stream: the listing.
    ReviewDeleted {
        /// The review.
        review: ReviewId,
        /// Of which listing.
        listing: ListingId,
        /// Whose it was.
        author: AccountId,
    }
    /// The owner replied to a review. Stream: the listing.
    ReviewReplied {
        /// The review.
        review: ReviewId,
        /// Of which listing.
        listing: ListingId,
        /// To whom.
        author: AccountId,
    }
    /// Somebody was offered a share. Stream: the listing.
    ShareOffered {
        /// Of which listing.
        listing: ListingId,
        /// Who was.
        account: AccountId,
        /// How much of what is left after the platform's part.
        points: BasisPoints,
    }
    /// An offered share was accepted. Stream: the listing.
    ShareAccepted {
        /// Of which listing.
        listing: ListingId,
        /// By whom.
        account: AccountId,
        /// How much of what is left after the platform's part.
        points: BasisPoints,
    }
    /// A share, or the offer of one, is over. Stream: the listing.
    ShareEnded {
        /// Of which listing.
        listing: ListingId,
        /// Whose it was.
        account: AccountId,
    }
    /// From now on another rule divides what an agent earns. Stream: the listing.
    SplitChanged {
        /// Of which listing.
        listing: ListingId,
        /// The rule.
        version: u32,
    }
    /// An agent was made of another one. Stream: the new agent.
    AgentForked {
        /// The new agent.
        agent: AccountId,
        /// Whose it is.
        owner: AccountId,
        /// The one it was made of.
        parent: AccountId,
    }
}
