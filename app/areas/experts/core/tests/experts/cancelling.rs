//! What goes back when a booking is taken back, to the cent.

use chrono::TimeDelta;
use experts_core::{BookingState, Error, PolicyKind, booking::FEE_POINTS};

use crate::{House, PRICE, at, euros, status};

/// What the platform keeps of so much.
fn fee(minor: i64) -> i64 {
    kernel::BasisPoints::try_from(FEE_POINTS).expect("a rate").of(minor)
}

#[tokio::test]
async fn a_client_gets_back_what_the_policy_says_and_the_rest_is_the_experts() {
    for (policy, minutes_before, percent, back) in [
        (PolicyKind::Flexible, 120, 100, PRICE),
        (PolicyKind::Flexible, 119, 50, 1_251),
        (PolicyKind::Moderate, 24 * 60, 100, PRICE),
        (PolicyKind::Moderate, 24 * 60 - 1, 50, 1_251),
        (PolicyKind::Moderate, 119, 0, 0),
        (PolicyKind::Strict, 24 * 60 - 1, 0, 0),
    ] {
        let house = House::with(policy, false).await;
        let ana = house.rich("ana", PRICE).await;
        let id = house.booked(&ana, at(4, 10, 0)).await;
        house.app.clock.set(at(4, 10, 0) - TimeDelta::minutes(minutes_before));
        let quote = house.quote(&ana, id).await.expect("a quote");
        assert_eq!((quote.percent, quote.back), (percent, euros(back)), "{policy:?} {minutes_before}");
        house.cancel(&ana, id).await.expect("cancelled");
        let kept = PRICE - back;
        assert_eq!(house.has(&ana).await, [back, 0, 0, 0], "{policy:?} {minutes_before}");
        // What the platform gives back of its fee is reckoned from the whole, rounded.
        let left = house.has(&house.vera).await[2] + house.has(&house.vera).await[3] + house.fees().await;
        assert_eq!(left, kept);
        assert!((house.fees().await - fee(kept)).abs() <= 1);
        assert_eq!(house.view(&ana, id).await.state, BookingState::Cancelled);
        house.adds_up().await;
    }
}

#[tokio::test]
async fn an_expert_who_cancels_gives_all_of_it_back_until_the_last_moment() {
    let house = House::with(PolicyKind::Strict, false).await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 9, 59));
    house.cancel(&house.vera.clone(), id).await.expect("cancelled");
    assert_eq!((house.has(&ana).await, house.has(&house.vera).await), ([PRICE, 0, 0, 0], [0, 0, 0, 0]));
    assert_eq!(house.fees().await, 0);
    assert!(house.letters("ana").await.iter().any(|subject| subject.contains("cancelled")));
    house.adds_up().await;
}

#[tokio::test]
async fn cancelled_twice_it_is_cancelled_once_and_its_time_is_free() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(4, 10, 0)).await;
    for _ in 0..2 {
        house.cancel_for(&ana, id, euros(PRICE)).await.expect("cancelled");
    }
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    assert!(house.free_on(4).await.contains(&at(4, 10, 0)));
    house.adds_up().await;
}

#[tokio::test]
async fn what_was_seen_is_what_goes_back_or_nothing_happens() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(4, 10, 0)).await;
    house.app.clock.set(at(3, 11, 0));
    let error = house.cancel_for(&ana, id, euros(PRICE)).await.expect_err("half by now");
    assert!(matches!(error, Error::OtherRefund { now } if now == euros(1_251)));
    assert_eq!(status(error), 422);
    assert_eq!(house.view(&ana, id).await.state, BookingState::Confirmed);
}

#[tokio::test]
async fn what_has_begun_cannot_be_cancelled() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 10, 0));
    assert!(matches!(house.cancel_for(&ana, id, euros(0)).await, Err(Error::NotNow(_))));
    assert!(matches!(house.cancel_for(&house.vera.clone(), id, euros(PRICE)).await, Err(Error::NotNow(_))));
}

#[tokio::test]
async fn the_policy_is_the_one_it_was_booked_with() {
    let house = House::with(PolicyKind::Flexible, false).await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(4, 10, 0)).await;
    house.open_shop(&house.vera, PolicyKind::Strict, false).await;
    house.app.clock.set(at(4, 8, 0));
    assert_eq!(house.quote(&ana, id).await.expect("a quote").back, euros(PRICE));
}

#[tokio::test]
async fn what_waits_for_a_word_goes_back_whole() {
    let house = House::with(PolicyKind::Strict, true).await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    house.pay(&ana, id).await.expect("paid");
    house.cancel(&ana, id).await.expect("cancelled");
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    house.adds_up().await;
}
