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
}

impl EventKind {
    /// Reads the name the log stores.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}
