//! From a free time to a call that is paid.

use chrono::TimeDelta;
use experts_core::{
    BookingState, Error, PolicyKind,
    booking::FEE_POINTS,
    command::{Reason, Times},
    service,
    slots::SlotError,
};

use crate::{House, PRICE, at, euros, in_transaction, status};

/// What the platform keeps of a slice.
const FEE: i64 = 375;

#[test]
fn the_fee_is_reckoned_as_the_tests_expect() {
    let rate = kernel::BasisPoints::try_from(FEE_POINTS).expect("a rate");
    assert_eq!(rate.of(PRICE), FEE);
}

#[tokio::test]
async fn a_time_is_held_paid_and_kept() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    assert_eq!(house.free_on(2).await.first(), Some(&at(2, 9, 0)));
    let id = house.hold(&ana, at(2, 9, 15), "one").await.expect("held");
    assert!(!house.free_on(2).await.contains(&at(2, 9, 15)));
    assert_eq!(house.view(&ana, id).await.due_at, Some(at(1, 12, 5)));
    assert_eq!(house.hold(&ana, at(2, 9, 15), "one").await.expect("the same"), id);
    assert_eq!(house.hold(&ana, at(2, 9, 15), "another-tab").await.expect("the same"), id);

    assert_eq!(house.pay(&ana, id).await.expect("paid"), BookingState::Confirmed);
    assert_eq!(house.pay(&ana, id).await.expect("paid once"), BookingState::Confirmed);
    assert_eq!(house.has(&ana).await, [10_000 - PRICE, 0, 0, 0]);
    assert_eq!((house.has(&house.vera).await, house.fees().await), ([0, 0, PRICE - FEE, 0], FEE));
    assert_eq!(house.letters("ana").await.len(), 1);
    assert_eq!(house.letters("vera").await.len(), 1);

    // The money is free a day after the call.
    house.come(&ana, id).await.expect_err("too early");
    house.app.clock.set(at(2, 9, 14));
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.wait_until(at(2, 9, 25)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Completed);
    house.app.clock.set(at(3, 9, 24));
    ledger_frees(&house).await;
    assert_eq!(house.has(&house.vera).await, [0, 0, PRICE - FEE, 0]);
    house.app.clock.set(at(3, 9, 25));
    ledger_frees(&house).await;
    assert_eq!(house.has(&house.vera).await, [0, 0, 0, PRICE - FEE]);
    house.adds_up().await;
}

async fn ledger_frees(house: &House) {
    money_core::service::free_earnings(&house.app.database, &house.app.world).await.expect("freed");
}

#[tokio::test]
async fn times_that_are_none_are_refused_in_words() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    for (start, wanted) in [
        (at(1, 11, 0), "over"),
        (at(1, 12, 30), "before they begin"),
        (at(2, 9, 5), "before or after"),
        (at(2, 15, 0), "within the hours"),
        (at(2, 9, 0) + TimeDelta::days(60), "ahead at most"),
    ] {
        let problem = kernel::Problem::from(house.hold(&ana, start, "no").await.expect_err("no such time"));
        assert_eq!(problem.status(), 422, "{start}");
        let words = problem.for_field("start").unwrap_or_default();
        assert!(words.contains(wanted), "{start}: {words}");
    }
    assert_eq!(house.count("select count(*) from bookings").await, 0);
}

#[tokio::test]
async fn what_somebody_else_has_is_a_conflict_that_names_three_others() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", 10_000).await, house.rich("ben", 10_000).await);
    house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    let error = house.hold(&ben, at(2, 10, 0), "two").await.expect_err("taken");
    let Error::Taken { nearest } = &error else { panic!("{error:?}") };
    assert_eq!(nearest, &[at(2, 9, 30), at(2, 9, 45), at(2, 10, 15)]);
    assert_eq!(status(error), 409);
}

#[tokio::test]
async fn what_is_not_paid_in_five_minutes_is_free_again() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", 10_000).await, house.rich("ben", 10_000).await);
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    house.app.clock.advance(TimeDelta::minutes(5));
    let late = house.pay(&ana, id).await.expect_err("too late");
    assert!(matches!(late, Error::HoldEnded));
    assert_eq!(house.has(&ana).await, [10_000, 0, 0, 0]);
    // Nothing had to run in between.
    house.hold(&ben, at(2, 10, 0), "two").await.expect("free again");
    assert_eq!(house.view(&ana, id).await.state, BookingState::Lapsed);
    house.adds_up().await;
}

#[tokio::test]
async fn one_time_of_an_expert_is_kept_for_somebody() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    let another = house.hold(&ana, at(2, 11, 0), "two").await.expect_err("one is kept");
    assert!(matches!(another, Error::HoldsAnother { starts_at } if starts_at == at(2, 10, 0)));
    assert_eq!(status(another), 409);
}

#[tokio::test]
async fn the_fourth_hold_of_a_day_without_paying_is_refused() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    for round in 0..3 {
        house.hold(&ana, at(2, 10, 0), &format!("round-{round}")).await.expect("held");
        house.app.clock.advance(TimeDelta::minutes(6));
    }
    let error = house.hold(&ana, at(2, 10, 0), "round-3").await.expect_err("too often");
    assert!(matches!(error, Error::ManyHolds));
    assert_eq!(status(error), 429);
    house.app.clock.advance(TimeDelta::days(1));
    house.hold(&ana, at(3, 10, 0), "round-4").await.expect("held the next day");
}

#[tokio::test]
async fn what_is_let_go_is_free_and_cannot_be_paid() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    for _ in 0..2 {
        in_transaction!(house, |tx| service::let_go(&mut tx, &ana, id)).expect("let go");
    }
    assert!(house.free_on(2).await.contains(&at(2, 10, 0)));
    assert!(matches!(house.pay(&ana, id).await, Err(Error::HoldEnded)));
}

#[tokio::test]
async fn prices_and_purses_are_minded() {
    let house = House::new().await;
    let poor = house.rich("poor", PRICE - 1).await;
    let mut wish = house.wish(at(2, 10, 0), "one");
    wish.seen = euros(100);
    let error = in_transaction!(house, |tx| service::hold(&mut tx, &poor, &wish)).expect_err("another price");
    assert!(matches!(error, Error::OtherPrice { now } if now == euros(PRICE)));
    let id = house.hold(&poor, at(2, 10, 0), "two").await.expect("held");
    let error = house.pay(&poor, id).await.expect_err("not enough");
    assert!(matches!(error, Error::Ledger(money_core::Error::NotEnough { .. })), "{error:?}");
    assert_eq!(house.view(&poor, id).await.state, BookingState::Held);
    assert!(matches!(house.hold(&house.vera, at(2, 11, 0), "own").await, Err(Error::Yours)));
    house.adds_up().await;
}

#[tokio::test]
async fn somebody_elses_bookings_do_not_exist() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", 10_000).await, house.rich("ben", 10_000).await);
    let id = house.booked(&ana, at(2, 10, 0)).await;
    assert!(matches!(service::booking(house.pool(), &ben, id).await, Err(Error::NoSuchBooking)));
    assert!(matches!(house.pay(&ben, id).await, Err(Error::NoSuchBooking)));
    assert!(matches!(house.quote(&ben, id).await, Err(Error::NoSuchBooking)));
    assert!(matches!(house.come(&ben, id).await, Err(Error::NoSuchBooking)));
    assert!(matches!(house.cancel_for(&ben, id, euros(0)).await, Err(Error::NoSuchBooking)));
    let let_go = in_transaction!(house, |tx| service::let_go(&mut tx, &ben, id));
    assert!(matches!(let_go, Err(Error::NoSuchBooking)));
}

#[tokio::test]
async fn where_the_expert_decides_the_money_is_set_aside_until_then() {
    let house = House::with(PolicyKind::Moderate, true).await;
    let ana = house.rich("ana", 3 * PRICE).await;
    let first = house.hold(&ana, at(3, 10, 0), "one").await.expect("held");
    assert_eq!(house.pay(&ana, first).await.expect("paid"), BookingState::Requested);
    assert_eq!(house.has(&ana).await, [2 * PRICE, PRICE, 0, 0]);
    in_transaction!(house, |tx| service::accept(&mut tx, &ana, first)).expect_err("the expert decides");
    for _ in 0..2 {
        in_transaction!(house, |tx| service::accept(&mut tx, &house.vera, first)).expect("accepted");
    }
    assert_eq!(house.view(&ana, first).await.state, BookingState::Confirmed);
    assert_eq!((house.has(&ana).await, house.has(&house.vera).await), ([2 * PRICE, 0, 0, 0], [0, 0, PRICE - FEE, 0]));

    let second = house.hold(&ana, at(3, 11, 0), "two").await.expect("held");
    house.pay(&ana, second).await.expect("paid");
    let reason = Reason::parse("reason", "On a train").expect("a reason");
    in_transaction!(house, |tx| service::decline(&mut tx, &house.vera, second, &reason)).expect("declined");
    let view = house.view(&ana, second).await;
    assert_eq!((view.state, view.reason.as_deref()), (BookingState::Declined, Some("On a train")));

    // No word is a no.
    let third = house.hold(&ana, at(4, 11, 0), "three").await.expect("held");
    house.pay(&ana, third).await.expect("paid");
    house.wait_until(at(2, 12, 0)).await;
    assert_eq!(house.view(&ana, third).await.state, BookingState::Declined);
    assert_eq!(house.has(&ana).await, [2 * PRICE, 0, 0, 0]);
    assert!(house.free_on(4).await.contains(&at(4, 11, 0)));
    let late = in_transaction!(house, |tx| service::accept(&mut tx, &house.vera, third));
    assert!(late.is_err());
    house.adds_up().await;
}

#[tokio::test]
async fn what_waits_for_money_is_paid_when_it_comes() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    in_transaction!(house, |tx| service::await_money(&mut tx, &ana, id)).expect("waits");
    house.top_up(&ana, 1_000, "little").await;
    house.app.run_jobs().await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Held);
    house.top_up(&ana, PRICE - 1_000, "rest").await;
    house.app.run_jobs().await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Confirmed);
    assert_eq!(house.has(&ana).await, [0, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn money_pays_for_nothing_that_was_let_go_or_left_for_something_else() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let awaits = async |id| in_transaction!(house, |tx| service::await_money(&mut tx, &ana, id)).expect("waits");
    let let_go = house.hold(&ana, at(2, 10, 0), "let-go").await.expect("held");
    awaits(let_go).await;
    in_transaction!(house, |tx| service::let_go(&mut tx, &ana, let_go)).expect("let go");
    let left = house.hold(&ana, at(2, 11, 0), "left").await.expect("held");
    awaits(left).await;
    house.wait(6).await;
    let wanted = house.hold(&ana, at(2, 12, 0), "wanted").await.expect("held");
    awaits(wanted).await;
    house.top_up(&ana, 3 * PRICE, "card").await;
    house.app.run_jobs().await;
    let mut states = Vec::new();
    for id in [let_go, left, wanted] {
        states.push(house.view(&ana, id).await.state);
    }
    assert_eq!(states, [BookingState::Lapsed, BookingState::Lapsed, BookingState::Confirmed]);
    assert_eq!(house.has(&ana).await, [2 * PRICE, 0, 0, 0]);

    // What somebody left alone for hours is not what their money is for, and nothing is said about it.
    let old = house.hold(&ana, at(3, 10, 0), "old").await.expect("held");
    awaits(old).await;
    house.wait(3 * 60).await;
    house.top_up(&ana, PRICE, "something").await;
    house.app.run_jobs().await;
    let view = house.view(&ana, old).await;
    assert_eq!((view.state, view.awaits_money), (BookingState::Lapsed, false));
    assert!(!house.letters("ana").await.iter().any(|it| it.contains("the time was gone")));
    house.adds_up().await;
}

#[tokio::test]
async fn a_call_is_paid_before_it_begins() {
    let house = House::new().await;
    crate::setup::without_notice(&house, &house.vera).await;
    let ana = house.rich("ana", PRICE).await;
    house.app.clock.set(at(2, 9, 58));
    let id = house.hold(&ana, at(2, 10, 0), "soon").await.expect("held");
    assert_eq!(house.view(&ana, id).await.due_at, Some(at(2, 10, 0)));
    house.app.clock.set(at(2, 10, 0));
    assert!(matches!(house.pay(&ana, id).await, Err(Error::HoldEnded)));
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn money_that_comes_too_late_takes_the_time_if_it_is_still_free() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    in_transaction!(house, |tx| service::await_money(&mut tx, &ana, id)).expect("waits");
    house.wait(6).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Lapsed);
    house.top_up(&ana, PRICE, "late").await;
    house.app.run_jobs().await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Confirmed);
    assert!(!house.free_on(2).await.contains(&at(2, 10, 0)));
    house.adds_up().await;
}

#[tokio::test]
async fn money_that_comes_too_late_for_a_time_that_is_gone_stays_in_the_wallet() {
    let house = House::new().await;
    let (ana, ben) = (house.app.person("ana").await, house.rich("ben", PRICE).await);
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    in_transaction!(house, |tx| service::await_money(&mut tx, &ana, id)).expect("waits");
    house.wait(6).await;
    let theirs = house.booked(&ben, at(2, 10, 0)).await;
    house.top_up(&ana, PRICE, "late").await;
    house.app.run_jobs().await;
    let view = house.view(&ana, id).await;
    assert_eq!((view.state, view.awaits_money), (BookingState::Lapsed, false));
    assert_eq!(house.view(&ben, theirs).await.state, BookingState::Confirmed);
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    assert!(house.letters("ana").await.iter().any(|subject| subject.contains("the time was gone")));
    house.adds_up().await;
}

#[tokio::test]
async fn four_hours_a_day_are_the_most_whatever_the_hours_were_before() {
    let house = House::new().await;
    let ana = house.rich("ana", 100 * PRICE).await;
    for start in house.free_on(2).await {
        house.booked(&ana, start).await;
    }
    let booked = house.count("select count(*) from bookings").await;
    setup_later_hours(&house).await;
    // From three to seven in Lisbon: eight more fit, and then the day is full.
    for start in house.free_on(2).await {
        let Ok(id) = house.hold(&ana, start, &start.timestamp().to_string()).await else { break };
        house.pay(&ana, id).await.expect("paid");
    }
    let all = house.count("select count(*) from bookings").await;
    assert_eq!((booked, all), (16, 24));
    let full = house.hold(&ana, at(2, 16, 0), "one-more").await.expect_err("full");
    assert!(matches!(full, Error::Slot(SlotError::DayFull)), "{full:?}");
    assert_eq!(house.count("select minutes::bigint from expert_days").await, 240);
    assert!(house.free_on(2).await.is_empty());
    house.adds_up().await;
}

async fn setup_later_hours(house: &House) {
    crate::setup::work(house, &house.vera, "15:00", "19:00").await;
}

#[tokio::test]
async fn with_whoever_is_suspended_nothing_new_is_booked_and_what_is_booked_stays() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", 2 * PRICE).await, house.rich("ben", PRICE).await);
    let booked = house.booked(&ana, at(4, 10, 0)).await;
    let held = house.hold(&ana, at(2, 10, 0), "held").await.expect("held");
    house.suspend(&house.vera).await;
    assert!(house.free_on(2).await.is_empty());
    let refused = house.hold(&ben, at(2, 11, 0), "new").await.expect_err("nothing new");
    assert!(matches!(refused, Error::NotOffered));
    assert_eq!(status(refused), 409);
    let waits = in_transaction!(house, |tx| service::wait(&mut tx, &ben, house.expert()));
    assert!(matches!(waits, Err(Error::NotOffered)));
    // What was kept before can't be paid any more.
    assert!(matches!(house.pay(&ana, held).await, Err(Error::NotOffered)));
    let times = Times::new(vec![at(4, 11, 0)]).expect("times");
    let moved = in_transaction!(house, |tx| service::propose(&mut tx, &ana, booked, &times));
    assert!(matches!(moved, Err(Error::NotNow(_))));
    let view = house.view(&ana, booked).await;
    assert_eq!((view.state, view.starts_at), (BookingState::Confirmed, at(4, 10, 0)));
    house.cancel(&ana, booked).await.expect("cancelled");
    assert_eq!(house.view(&ana, booked).await.state, BookingState::Cancelled);
    house.reinstate(&house.vera).await;
    house.hold(&ben, at(2, 11, 0), "again").await.expect("held");
    house.pay(&ana, held).await.expect("paid, as it is still kept");
    house.adds_up().await;
}

#[tokio::test]
async fn money_that_comes_for_whoever_is_suspended_stays_in_the_wallet() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    in_transaction!(house, |tx| service::await_money(&mut tx, &ana, id)).expect("waits");
    house.suspend(&house.vera).await;
    house.top_up(&ana, PRICE, "late").await;
    house.app.run_jobs().await;
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    assert!(!house.view(&ana, id).await.awaits_money);
    house.adds_up().await;
}

#[tokio::test]
async fn agents_pay_from_no_wallet_but_their_own() {
    let house = House::new().await;
    let ana = house.rich("ana", 10_000).await;
    let bot = house.app.agent("bot", &ana).await;
    let id = house.hold(&bot, at(2, 10, 0), "one").await.expect("held");
    house.pay(&bot, id).await.expect_err("it has no money");
    house.adds_up().await;
}
