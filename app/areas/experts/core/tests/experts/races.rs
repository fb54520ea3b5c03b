//! What is promised under concurrency.

use std::sync::Arc;

use experts_core::{BookingState, Error, PolicyKind, service};
use testkit::at_once;

use crate::{House, PRICE, at, euros, in_transaction};

#[tokio::test]
async fn of_a_hundred_who_want_one_time_one_gets_it_and_the_others_hear_of_three() {
    let house = Arc::new(House::new().await);
    let mut buyers = Vec::new();
    for n in 0..100 {
        buyers.push(house.app.person(&format!("buyer{n}")).await);
    }
    let held = at_once(buyers.into_iter().map(|buyer| {
        let house = Arc::clone(&house);
        async move { house.hold(&buyer, at(2, 10, 0), "mine").await }
    }))
    .await;
    assert_eq!(held.iter().filter(|it| it.is_ok()).count(), 1);
    let three = |it: &Result<_, Error>| matches!(it, Err(Error::Taken { nearest }) if nearest.len() == 3);
    assert_eq!(held.iter().filter(|it| three(it)).count(), 99);
    house.adds_up().await;
}

#[tokio::test]
async fn who_book_all_times_of_a_day_at_once_never_overlap() {
    let house = Arc::new(House::new().await);
    let starts = house.free_on(2).await;
    let mut buyers = Vec::new();
    for n in 0..64 {
        buyers.push(house.rich(&format!("buyer{n}"), PRICE).await);
    }
    let paid = at_once(buyers.into_iter().enumerate().map(|(n, buyer)| {
        let (house, start) = (Arc::clone(&house), starts[n % starts.len()]);
        async move {
            let id = house.hold(&buyer, start, "mine").await.ok()?;
            house.pay(&buyer, id).await.ok()
        }
    }))
    .await;
    assert_eq!(paid.iter().flatten().count(), starts.len());
    house.adds_up().await;
}

#[tokio::test]
async fn paid_many_times_at_once_it_is_paid_once() {
    let house = Arc::new(House::new().await);
    let ana = house.rich("ana", 10 * PRICE).await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    let paid = at_once((0..20).map(|_| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move { house.pay(&ana, id).await }
    }))
    .await;
    assert!(paid.iter().all(|it| matches!(it, Ok(BookingState::Confirmed))));
    assert_eq!(house.has(&ana).await, [9 * PRICE, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn two_tabs_hold_one_time() {
    let house = Arc::new(House::new().await);
    let ana = house.rich("ana", 10 * PRICE).await;
    let held = at_once((0..10).map(|n| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move { house.hold(&ana, at(2, 10, 0), &format!("tab-{n}")).await.expect("held") }
    }))
    .await;
    assert!(held.iter().all(|id| *id == held[0]));
    assert_eq!(house.count("select count(*) from slices").await, 1);
}

#[tokio::test]
async fn a_hold_that_ends_while_it_is_paid_is_paid_or_not() {
    let house = Arc::new(House::new().await);
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    house.app.clock.advance(chrono::TimeDelta::seconds(300));
    let paid = at_once((0..16).map(|n| {
        let (house, ana, ben) = (Arc::clone(&house), ana.clone(), ben.clone());
        async move {
            if n % 2 == 0 {
                house.pay(&ana, id).await.is_ok()
            } else {
                house.hold(&ben, at(2, 10, 0), "ben").await.is_ok()
            }
        }
    }))
    .await;
    assert_eq!(paid.iter().filter(|it| **it).count(), 8);
    assert_eq!(house.view(&ana, id).await.state, BookingState::Lapsed);
    house.adds_up().await;
}

#[tokio::test]
async fn cancelled_by_both_at_once_it_is_cancelled_once() {
    let house = Arc::new(House::with(PolicyKind::Flexible, false).await);
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(4, 10, 0)).await;
    at_once((0..10).map(|n| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move {
            let who = if n % 2 == 0 { ana } else { house.vera.clone() };
            house.cancel_for(&who, id, euros(PRICE)).await.is_ok()
        }
    }))
    .await;
    assert_eq!(house.has(&ana).await, [PRICE, 0, 0, 0]);
    assert_eq!(house.count("select count(*) from events where kind = 'experts.booking_cancelled'").await, 1);
    house.adds_up().await;
}

#[tokio::test]
async fn an_expert_who_accepts_while_the_client_cancels_does_one_of_both() {
    let house = Arc::new(House::with(PolicyKind::Strict, true).await);
    let ana = house.rich("ana", PRICE).await;
    let id = house.hold(&ana, at(2, 10, 0), "one").await.expect("held");
    house.pay(&ana, id).await.expect("set aside");
    at_once((0..10).map(|n| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move {
            if n % 2 == 0 {
                house.cancel_for(&ana, id, euros(PRICE)).await.is_ok()
            } else {
                let vera = house.vera.clone();
                in_transaction!(house, |tx| service::accept(&mut tx, &vera, id)).is_ok()
            }
        }
    }))
    .await;
    let state = house.view(&ana, id).await.state;
    let purse = house.has(&ana).await;
    match state {
        BookingState::Confirmed => assert_eq!(purse, [0, 0, 0, 0]),
        BookingState::Cancelled => assert_eq!(purse, [PRICE, 0, 0, 0]),
        other => panic!("{other:?}"),
    }
    house.adds_up().await;
}

#[tokio::test]
async fn made_longer_many_times_at_once_it_is_so_once() {
    let house = Arc::new(House::new().await);
    let ana = house.rich("ana", 10 * PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 10, 5));
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    at_once((0..10).map(|_| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move { in_transaction!(house, |tx| service::extend(&mut tx, &ana, id, euros(PRICE), 1)).is_ok() }
    }))
    .await;
    assert_eq!(house.has(&ana).await, [8 * PRICE, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn whoever_waits_is_offered_a_time_once_whatever_runs_at_once() {
    let house = Arc::new(House::new().await);
    crate::setup::work_on_tuesdays_only(&house, &house.vera, "10:00", "10:10").await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(9, 9, 0)).await;
    for n in 0..5 {
        let waiting = house.rich(&format!("waiting{n}"), PRICE).await;
        in_transaction!(house, |tx| service::wait(&mut tx, &waiting, house.expert())).expect("waits");
        house.app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    house.cancel(&ana, id).await.expect("cancelled");
    house.app.clock.advance(chrono::TimeDelta::minutes(10));
    at_once((0..8).map(|_| {
        let house = Arc::clone(&house);
        async move { service::run_due(&house.app.database, &house.app.world).await.expect("what was due") }
    }))
    .await;
    assert_eq!(house.count("select count(*) from slices where kind = 'offer'").await, 1);
    assert_eq!(house.count("select count(*) from events where kind = 'experts.slice_offered'").await, 2);
    house.adds_up().await;
}
