//! The facts this area appends to the event log. They hold ids, amounts and states, never what people wrote: the log is never
//! rewritten, while a text may be deleted.

use chrono::{DateTime, Utc};
use kernel::{
    AccountId, BookingId, Money, RescheduleId, ServiceId, TransferId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::{BookingState, Party};

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
    /// An expert can be booked. Stream: the expert's account.
    ExpertPublished {
        /// Who.
        expert: AccountId,
        /// Whether they could be before.
        again: bool,
    }
    /// An expert takes nothing new for a while. Stream: the expert's account.
    ExpertPaused {
        /// Who.
        expert: AccountId,
    }
    /// An expert works at other hours. Stream: the expert's account.
    HoursChanged {
        /// Who.
        expert: AccountId,
    }
    /// An expert's time is kept for whoever pays. Stream: the booking.
    SliceHeld {
        /// For which booking.
        booking: BookingId,
        /// Whose time.
        expert: AccountId,
        /// For whom.
        client: AccountId,
        /// For what.
        service: ServiceId,
        /// When the call begins.
        starts_at: DateTime<Utc>,
        /// Until when it is kept.
        until: DateTime<Utc>,
    }
    /// Time that was kept is free again. Stream: the booking.
    SliceLetGo {
        /// Of which booking.
        booking: BookingId,
        /// Whose time.
        expert: AccountId,
        /// For whom it was kept.
        client: AccountId,
    }
    /// Somebody paid, and waits for the expert's word. Stream: the booking.
    BookingRequested {
        /// The booking.
        booking: BookingId,
        /// Whose word.
        expert: AccountId,
        /// Who waits.
        client: AccountId,
        /// When the call begins.
        starts_at: DateTime<Utc>,
        /// Until when they have to say something.
        until: DateTime<Utc>,
    }
    /// An expert said no, or nothing in time. Stream: the booking.
    BookingDeclined {
        /// The booking.
        booking: BookingId,
        /// Who was asked.
        expert: AccountId,
        /// Who asked.
        client: AccountId,
        /// Whether they said so themselves.
        said: bool,
    }
    /// A booking is paid and will happen. Stream: the booking.
    BookingConfirmed {
        /// The booking.
        booking: BookingId,
        /// Who is asked.
        expert: AccountId,
        /// Who asks.
        client: AccountId,
        /// For what.
        service: ServiceId,
        /// When the call begins.
        starts_at: DateTime<Utc>,
        /// For how much.
        price: Money,
        /// What paid it.
        transfer: TransferId,
    }
    /// One of both wants another time. Stream: the booking.
    RescheduleProposed {
        /// The proposal.
        reschedule: RescheduleId,
        /// For which booking.
        booking: BookingId,
        /// Whose it is.
        by: Party,
        /// Who is to answer.
        to: AccountId,
        /// How many times there are to choose from.
        times: u8,
    }
    /// The other one agreed to another time, or did not. Stream: the booking.
    RescheduleAnswered {
        /// The proposal.
        reschedule: RescheduleId,
        /// For which booking.
        booking: BookingId,
        /// When the call begins now, if they agreed.
        starts_at: Option<DateTime<Utc>>,
    }
    /// A booking was taken back. Stream: the booking.
    BookingCancelled {
        /// The booking.
        booking: BookingId,
        /// Who is asked.
        expert: AccountId,
        /// Who asks.
        client: AccountId,
        /// Who took it back.
        by: Party,
        /// What went back to the client.
        back: Money,
    }
    /// Somebody came into the room of a call. Stream: the booking.
    CheckedIn {
        /// The booking.
        booking: BookingId,
        /// Who.
        party: Party,
    }
    /// A call was made longer. Stream: the booking.
    CallExtended {
        /// The booking.
        booking: BookingId,
        /// When it ends now.
        ends_at: DateTime<Utc>,
        /// For how much.
        price: Money,
        /// What paid it.
        transfer: TransferId,
    }
    /// What a call came to was settled. Stream: the booking.
    CallSettled {
        /// The booking.
        booking: BookingId,
        /// Who was asked.
        expert: AccountId,
        /// Who asked.
        client: AccountId,
        /// What it came to.
        state: BookingState,
        /// What went back to the client.
        back: Money,
        /// What the platform gave on top.
        credit: Money,
    }
    /// A client disputes what a call came to. Stream: the booking.
    CallDisputed {
        /// The booking.
        booking: BookingId,
        /// Who was asked.
        expert: AccountId,
        /// Who disputes.
        client: AccountId,
    }
    /// An administrator decided a dispute. Stream: the booking.
    DisputeDecided {
        /// The booking.
        booking: BookingId,
        /// What went back to the client.
        back: Money,
    }
    /// Somebody waits for an expert who has nothing free. Stream: the expert's account.
    WaitlistJoined {
        /// For whom.
        expert: AccountId,
        /// Who.
        account: AccountId,
    }
    /// Time that became free is kept for the first in line. Stream: the expert's account.
    SliceOffered {
        /// Whose time.
        expert: AccountId,
        /// For whom.
        account: AccountId,
        /// When the call would begin.
        starts_at: DateTime<Utc>,
        /// Until when it is kept.
        until: DateTime<Utc>,
    }
    /// A client reviewed a call. Stream: the booking.
    CallReviewed {
        /// The booking.
        booking: BookingId,
        /// Who was asked.
        expert: AccountId,
        /// Who reviewed.
        author: AccountId,
        /// How many stars.
        rating: u8,
    }
    /// An expert made public what was noted of a call, or changed what is. Stream: the booking.
    NotesPublished {
        /// The booking.
        booking: BookingId,
        /// Who published it.
        expert: AccountId,
        /// Who agreed to it.
        client: AccountId,
        /// Whether something of it had been published before.
        again: bool,
    }
    /// What was public of a call is not any more. Stream: the booking.
    NotesHidden {
        /// The booking.
        booking: BookingId,
        /// On whose page it was.
        expert: AccountId,
        /// Who did so: the expert, or the client, who took their agreement back.
        by: Party,
    }
    /// One of both said something in the room of a call. Stream: the booking.
    RoomSaid {
        /// The booking.
        booking: BookingId,
        /// Who.
        party: Party,
    }
    /// The browser of one of both has something for the other's. Stream: the booking.
    RoomSignalled {
        /// The booking.
        booking: BookingId,
        /// Whose.
        party: Party,
    }
}
