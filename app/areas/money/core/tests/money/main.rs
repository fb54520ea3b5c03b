//! The money area against a real PostgreSQL, through its public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod database;
mod holds;
mod ledger;
mod payments;
mod payouts;
mod property;
mod races;
mod reading;
mod refunds;
mod verify;

use chrono::TimeDelta;
use kernel::{AccountId, Actor, BasisPoints, Currency, HoldId, Money, Problem, TransferId, Via};
use money_core::{
    Amount, Balance, Capture, Draft, Error, Key, LedgerKind, Line, Lines, MarkPayout, Memo, Pay, PayoutNews,
    PayoutState, PlaceHold, Refund, RequestPayout, ReverseTopUp, TopUp, Transfer,
    service::{self, PlacedHold, RequestedPayout},
};
use platform::Cx;
use testkit::TestApp;

/// How long what was earned is pending in these tests.
const PENDING: TimeDelta = TimeDelta::days(7);

fn euros(minor: i64) -> Amount {
    amount(minor, Currency::Eur)
}

fn amount(minor: i64, currency: Currency) -> Amount {
    Amount::new(Money::new(minor, currency)).expect("an amount")
}

fn key(text: &str) -> Key {
    text.parse().expect("a key")
}

fn rate(points: u16) -> BasisPoints {
    BasisPoints::try_from(points).expect("a rate")
}

/// All of it to one payee, with a fee of 10 %.
fn to(payee: &Cx<Actor>, amount: Amount) -> Lines {
    Lines::one(payee.actor.account, amount, rate(1000))
}

/// Several payees, each with the same fee.
fn split(lines: &[(&Cx<Actor>, i64)], fee: u16) -> Lines {
    let lines =
        lines.iter().map(|(to, minor)| Line { to: to.actor.account, amount: euros(*minor), fee: rate(fee).into() });
    Lines::new(lines.collect()).expect("lines")
}

/// A payment by the one who acts.
fn paying(payer: &Cx<Actor>, lines: Lines, with: &str) -> Pay {
    Pay {
        payer: payer.actor.account,
        lines,
        frees_after: PENDING,
        key: key(with),
        memo: Memo::from("A call"),
        subject: None,
    }
}

fn holding(payer: &Cx<Actor>, amount: Amount, with: &str) -> PlaceHold {
    PlaceHold {
        payer: payer.actor.account,
        amount,
        lasts: TimeDelta::days(3),
        key: key(with),
        memo: Memo::from("For a call"),
        subject: None,
    }
}

/// What a person is told.
fn problem(error: Error) -> Problem {
    error.into()
}

/// What a person is told about a field.
fn told(error: Error, field: &str) -> String {
    let problem = problem(error);
    problem.for_field(field).unwrap_or_else(|| unreachable!("{problem:?} says nothing of {field}")).to_owned()
}

macro_rules! in_transaction {
    ($app:expr, |$tx:ident| $use_case:expr) => {{
        let mut $tx = $app.database.begin().await.expect("a transaction");
        let result = $use_case.await;
        // Also when it failed, nothing is held when the call returns.
        if result.is_ok() {
            $tx.commit().await.expect("a commit");
        } else {
            $tx.rollback().await.expect("a rollback");
        }
        result
    }};
}

/// What tests do to the application: each call is one use case in one transaction.
trait Ledger {
    /// The server itself, acting for nobody.
    fn nobody(&self) -> Cx<Option<Actor>>;
    async fn top_up(&self, whom: &Cx<Actor>, amount: Amount, with: &str) -> Result<Transfer, Error>;
    async fn reverse(&self, top_up: TransferId, amount: Amount, with: &str) -> Result<Transfer, Error>;
    async fn pay(&self, cx: &Cx<Actor>, pay: &Pay) -> Result<Transfer, Error>;
    async fn hold(&self, cx: &Cx<Actor>, place: &PlaceHold) -> Result<PlacedHold, Error>;
    async fn capture(&self, hold: HoldId, lines: Lines, with: &str) -> Result<Transfer, Error>;
    async fn release(&self, hold: HoldId) -> Result<Option<Transfer>, Error>;
    async fn refund(&self, payment: TransferId, amount: Amount, with: &str) -> Result<Transfer, Error>;
    async fn payout(&self, cx: &Cx<Actor>, amount: Amount, with: &str) -> Result<RequestedPayout, Error>;
    async fn mark(&self, payout: &RequestedPayout, news: PayoutNews) -> Result<PayoutState, Error>;
    async fn post(&self, draft: &Draft) -> Result<Transfer, Error>;
    /// Somebody with money in their wallet.
    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor>;
    /// Lets what is pending become free.
    async fn free(&self);
    /// What somebody has, in euros.
    async fn has(&self, whom: &Cx<Actor>) -> Balance;
    /// What somebody has, in euros, as numbers: available, held, pending, earnings.
    async fn sums(&self, whom: &Cx<Actor>) -> (i64, i64, i64, i64);
    /// What the platform has on an account of a kind, in euros.
    async fn platform(&self, kind: LedgerKind) -> i64;
    async fn account(&self, owner: Option<AccountId>, kind: LedgerKind) -> kernel::LedgerAccountId;
    async fn count(&self, sql: &'static str) -> i64;
    /// How many events of a kind there are.
    async fn events(&self, kind: &str) -> i64;
    /// Fails unless everything adds up.
    async fn adds_up(&self);
}

impl Ledger for TestApp {
    fn nobody(&self) -> Cx<Option<Actor>> {
        self.world.cx(None)
    }

    async fn top_up(&self, whom: &Cx<Actor>, amount: Amount, with: &str) -> Result<Transfer, Error> {
        let command =
            TopUp { account: whom.actor.account, amount, key: key(with), memo: Memo::from("Card"), subject: None };
        let cx = self.nobody();
        in_transaction!(self, |tx| service::top_up(&mut tx, &cx, &command))
    }

    async fn reverse(&self, top_up: TransferId, amount: Amount, with: &str) -> Result<Transfer, Error> {
        let command = ReverseTopUp { top_up, amount, key: key(with), memo: Memo::from("Dispute") };
        let cx = self.nobody();
        in_transaction!(self, |tx| service::reverse_top_up(&mut tx, &cx, &command))
    }

    async fn pay(&self, cx: &Cx<Actor>, pay: &Pay) -> Result<Transfer, Error> {
        in_transaction!(self, |tx| service::pay(&mut tx, cx, pay))
    }

    async fn hold(&self, cx: &Cx<Actor>, place: &PlaceHold) -> Result<PlacedHold, Error> {
        in_transaction!(self, |tx| service::hold(&mut tx, cx, place))
    }

    async fn capture(&self, hold: HoldId, lines: Lines, with: &str) -> Result<Transfer, Error> {
        let command = Capture { hold, lines, frees_after: PENDING, key: key(with), memo: Memo::from("The call") };
        let cx = self.nobody();
        in_transaction!(self, |tx| service::capture(&mut tx, &cx, &command))
    }

    async fn release(&self, hold: HoldId) -> Result<Option<Transfer>, Error> {
        let (cx, memo) = (self.nobody(), Memo::from("Cancelled"));
        in_transaction!(self, |tx| service::release(&mut tx, &cx, hold, &memo))
    }

    async fn refund(&self, payment: TransferId, amount: Amount, with: &str) -> Result<Transfer, Error> {
        let command = Refund { payment, amount, key: key(with), memo: Memo::from("Sorry") };
        let cx = self.nobody();
        in_transaction!(self, |tx| service::refund(&mut tx, &cx, &command))
    }

    async fn payout(&self, cx: &Cx<Actor>, amount: Amount, with: &str) -> Result<RequestedPayout, Error> {
        let command = RequestPayout { amount, key: key(with) };
        in_transaction!(self, |tx| service::request_payout(&mut tx, cx, &command))
    }

    async fn mark(&self, payout: &RequestedPayout, news: PayoutNews) -> Result<PayoutState, Error> {
        let (cx, command) = (self.nobody(), MarkPayout { payout: payout.id, news });
        in_transaction!(self, |tx| service::mark_payout(&mut tx, &cx, &command))
    }

    async fn post(&self, draft: &Draft) -> Result<Transfer, Error> {
        let cx = self.nobody();
        in_transaction!(self, |tx| service::post(&mut tx, &cx, draft))
    }

    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor> {
        let cx = self.person(handle).await;
        self.top_up(&cx, euros(minor), &format!("first_{handle}")).await.expect("a top-up");
        cx
    }

    async fn free(&self) {
        self.clock.advance(PENDING);
        service::free_earnings(&self.database, &self.world).await.expect("earnings become free");
    }

    async fn has(&self, whom: &Cx<Actor>) -> Balance {
        let wallet =
            service::wallet(self.database.pool(), whom.actor, whom.actor.account).await.expect("their own wallet");
        wallet.of(Currency::Eur).cloned().unwrap_or_else(|| Balance::empty(Currency::Eur))
    }

    async fn sums(&self, whom: &Cx<Actor>) -> (i64, i64, i64, i64) {
        let has = self.has(whom).await;
        (has.available.minor, has.held.minor, has.pending.minor, has.earnings.minor)
    }

    async fn platform(&self, kind: LedgerKind) -> i64 {
        sqlx::query_scalar(
            "select coalesce(sum(balance), 0)::bigint from ledger_accounts
             where owner_id is null and kind = $1 and currency = 'EUR'",
        )
        .bind(kind.as_str())
        .fetch_one(self.database.pool())
        .await
        .expect("a balance")
    }

    async fn account(&self, owner: Option<AccountId>, kind: LedgerKind) -> kernel::LedgerAccountId {
        let cx = self.nobody();
        in_transaction!(self, |tx| service::account_of(&mut tx, &cx, owner, kind, Currency::Eur)).expect("an account")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.pool()).await.expect("a count")
    }

    async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from events where kind = $1")
            .bind(kind)
            .fetch_one(self.database.pool())
            .await
            .expect("a count")
    }

    async fn adds_up(&self) {
        let report = service::verify(self.database.pool()).await.expect("a report");
        assert!(report.is_clean(), "{report}");
    }
}

/// Somebody who administers the server.
async fn admin(app: &TestApp) -> Cx<Actor> {
    let cx = app.person("root_beer").await;
    sqlx::query("update accounts set is_admin = true where id = $1")
        .bind(cx.actor.account.uuid())
        .execute(app.database.pool())
        .await
        .expect("an administrator");
    cx
}

/// The same person through another door.
fn again(cx: &Cx<Actor>) -> Cx<Actor> {
    cx.world.cx(Actor::human(cx.actor.account, Via::System))
}
