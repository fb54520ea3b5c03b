//! What agents look up of experts for whoever they speak with.

use agents_core::service::{ExpertTimes, FreeExpert, TimesWanted};
use experts_core::{
    command::{HoursForm, ProfileForm},
    service::{self, ExpertCalendars},
};
use kernel::{Actor, Handle};
use platform::Cx;

use crate::{
    House, PRICE, at, euros, in_transaction,
    setup::{day, offer, profile, say, take_hours, work},
};

/// What somebody is told, by the port that agents have.
async fn told(house: &House, asker: &Cx<Actor>, wanted: TimesWanted) -> Vec<FreeExpert> {
    let calendars = ExpertCalendars::new(house.app.database.clone(), house.app.world.clone());
    let port: &dyn ExpertTimes = &calendars;
    port.look_up(asker.actor.account, &wanted).await.expect("looked up")
}

fn handles(found: &[FreeExpert]) -> Vec<&str> {
    found.iter().map(|it| it.handle.as_str()).collect()
}

fn named(handle: &str) -> TimesWanted {
    TimesWanted { handle: Some(handle.parse::<Handle>().expect("a handle")), ..TimesWanted::default() }
}

/// Somebody who knows about taxes, works in UTC, and has a service at this price besides one for the double.
async fn open_shop(house: &House, handle: &str, from: &str, until: &str, minor: i64) -> Cx<Actor> {
    let cx = house.app.person(handle).await;
    let form = ProfileForm {
        headline: "Tax law for founders".to_owned(),
        about: String::new(),
        skills: "tax".to_owned(),
        languages: "de".to_owned(),
        ..profile("UTC")
    };
    say(house, &cx, form).await.expect("a profile");
    let days = std::array::from_fn(|_| day(from, until));
    take_hours(house, &cx, HoursForm { days, notice: 0, ..HoursForm::default() }).await;
    offer(house, &cx, None, "A question", minor).await.expect("a service");
    offer(house, &cx, None, "A second opinion", 2 * minor).await.expect("a service");
    in_transaction!(house, |tx| service::publish(&mut tx, &cx)).expect("published");
    cx
}

#[tokio::test]
async fn one_expert_is_told_of_with_what_is_free() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    house.booked(&ana, at(2, 9, 0)).await;
    let found = told(&house, &ana, named("vera")).await;
    assert_eq!(handles(&found), ["vera"]);
    let vera = &found[0];
    assert_eq!((vera.headline.as_str(), vera.zone.as_str()), ("Reads contracts", "Europe/Lisbon"));
    assert_eq!((vera.rating, vera.ratings), (None, 0));
    assert_eq!(vera.services, [("Contract review".to_owned(), euros(PRICE))]);
    assert_eq!(vera.times[..2], [at(2, 9, 15), at(2, 9, 30)]);
    assert_eq!(vera.times.len(), agents_core::tool::MOST_TIMES);
    let later = TimesWanted { from: Some(at(5, 0, 0)), until: Some(at(6, 0, 0)), ..named("vera") };
    assert_eq!(told(&house, &ana, later).await[0].times[0], at(5, 9, 0));
    // When nothing is free in time, or they take a break, they are told of all the same.
    let over = TimesWanted { until: Some(at(1, 0, 0)), ..named("vera") };
    assert!(told(&house, &ana, over).await[0].times.is_empty());
    in_transaction!(house, |tx| service::pause(&mut tx, &house.vera)).expect("a break");
    assert!(told(&house, &ana, named("vera")).await[0].times.is_empty());
    assert_eq!(house.count("select count(*) from bookings").await, 1);
}

#[tokio::test]
async fn those_who_fit_are_told_of_and_whoever_is_free_first_comes_first() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let cheap = open_shop(&house, "cheap", "16:00", "17:00", 1_000).await;
    open_shop(&house, "dear", "18:00", "19:00", 5_000).await;
    let all = told(&house, &ana, TimesWanted::default()).await;
    assert_eq!(handles(&all), ["cheap", "dear", "vera"]);
    let need = || TimesWanted { need: "founder taxes".to_owned(), ..TimesWanted::default() };
    assert_eq!(handles(&told(&house, &ana, need()).await), ["cheap", "dear"]);
    let found = told(&house, &ana, TimesWanted { most: Some(euros(1_500)), ..need() }).await;
    assert_eq!(found[0].services, [("A question".to_owned(), euros(1_000))]);
    assert_eq!(found.len(), 1);
    let spoken = |language: &str| TimesWanted { language: language.to_owned(), ..TimesWanted::default() };
    assert_eq!(handles(&told(&house, &ana, spoken("pt")).await), ["vera"]);
    // Whoever has nothing free in time is left out.
    let today = TimesWanted { until: Some(at(1, 17, 0)), ..TimesWanted::default() };
    assert_eq!(handles(&told(&house, &ana, today).await), ["cheap"]);
    house.suspend(&cheap).await;
    assert_eq!(handles(&told(&house, &ana, need()).await), ["dear"]);
    assert!(told(&house, &ana, named("cheap")).await[0].times.is_empty());
}

#[tokio::test]
async fn what_is_not_public_is_told_to_nobody() {
    let house = House::new().await;
    let (ana, ben) = (house.app.person("ana").await, house.app.person("ben").await);
    say(&house, &ben, profile("UTC")).await.expect("a draft");
    work(&house, &ben, "10:00", "14:00").await;
    for asker in [&ana, &ben] {
        for handle in ["ben", "ana", "nobody_there"] {
            assert!(told(&house, asker, named(handle)).await.is_empty(), "{handle}");
        }
        assert_eq!(handles(&told(&house, asker, TimesWanted::default()).await), ["vera"]);
    }
}

#[tokio::test]
async fn no_more_are_told_of_than_there_is_room_for() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    for number in 0..6 {
        open_shop(&house, &format!("shop{number}"), "16:00", "17:00", 1_000).await;
    }
    let found = told(&house, &ana, TimesWanted::default()).await;
    assert_eq!(found.len(), agents_core::tool::MOST_EXPERTS);
}
