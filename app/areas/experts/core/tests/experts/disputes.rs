//! A client disputes a call, and an administrator decides.

use experts_core::{Error, PolicyKind, command::DisputeText, service};
use kernel::BookingId;
use platform::Cx;

use crate::{House, PRICE, at, euros, in_transaction, status};

type Actor = Cx<kernel::Actor>;

fn text(words: &str) -> DisputeText {
    DisputeText::said("reason", words).expect("words")
}

async fn dispute(house: &House, cx: &Actor, id: BookingId) -> Result<(), Error> {
    in_transaction!(house, |tx| service::dispute(&mut tx, cx, id, &text("They knew nothing")))
}

async fn decide(house: &House, cx: &Actor, id: BookingId, back: i64) -> Result<(), Error> {
    in_transaction!(house, |tx| service::decide_dispute(&mut tx, cx, id, euros(back), &text("Half of it")))
}

async fn free(house: &House) {
    money_core::service::free_earnings(&house.app.database, &house.app.world).await.expect("freed");
}

#[tokio::test]
async fn the_money_waits_until_it_is_decided() {
    let house = House::with(PolicyKind::Moderate, false).await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    assert!(matches!(dispute(&house, &ana, id).await, Err(Error::NotNow(_))));
    house.app.clock.set(at(2, 10, 0));
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.wait_until(at(2, 10, 10)).await;
    assert!(matches!(dispute(&house, &house.vera, id).await, Err(Error::NotNow(_))));
    dispute(&house, &ana, id).await.expect("disputed");
    assert!(matches!(dispute(&house, &ana, id).await, Err(Error::NotNow(_))));
    house.app.clock.set(at(9, 10, 0));
    free(&house).await;
    assert_eq!(house.has(&house.vera).await[3], 0);

    assert!(matches!(decide(&house, &ana, id, PRICE).await, Err(Error::NotAdmin)));
    let admin = house.app.person("boss").await;
    sqlx::query("update accounts set is_admin = true where handle = 'boss'")
        .execute(house.pool())
        .await
        .expect("an administrator");
    assert_eq!(service::disputes(house.pool(), &admin).await.expect("a list").len(), 1);
    let error = decide(&house, &admin, id, PRICE + 1).await.expect_err("more than there is");
    assert_eq!(status(error), 422);
    decide(&house, &admin, id, 1_000).await.expect("decided");
    assert!(matches!(decide(&house, &admin, id, 1_000).await, Err(Error::NotNow(_))));
    free(&house).await;
    assert_eq!(house.has(&ana).await, [1_000, 0, 0, 0]);
    assert_eq!(house.has(&house.vera).await[3] + house.fees().await, PRICE - 1_000);
    assert!(service::disputes(house.pool(), &admin).await.expect("a list").is_empty());
    house.adds_up().await;
}

#[tokio::test]
async fn a_day_after_the_call_it_is_too_late() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 10, 0));
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.wait_until(at(3, 10, 10)).await;
    assert!(matches!(dispute(&house, &ana, id).await, Err(Error::NotNow(_))));
}
