//! Experts against a real PostgreSQL, through their public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod booking;
mod calendars;
mod cancelling;
mod directory;
mod disputes;
mod moving;
mod published;
mod races;
mod reviews;
mod room;
mod setup;
mod talk;
mod times;
mod waiting;

use chrono::{DateTime, TimeDelta, Utc};
use experts_core::{
    BookingState, BookingView, CancelQuote, Error, PolicyKind,
    booking::CURRENCY,
    command::{Hold, Reason, Text},
    service,
};
use kernel::{AccountId, Actor, BookingId, Money, Problem, ServiceId};
use money_core::{Amount, LedgerKind, Memo, TopUp, service as ledger};
use platform::Cx;
use testkit::TestApp;
pub(crate) use testkit::in_transaction;

fn euros(minor: i64) -> Money {
    Money::new(minor, CURRENCY)
}

/// The status of the problem that an error becomes.
fn status(error: impl Into<Problem>) -> u16 {
    error.into().status()
}

/// An instant of June 2026, which begins with a Monday. The clock stands at noon of its first day.
fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 6, day).expect("a day");
    day.and_hms_opt(hour, minute, 0).expect("a time").and_utc()
}

/// What a slice costs in these tests: odd, so that halves have to be rounded.
const PRICE: i64 = 2_501;

/// The application with an expert, who works from ten to two in Lisbon each day (nine to one in UTC), rests five minutes
/// between two calls, and wants an hour of notice.
struct House {
    app: TestApp,
    vera: Cx<Actor>,
    service: ServiceId,
}

impl House {
    async fn new() -> Self {
        Self::with(PolicyKind::Moderate, false).await
    }

    async fn with(policy: PolicyKind, approval: bool) -> Self {
        let app = TestApp::new().await;
        let vera = app.person("vera").await;
        let mut house = Self { app, vera, service: ServiceId::from_uuid(uuid::Uuid::nil()) };
        house.service = house.open_shop(&house.vera.clone(), policy, approval).await;
        house
    }

    /// Sets somebody up as an expert.
    async fn open_shop(&self, whom: &Cx<Actor>, policy: PolicyKind, approval: bool) -> ServiceId {
        setup::publish(self, whom, policy, approval).await
    }

    /// A transaction, however many want one.
    async fn begin(&self) -> platform::Tx {
        loop {
            match self.app.database.begin().await {
                Err(sqlx::Error::PoolTimedOut) => {}
                other => return other.expect("a transaction"),
            }
        }
    }

    /// Suspends somebody, until they are let act again.
    async fn suspend(&self, whom: &Cx<Actor>) {
        in_transaction!(self, |tx| identity_core::service::suspend(&mut tx, whom, whom.actor.account))
            .expect("suspended");
    }

    async fn reinstate(&self, whom: &Cx<Actor>) {
        in_transaction!(self, |tx| identity_core::service::reinstate(&mut tx, whom, whom.actor.account))
            .expect("reinstated");
    }

    fn pool(&self) -> &sqlx::PgPool {
        self.app.database.pool()
    }

    fn expert(&self) -> AccountId {
        self.vera.actor.account
    }

    /// Somebody with money in their wallet.
    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor> {
        let cx = self.app.person(handle).await;
        self.top_up(&cx, minor, "first").await;
        cx
    }

    async fn top_up(&self, whom: &Cx<Actor>, minor: i64, key: &str) {
        let command = TopUp {
            account: whom.actor.account,
            amount: Amount::new(euros(minor)).expect("an amount"),
            key: format!("{}:{key}", whom.actor.account).parse().expect("a key"),
            memo: Memo::from("Card"),
            subject: None,
        };
        let nobody = self.app.world.cx(None::<Actor>);
        in_transaction!(self, |tx| ledger::top_up(&mut tx, &nobody, &command)).expect("topped up");
    }

    fn wish(&self, start: DateTime<Utc>, key: &str) -> Hold {
        Hold {
            expert: self.expert(),
            service: self.service,
            start,
            seen: euros(PRICE),
            brief: Text::parse("brief", "A contract").expect("a brief"),
            key: key.parse().expect("a key"),
        }
    }

    async fn hold(&self, cx: &Cx<Actor>, start: DateTime<Utc>, key: &str) -> Result<BookingId, Error> {
        let wish = self.wish(start, key);
        in_transaction!(self, |tx| service::hold(&mut tx, cx, &wish))
    }

    async fn pay(&self, cx: &Cx<Actor>, id: BookingId) -> Result<BookingState, Error> {
        in_transaction!(self, |tx| service::pay(&mut tx, cx, id, euros(PRICE)))
    }

    /// A booking that is paid.
    async fn booked(&self, cx: &Cx<Actor>, start: DateTime<Utc>) -> BookingId {
        let id = self.hold(cx, start, &start.timestamp().to_string()).await.expect("held");
        self.pay(cx, id).await.expect("paid");
        id
    }

    async fn quote(&self, cx: &Cx<Actor>, id: BookingId) -> Result<CancelQuote, Error> {
        service::cancel_quote(self.pool(), cx, id).await
    }

    /// Cancels for what would go back now.
    async fn cancel(&self, cx: &Cx<Actor>, id: BookingId) -> Result<CancelQuote, Error> {
        let seen = self.quote(cx, id).await?.back;
        self.cancel_for(cx, id, seen).await
    }

    async fn cancel_for(&self, cx: &Cx<Actor>, id: BookingId, seen: Money) -> Result<CancelQuote, Error> {
        let reason = Reason::parse("reason", "Ill").expect("a reason");
        in_transaction!(self, |tx| service::cancel(&mut tx, cx, id, seen, &reason))
    }

    async fn view(&self, cx: &Cx<Actor>, id: BookingId) -> BookingView {
        service::booking(self.pool(), cx, id).await.expect("a booking")
    }

    async fn come(&self, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::check_in(&mut tx, cx, id))
    }

    /// Moves the clock, and does what is due then.
    async fn wait_until(&self, instant: DateTime<Utc>) {
        self.app.clock.set(instant);
        service::run_due(&self.app.database, &self.app.world).await.expect("what was due");
        self.app.run_jobs().await;
    }

    async fn wait(&self, minutes: i64) {
        self.wait_until(self.app.world.now() + TimeDelta::minutes(minutes)).await;
    }

    /// The starts that are free on a day of June.
    async fn free_on(&self, day: u32) -> Vec<DateTime<Utc>> {
        let cx = self.app.world.cx(());
        let slots = service::slots(self.pool(), &cx, self.expert(), at(day, 0, 0), at(day, 23, 59)).await;
        slots.expect("slots").into_iter().map(|slot| slot.start).collect()
    }

    /// What somebody has: in the wallet, held, pending, free to be paid out.
    async fn has(&self, whom: &Cx<Actor>) -> [i64; 4] {
        let wallet = ledger::wallet(self.pool(), whom.actor, whom.actor.account).await.expect("a wallet");
        let mine = wallet.balances.into_iter().find(|it| it.available.currency == CURRENCY);
        mine.map_or([0; 4], |it| [it.available.minor, it.held.minor, it.pending.minor, it.earnings.minor])
    }

    /// What the platform kept.
    async fn fees(&self) -> i64 {
        sqlx::query_scalar(
            "select coalesce(sum(balance), 0)::bigint from ledger_accounts where kind = $1 and owner_id is null",
        )
        .bind(LedgerKind::Fees.as_str())
        .fetch_one(self.pool())
        .await
        .expect("a sum")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.pool()).await.expect("a count")
    }

    /// The subjects of the letters to somebody, the oldest first.
    async fn letters(&self, handle: &str) -> Vec<String> {
        let to = format!("{handle}@example.org");
        let letters = self.app.mailbox().await.into_iter().rev();
        letters.filter(|letter| letter.to == to).map(|letter| letter.subject).collect()
    }

    /// Fails unless the books add up, what is written down of payments is what the ledger moved for them, and nobody has more of
    /// a day than there is.
    async fn adds_up(&self) {
        let report = ledger::verify(self.pool()).await.expect("a report");
        assert!(report.is_clean(), "{report}");
        let off = "select count(*) from booking_payments p
            where p.amount_minor <> (select sum(amount) from payment_lines where transfer_id = p.transfer_id)
               or p.returned_minor <> (select sum(refunded) from payment_lines where transfer_id = p.transfer_id)";
        assert_eq!(self.count(off).await, 0, "bookings and ledger differ");
        let overlaps = "select count(*) from slices a join slices b on a.expert_id = b.expert_id and a.id < b.id
            where a.blocked && b.blocked";
        assert_eq!(self.count(overlaps).await, 0, "calls overlap");
        let days = "select count(*) from expert_days d
            where d.minutes <> (select coalesce(sum(extract(epoch from upper(call) - lower(call)))::integer / 60, 0)
                from slices s where s.expert_id = d.expert_id and s.day = d.day)";
        assert_eq!(self.count(days).await, 0, "days are counted wrongly");
    }
}
