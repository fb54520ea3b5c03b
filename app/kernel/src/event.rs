//! The registry of events: every kind of fact the log can hold, in one place.

use serde::{Serialize, de::DeserializeOwned};

/// A fact that an area appends to the log. Payloads are versioned: a changed shape gets a new version,
/// and old ones stay readable.
pub trait Fact: Serialize + DeserializeOwned + Send + Sync {
    /// Which kind of fact it is.
    const KIND: EventKind;
    /// The version of the payload's shape.
    const VERSION: i16;
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)*) => {
        /// Each kind of fact there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $($(#[$doc])* $variant,)*
        }
        impl EventKind {
            /// Every kind, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name the log stores.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

event_kinds! {
    /// Somebody signed up, or an agent was made.
    AccountCreated => "identity.account_created",
    /// An e-mail address was confirmed.
    EmailConfirmed => "identity.email_confirmed",
    /// Name, bio, headline or portrait changed.
    ProfileEdited => "identity.profile_edited",
    /// A device signed in.
    SignedIn => "identity.signed_in",
    /// A device was signed out, by itself or from another one.
    SessionRevoked => "identity.session_revoked",
    /// Somebody may not act any more, nor may the agents they run.
    AccountSuspended => "identity.account_suspended",
    /// Somebody who was suspended may act again.
    AccountReinstated => "identity.account_reinstated",
    /// A forgotten password was replaced.
    PasswordReset => "identity.password_reset",
    /// A post or a comment was published.
    PostPublished => "social.post_published",
    /// A post or a comment was edited.
    PostEdited => "social.post_edited",
    /// A post or a comment was deleted.
    PostDeleted => "social.post_deleted",
    /// A deletion was undone.
    PostRestored => "social.post_restored",
    /// Somebody liked a post.
    PostLiked => "social.post_liked",
    /// Somebody took a like back.
    PostUnliked => "social.post_unliked",
    /// Somebody began to follow an account.
    Followed => "social.followed",
    /// Somebody stopped following an account.
    Unfollowed => "social.unfollowed",
    /// Somebody chose which agents they see.
    ReadingChanged => "social.reading_changed",
    /// Members began to write to each other.
    ConversationBegun => "social.conversation_begun",
    /// A member said something in a conversation.
    MessageSent => "social.message_sent",
    /// A member of a conversation began to write an answer.
    AnswerBegun => "social.answer_begun",
    /// An answer in a conversation was finished, stopped, or failed.
    AnswerEnded => "social.answer_ended",
    /// A conversation was deleted by who began it.
    ConversationDeleted => "social.conversation_deleted",
    /// Money came into a wallet from outside.
    ToppedUp => "money.topped_up",
    /// Money that had come into a wallet was taken back from outside.
    TopUpReversed => "money.top_up_reversed",
    /// Somebody paid from their wallet.
    Paid => "money.paid",
    /// A payment was given back, in whole or in part.
    Refunded => "money.refunded",
    /// Money was set aside.
    Held => "money.held",
    /// Money that was set aside was taken.
    Captured => "money.captured",
    /// Money that was set aside was let go.
    Released => "money.released",
    /// What somebody earned became free to be paid out.
    EarningsFreed => "money.earnings_freed",
    /// Somebody asked for their earnings.
    PayoutRequested => "money.payout_requested",
    /// A payout was handed to the bank.
    PayoutSent => "money.payout_sent",
    /// A payout arrived.
    PayoutPaid => "money.payout_paid",
    /// A payout came back.
    PayoutFailed => "money.payout_failed",
    /// A card paid.
    CardPaid => "billing.card_paid",
    /// A card did not pay.
    CardFailed => "billing.card_failed",
    /// Whoever paid with a card disputes it with their bank.
    CardDisputed => "billing.card_disputed",
    /// An invoice was written.
    InvoiceIssued => "billing.invoice_issued",
    /// An invoice was paid.
    InvoicePaid => "billing.invoice_paid",
    /// Nobody expects an invoice to be paid any more.
    InvoiceGivenUp => "billing.invoice_given_up",
    /// An invoice was taken back, in whole or in part.
    CreditNoteIssued => "billing.credit_note_issued",
    /// Somebody bought something once.
    Bought => "billing.bought",
    /// What somebody bought once was given back.
    PurchaseRevoked => "billing.purchase_revoked",
    /// Somebody subscribed.
    Subscribed => "billing.subscribed",
    /// The next period of a subscription began.
    SubscriptionRenewed => "billing.subscription_renewed",
    /// A subscription went over to another price.
    SubscriptionChanged => "billing.subscription_changed",
    /// Its owner decided what happens when the period of a subscription ends.
    SubscriptionEndDecided => "billing.subscription_end_decided",
    /// A subscription could not be collected, and will be tried again.
    SubscriptionPastDue => "billing.subscription_past_due",
    /// A subscription could not be collected, and nothing but reading is left of it.
    SubscriptionInGrace => "billing.subscription_in_grace",
    /// A subscription that could not be collected was paid after all.
    SubscriptionRecovered => "billing.subscription_recovered",
    /// A subscription rests.
    SubscriptionPaused => "billing.subscription_paused",
    /// A subscription that rested goes on.
    SubscriptionResumed => "billing.subscription_resumed",
    /// A subscription is over.
    SubscriptionCanceled => "billing.subscription_canceled",
    /// Somebody made an agent.
    AgentCreated => "agents.created",
    /// A version of an agent was published, new or again.
    AgentPublished => "agents.published",
    /// Whoever asked said whether an agent's answer was any good.
    AnswerRated => "agents.answer_rated",
    /// Somebody chose whether what they say may be learnt from.
    TrainingChosen => "agents.training_chosen",
    /// An agent rests.
    AgentPaused => "agents.paused",
    /// An agent that rested is at work again.
    AgentResumed => "agents.resumed",
    /// An agent is not used any more.
    AgentRetired => "agents.retired",
    /// Something was given to an agent to know.
    KnowledgeAdded => "agents.knowledge_added",
    /// What was given to an agent to know was read, or could not be.
    KnowledgeRead => "agents.knowledge_read",
    /// Something was taken from what an agent knows.
    KnowledgeRemoved => "agents.knowledge_removed",
    /// An agent is offered on the market, for the first time or again.
    ListingPublished => "market.listed",
    /// What a listing says or costs changed.
    ListingEdited => "market.listing_edited",
    /// A listing takes on nobody new.
    ListingPaused => "market.listing_paused",
    /// An administrator took a listing off the market.
    ListingWithdrawn => "market.listing_withdrawn",
    /// An administrator let a listing back.
    ListingRestored => "market.listing_restored",
    /// Somebody bought an agent once.
    LicenceBought => "market.licence_bought",
    /// Somebody subscribed to an agent.
    LicenceSubscribed => "market.licence_subscribed",
    /// The next period of a subscription to an agent was paid.
    LicenceRenewed => "market.licence_renewed",
    /// The next period of a subscription to an agent could not be paid, and is tried again.
    LicencePastDue => "market.licence_past_due",
    /// The next period of a subscription to an agent could not be paid, and it rests until it is, or ends.
    LicenceInGrace => "market.licence_in_grace",
    /// What a subscription to an agent owed was paid after all.
    LicenceRecovered => "market.licence_recovered",
    /// A subscriber decided what happens when the period ends.
    LicenceEndDecided => "market.licence_end_decided",
    /// A licence is over.
    LicenceEnded => "market.licence_ended",
    /// A message to an agent was paid for.
    MessageSold => "market.message_sold",
    /// What was paid for an agent was given back.
    SaleRefunded => "market.sale_refunded",
    /// Somebody reviewed an agent, or changed their review.
    Reviewed => "market.reviewed",
    /// A review was deleted.
    ReviewDeleted => "market.review_deleted",
    /// The owner of an agent replied to a review.
    ReviewReplied => "market.review_replied",
    /// Somebody was offered a share of what an agent earns.
    ShareOffered => "market.share_offered",
    /// An offered share was accepted.
    ShareAccepted => "market.share_accepted",
    /// A share, or the offer of one, is over.
    ShareEnded => "market.share_ended",
    /// From now on another rule says how what an agent earns is divided.
    SplitChanged => "market.split_changed",
    /// An agent was made of another one.
    AgentForked => "market.agent_forked",
    /// An agent wants to use a tool, and waits for somebody's yes or no.
    ToolAsked => "agents.tool_asked",
    /// Somebody said yes or no to the use of a tool.
    ToolDecided => "agents.tool_decided",
    /// A server that offers tools was added.
    McpServerAdded => "agents.mcp_server_added",
    /// A server that offers tools was removed.
    McpServerRemoved => "agents.mcp_server_removed",
    /// What an agent may do by itself was changed.
    ActingChanged => "agents.acting_changed",
    /// Something waits for a person to decide.
    ReviewProposed => "agents.review_proposed",
    /// A person decided on what an agent proposed, or nobody did in time.
    ReviewDecided => "agents.review_decided",
    /// An agent published something by itself.
    Acted => "agents.acted",
    /// An expert can be booked, for the first time or again.
    ExpertPublished => "experts.published",
    /// An expert takes nothing new for a while.
    ExpertPaused => "experts.paused",
    /// An expert works at other hours.
    HoursChanged => "experts.hours_changed",
    /// An expert's time is kept for somebody who is about to pay.
    SliceHeld => "experts.slice_held",
    /// Time that was kept is free again: nobody paid, or they let it go.
    SliceLetGo => "experts.slice_let_go",
    /// Somebody paid, and waits for the expert's word.
    BookingRequested => "experts.booking_requested",
    /// An expert said no to a booking, or nothing in time.
    BookingDeclined => "experts.booking_declined",
    /// A booking is paid and will happen.
    BookingConfirmed => "experts.booking_confirmed",
    /// One of both wants another time.
    RescheduleProposed => "experts.reschedule_proposed",
    /// The other one agreed, said no, or nothing in time.
    RescheduleAnswered => "experts.reschedule_answered",
    /// A booking was taken back.
    BookingCancelled => "experts.booking_cancelled",
    /// Somebody came into the room of a call.
    CheckedIn => "experts.checked_in",
    /// A call was made longer.
    CallExtended => "experts.call_extended",
    /// What a call came to was settled.
    CallSettled => "experts.call_settled",
    /// A client disputes what a call came to.
    CallDisputed => "experts.call_disputed",
    /// An administrator decided a dispute.
    DisputeDecided => "experts.dispute_decided",
    /// Somebody waits for an expert who has nothing free.
    WaitlistJoined => "experts.waitlist_joined",
    /// Time that became free is kept for the first in line.
    SliceOffered => "experts.slice_offered",
    /// A client reviewed a call.
    CallReviewed => "experts.call_reviewed",
    /// An expert made public what was noted of a call, or changed what is.
    NotesPublished => "experts.notes_published",
    /// What was public of a call is not any more.
    NotesHidden => "experts.notes_hidden",
    /// One of both said something in the room of a call.
    RoomSaid => "experts.room_said",
    /// The browser of one of both has something for the other's, so that they connect.
    RoomSignalled => "experts.room_signalled",
}

impl EventKind {
    /// Reads the name the log stores.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}
