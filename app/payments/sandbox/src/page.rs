//! The sandbox's own pages, on which somebody pays, leaves a card, or says where their payouts go. What they show and do
//! is here; how they look is the web's.
//!
//! Whoever has the address of a page may use it, as it is with other providers.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{FieldError, Money, PaymentId, Problem, ProblemKind};
use platform::{Tx, payments::HostedPayment, secret::Token};
use url::Url;

pub use crate::cards::CardForm;
use crate::{
    Later, Sandbox,
    accounts::find_account,
    cards::{Decline, Entered, Outcome},
    error::Error,
    events, later,
    payments::{Owed, Payment, Status, StoredCard, check_amount},
    store,
};

/// How long pages can be used on which nothing is paid.
const CARD_PAGE: TimeDelta = TimeDelta::hours(24);
const ACCOUNT_PAGE: TimeDelta = TimeDelta::hours(1);

/// What a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// Paying once with a card.
    Payment,
    /// Leaving a card for payments to come.
    Card,
    /// Saying where payouts go.
    PayoutAccount,
}

/// Whether a page can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    /// It can.
    Open,
    /// It was used.
    Done,
    /// It was taken back, or its time is over.
    Expired,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What the provider calls it.
    pub reference: String,
    /// What it is for.
    pub kind: PageKind,
    /// How much is to be paid.
    pub amount: Option<Money>,
    /// What for.
    pub description: String,
    /// Whether the card is kept for payments to come.
    pub keep_card: bool,
    /// Whether it can be used.
    pub state: PageState,
    /// Whether a card was entered that its owner has to confirm with their bank (3-D Secure).
    pub confirming: bool,
    /// Where it leads back to when it was used.
    pub success_url: Url,
    /// Where it leads back to otherwise.
    pub cancel_url: Url,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// Where it goes on after something was done on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Back to where they came from: it is done.
    Back(Url),
    /// The card's owner has to confirm it with their bank, on the same page.
    Confirm,
    /// The card was declined. Another one can be tried on the same page.
    Declined {
        /// In words for whoever pays.
        message: String,
        /// What it is called, such as `insufficient_funds`.
        code: String,
    },
}

/// Why nothing could be done on a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// There is no such page, or it is for something else.
    #[error("no such page")]
    NotFound,
    /// It was taken back, or its time is over.
    #[error("the page has expired")]
    Expired,
    /// There is nothing that waits to be confirmed.
    #[error("nothing waits to be confirmed")]
    NothingToConfirm,
    /// What was entered is wrong.
    #[error("something was entered wrongly")]
    Invalid(Vec<FieldError>),
    /// It is our fault.
    #[error("the sandbox failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Self::not_found("page"),
            PageError::Expired => Self::new(
                ProblemKind::Gone,
                "This page has expired, and nothing was paid on it. Go back and begin anew.",
            ),
            PageError::NothingToConfirm => {
                Self::new(ProblemKind::Conflict, "Nothing waits to be confirmed. Enter the card again.")
            }
            PageError::Invalid(fields) => Self::invalid(fields),
            PageError::Failed(_) => platform::internal(&error),
        }
    }
}

impl PageKind {
    /// The form the database stores.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Card => "card",
            Self::PayoutAccount => "payout_account",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Payment, Self::Card, Self::PayoutAccount].into_iter().find(|it| it.as_str() == text)
    }
}

impl PageState {
    /// The form the database stores.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Expired => "expired",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Expired].into_iter().find(|it| it.as_str() == text)
    }
}

/// A page as it is kept.
#[derive(Debug)]
pub(crate) struct Hosted {
    pub(crate) reference: String,
    pub(crate) kind: PageKind,
    pub(crate) customer: Option<String>,
    pub(crate) payout_account: Option<String>,
    pub(crate) due: Option<Due>,
    pub(crate) description: String,
    /// The payment, once somebody has tried to pay.
    pub(crate) payment: Option<String>,
    pub(crate) keep_card: bool,
    /// The card that its owner has to confirm.
    pub(crate) confirming: Option<String>,
    pub(crate) success_url: Url,
    pub(crate) cancel_url: Url,
    pub(crate) state: PageState,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
}

/// What is to be paid on a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub(crate) payment: PaymentId,
    pub(crate) amount: Money,
}

impl Hosted {
    /// Whether its time is over, though nobody has noticed yet.
    fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.state == PageState::Open && self.expires_at <= now
    }

    fn customer(&self) -> Result<&str, Error> {
        self.customer.as_deref().ok_or(Error::BadRow("page for a card without a customer"))
    }
}

// Making pages.
impl Sandbox {
    /// Makes a page to pay on.
    pub(crate) async fn new_payment_page(&self, tx: &mut Tx, new: &HostedPayment) -> Result<String, Error> {
        check_amount(new.amount)?;
        self.check_customer(tx, &new.customer).await?;
        if new.expires_at <= self.world.now() {
            return Err(Error::refused("parameter_invalid_integer", "A page has to expire in the future."));
        }
        let due = Some(Due { payment: new.payment, amount: new.amount });
        let page = Hosted {
            customer: Some(new.customer.clone()),
            due,
            description: new.description.clone(),
            keep_card: new.keep_card,
            cancel_url: new.cancel_url.clone(),
            ..self.blank(PageKind::Payment, &new.success_url, new.expires_at)
        };
        add_page(tx, page).await
    }

    /// Makes a page to leave a card on.
    pub(crate) async fn new_card_page(&self, tx: &mut Tx, customer: &str, back: &Url) -> Result<String, Error> {
        self.check_customer(tx, customer).await?;
        let page = Hosted {
            customer: Some(customer.to_owned()),
            keep_card: true,
            ..self.blank(PageKind::Card, back, self.world.now() + CARD_PAGE)
        };
        add_page(tx, page).await
    }

    /// Makes a page to say on where payouts go.
    pub(crate) async fn new_account_page(&self, tx: &mut Tx, account: &str, back: &Url) -> Result<String, Error> {
        let account =
            store::payouts::lock_account(tx, account).await?.ok_or_else(|| Error::missing("account", account))?;
        let page = Hosted {
            payout_account: Some(account.reference),
            ..self.blank(PageKind::PayoutAccount, back, self.world.now() + ACCOUNT_PAGE)
        };
        add_page(tx, page).await
    }

    fn blank(&self, kind: PageKind, back: &Url, expires_at: DateTime<Utc>) -> Hosted {
        Hosted {
            reference: format!("cs_sandbox_{}", Token::generate(self.world.randomness.as_ref()).reveal()),
            kind,
            customer: None,
            payout_account: None,
            due: None,
            description: String::new(),
            payment: None,
            keep_card: false,
            confirming: None,
            success_url: back.clone(),
            cancel_url: back.clone(),
            state: PageState::Open,
            expires_at,
            created_at: self.world.now(),
        }
    }

    async fn check_customer(&self, tx: &mut Tx, customer: &str) -> Result<(), Error> {
        if store::is_customer(tx, customer).await? { Ok(()) } else { Err(Error::missing("customer", customer)) }
    }
}

async fn add_page(tx: &mut Tx, page: Hosted) -> Result<String, Error> {
    store::pages::insert(tx, &page).await?;
    later::schedule(tx, Later::Page(page.reference.clone()), page.expires_at).await?;
    Ok(page.reference)
}

// Using pages.
impl Sandbox {
    /// What a page shows.
    ///
    /// # Errors
    /// When there is no such page. One that has expired is shown as such.
    pub async fn open_page(&self, reference: &str) -> Result<Page, PageError> {
        let page = store::pages::find(self.database.pool(), reference).await?.ok_or(PageError::NotFound)?;
        Ok(Page {
            state: if page.is_overdue(self.world.now()) { PageState::Expired } else { page.state },
            reference: page.reference,
            kind: page.kind,
            amount: page.due.map(|due| due.amount),
            description: page.description,
            keep_card: page.keep_card,
            confirming: page.confirming.is_some(),
            success_url: page.success_url,
            cancel_url: page.cancel_url,
            expires_at: page.expires_at,
        })
    }

    /// Pays with a card, or leaves it. When that was done before, nothing is done again.
    ///
    /// # Errors
    /// When the page has expired or is for something else, or the form is wrong.
    pub async fn submit_card(&self, reference: &str, form: &CardForm) -> Result<Next, PageError> {
        let (mut tx, page) = self.hold_page(reference).await?;
        if page.kind == PageKind::PayoutAccount {
            return Err(PageError::NotFound);
        }
        if page.state == PageState::Done {
            return Ok(Next::Back(page.success_url));
        }
        let Entered { card, exp_month, exp_year } = form.read(self.world.now()).map_err(PageError::Invalid)?;
        let behaviour = match card.nature {
            Ok(behaviour) => behaviour,
            // Nothing is kept of a card that was declined at once.
            Err(reason) => return self.decline_on_page(tx, page, reason.decline()).await,
        };
        let outcome = if page.kind == PageKind::Payment { behaviour.on_page() } else { behaviour.when_left() };
        let stored = StoredCard {
            reference: self.reference("pm"),
            customer: None,
            behaviour,
            brand: card.brand.to_owned(),
            last4: card.number.chars().skip(card.number.len().saturating_sub(4)).collect(),
            exp_month,
            exp_year,
        };
        store::cards::insert(&mut tx, &stored).await?;
        self.use_card(tx, page, stored, outcome).await
    }

    /// Says what the card's owner answered to their bank: that it is them, or not.
    ///
    /// # Errors
    /// When the page has expired, or no card waits to be confirmed.
    pub async fn confirm(&self, reference: &str, approve: bool) -> Result<Next, PageError> {
        let (mut tx, mut page) = self.hold_page(reference).await?;
        if page.state == PageState::Done {
            return Ok(Next::Back(page.success_url));
        }
        let card = page.confirming.take().ok_or(PageError::NothingToConfirm)?;
        let card = store::cards::find(&mut tx, &card).await?.ok_or(Error::BadRow("card to be confirmed"))?;
        let kind = if page.kind == PageKind::Payment { "payment_intent" } else { "setup_intent" };
        let outcome = if approve { Outcome::Succeeded } else { Outcome::Declined(Decline::not_confirmed(kind)) };
        self.use_card(tx, page, card, outcome).await
    }

    /// Says where payouts go.
    ///
    /// # Errors
    /// When the page has expired or is for something else, or it isn't a test account.
    pub async fn submit_payout_account(&self, reference: &str, iban: &str) -> Result<Next, PageError> {
        let (mut tx, mut page) = self.hold_page(reference).await?;
        let Some(account) = page.payout_account.clone() else { return Err(PageError::NotFound) };
        if page.state == PageState::Done {
            return Ok(Next::Back(page.success_url));
        }
        let bank = find_account(iban).map_err(|error| PageError::Invalid(vec![error]))?;
        let account = store::payouts::lock_account(&mut tx, &account).await?;
        let mut account = account.ok_or(Error::BadRow("page without its payout account"))?;
        account.arrival = Some(bank.arrival);
        let last4: String = bank.iban.chars().skip(bank.iban.len().saturating_sub(4)).collect();
        store::payouts::set_bank(&mut tx, &account.reference, bank.arrival, &last4).await?;
        page.state = PageState::Done;
        store::pages::save(&mut tx, &page).await?;
        self.emit_about(&mut tx, Some(&account.reference), "account.updated", events::account(&account)).await?;
        tx.commit().await?;
        Ok(Next::Back(page.success_url))
    }

    /// Where it goes back to without anything being done. The page can still be used.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn cancel(&self, reference: &str) -> Result<Url, PageError> {
        let page = store::pages::find(self.database.pool(), reference).await?.ok_or(PageError::NotFound)?;
        Ok(page.cancel_url)
    }

    /// Holds a page until the transaction ends, so that of two who use it at once one comes after the other. It is open
    /// or done.
    async fn hold_page(&self, reference: &str) -> Result<(Tx, Hosted), PageError> {
        let mut tx = self.database.begin().await?;
        let mut page = store::pages::lock(&mut tx, reference).await?.ok_or(PageError::NotFound)?;
        if page.is_overdue(self.world.now()) {
            self.expire(&mut tx, &mut page).await?;
            tx.commit().await?;
            return Err(PageError::Expired);
        }
        if page.state == PageState::Expired { Err(PageError::Expired) } else { Ok((tx, page)) }
    }

    /// Writes down what came of a card on a page, and says where it goes on.
    async fn use_card(
        &self,
        mut tx: Tx,
        mut page: Hosted,
        card: StoredCard,
        outcome: Outcome,
    ) -> Result<Next, PageError> {
        let through = match outcome {
            Outcome::Declined(decline) => return self.decline_on_page(tx, page, decline).await,
            Outcome::Succeeded | Outcome::Late => true,
            Outcome::Confirm => false,
        };
        let card = if through && page.keep_card { self.keep(&mut tx, card, page.customer()?).await? } else { card };
        if let Some(due) = page.due {
            let mut payment = self.payment_of(&mut tx, &mut page, due).await?;
            self.conclude(&mut tx, &mut payment, &card, &outcome).await?;
        }
        if !through {
            page.confirming = Some(card.reference);
            store::pages::save(&mut tx, &page).await?;
            tx.commit().await?;
            return Ok(Next::Confirm);
        }
        (page.state, page.confirming) = (PageState::Done, None);
        store::pages::save(&mut tx, &page).await?;
        let paid = outcome == Outcome::Succeeded;
        self.emit(&mut tx, "checkout.session.completed", events::session(&page, paid)).await?;
        tx.commit().await?;
        Ok(Next::Back(page.success_url))
    }

    /// Writes down that a card was declined on a page, which stays open for another one.
    async fn decline_on_page(&self, mut tx: Tx, mut page: Hosted, decline: Decline) -> Result<Next, PageError> {
        page.confirming = None;
        let next = Next::Declined { message: decline.message.clone(), code: decline.exactly().to_owned() };
        if let Some(due) = page.due {
            let mut payment = self.payment_of(&mut tx, &mut page, due).await?;
            self.decline(&mut tx, &mut payment, decline).await?;
        }
        store::pages::save(&mut tx, &page).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// Keeps a card for payments to come.
    async fn keep(&self, tx: &mut Tx, mut card: StoredCard, customer: &str) -> Result<StoredCard, Error> {
        store::cards::attach(tx, &card.reference, customer).await?;
        card.customer = Some(customer.to_owned());
        self.emit(tx, "payment_method.attached", events::payment_method(&card, customer)).await?;
        Ok(card)
    }

    /// The payment that a page is for, which is made when somebody first tries to pay.
    async fn payment_of(&self, tx: &mut Tx, page: &mut Hosted, due: Due) -> Result<Payment, Error> {
        if let Some(reference) = &page.payment {
            return store::payments::lock(tx, reference).await?.ok_or(Error::BadRow("page without its payment"));
        }
        let customer = page.customer()?;
        let owed = Owed { payment: due.payment, customer, amount: due.amount, description: &page.description };
        let payment = self.new_payment(tx, &owed).await?;
        page.payment = Some(payment.reference.clone());
        Ok(payment)
    }
}

// Taking pages back.
impl Sandbox {
    /// Takes a page back, if it was not used. That it is back already is no reason to refuse.
    pub(crate) async fn take_page_back(&self, reference: &str) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        let page = store::pages::lock(&mut tx, reference).await?;
        let mut page = page.ok_or_else(|| Error::missing("checkout.session", reference))?;
        match page.state {
            PageState::Open => self.expire(&mut tx, &mut page).await?,
            PageState::Expired => {}
            PageState::Done => {
                return Err(Error::Refused {
                    code: None,
                    message: "Only pages that were not used can be taken back; this one is complete.".to_owned(),
                });
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Lets a page expire whose time is over. `None` when it is not open any more, or else when that is due if it is
    /// still to come.
    pub(crate) async fn settle_page(&self, reference: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.database.begin().await?;
        let page = store::pages::lock(&mut tx, reference).await?;
        let Some(mut page) = page.filter(|page| page.state == PageState::Open) else { return Ok(None) };
        if !page.is_overdue(self.world.now()) {
            return Ok(Some(page.expires_at));
        }
        self.expire(&mut tx, &mut page).await?;
        tx.commit().await?;
        Ok(None)
    }

    async fn expire(&self, tx: &mut Tx, page: &mut Hosted) -> Result<(), Error> {
        (page.state, page.confirming) = (PageState::Expired, None);
        store::pages::save(tx, page).await?;
        if let Some(reference) = &page.payment {
            let payment = store::payments::lock(tx, reference).await?;
            let mut payment = payment.ok_or(Error::BadRow("page without its payment"))?;
            (payment.status, payment.card) = (Status::Canceled, None);
            store::payments::save(tx, &payment).await?;
            self.emit(tx, "payment_intent.canceled", events::payment_intent(&payment)).await?;
        }
        if page.kind != PageKind::PayoutAccount {
            self.emit(tx, "checkout.session.expired", events::session(page, false)).await?;
        }
        Ok(())
    }
}
