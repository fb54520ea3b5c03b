//! The billing area against a real PostgreSQL and the sandbox, through its public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod card_form;
mod catalogue;
mod checkout;
mod credits;
mod fairness;
mod gate;
mod invoices;
mod life;
mod news;
mod provider;
mod races;
mod refunds;

use std::sync::Arc;

use billing_core::{
    CheckoutState, CheckoutView, Error, Feature, InvoiceSummary, PayWith, Per, ProductView, SubscriptionView,
    command::{SaveProduct, SetPrice, StartCheckout, What},
    service,
};
use identity_core::command::NewPerson;
use kernel::{AccountId, Actor, CheckoutId, Currency, Money, PageSize, PriceId, Problem, Via};
use money_core::{Amount, Key, LedgerKind};
use payments_sandbox::page::{CardForm, Next};
use platform::{Cx, payments::ProviderName};
use testkit::{PASSWORD, TestApp};

/// A card that pays.
const GOOD: &str = "4242424242424242";
/// A card that pays while its owner is there, and is declined later.
const GOOD_ONCE: &str = "4000000000000341";

fn euros(minor: i64) -> Amount {
    Amount::new(Money::new(minor, Currency::Eur)).expect("an amount")
}

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn key(text: &str) -> Key {
    text.parse().expect("a key")
}

fn feature(name: &str) -> Feature {
    name.parse().expect("a feature")
}

/// What a person is told.
fn problem(error: Error) -> Problem {
    error.into()
}

/// Buying at a price.
fn buying(price: PriceId, pay_with: PayWith, with: &str) -> StartCheckout {
    StartCheckout { what: What::Price(price), pay_with, saved_card: false, seen: None, key: key(with) }
}

macro_rules! in_transaction {
    ($app:expr, |$tx:ident| $use_case:expr) => {{
        let mut $tx = $app.database.begin().await.expect("a transaction");
        let result = $use_case.await;
        if result.is_ok() {
            $tx.commit().await.expect("a commit");
        } else {
            $tx.rollback().await.expect("a rollback");
        }
        result
    }};
}
pub(crate) use in_transaction;

/// What tests do to the application: each call is one use case in one transaction.
trait Shop {
    /// Somebody who administers the server.
    async fn admin(&self) -> Cx<Actor>;
    /// The same, when there is one already.
    async fn admin_again(&self) -> Cx<Actor>;
    /// A product with a monthly price, which gives five agents.
    async fn plan(&self, code: &str, minor: i64, trial_days: u16) -> PriceId;
    /// A product with a price.
    async fn product(&self, save: SaveProduct, minor: i64, per: Per, trial_days: u16) -> PriceId;
    /// Somebody with money in their wallet.
    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor>;
    async fn put_in(&self, whom: &Cx<Actor>, minor: i64, with: &str);
    async fn start(&self, cx: &Cx<Actor>, start: &StartCheckout) -> Result<CheckoutId, Error>;
    async fn status(&self, cx: &Cx<Actor>, id: CheckoutId) -> CheckoutView;
    /// Goes to the page for a card and pays there; then lets everything run that follows.
    async fn pay_by_card(&self, cx: &Cx<Actor>, id: CheckoutId, number: &str) -> CheckoutView;
    /// Subscribes with a card, which is left for later.
    async fn subscribe_by_card(&self, cx: &Cx<Actor>, price: PriceId, number: &str) -> SubscriptionView;
    /// Leaves a card for payments to come.
    async fn leave_card(&self, cx: &Cx<Actor>, number: &str);
    async fn subscriptions(&self, cx: &Cx<Actor>) -> Vec<SubscriptionView>;
    /// The only subscription somebody has.
    async fn subscription(&self, cx: &Cx<Actor>) -> SubscriptionView;
    async fn invoices(&self, cx: &Cx<Actor>) -> Vec<InvoiceSummary>;
    /// What is in somebody's wallet, in euro cents.
    async fn wallet(&self, whom: &Cx<Actor>) -> i64;
    /// What the platform has on an account of a kind, in euro cents.
    async fn platform(&self, kind: LedgerKind) -> i64;
    /// Lets days pass, and does what is due each day.
    async fn days(&self, days: i64);
    /// Does what is due.
    async fn run_due(&self);
    async fn count(&self, sql: &'static str) -> i64;
    /// Fails unless the ledger adds up.
    async fn adds_up(&self);
    /// Whether and how much somebody may use.
    async fn may(&self, cx: &Cx<Actor>, name: &str) -> Option<billing_core::Entitlement>;
}

impl Shop for TestApp {
    async fn admin(&self) -> Cx<Actor> {
        let new = NewPerson::parse("olga", "Olga", "olga@example.org", PASSWORD).expect("a valid person");
        let new = NewPerson { is_admin: true, ..new };
        let hash = self.passwords.hash(&new.password, self.world.randomness.as_ref()).await.expect("a hash");
        let cx = self.world.cx(());
        let id: AccountId =
            in_transaction!(self, |tx| identity_core::service::create_person_confirmed(&mut tx, &cx, &new, &hash))
                .expect("an account");
        self.world.cx(Actor::human(id, Via::System))
    }

    async fn admin_again(&self) -> Cx<Actor> {
        let id = sqlx::query_scalar("select id from accounts where handle = 'olga'")
            .fetch_one(self.database.pool())
            .await
            .expect("an admin");
        self.world.cx(Actor::human(AccountId::from_uuid(id), Via::System))
    }

    async fn plan(&self, code: &str, minor: i64, trial_days: u16) -> PriceId {
        let grants = "agents_at_work 5\nanswers 100 credits";
        let save = SaveProduct::parse(None, code, code, "A plan", "19", true, grants).expect("a product");
        self.product(save, minor, Per::Month, trial_days).await
    }

    async fn product(&self, save: SaveProduct, minor: i64, per: Per, trial_days: u16) -> PriceId {
        let admin = match self.count("select count(*) from accounts where handle = 'olga'").await {
            0 => self.admin().await,
            _ => self.admin_again().await,
        };
        let product =
            in_transaction!(self, |tx| service::save_product(&self.database, &mut tx, &admin, &save)).expect("saved");
        let price = SetPrice { product, amount: money(minor), per, trial_days };
        in_transaction!(self, |tx| service::set_price(&self.database, &mut tx, &admin, &price)).expect("a price")
    }

    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor> {
        let person = self.person(handle).await;
        self.put_in(&person, minor, &format!("rich:{handle}")).await;
        person
    }

    async fn put_in(&self, whom: &Cx<Actor>, minor: i64, with: &str) {
        let top_up = money_core::TopUp {
            account: whom.actor.account,
            amount: euros(minor),
            key: key(with),
            memo: "Top-up".into(),
            subject: None,
        };
        in_transaction!(self, |tx| money_core::service::top_up(&mut tx, whom, &top_up)).expect("money");
    }

    async fn start(&self, cx: &Cx<Actor>, start: &StartCheckout) -> Result<CheckoutId, Error> {
        in_transaction!(self, |tx| service::start(&mut tx, cx, ProviderName::Sandbox, start))
    }

    async fn status(&self, cx: &Cx<Actor>, id: CheckoutId) -> CheckoutView {
        service::checkout(self.database.pool(), cx.actor, id).await.expect("a checkout")
    }

    async fn pay_by_card(&self, cx: &Cx<Actor>, id: CheckoutId, number: &str) -> CheckoutView {
        let url =
            service::open_page(&self.database, cx, self.payments.as_ref(), &self.public_url, id).await.expect("a page");
        let page = url.rsplit('/').next().expect("a reference").to_owned();
        let next = self.sandbox.submit_card(&page, &card(number)).await.expect("taken");
        if matches!(next, Next::Confirm) {
            self.sandbox.confirm(&page, true).await.expect("confirmed");
        }
        self.run_jobs().await;
        self.status(cx, id).await
    }

    async fn subscribe_by_card(&self, cx: &Cx<Actor>, price: PriceId, number: &str) -> SubscriptionView {
        let with = format!("sub:{}:{price}", cx.actor.account);
        let id = self.start(cx, &buying(price, PayWith::Card, &with)).await.expect("a checkout");
        let view = self.pay_by_card(cx, id, number).await;
        assert_eq!(view.state, CheckoutState::Paid, "{view:?}");
        self.subscription(cx).await
    }

    async fn leave_card(&self, cx: &Cx<Actor>, number: &str) {
        let with = format!("{number}:{}", self.world.now().timestamp());
        let page = service::leave_card(&self.database, cx, self.payments.as_ref(), &self.public_url, &with)
            .await
            .expect("a page");
        let next = self.sandbox.submit_card(&page.reference, &card(number)).await.expect("taken");
        if matches!(next, Next::Confirm) {
            self.sandbox.confirm(&page.reference, true).await.expect("confirmed");
        }
        self.run_jobs().await;
    }

    async fn subscriptions(&self, cx: &Cx<Actor>) -> Vec<SubscriptionView> {
        service::subscriptions(self.database.pool(), cx.actor, cx.actor.account).await.expect("subscriptions")
    }

    async fn subscription(&self, cx: &Cx<Actor>) -> SubscriptionView {
        let mut all = self.subscriptions(cx).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    async fn invoices(&self, cx: &Cx<Actor>) -> Vec<InvoiceSummary> {
        let account = Some(cx.actor.account);
        let page = service::invoices(self.database.pool(), cx.actor, account, None, PageSize::clamped(100)).await;
        page.expect("invoices").items
    }

    async fn wallet(&self, whom: &Cx<Actor>) -> i64 {
        let wallet = money_core::service::wallet(self.database.pool(), whom.actor, whom.actor.account).await;
        let balances = wallet.expect("a wallet").balances;
        balances.iter().find(|it| it.currency == Currency::Eur).map_or(0, |balance| balance.available.minor)
    }

    async fn platform(&self, kind: LedgerKind) -> i64 {
        let cx = self.world.cx(None::<Actor>);
        let id = in_transaction!(self, |tx| money_core::service::account_of(&mut tx, &cx, None, kind, Currency::Eur))
            .expect("an account");
        sqlx::query_scalar("select balance from ledger_accounts where id = $1")
            .bind(id.uuid())
            .fetch_one(self.database.pool())
            .await
            .expect("a balance")
    }

    async fn days(&self, days: i64) {
        for _ in 0..days {
            self.clock.advance(chrono::TimeDelta::days(1));
            self.run_due().await;
        }
    }

    async fn run_due(&self) {
        service::run_due(&self.database, &self.world, ProviderName::Sandbox).await.expect("runs");
        self.run_jobs().await;
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.pool()).await.expect("a number")
    }

    async fn adds_up(&self) {
        let report = money_core::service::verify(self.database.pool()).await.expect("a report");
        assert!(report.is_clean(), "{report}");
        let dead = self.count("select count(*) from graphile_worker._private_jobs where last_error is not null").await;
        assert_eq!(dead, 0, "jobs failed");
    }

    async fn may(&self, cx: &Cx<Actor>, name: &str) -> Option<billing_core::Entitlement> {
        service::entitlement(self.database.pool(), cx.actor.account, &feature(name)).await.expect("an answer")
    }
}

/// What somebody types on the page for a card.
fn card(number: &str) -> CardForm {
    CardForm {
        number: number.to_owned(),
        expiry: "12/34".to_owned(),
        cvc: "123".to_owned(),
        name: "Ana Example".to_owned(),
    }
}

/// The application, to be used by several at once.
async fn shared() -> Arc<TestApp> {
    Arc::new(TestApp::new().await)
}

/// The price a product has, and the product.
async fn on_sale(app: &TestApp) -> Vec<ProductView> {
    service::products(app.database.pool()).await.expect("products")
}
