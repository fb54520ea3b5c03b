//! What crosses the wire. Moments are made by the server, so that both sides show the same, and so are sentences that
//! both a page and a list show.

pub mod admin;

use billing_core::{AtEnd, CheckoutState, InvoiceKind, InvoiceState, PayWith, Per, Purpose, SubscriptionState};
use kernel::{CheckoutId, Currency, Cursor, InvoiceId, Money, PriceId, SubscriptionId, TransferId};
use serde::{Deserialize, Serialize};
use web::Moment;

/// What is on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// Each once, in the order in which it is offered.
    pub offers: Vec<Offer>,
    /// How often subscriptions are paid that are shown.
    pub per: Per,
    /// Whether there are subscriptions by the month and by the year.
    pub both: bool,
    /// In which currency.
    pub currency: Currency,
    /// In which there are prices.
    pub currencies: Vec<Currency>,
}

/// A product at one of its prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The price.
    pub price: PriceId,
    /// What the product is called.
    pub name: String,
    /// What it is.
    pub summary: String,
    /// How much, tax included.
    pub amount: Money,
    /// How often.
    pub per: Per,
    /// What of it is tax, such as `19 %`; nothing when there is none.
    pub tax_rate: Option<String>,
    /// How many days the reader would pay nothing.
    pub trial_days: u16,
    /// What a year costs less than twelve months.
    pub saves: Option<Money>,
    /// What it gives, in words.
    pub gives: Vec<String>,
    /// What the reader has of it.
    pub has: Has,
}

/// What somebody has of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Has {
    /// Nothing.
    Nothing,
    /// It, bought once.
    Bought,
    /// A subscription to it, at this price.
    This(SubscriptionId),
    /// A subscription to it, at another price.
    OtherPrice(SubscriptionId),
    /// No subscription to it, but one to something else, which is called so.
    Another(SubscriptionId, String),
}

/// What somebody is about to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// What, and for how much.
    pub offer: Offer,
    /// What is paid today, tax included.
    pub today: Money,
    /// What of that is tax.
    pub tax: Money,
    /// When the next payment is due, if there is one.
    pub next: Option<Moment>,
    /// What stands on the invoice, in lines; the reader's own name when empty.
    pub bill_to: String,
    /// What it can be paid with.
    pub ways: Ways,
    /// What makes it happen once.
    pub key: String,
}

/// What something can be paid with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// How much it comes to.
    pub total: Money,
    /// What is in the wallet.
    pub balance: Money,
    /// What is missing there.
    pub missing: Option<Money>,
    /// The card that was left.
    pub card: Option<Card>,
}

/// A card that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its brand and its last digits.
    pub name: String,
    /// The month it is good until: `12/2034`.
    pub until: String,
    /// Whether that month is over.
    pub expired: bool,
}

/// How far a checkout is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutStatus {
    /// What is paid for.
    pub purpose: Purpose,
    /// In words.
    pub description: String,
    /// How much.
    pub total: Money,
    /// What with.
    pub pay_with: PayWith,
    /// How far it is.
    pub state: CheckoutState,
    /// Why it came to nothing, or why the last card did not pay.
    pub failure: Option<String>,
    /// The page on which a card can pay it.
    pub page: Option<String>,
    /// Whether an answer is awaited.
    pub waiting: bool,
    /// Until when it can be paid.
    pub expires: Moment,
    /// The subscription it is about.
    pub subscription: Option<SubscriptionId>,
    /// The invoice that came of it.
    pub invoice: Option<InvoiceId>,
    /// Where to pay it otherwise.
    pub otherwise: String,
    /// The page of ours that money for the wallet was wanted for.
    pub next: Option<String>,
}

/// A checkout whose card is entered on our own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    /// The checkout.
    pub id: CheckoutId,
    /// What is paid for, in words.
    pub description: String,
    /// How much.
    pub total: Money,
    /// Whether a card can still pay it.
    pub open: bool,
    /// Until when.
    pub expires: Moment,
    /// What the form needs; without it, the provider's page is the only way.
    pub form: Option<CardForm>,
}

/// What a form for cards needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardForm {
    /// The address of the provider's script.
    pub script: String,
    /// The key that the script is used with. Everybody may know it.
    pub key: String,
}

/// What comes of pressing the form's button.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardStep {
    /// The card pays with this. Nobody but who pays is given it, and it is kept nowhere.
    Pay(String),
    /// It is paid or over: there one sees which.
    Go(String),
}

impl std::fmt::Debug for CardStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pay(_) => f.write_str("Pay(***)"),
            Self::Go(path) => f.debug_tuple("Go").field(path).finish(),
        }
    }
}

/// What somebody has and pays for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// Those that need something first, and those that are over last.
    pub subscriptions: Vec<Subscription>,
    /// What was bought once, youngest first.
    pub purchases: Vec<Purchase>,
    /// What is left of what is used up.
    pub credits: Vec<Credit>,
}

/// A subscription in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The subscription.
    pub id: SubscriptionId,
    /// To what.
    pub product: String,
    /// What it costs, tax included.
    pub amount: Money,
    /// How often.
    pub per: Per,
    /// How it is doing.
    pub state: SubscriptionState,
    /// Whether it ends or rests when the period is over.
    pub ending: bool,
    /// What happens next, in words.
    pub next: String,
    /// The invoice to be paid.
    pub owes: Option<InvoiceId>,
}

/// Something that was bought once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// What.
    pub product: String,
    /// The invoice.
    pub invoice: InvoiceId,
    /// When.
    pub at: Moment,
    /// Whether it was given back.
    pub revoked: bool,
}

/// What is left of what is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Of what, in words.
    pub name: String,
    /// How much can be used.
    pub available: i64,
    /// How much is set aside.
    pub reserved: i64,
    /// When the next of it expires.
    pub expires: Option<Moment>,
}

/// The card that was left, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCard {
    /// The card.
    pub card: Option<Card>,
    /// How many subscriptions are paid with it.
    pub pays: u32,
}

/// What stands on somebody's invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillTo {
    /// The name; their own when empty.
    pub name: String,
    /// The address, in lines.
    pub address: String,
    /// What the tax office calls them.
    pub tax_id: String,
}

/// A subscription with all there is to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionPage {
    /// What a list shows of it.
    pub subscription: Subscription,
    /// When it began.
    pub began: Moment,
    /// When the period began.
    pub period_start: Moment,
    /// When it ends.
    pub period_end: Moment,
    /// What it is paid with.
    pub pay_with: PayWith,
    /// What else it could be paid with.
    pub ways: Ways,
    /// What happens when the period ends.
    pub at_end: AtEnd,
    /// Whether it is the reader's own, and not one that they look at to administer this server.
    pub own: bool,
    /// What would be lost with it, in words.
    pub gives: Vec<String>,
    /// What happened, youngest first.
    pub timeline: Vec<Happened>,
    /// What was asked for it.
    pub invoices: Vec<Invoice>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// In words.
    pub words: String,
    /// When.
    pub at: Moment,
}

/// Another plan for a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePlan {
    /// The subscription.
    pub subscription: Subscription,
    /// Whether the plan can be changed now.
    pub can_change: bool,
    /// What it could go over to.
    pub offers: Vec<Offer>,
    /// What the one that was chosen comes to.
    pub preview: Option<Preview>,
}

/// What a change of plan comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preview {
    /// It can't be had, for this reason.
    Refused(String),
    /// It happens at once.
    Now(Box<Reckoned>),
    /// It happens with the next period.
    Later {
        /// To what.
        offer: Box<Offer>,
        /// When.
        at: Moment,
    },
}

/// A change of plan that happens at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// To what.
    pub offer: Offer,
    /// What is given back, below zero or nothing.
    pub credit: Money,
    /// What the new plan costs until the period ends.
    pub charge: Money,
    /// When the period ends then.
    pub period_end: Moment,
    /// The instant it was reckoned for, as RFC 3339.
    pub at: String,
    /// What the subscription is paid with.
    pub pay_with: PayWith,
    /// What the difference can be paid with.
    pub ways: Ways,
    /// What makes it happen once.
    pub key: String,
}

/// Somebody's invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoices {
    /// Youngest first.
    pub invoices: Vec<Invoice>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
}

/// An invoice or a credit note in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The document.
    pub id: InvoiceId,
    /// What kind it is.
    pub kind: InvoiceKind,
    /// Its number.
    pub number: String,
    /// How much, tax included.
    pub total: Money,
    /// What of that credit notes took back.
    pub credited: Money,
    /// How far it is.
    pub state: InvoiceState,
    /// When it was written.
    pub issued: Moment,
}

/// An invoice with all that stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePage {
    /// What a list shows of it.
    pub invoice: Invoice,
    /// Who wrote it, in lines.
    pub from: String,
    /// Who it was made out to, in lines.
    pub bill_to: String,
    /// What it is for.
    pub lines: Vec<Line>,
    /// What it comes to without tax.
    pub net: Money,
    /// The tax of each rate.
    pub taxes: Vec<Tax>,
    /// When it was paid.
    pub paid: Option<Moment>,
    /// The money that paid it.
    pub transfer: Option<TransferId>,
    /// The subscription it is for.
    pub subscription: Option<SubscriptionId>,
    /// The invoice that a credit note takes back, and its number.
    pub corrects: Option<(InvoiceId, String)>,
    /// The credit notes that take it back, and their numbers.
    pub corrected_by: Vec<(InvoiceId, String)>,
    /// How it can be paid, while it is to be.
    pub due: Option<Due>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What for.
    pub description: String,
    /// For which time, in words.
    pub period: Option<String>,
    /// Which tax.
    pub tax_rate: String,
    /// How much, tax included.
    pub total: Money,
}

/// The tax of one rate on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// Which.
    pub rate: String,
    /// Of how much without it.
    pub net: Money,
    /// How much.
    pub tax: Money,
}

/// An invoice that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Why it was not collected, in words.
    pub failed: Option<String>,
    /// What it can be paid with.
    pub ways: Ways,
    /// What makes it happen once.
    pub key: String,
}

/// What somebody may use, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// What there is.
    pub features: Vec<Feature>,
    /// What is left of what is used up.
    pub credits: Vec<Credit>,
}

/// Something that may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// What it is called.
    pub name: String,
    /// How much of it; as much as one likes when empty.
    pub amount: Option<i64>,
    /// Whether what is there can only be looked at.
    pub read_only: bool,
    /// Why.
    pub because: Vec<Source>,
}

/// Why something may be used: from what it gives to the money that paid for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The product that gives it.
    pub product: String,
    /// How much of it.
    pub amount: Option<i64>,
    /// Whether what is there can only be looked at.
    pub read_only: bool,
    /// Through a subscription, which is so.
    pub subscription: Option<(SubscriptionId, SubscriptionState)>,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    /// The last invoice of it, and its number.
    pub invoice: Option<(InvoiceId, String)>,
    /// The money that paid it.
    pub transfer: Option<TransferId>,
}

/// Money for the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUp {
    /// The card that was left.
    pub card: Option<Card>,
    /// What is in the wallet.
    pub balances: Vec<Money>,
    /// What makes it happen once.
    pub key: String,
}

/// Whether payouts have somewhere to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutDestination {
    /// Nobody has said where.
    Missing,
    /// It has been begun, or is being looked at.
    Incomplete,
    /// They have.
    Ready,
}

/// What the page of the sandbox is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxKind {
    /// Paying once with a card.
    Payment,
    /// Leaving a card for payments to come.
    Card,
    /// Saying where payouts go.
    PayoutAccount,
}

/// Whether a page of the sandbox can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxState {
    /// It can.
    Open,
    /// A card was entered that has to be confirmed with its bank.
    Confirming,
    /// It was used.
    Done,
    /// Its time is over.
    Expired,
}

/// A page of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// What the provider calls it.
    pub reference: String,
    /// What it is for.
    pub kind: SandboxKind,
    /// Whether it can be used.
    pub state: SandboxState,
    /// How much is to be paid.
    pub amount: Option<Money>,
    /// What for.
    pub description: String,
    /// Whether the card is kept for payments to come.
    pub keep_card: bool,
    /// Where it goes on when it was used.
    pub done: String,
    /// Where it goes back to otherwise.
    pub cancel: String,
    /// Cards, or bank accounts, that can be used.
    pub trials: Vec<Trial>,
}

/// A test card, or a test account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Its number, as people write it.
    pub number: String,
    /// What it does.
    pub does: String,
}
