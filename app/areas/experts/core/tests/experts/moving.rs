//! A call moves to another time, when both agree.

use chrono::{DateTime, Utc};
use experts_core::{BookingState, Error, Party, PolicyKind, command::Times, service};
use kernel::{BookingId, RescheduleId};
use platform::Cx;

use crate::{House, PRICE, at, in_transaction};

type Actor = Cx<kernel::Actor>;

async fn propose(house: &House, cx: &Actor, id: BookingId, times: &[DateTime<Utc>]) -> Result<RescheduleId, Error> {
    let times = Times::new(times.to_vec()).expect("times");
    in_transaction!(house, |tx| service::propose(&mut tx, cx, id, &times))
}

/// Takes the so many-th of the times that are proposed.
async fn agree(house: &House, cx: &Actor, id: BookingId, which: usize) -> Result<(), Error> {
    let proposal = house.view(cx, id).await.proposal.expect("a proposal");
    let slice = proposal.slots[which].0;
    in_transaction!(house, |tx| service::agree(&mut tx, cx, proposal.id, slice))
}

#[tokio::test]
async fn three_times_are_kept_until_one_is_taken() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(3, 10, 0)).await;
    let times = [at(4, 9, 0), at(4, 9, 30), at(5, 12, 0)];
    propose(&house, &house.vera, id, &times).await.expect("proposed");
    let view = house.view(&ana, id).await;
    let proposal = view.proposal.expect("a proposal");
    assert_eq!(
        (proposal.by, proposal.slots.iter().map(|it| it.1).collect::<Vec<_>>()),
        (Party::Expert, times.to_vec())
    );
    assert!(!house.free_on(4).await.contains(&at(4, 9, 30)));
    assert!(agree(&house, &house.vera, id, 0).await.is_err());
    agree(&house, &ana, id, 1).await.expect("agreed");
    let view = house.view(&ana, id).await;
    assert_eq!((view.state, view.starts_at, view.proposal), (BookingState::Confirmed, at(4, 9, 30), None));
    assert!(house.free_on(3).await.contains(&at(3, 10, 0)));
    let free = house.free_on(4).await;
    assert!(free.contains(&at(4, 9, 0)) && !free.contains(&at(4, 9, 30)));
    assert_eq!(house.has(&ana).await, [0, 0, 0, 0]);
    house.adds_up().await;
}

#[tokio::test]
async fn who_was_there_for_the_time_before_was_not_there_for_the_new_one() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 9, 52));
    house.come(&house.vera, id).await.expect("there");
    propose(&house, &ana, id, &[at(3, 10, 0)]).await.expect("proposed");
    agree(&house, &house.vera, id, 0).await.expect("agreed");
    house.app.clock.set(at(3, 10, 0));
    house.come(&ana, id).await.expect("there");
    house.wait_until(at(3, 10, 10)).await;
    assert_eq!(house.view(&ana, id).await.state, BookingState::ExpertMissed);
    house.adds_up().await;
}

#[tokio::test]
async fn a_call_that_was_made_longer_is_not_moved() {
    let house = House::new().await;
    let ana = house.rich("ana", 2 * PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 9, 52));
    house.come(&house.vera, id).await.expect("there");
    house.come(&ana, id).await.expect("there");
    let price = crate::euros(PRICE);
    in_transaction!(house, |tx| service::extend(&mut tx, &ana, id, price, 1)).expect("longer");
    assert!(matches!(propose(&house, &ana, id, &[at(3, 10, 0)]).await, Err(Error::NotNow(_))));
}

#[tokio::test]
async fn both_are_reminded_of_the_time_it_is_at() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(4, 10, 0)).await;
    let tomorrow = async || {
        let letters = house.letters("ana").await;
        letters.into_iter().filter(|it| it.starts_with("Tomorrow")).count()
    };
    house.wait_until(at(3, 10, 0)).await;
    assert_eq!(tomorrow().await, 1);
    propose(&house, &ana, id, &[at(8, 10, 0)]).await.expect("proposed");
    agree(&house, &house.vera, id, 0).await.expect("agreed");
    house.wait_until(at(7, 10, 0)).await;
    assert_eq!(tomorrow().await, 2);
    // Moved to less than a day away, nothing is said of a day before.
    propose(&house, &ana, id, &[at(7, 12, 0)]).await.expect("proposed");
    agree(&house, &house.vera, id, 0).await.expect("agreed");
    house.wait_until(at(7, 11, 0)).await;
    assert_eq!(tomorrow().await, 2);
}

#[tokio::test]
async fn a_no_or_no_answer_leaves_it_as_it_was() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(5, 10, 0)).await;
    let first = propose(&house, &ana, id, &[at(6, 9, 0)]).await.expect("proposed");
    assert!(matches!(propose(&house, &ana, id, &[at(6, 9, 15)]).await, Err(Error::NotNow(_))));
    in_transaction!(house, |tx| service::disagree(&mut tx, &house.vera, first)).expect("no");
    assert!(house.free_on(6).await.contains(&at(6, 9, 0)));
    propose(&house, &ana, id, &[at(6, 9, 0)]).await.expect("proposed");
    house.wait_until(at(2, 12, 0)).await;
    let view = house.view(&ana, id).await;
    assert_eq!((view.starts_at, view.proposal), (at(5, 10, 0), None));
    assert!(house.free_on(6).await.contains(&at(6, 9, 0)));
    house.adds_up().await;
}

#[tokio::test]
async fn proposals_of_others_do_not_exist() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let id = house.booked(&ana, at(3, 10, 0)).await;
    assert!(matches!(propose(&house, &ben, id, &[at(4, 9, 0)]).await, Err(Error::NoSuchBooking)));
    let proposal = propose(&house, &ana, id, &[at(4, 9, 0)]).await.expect("proposed");
    let no = in_transaction!(house, |tx| service::disagree(&mut tx, &ben, proposal));
    assert!(matches!(no, Err(Error::NoSuchProposal)));
}

#[tokio::test]
async fn a_taken_time_is_not_proposed_and_nothing_of_the_wish_is_kept() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let id = house.booked(&ana, at(3, 10, 0)).await;
    house.booked(&ben, at(4, 9, 30)).await;
    assert!(matches!(propose(&house, &ana, id, &[at(4, 9, 0), at(4, 9, 30)]).await, Err(Error::Taken { .. })));
    assert!(house.free_on(4).await.contains(&at(4, 9, 0)));
    house.adds_up().await;
}

#[tokio::test]
async fn with_an_expert_who_is_suspended_no_call_is_moved() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(3, 10, 0)).await;
    let proposal = propose(&house, &house.vera, id, &[at(4, 9, 0)]).await.expect("proposed");
    house.suspend(&house.vera).await;
    assert!(matches!(agree(&house, &ana, id, 0).await, Err(Error::NotNow(_))));
    in_transaction!(house, |tx| service::disagree(&mut tx, &ana, proposal)).expect("no");
    assert!(matches!(propose(&house, &ana, id, &[at(4, 9, 0)]).await, Err(Error::NotNow(_))));
    assert_eq!(house.view(&ana, id).await.starts_at, at(3, 10, 0));
    house.adds_up().await;
}

#[tokio::test]
async fn a_counter_proposal_that_is_taken_confirms_the_call() {
    let house = House::with(PolicyKind::Moderate, true).await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.hold(&ana, at(3, 10, 0), "one").await.expect("held");
    house.pay(&ana, id).await.expect("set aside");
    propose(&house, &house.vera, id, &[at(3, 11, 0)]).await.expect("proposed");
    agree(&house, &ana, id, 0).await.expect("agreed");
    let view = house.view(&ana, id).await;
    assert_eq!((view.state, view.starts_at), (BookingState::Confirmed, at(3, 11, 0)));
    assert_eq!(house.has(&ana).await, [0, 0, 0, 0]);
    house.adds_up().await;
}
