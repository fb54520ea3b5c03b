//! Who can be booked: looked for, narrowed, in an order.

use chrono::{DateTime, TimeDelta, Utc};
use experts_core::{
    Error, ExpertState, Filter, Sort,
    command::{Hold, HoursForm, ProfileForm, Text},
    service,
};
use kernel::{AccountId, Actor, BookingId, Cursor, PageSize, ServiceId};
use platform::Cx;

use crate::{
    House, PRICE, at, euros, in_transaction,
    setup::{day, offer, profile, say, take_hours},
};

/// Somebody who can be booked, in UTC.
struct Shop {
    cx: Cx<Actor>,
    service: ServiceId,
}

impl Shop {
    async fn open(house: &House, handle: &str, form: ProfileForm, hours: HoursForm, minor: i64) -> Self {
        let cx = house.app.person(handle).await;
        say(house, &cx, form).await.expect("a profile");
        take_hours(house, &cx, hours).await;
        let service = offer(house, &cx, None, "A call", minor).await.expect("a service");
        in_transaction!(house, |tx| service::publish(&mut tx, &cx)).expect("published");
        Self { cx, service }
    }

    fn id(&self) -> AccountId {
        self.cx.actor.account
    }

    /// Has a time kept for somebody.
    async fn hold(&self, house: &House, whom: &Cx<Actor>, start: DateTime<Utc>) -> Result<BookingId, Error> {
        let wish = Hold {
            expert: self.id(),
            service: self.service,
            start,
            seen: euros(1_000),
            brief: Text::default(),
            key: format!("{}:{}", self.id(), start.timestamp()).parse().expect("a key"),
        };
        in_transaction!(house, |tx| service::hold(&mut tx, whom, &wish))
    }
}

/// Work on each day at these times, with so many minutes of notice.
fn daily(from: &str, until: &str, notice: u32) -> HoursForm {
    HoursForm { days: std::array::from_fn(|_| day(from, until)), notice, ..HoursForm::default() }
}

type Found = Vec<(AccountId, Option<DateTime<Utc>>)>;

async fn page(house: &House, filter: &Filter, size: u8) -> (Found, Option<Cursor>) {
    let cx = house.app.world.cx(None);
    let page = service::search(&house.app.database, &cx, filter, PageSize::clamped(size)).await.expect("a page");
    (page.items.into_iter().map(|card| (card.account.id, card.next)).collect(), page.next)
}

async fn found(house: &House, filter: &Filter) -> Found {
    page(house, filter, 100).await.0
}

async fn who(house: &House, filter: &Filter) -> Vec<AccountId> {
    found(house, filter).await.into_iter().map(|(id, _)| id).collect()
}

/// All pages, one after the other.
async fn paged(house: &House, filter: &Filter, size: u8) -> Found {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..200 {
        let (items, next) = page(house, &Filter { after, ..filter.clone() }, size).await;
        all.extend(items);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(after, None, "pages without an end");
    all
}

#[tokio::test]
async fn who_is_free_first_comes_first_and_who_is_full_comes_last() {
    let house = House::new().await;
    let ada = Shop::open(&house, "ada", profile("UTC"), daily("13:00", "14:00", 0), 1_000).await;
    let bob = Shop::open(&house, "bob", profile("UTC"), daily("12:00", "15:00", 120), 1_000).await;
    let mut wednesdays = HoursForm::default();
    wednesdays.days[2] = day("09:00", "10:00");
    let cid = Shop::open(&house, "cid", profile("UTC"), wednesdays, 1_000).await;
    let away = HoursForm { ahead: 2, days_off: "2026-06-01..2026-06-04".to_owned(), ..daily("09:00", "10:00", 0) };
    let dee = Shop::open(&house, "dee", profile("UTC"), away, 1_000).await;
    let expected = [
        (ada.id(), Some(at(1, 13, 0))),
        (bob.id(), Some(at(1, 14, 0))),
        (house.expert(), Some(at(2, 9, 0))),
        (cid.id(), Some(at(3, 9, 0))),
        (dee.id(), None),
    ];
    let all = Filter::default();
    // Also when it is known better than at first.
    for size in [100, 1, 2, 100] {
        assert_eq!(paged(&house, &all, size).await, expected, "{size}");
    }
    let before = Filter { before: Some(at(2, 9, 0)), ..Filter::default() };
    assert_eq!(paged(&house, &before, 1).await, expected[..2]);
    let visitor = house.app.world.cx(None);
    let made_up = Filter { after: Some("0".repeat(32).parse().expect("a cursor")), ..Filter::default() };
    let made_up = service::search(&house.app.database, &visitor, &made_up, PageSize::DEFAULT).await;
    assert!(matches!(made_up, Err(Error::Cursor(_))));

    // What is kept for somebody is free again by itself.
    let ana = house.app.person("ana").await;
    ada.hold(&house, &ana, at(1, 13, 0)).await.expect("held");
    assert_eq!(found(&house, &all).await[0], (ada.id(), Some(at(1, 13, 10))));
    house.app.clock.advance(TimeDelta::minutes(5));
    assert_eq!(found(&house, &all).await[0], (ada.id(), Some(at(1, 13, 0))));
    // Time goes by.
    house.app.clock.set(at(1, 13, 31));
    assert_eq!(found(&house, &all).await[0], (ada.id(), Some(at(1, 13, 40))));
    house.app.clock.set(at(1, 14, 1));
    let order = [house.expert(), bob.id(), ada.id(), cid.id(), dee.id()];
    assert_eq!(who(&house, &all).await, order);
    // Days come into sight that nobody could book before.
    house.app.clock.set(at(3, 10, 0));
    assert!(found(&house, &all).await.contains(&(dee.id(), Some(at(5, 9, 0)))));
    // Hours become others.
    take_hours(&house, &cid.cx, daily("10:00", "11:00", 0)).await;
    assert_eq!(found(&house, &all).await[0], (cid.id(), Some(at(3, 10, 0))));
    in_transaction!(house, |tx| service::pause(&mut tx, &cid.cx)).expect("a break");
    assert!(!who(&house, &all).await.contains(&cid.id()));
}

#[tokio::test]
async fn what_is_cancelled_is_found_again() {
    let house = House::new().await;
    let ana = house.rich("ana", PRICE).await;
    let first = |house: &House| {
        let (database, cx) = (house.app.database.clone(), house.app.world.cx(None));
        async move {
            let page = service::search(&database, &cx, &Filter::default(), PageSize::DEFAULT).await.expect("a page");
            page.items.first().and_then(|card| card.next)
        }
    };
    assert_eq!(first(&house).await, Some(at(2, 9, 0)));
    let id = house.booked(&ana, at(2, 9, 0)).await;
    for _ in 0..2 {
        assert_eq!(first(&house).await, Some(at(2, 9, 15)));
    }
    house.cancel(&ana, id).await.expect("cancelled");
    assert_eq!(first(&house).await, Some(at(2, 9, 0)));
}

#[tokio::test]
async fn the_directory_is_narrowed_and_ordered() {
    let house = House::new().await;
    let law = ProfileForm {
        headline: "Tax law for founders".to_owned(),
        about: "Declarations, and audits that went wrong.".to_owned(),
        skills: "tax, start-ups".to_owned(),
        languages: "de".to_owned(),
        ..profile("UTC")
    };
    let music = ProfileForm {
        headline: "Sync licensing".to_owned(),
        about: "I place songs in films.".to_owned(),
        skills: "Sync Licensing, film".to_owned(),
        languages: "en".to_owned(),
        ..profile("UTC")
    };
    let law = Shop::open(&house, "law", law, daily("16:00", "17:00", 0), 5_000).await.id();
    let music = Shop::open(&house, "music", music, daily("15:00", "16:00", 0), 1_000).await.id();
    let vera = house.expert();
    sqlx::query("update experts set ratings = 4, rating_sum = 18 where account_id = $1")
        .bind(law.uuid())
        .execute(house.pool())
        .await
        .expect("rated");
    let all = Filter::default;
    let sorted = |sort| Filter { sort, ..all() };
    assert_eq!(who(&house, &sorted(Sort::Soonest)).await, [music, law, vera]);
    assert_eq!(who(&house, &sorted(Sort::Cheapest)).await, [music, vera, law]);
    assert_eq!(who(&house, &sorted(Sort::Best)).await[0], law);
    for sort in [Sort::Soonest, Sort::Cheapest, Sort::Best] {
        assert_eq!(paged(&house, &sorted(sort), 1).await, found(&house, &sorted(sort)).await, "{sort:?}");
        let soon = Filter { before: Some(at(1, 16, 0)), ..sorted(sort) };
        assert_eq!(paged(&house, &soon, 1).await, [(music, Some(at(1, 15, 0)))], "{sort:?}");
    }
    let need = |need: &str| Filter { need: need.to_owned(), ..Filter::default() };
    // In any form; of all who say all the words, or else of those who say any of them.
    assert_eq!(who(&house, &need("founder taxes")).await, [law]);
    assert_eq!(who(&house, &need("licensing a song")).await, [music]);
    assert_eq!(who(&house, &need("licensing")).await, [music, vera]);
    assert_eq!(who(&house, &need("licensing audits")).await, [music, law, vera]);
    assert!(who(&house, &need("gardening")).await.is_empty());
    for odd in ["'", "\\", "a & | !", "\"", "%_", "\0", "():*", "'a' | 'b'", "<->"] {
        found(&house, &need(odd)).await;
    }
    let skill = |skill: &str| Filter { skill: skill.to_owned(), ..Filter::default() };
    assert_eq!(who(&house, &skill(" Sync  licensing")).await, [music]);
    assert!(who(&house, &skill("sync")).await.is_empty());
    assert_eq!(who(&house, &Filter { language: "EN".to_owned(), ..all() }).await, [music, vera]);
    assert_eq!(who(&house, &Filter { most: Some(PRICE), ..all() }).await, [music, vera]);
    assert_eq!(who(&house, &Filter { stars: Some(4), ..all() }).await, [law]);
    assert!(who(&house, &Filter { stars: Some(5), ..all() }).await.is_empty());
    let skills = service::skills(house.pool()).await.expect("skills");
    assert!(skills.contains(&"sync licensing".to_owned()) && skills.contains(&"tax".to_owned()), "{skills:?}");
}

#[tokio::test]
async fn whoever_is_suspended_is_not_found_until_they_are_reinstated() {
    let house = House::new().await;
    let welds = ProfileForm { skills: "welding".to_owned(), ..profile("UTC") };
    let ada = Shop::open(&house, "ada", welds, daily("13:00", "14:00", 0), 1_000).await;
    let visitor = house.app.world.cx(None);
    let all = [Sort::Soonest, Sort::Cheapest, Sort::Best].map(|sort| Filter { sort, ..Filter::default() });
    let welding = Filter { need: "welding".to_owned(), ..Filter::default() };
    let both = found(&house, &Filter::default()).await;
    assert_eq!(both, [(ada.id(), Some(at(1, 13, 0))), (house.expert(), Some(at(2, 9, 0)))]);

    house.suspend(&ada.cx).await;
    for filter in &all {
        assert_eq!(who(&house, filter).await, [house.expert()], "{:?}", filter.sort);
    }
    assert!(who(&house, &welding).await.is_empty());
    let behind = Filter { after: Some(Cursor::after(ada.id())), ..Filter::default() };
    assert_eq!(who(&house, &behind).await, [house.expert()]);
    let skills = service::skills(house.pool()).await.expect("skills");
    assert!(skills.contains(&"contracts".to_owned()) && !skills.contains(&"welding".to_owned()), "{skills:?}");
    let view = service::expert(house.pool(), &visitor, ada.id()).await.expect("there");
    assert_eq!((view.state, view.card.next), (ExpertState::Paused, None));

    house.reinstate(&ada.cx).await;
    for filter in &all {
        assert_eq!(who(&house, filter).await.len(), 2, "{:?}", filter.sort);
    }
    assert_eq!(found(&house, &Filter::default()).await, both);
    assert_eq!(who(&house, &welding).await, [ada.id()]);
    let view = service::expert(house.pool(), &visitor, ada.id()).await.expect("there");
    assert_eq!((view.state, view.card.next), (ExpertState::Published, Some(at(1, 13, 0))));
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Everybody as their own page shows them, in the order that the directory promises.
async fn in_truth(house: &House, shops: &[Shop]) -> Found {
    let visitor = house.app.world.cx(None);
    let mut truth = Vec::new();
    for id in shops.iter().map(Shop::id).chain([house.expert()]) {
        let view = service::expert(house.pool(), &visitor, id).await.expect("an expert");
        truth.push((id, view.card.next));
    }
    truth.sort_by_key(|(id, next)| (next.unwrap_or(DateTime::<Utc>::MAX_UTC), *id));
    truth
}

#[tokio::test]
async fn the_order_is_the_true_one_whatever_was_booked_and_however_late_it_is() {
    let house = House::new().await;
    let mut dice = Dice(7);
    let mut shops = Vec::new();
    for number in 0..24 {
        let hour = dice.below(20);
        let until = hour + 1 + dice.below(4);
        let notice = u32::try_from(dice.below(4) * 60).expect("minutes");
        let mut hours = daily(&format!("{hour:02}:00"), &format!("{until:02}:00"), notice);
        hours.buffer = u16::try_from(dice.below(3) * 5).expect("minutes");
        for day in &mut hours.days {
            if dice.below(3) == 0 {
                *day = Default::default();
            }
        }
        hours.days[0] = day("23:00", "01:00");
        shops.push(Shop::open(&house, &format!("shop{number}"), profile("UTC"), hours, 1_000).await);
    }
    let clients = [house.app.person("ana").await, house.app.person("ben").await];
    let all = Filter::default();
    for round in 0..6 {
        for client in &clients {
            for shop in shops.iter().filter(|_| dice.below(2) == 0) {
                let truth = service::expert(house.pool(), &house.app.world.cx(None), shop.id()).await.expect("there");
                let Some(next) = truth.card.next else { continue };
                // Who has had times kept too often gets no more, which is all the same here.
                drop(shop.hold(&house, client, next).await);
            }
        }
        let truth = in_truth(&house, &shops).await;
        assert_eq!(paged(&house, &all, 7).await, truth, "{round}");
        assert_eq!(found(&house, &all).await, truth, "{round}, once more");
        house.app.clock.advance(TimeDelta::minutes(4));
        assert_eq!(found(&house, &all).await, in_truth(&house, &shops).await, "{round}, a little later");
        house.app.clock.advance(TimeDelta::minutes(i64::try_from(dice.below(700)).expect("minutes")));
        if round == 3 {
            service::run_due(&house.app.database, &house.app.world).await.expect("what was due");
        }
    }
}

#[tokio::test]
async fn bounds_that_have_passed_are_brought_up_to_date_once() {
    let house = House::new().await;
    let ada = Shop::open(&house, "ada", profile("UTC"), daily("09:00", "10:00", 60), 1_000).await;
    let refresh = || async { service::refresh_bounds(&house.app.database, &house.app.world).await.expect("refreshed") };
    assert_eq!((refresh().await, refresh().await), (2, 0));
    house.app.clock.set(at(2, 8, 5));
    assert_eq!((refresh().await, refresh().await), (2, 0));
    assert_eq!(found(&house, &Filter::default()).await[0], (ada.id(), Some(at(2, 9, 10))));
}
