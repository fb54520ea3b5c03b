//! Who waits for an expert who has nothing free.

use experts_core::{Error, PolicyKind, service};
use kernel::BookingId;
use platform::Cx;

use crate::{House, PRICE, at, in_transaction};

type Actor = Cx<kernel::Actor>;

/// An expert with one time that can be booked at all, which somebody has.
async fn full() -> (House, Actor, BookingId) {
    let house = House::with(PolicyKind::Moderate, false).await;
    crate::setup::work_on_tuesdays_only(&house, &house.vera, "10:00", "10:10").await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(9, 9, 0)).await;
    (house, ana, id)
}

async fn wait(house: &House, cx: &Actor) -> Result<(), Error> {
    in_transaction!(house, |tx| service::wait(&mut tx, cx, house.expert()))
}

async fn offered(house: &House, cx: &Actor) -> usize {
    service::my_offers(house.pool(), cx).await.expect("offers").len()
}

#[tokio::test]
async fn nobody_waits_for_an_expert_with_something_free() {
    let house = House::new().await;
    let ben = house.app.person("ben").await;
    assert!(matches!(wait(&house, &ben).await, Err(Error::NotFull { .. })));
    assert!(matches!(wait(&house, &house.vera).await, Err(Error::Yours)));
}

#[tokio::test]
async fn what_becomes_free_is_kept_for_the_first_in_line_then_for_the_next_then_for_all() {
    let (house, ana, id) = full().await;
    let (ben, eve, joe) =
        (house.rich("ben", PRICE).await, house.rich("eve", PRICE).await, house.rich("joe", PRICE).await);
    wait(&house, &ben).await.expect("waits");
    assert!(matches!(wait(&house, &ben).await, Err(Error::WaitsAlready)));
    house.app.clock.advance(chrono::TimeDelta::minutes(1));
    wait(&house, &eve).await.expect("waits");
    house.cancel(&ana, id).await.expect("cancelled");
    assert_eq!((offered(&house, &ben).await, offered(&house, &eve).await), (1, 0));
    assert!(matches!(house.hold(&joe, at(9, 9, 0), "joe").await, Err(Error::Taken { .. })));
    assert!(matches!(house.hold(&eve, at(9, 9, 0), "eve").await, Err(Error::Taken { .. })));
    assert!(house.letters("ben").await.iter().any(|subject| subject.contains("kept for you")));

    house.wait(10).await;
    assert_eq!((offered(&house, &ben).await, offered(&house, &eve).await), (0, 1));
    assert!(matches!(house.hold(&ben, at(9, 9, 0), "ben").await, Err(Error::Taken { .. })));
    let theirs = house.hold(&eve, at(9, 9, 0), "eve-2").await.expect("it is kept for them");
    house.pay(&eve, theirs).await.expect("paid");
    assert_eq!(house.count("select count(*) from waitlist").await, 1);
    house.adds_up().await;
}

#[tokio::test]
async fn a_request_without_an_answer_and_times_that_were_proposed_go_to_who_waits() {
    let house = House::with(PolicyKind::Moderate, true).await;
    crate::setup::work_on_tuesdays_only(&house, &house.vera, "10:00", "10:10").await;
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let id = house.booked(&ana, at(9, 9, 0)).await;
    wait(&house, &ben).await.expect("waits");
    // Nobody said yes within a day.
    house.wait_until(at(2, 12, 0)).await;
    assert_eq!(house.view(&ana, id).await.state, experts_core::BookingState::Declined);
    assert_eq!(offered(&house, &ben).await, 1);
    assert!(house.letters("ben").await.iter().any(|subject| subject.contains("kept for you")));
    house.adds_up().await;
}

#[tokio::test]
async fn who_stops_waiting_lets_the_next_have_it() {
    let (house, ana, id) = full().await;
    let (ben, eve) = (house.rich("ben", PRICE).await, house.rich("eve", PRICE).await);
    wait(&house, &ben).await.expect("waits");
    house.app.clock.advance(chrono::TimeDelta::minutes(1));
    wait(&house, &eve).await.expect("waits");
    house.cancel(&ana, id).await.expect("cancelled");
    for _ in 0..2 {
        in_transaction!(house, |tx| service::stop_waiting(&mut tx, &ben, house.expert())).expect("stopped");
    }
    assert_eq!((offered(&house, &ben).await, offered(&house, &eve).await), (0, 1));
    house.adds_up().await;
}

#[tokio::test]
async fn a_hold_that_lapses_goes_to_who_waits_and_not_to_who_comes_by() {
    let (house, ana, id) = full().await;
    let (ben, joe) = (house.rich("ben", PRICE).await, house.rich("joe", PRICE).await);
    house.cancel(&ana, id).await.expect("cancelled");
    house.hold(&joe, at(9, 9, 0), "joe").await.expect("held");
    wait(&house, &ben).await.expect("full again");
    house.app.clock.advance(chrono::TimeDelta::minutes(5));
    assert!(matches!(house.hold(&joe, at(9, 9, 0), "joe-2").await, Err(Error::Taken { .. })));
    house.wait(0).await;
    assert_eq!(offered(&house, &ben).await, 1);
    house.adds_up().await;
}
