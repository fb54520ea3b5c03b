//! The words every part of Magentic shares. Compiles for the server and the browser, and does no I/O:
//! whatever needs a database, a clock or a socket stands in `platform` or `web`.

mod actor;
mod clock;
mod email;
pub mod event;
mod handle;
mod id;
mod money;
mod page;
mod payment;
mod problem;

pub use actor::{Actor, Provenance, Via};
pub use clock::{Clock, Randomness};
pub use email::{EmailAddress, EmailError};
pub use handle::{Handle, HandleError};
pub use id::{
    Account, AccountId, Act, ActId, Attachment, AttachmentId, Booking, BookingId, Calendar, CalendarId, Check, CheckId,
    CheckRun, CheckRunId, Checkout, CheckoutId, Conversation, ConversationId, Credit, CreditId, Event, EventId, Hold,
    HoldId, Id, IdError, Invoice, InvoiceId, Kind, LedgerAccount, LedgerAccountId, Licence, LicenceId, Listing,
    ListingId, Mail, MailId, McpServer, McpServerId, Media, MediaId, Memory, MemoryId, Message, MessageId, Passage,
    PassageId, Payment, PaymentId, Payout, PayoutId, Post, PostId, Price, PriceId, Product, ProductId, Proposal,
    ProposalId, Publication, PublicationId, Purchase, PurchaseId, Reconciliation, ReconciliationId, Reschedule,
    RescheduleId, Reservation, ReservationId, Return, ReturnId, Review, ReviewId, RoomMessage, RoomMessageId, Run,
    RunId, Sale, SaleId, Schedule, ScheduleId, Service, ServiceId, Session, SessionId, Slice, SliceId, Source,
    SourceId, Subscription, SubscriptionId, ToolCall, ToolCallId, Transfer, TransferId, Webhook, WebhookId,
};
pub use money::{
    AmountError, BasisPoints, Currency, MAX_AMOUNT, Money, MoneyError, RateError, UnknownCurrency, allocate,
    parse_amount,
};
pub use page::{Cursor, CursorError, Page, PageSize};
pub use payment::PaymentStatus;
pub use problem::{FieldError, Problem, ProblemKind};
