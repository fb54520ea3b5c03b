//! Somebody becomes an expert: profile, hours, services, and whether they can be booked.

use experts_core::{
    Error, ExpertState, PolicyKind,
    command::{DayForm, HoursForm, ProfileForm, ServiceForm},
    service,
};
use kernel::{Actor, Problem, ServiceId};
use platform::Cx;

use crate::{House, PRICE, at, euros, in_transaction, status};

/// Sets somebody up who works from ten to two in Lisbon each day, and lets them be booked.
pub(crate) async fn publish(house: &House, whom: &Cx<Actor>, policy: PolicyKind, approval: bool) -> ServiceId {
    let form = ProfileForm { policy: policy.as_str().to_owned(), approval, ..profile("Europe/Lisbon") };
    say(house, whom, form).await.expect("a profile");
    work(house, whom, "10:00", "14:00").await;
    let id = offer(house, whom, None, "Contract review", PRICE).await.expect("a service");
    in_transaction!(house, |tx| service::publish(&mut tx, whom)).expect("published");
    id
}

/// Lets somebody work each day, rest five minutes between two calls, and want an hour of notice.
pub(crate) async fn work(house: &House, whom: &Cx<Actor>, from: &str, until: &str) {
    let days = std::array::from_fn(|_| day(from, until));
    take_hours(house, whom, HoursForm { days, buffer: 5, notice: 60, ..HoursForm::default() }).await;
}

/// Lets somebody work on Tuesdays, of which one can be booked: there are two days of notice, and two weeks to book
/// ahead.
pub(crate) async fn work_on_tuesdays_only(house: &House, whom: &Cx<Actor>, from: &str, until: &str) {
    let mut form = HoursForm { buffer: 5, notice: 2 * 24 * 60, ahead: 14, ..HoursForm::default() };
    form.days[1] = day(from, until);
    take_hours(house, whom, form).await;
}

/// Lets somebody be booked until a call begins.
pub(crate) async fn without_notice(house: &House, whom: &Cx<Actor>) {
    let days = std::array::from_fn(|_| day("10:00", "14:00"));
    take_hours(house, whom, HoursForm { days, buffer: 5, notice: 0, ..HoursForm::default() }).await;
}

pub(crate) fn day(from: &str, until: &str) -> DayForm {
    DayForm { from: from.to_owned(), until: until.to_owned() }
}

pub(crate) fn profile(zone: &str) -> ProfileForm {
    ProfileForm {
        headline: "Reads contracts".to_owned(),
        about: "I read **contracts** of all kinds.".to_owned(),
        skills: "contracts, licensing".to_owned(),
        languages: "en, pt".to_owned(),
        zone: zone.to_owned(),
        policy: "moderate".to_owned(),
        approval: false,
    }
}

pub(crate) async fn say(house: &House, whom: &Cx<Actor>, form: ProfileForm) -> Result<(), Error> {
    let profile = form.parse().expect("a profile");
    in_transaction!(house, |tx| service::save_profile(&mut tx, whom, &profile))
}

pub(crate) async fn take_hours(house: &House, whom: &Cx<Actor>, form: HoursForm) {
    let hours = form.parse().expect("hours");
    in_transaction!(house, |tx| service::save_hours(&mut tx, whom, &hours)).expect("kept");
}

pub(crate) async fn offer(
    house: &House,
    whom: &Cx<Actor>,
    id: Option<ServiceId>,
    title: &str,
    minor: i64,
) -> Result<ServiceId, Error> {
    let price = euros(minor).to_decimal();
    let form = ServiceForm { title: title.to_owned(), price, ..ServiceForm::default() };
    let new = form.parse().expect("a service");
    in_transaction!(house, |tx| service::save_service(&mut tx, whom, id, &new))
}

async fn state(house: &House, whom: &Cx<Actor>) -> ExpertState {
    service::my_expert(house.pool(), whom).await.expect("their own").state
}

#[tokio::test]
async fn what_is_missing_is_named_and_nobody_sees_a_draft() {
    let house = House::new().await;
    let ben = house.app.person("ben").await;
    let missing = || async {
        let error = in_transaction!(house, |tx| service::publish(&mut tx, &ben)).expect_err("not ready");
        let Error::NotReady(missing) = &error else { panic!("{error:?}") };
        let missing = missing.len();
        assert_eq!(status(error), 409);
        missing
    };
    assert_eq!(missing().await, 4);
    assert!(!service::my_expert(house.pool(), &ben).await.expect("theirs").begun);
    let hours = HoursForm::default().parse().expect("hours");
    let early = in_transaction!(house, |tx| service::save_hours(&mut tx, &ben, &hours));
    assert!(matches!(early, Err(Error::NotNow(_))));
    say(&house, &ben, ProfileForm { headline: String::new(), ..profile("America/New_York") }).await.expect("a draft");
    assert_eq!(missing().await, 3);
    work(&house, &ben, "10:00", "14:00").await;
    assert_eq!(missing().await, 2);
    offer(&house, &ben, None, "A call", 1_000).await.expect("offered");
    assert_eq!(missing().await, 1);
    say(&house, &ben, profile("America/New_York")).await.expect("said");

    let (id, visitor) = (ben.actor.account, house.app.world.cx(None));
    let hidden = service::expert(house.pool(), &visitor, id).await;
    assert_eq!(status(hidden.expect_err("a draft")), 404);
    let own = service::expert(house.pool(), &house.app.world.cx(Some(ben.actor)), id).await.expect("their own");
    assert_eq!((own.state, own.card.next), (ExpertState::Draft, None));
    for _ in 0..2 {
        in_transaction!(house, |tx| service::publish(&mut tx, &ben)).expect("published");
    }
    let view = service::expert(house.pool(), &visitor, id).await.expect("published");
    assert_eq!((view.card.next, view.card.account.is_expert), (Some(at(1, 14, 0)), true));
    assert!(view.about_html.contains("<strong>contracts</strong>"), "{}", view.about_html);
    assert_eq!(house.count("select count(*) from events where kind = 'experts.published'").await, 2);
    let silent = say(&house, &ben, ProfileForm { headline: String::new(), ..profile("UTC") }).await;
    assert!(Problem::from(silent.expect_err("published")).for_field("headline").is_some());
}

#[tokio::test]
async fn only_people_are_experts() {
    let house = House::new().await;
    let bot = house.app.agent("bot", &house.vera).await;
    let refused = say(&house, &bot, profile("UTC")).await.expect_err("no person");
    assert!(matches!(refused, Error::NotAPerson));
    assert_eq!(status(refused), 403);
}

#[tokio::test]
async fn whoever_takes_a_break_keeps_what_is_booked_and_gets_nothing_new() {
    let house = House::new().await;
    let ana = house.rich("ana", 2 * PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    for _ in 0..2 {
        in_transaction!(house, |tx| service::pause(&mut tx, &house.vera)).expect("a break");
    }
    assert_eq!(state(&house, &house.vera).await, ExpertState::Paused);
    assert!(matches!(house.hold(&ana, at(2, 11, 0), "new").await, Err(Error::NotOffered)));
    let view = service::expert(house.pool(), &house.app.world.cx(None), house.expert()).await.expect("there");
    assert_eq!((view.state, view.card.next), (ExpertState::Paused, None));
    assert!(!view.card.account.is_expert);
    assert_eq!(house.view(&ana, id).await.starts_at, at(2, 10, 0));
    in_transaction!(house, |tx| service::publish(&mut tx, &house.vera)).expect("again");
    house.hold(&ana, at(2, 11, 0), "again").await.expect("held");
    let ben = house.app.person("ben").await;
    let never = in_transaction!(house, |tx| service::pause(&mut tx, &ben));
    assert!(matches!(never, Err(Error::NotNow(_))));
}

#[tokio::test]
async fn services_are_changed_taken_back_and_offered_again() {
    let house = House::new().await;
    let (vera, eve) = (house.vera.clone(), house.app.person("eve").await);
    let lowest = || async {
        let view = service::expert(house.pool(), &house.app.world.cx(None), house.expert()).await.expect("an expert");
        (view.card.from, view.services.len())
    };
    let withdraw = |whom: Cx<Actor>, id| {
        let house = &house;
        async move { in_transaction!(house, |tx| service::withdraw_service(&mut tx, &whom, id)) }
    };
    let last = withdraw(vera.clone(), house.service).await.expect_err("the last one");
    assert!(matches!(last, Error::NotNow(_)));
    let cheap = offer(&house, &vera, None, "Question", 500).await.expect("offered");
    assert_eq!(lowest().await, (euros(500), 2));
    assert_eq!(offer(&house, &vera, Some(cheap), "Question", 700).await.expect("changed"), cheap);
    assert_eq!(lowest().await, (euros(700), 2));
    for _ in 0..2 {
        withdraw(vera.clone(), cheap).await.expect("taken back");
    }
    assert_eq!(lowest().await, (euros(PRICE), 1));
    offer(&house, &vera, Some(cheap), "Question", 600).await.expect("offered again");
    assert_eq!(lowest().await, (euros(600), 2));

    // Of somebody else's nobody learns that it is there.
    say(&house, &eve, profile("UTC")).await.expect("a profile");
    assert_eq!(status(withdraw(eve.clone(), cheap).await.expect_err("not theirs")), 404);
    assert_eq!(status(offer(&house, &eve, Some(cheap), "Mine", 100).await.expect_err("not theirs")), 404);
    for number in 2..20 {
        offer(&house, &vera, None, &format!("Service {number}"), 1_000).await.expect("offered");
    }
    assert!(matches!(offer(&house, &vera, None, "One more", 1_000).await, Err(Error::ManyServices)));
    assert_eq!(lowest().await.1, 20);
}

#[tokio::test]
async fn bookings_that_no_longer_fit_are_listed_and_stay() {
    let house = House::new().await;
    let ana = house.rich("ana", 3 * PRICE).await;
    let affected = || async {
        let found = service::affected(house.pool(), &house.vera).await.expect("a list");
        found.into_iter().map(|it| it.starts_at).collect::<Vec<_>>()
    };
    for start in [at(2, 9, 0), at(2, 12, 30), at(3, 12, 0)] {
        house.booked(&ana, start).await;
    }
    assert!(affected().await.is_empty());
    work(&house, &house.vera, "12:00", "13:10").await;
    assert_eq!(affected().await, [at(2, 9, 0), at(2, 12, 30)]);
    take_hours(
        &house,
        &house.vera,
        HoursForm {
            days: std::array::from_fn(|_| day("10:00", "14:00")),
            days_off: "2026-06-03, 2026-05-01".to_owned(),
            ..HoursForm::default()
        },
    )
    .await;
    assert_eq!(affected().await, [at(3, 12, 0)]);
    assert!(house.free_on(3).await.is_empty());
    // What is over by then is not kept.
    let own = service::my_expert(house.pool(), &house.vera).await.expect("their own");
    assert_eq!(own.hours.days_off().len(), 1);
    // In another zone the same clock is at other times.
    say(&house, &house.vera, profile("Asia/Tokyo")).await.expect("moved");
    assert_eq!(affected().await, [at(2, 9, 0), at(2, 12, 30), at(3, 12, 0)]);
    assert_eq!(house.count("select count(*) from bookings where state = 'confirmed'").await, 3);
    house.adds_up().await;
}
