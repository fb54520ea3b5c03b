//! Both meet, or one of them doesn't.

use chrono::TimeDelta;
use experts_core::{BookingState, Error, PolicyKind, service};
use kernel::BookingId;
use platform::Cx;

use crate::{House, PRICE, at, euros, in_transaction};

type Actor = Cx<kernel::Actor>;

/// A call at ten on the second, a minute before it begins.
async fn call(policy: PolicyKind, purse: i64) -> (House, Actor, BookingId) {
    let house = House::with(policy, false).await;
    let ana = house.rich("ana", purse).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 9, 59));
    (house, ana, id)
}

async fn extend(house: &House, cx: &Actor, id: BookingId, place: i16) -> Result<(), Error> {
    in_transaction!(house, |tx| service::extend(&mut tx, cx, id, euros(PRICE), place))
}

#[tokio::test]
async fn the_room_opens_ten_minutes_before_for_both_and_nobody_else() {
    let (house, ana, id) = call(PolicyKind::Moderate, PRICE).await;
    house.app.clock.set(at(2, 9, 49));
    assert!(matches!(house.come(&ana, id).await, Err(Error::RoomClosed { opens }) if opens == at(2, 9, 50)));
    house.app.clock.set(at(2, 9, 50));
    for _ in 0..2 {
        house.come(&ana, id).await.expect("there");
    }
    let ben = house.app.person("ben").await;
    assert!(matches!(house.come(&ben, id).await, Err(Error::NoSuchBooking)));
    assert_eq!(house.view(&ana, id).await.client_came_at, Some(at(2, 9, 50)));
    house.app.clock.set(at(2, 10, 10));
    assert!(matches!(house.come(&house.vera, id).await, Err(Error::NotNow(_))));
}

#[tokio::test]
async fn an_expert_who_does_not_come_gives_all_back_and_the_platform_something_on_top() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.come(&ana, id).await.expect("there");
    house.wait_until(at(2, 10, 10)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::ExpertMissed);
    assert_eq!(house.has(&ana).await, [PRICE + 250, 0, 0, 0]);
    assert_eq!((house.has(&house.vera).await, house.fees().await), ([0, 0, 0, 0], -250));
    house.wait(1).await;
    assert_eq!(house.has(&ana).await[0], PRICE + 250);
    house.adds_up().await;
}

#[tokio::test]
async fn of_a_client_who_does_not_come_the_expert_keeps_what_the_policy_says() {
    for (policy, kept) in [(PolicyKind::Flexible, 1_250), (PolicyKind::Moderate, 1_876), (PolicyKind::Strict, PRICE)] {
        let (house, ana, id) = call(policy, PRICE).await;
        house.come(&house.vera, id).await.expect("there");
        house.wait_until(at(2, 10, 10)).await;
        assert_eq!(house.view(&ana, id).await.state, BookingState::ClientMissed);
        assert_eq!(house.has(&ana).await, [PRICE - kept, 0, 0, 0], "{policy:?}");
        assert_eq!(house.has(&house.vera).await[2] + house.fees().await, kept);
        house.adds_up().await;
    }
}

#[tokio::test]
async fn when_nobody_comes_or_the_expert_says_that_it_failed_all_goes_back() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.wait_until(at(2, 10, 10)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::NobodyCame);
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);

    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    let vera = house.vera.clone();
    in_transaction!(house, |tx| service::broken(&mut tx, &vera, id)).expect_err("it has not begun");
    house.app.clock.set(at(2, 10, 3));
    for _ in 0..2 {
        in_transaction!(house, |tx| service::broken(&mut tx, &vera, id)).expect("said");
    }
    assert_eq!(house.view(&ana, id).await.state, BookingState::Failed);
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn when_the_client_says_that_it_failed_the_money_waits_for_a_decision() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.app.clock.set(at(2, 10, 3));
    in_transaction!(house, |tx| service::broken(&mut tx, &ana, id)).expect("said");
    let view = house.view(&ana, id).await;
    assert_eq!((view.state, view.dispute.is_some()), (BookingState::Completed, true));
    house.app.clock.set(at(5, 10, 0));
    money_core::service::free_earnings(&house.app.database, &house.app.world).await.expect("freed");
    assert_eq!(house.has(&house.vera).await[3], 0);
    house.adds_up().await;
}

#[tokio::test]
async fn a_call_fails_when_both_are_there_and_the_expert_hears_of_it() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.app.clock.set(at(2, 10, 1));
    let broken = async |who: &Actor| in_transaction!(house, |tx| service::broken(&mut tx, who, id));
    // Neither before they have come themselves, nor because the other one is a minute late.
    assert!(matches!(broken(&ana).await, Err(Error::NotNow(_))));
    house.come(&ana, id).await.expect("there");
    assert!(matches!(broken(&ana).await, Err(Error::NotNow(_))));
    house.come(&house.vera, id).await.expect("there");
    broken(&ana).await.expect("said");
    house.app.run_jobs().await;
    assert!(house.letters("vera").await.iter().any(|it| it.contains("disputes your call")));
    assert_eq!(house.count("select count(*) from events where kind = 'experts.call_disputed'").await, 1);
    assert_eq!((house.has(&ana).await[0], house.has(&house.vera).await[3]), (0, 0));
    house.adds_up().await;
}

#[tokio::test]
async fn what_a_call_that_ended_early_earned_waits_as_long_as_it_can_be_disputed() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.app.clock.set(at(2, 10, 1));
    in_transaction!(house, |tx| service::end(&mut tx, &ana, id)).expect("ended");
    for (minute, free) in [(9, false), (10, true)] {
        house.app.clock.set(at(3, 10, minute));
        money_core::service::free_earnings(&house.app.database, &house.app.world).await.expect("looked");
        assert_eq!(house.has(&house.vera).await[3] > 0, free, "{minute}");
    }
}

#[tokio::test]
async fn who_is_in_a_longer_call_is_asked_how_it_was_when_it_is_over() {
    let (house, ana, id) = call(PolicyKind::Strict, 6 * PRICE).await;
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    for place in 1..=5 {
        extend(&house, &ana, id, place).await.expect("longer");
    }
    // Half an hour after it was to be over, it still runs.
    house.wait_until(at(2, 10, 41)).await;
    house.wait_until(at(2, 11, 0)).await;
    house.wait_until(at(2, 11, 30)).await;
    let letters = house.letters("ana").await;
    assert_eq!(letters.iter().filter(|it| it.starts_with("How was")).count(), 1, "{letters:?}");
}

#[tokio::test]
async fn an_expert_who_ends_early_gives_back_what_is_left_and_a_client_does_not() {
    for (expert_ends, minutes, back) in [(true, 4, 1_501), (true, 0, PRICE), (false, 4, 0)] {
        let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
        house.come(&ana, id).await.expect("there");
        let alone = in_transaction!(house, |tx| service::end(&mut tx, &ana, id));
        assert!(matches!(alone, Err(Error::NotNow(_))));
        house.come(&house.vera, id).await.expect("there");
        house.app.clock.set(at(2, 10, 0) + TimeDelta::minutes(minutes));
        let by = if expert_ends { house.vera.clone() } else { ana.clone() };
        for _ in 0..2 {
            in_transaction!(house, |tx| service::end(&mut tx, &by, id)).expect("ended");
        }
        assert_eq!(house.view(&ana, id).await.state, BookingState::Completed);
        assert_eq!(house.has(&ana).await, [back, 0, 0, 0], "{expert_ends} {minutes}");
        house.adds_up().await;
    }
}

#[tokio::test]
async fn ten_minutes_more_are_paid_at_once_and_once() {
    let (house, ana, id) = call(PolicyKind::Strict, 3 * PRICE).await;
    house.come(&ana, id).await.expect("there");
    assert!(matches!(extend(&house, &ana, id, 1).await, Err(Error::NotNow(_))));
    house.come(&house.vera, id).await.expect("there");
    house.app.clock.set(at(2, 10, 8));
    for _ in 0..2 {
        extend(&house, &ana, id, 1).await.expect("longer");
    }
    assert!(extend(&house, &house.vera, id, 2).await.is_err());
    let view = house.view(&ana, id).await;
    assert_eq!((view.ends_at, view.paid), (at(2, 10, 20), euros(2 * PRICE)));
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    // It took the next slot with it, and rests before the one after that.
    let rests = "select count(*) from slices where upper(blocked) = '2026-06-02 10:25Z'";
    assert_eq!(house.count(rests).await, 1);
    house.wait_until(at(2, 10, 19)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Confirmed);
    house.wait_until(at(2, 10, 20)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::Completed);
    house.adds_up().await;
}

#[tokio::test]
async fn a_call_is_not_made_longer_into_somebody_elses() {
    let (house, ana, id) = call(PolicyKind::Strict, 3 * PRICE).await;
    let ben = house.rich("ben", PRICE).await;
    house.app.clock.set(at(2, 9, 0));
    house.booked(&ben, at(2, 10, 15)).await;
    house.app.clock.set(at(2, 9, 59));
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    assert!(matches!(extend(&house, &ana, id, 1).await, Err(Error::NotNow(_))));
    assert_eq!(house.has(&ana).await, [2 * PRICE, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn both_are_reminded_once_whatever_runs_twice() {
    let (house, ana, id) = call(PolicyKind::Strict, PRICE).await;
    house.app.clock.set(at(1, 12, 0));
    for instant in [at(2, 9, 50), at(2, 9, 50), at(2, 9, 51)] {
        house.wait_until(instant).await;
    }
    for handle in ["ana", "vera"] {
        let letters = house.letters(handle).await;
        assert_eq!(letters.iter().filter(|it| it.starts_with("In ten minutes")).count(), 1, "{letters:?}");
    }
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.wait_until(at(2, 10, 40)).await;
    house.wait_until(at(2, 10, 41)).await;
    let letters = house.letters("ana").await;
    assert_eq!(letters.iter().filter(|it| it.starts_with("How was")).count(), 1, "{letters:?}");
}
