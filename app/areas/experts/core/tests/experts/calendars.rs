//! Calendars elsewhere, and the calendar that others read.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use experts_core::{Error, command::NewCalendar, expert::CalendarView, service};
use kernel::{Actor, CalendarId};
use platform::{Cx, seal::Sealer};

use crate::{
    House, PRICE, at, in_transaction,
    setup::{profile, say},
    status,
};

/// A calendar with something at some times.
fn calendar(busy: &[(DateTime<Utc>, DateTime<Utc>)]) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned()];
    for (number, (start, end)) in busy.iter().enumerate() {
        let at = |at: &DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{number}@elsewhere"),
            format!("DTSTART:{}", at(start)),
            format!("DTEND:{}", at(end)),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR\r\n".to_owned());
    lines.join("\r\n")
}

/// What a site answers: a status and a body, until a test says something else.
type Answer = Arc<Mutex<(u16, String)>>;

/// A house whose expert has a calendar that stands at a site.
async fn with_calendar(body: String) -> (House, Answer, CalendarId) {
    let house = House::new().await;
    let answer: Answer = Arc::new(Mutex::new((200, body)));
    let told = Arc::clone(&answer);
    let tell = move |_: &str| {
        let (status, body) = told.lock().expect("an answer").clone();
        (status, "text/calendar; charset=utf-8", body)
    };
    house.app.sites.serve("calendar.example", tell).await;
    let id = add(&house, &house.vera, "http://calendar.example/secret.ics").await.expect("added");
    (house, answer, id)
}

fn say_next(answer: &Answer, status: u16, body: impl Into<String>) {
    *answer.lock().expect("an answer") = (status, body.into());
}

async fn add(house: &House, whom: &Cx<Actor>, address: &str) -> Result<CalendarId, Error> {
    let new = NewCalendar::parse("Work", address).expect("a calendar");
    in_transaction!(house, |tx| service::add_calendar(&mut tx, whom, &house.app.sealer, &new))
}

async fn read(house: &House, id: CalendarId) -> CalendarView {
    let read = service::read_now(&house.app.database, &house.vera, &house.app.sealer, &house.app.outbound, id).await;
    read.expect("a calendar")
}

async fn read_due(house: &House) -> u64 {
    let (database, world) = (&house.app.database, &house.app.world);
    service::read_due(database, world, &house.app.sealer, &house.app.outbound).await.expect("read")
}

#[tokio::test]
async fn who_is_busy_elsewhere_is_not_free_here() {
    let (house, answer, id) = with_calendar(calendar(&[(at(2, 9, 0), at(2, 10, 0))])).await;
    assert_eq!(house.free_on(2).await[0], at(2, 9, 0));
    let view = read(&house, id).await;
    assert_eq!((view.host.as_str(), view.problem), ("calendar.example", None));
    assert_eq!((view.read_at, view.next_at), (Some(at(1, 12, 0)), at(1, 13, 0)));
    assert_eq!(house.free_on(2).await[0], at(2, 10, 0));
    let ana = house.rich("ana", PRICE).await;
    assert!(matches!(house.hold(&ana, at(2, 9, 30), "one").await, Err(Error::Taken { .. })));
    let shown =
        format!("{:?}", service::calendars(house.pool(), &house.vera, &house.app.sealer).await.expect("calendars"));
    assert!(!shown.contains("secret.ics"), "{shown}");
    let plain = "select count(*) from expert_calendars where position('secret.ics'::bytea in address) > 0";
    assert_eq!(house.count(plain).await, 0);

    say_next(&answer, 200, calendar(&[(at(2, 9, 0), at(2, 9, 30))]));
    read(&house, id).await;
    assert_eq!(house.free_on(2).await[0], at(2, 9, 30));
    in_transaction!(house, |tx| service::remove_calendar(&mut tx, &house.vera, id)).expect("removed");
    assert_eq!(house.free_on(2).await[0], at(2, 9, 0));
    assert_eq!(house.count("select count(*) from expert_busy").await, 0);
}

#[tokio::test]
async fn what_a_calendar_said_stays_while_it_cannot_be_read() {
    let (house, answer, id) = with_calendar(calendar(&[(at(2, 9, 0), at(2, 10, 0))])).await;
    read(&house, id).await;
    let large = "x".repeat(2 * 1024 * 1024 + 1);
    for (status, body, words) in [
        (500, "", "has trouble"),
        (404, "", "no calendar at this address"),
        (403, "", "secret address"),
        (200, "<html></html>", "no calendar at this address"),
        (200, large.as_str(), "more than 2 MB"),
    ] {
        say_next(&answer, status, body);
        let view = read(&house, id).await;
        let problem = view.problem.unwrap_or_default();
        assert!(problem.contains(words), "{status}: {problem}");
        assert_eq!(view.read_at, Some(at(1, 12, 0)));
        assert_eq!(house.free_on(2).await[0], at(2, 10, 0));
    }
    say_next(&answer, 200, calendar(&[]));
    assert_eq!(read(&house, id).await.problem, None);
    assert_eq!(house.free_on(2).await[0], at(2, 9, 0));
}

#[tokio::test]
async fn calendars_are_read_each_hour_and_after_a_growing_while_when_that_fails() {
    let (house, answer, _) = with_calendar(calendar(&[])).await;
    assert_eq!((read_due(&house).await, read_due(&house).await), (1, 0));
    house.app.clock.advance(TimeDelta::minutes(59));
    assert_eq!(read_due(&house).await, 0);
    house.app.clock.advance(TimeDelta::minutes(1));
    say_next(&answer, 503, "");
    assert_eq!((read_due(&house).await, read_due(&house).await), (1, 0));
    // It went well an hour ago, so it is let be for an hour; then for two, and four.
    for hours in [1, 2, 4] {
        house.app.clock.advance(TimeDelta::hours(hours) - TimeDelta::minutes(1));
        assert_eq!(read_due(&house).await, 0, "{hours}");
        house.app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(read_due(&house).await, 1, "{hours}");
    }
    say_next(&answer, 200, calendar(&[(at(3, 9, 0), at(3, 13, 0))]));
    house.app.clock.advance(TimeDelta::hours(24));
    assert_eq!(read_due(&house).await, 1);
    assert!(house.free_on(3).await.is_empty());
}

#[tokio::test]
async fn a_calendar_is_its_experts_alone_and_there_are_five_at_most() {
    let (house, _, id) = with_calendar(calendar(&[])).await;
    let eve = house.app.person("eve").await;
    assert!(matches!(add(&house, &eve, "https://calendar.example/a.ics").await, Err(Error::NotNow(_))));
    say(&house, &eve, profile("UTC")).await.expect("a profile");
    let stolen = in_transaction!(house, |tx| service::remove_calendar(&mut tx, &eve, id));
    assert_eq!(status(stolen.expect_err("not theirs")), 404);
    let read = service::read_now(&house.app.database, &eve, &house.app.sealer, &house.app.outbound, id).await;
    assert_eq!(status(read.expect_err("not theirs")), 404);
    assert!(service::calendars(house.pool(), &eve, &house.app.sealer).await.expect("none").is_empty());
    for number in 2..=5 {
        add(&house, &house.vera, &format!("https://calendar.example/{number}.ics")).await.expect("added");
    }
    let sixth = add(&house, &house.vera, "https://calendar.example/6.ics").await;
    assert!(matches!(sixth, Err(Error::ManyCalendars)));
    // With another key nothing can be read, and that is said.
    let other = Sealer::with_key(&[8; 32]).expect("a key");
    let views = service::calendars(house.pool(), &house.vera, &other).await.expect("calendars");
    assert!(views.iter().all(|it| it.host.is_empty() && it.problem.is_some()));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_network_is_not_read() {
    let house = House::new().await;
    house.app.sites.put("inside.example", "10.0.0.1:80".parse().expect("an address"));
    let id = add(&house, &house.vera, "http://inside.example/a.ics").await.expect("added");
    let problem = read(&house, id).await.problem.unwrap_or_default();
    assert!(problem.contains("private network"), "{problem}");
    let nowhere = add(&house, &house.vera, "http://nowhere.example/a.ics").await.expect("added");
    assert!(read(&house, nowhere).await.problem.is_some());
}

/// What programs read at the address of somebody's feed.
async fn feed(house: &House, token: &str) -> Result<String, Error> {
    let owner = service::feed_owner(house.pool(), token).await?;
    service::feed(house.pool(), &house.app.world.cx(()), owner, &house.app.public_url).await
}

async fn token(house: &House, whom: &Cx<Actor>) -> String {
    in_transaction!(house, |tx| service::feed_address(&mut tx, whom, &house.app.sealer)).expect("a token")
}

#[tokio::test]
async fn calls_are_in_the_calendars_of_both_and_those_that_were_cancelled_say_so() {
    let house = House::new().await;
    let ana = house.rich("ana", 2 * PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    let (hers, theirs) = (token(&house, &ana).await, token(&house, &house.vera).await);
    assert_ne!(hers, theirs);
    let mine = feed(&house, &hers).await.expect("a calendar");
    for line in [
        "SUMMARY:Contract review with vera".to_owned(),
        "DTSTART:20260602T100000Z".to_owned(),
        "DTEND:20260602T101000Z".to_owned(),
        "SEQUENCE:0".to_owned(),
        "STATUS:CONFIRMED".to_owned(),
    ] {
        assert!(mine.contains(&format!("{line}\r\n")), "{line}: {mine}");
    }
    // Long lines are folded.
    assert!(mine.replace("\r\n ", "").contains(&format!("/bookings/{id}")), "{mine}");
    let other = feed(&house, &theirs).await.expect("a calendar");
    assert!(other.contains("SUMMARY:Contract review with ana\r\n"), "{other}");
    // What is only kept for somebody is no call.
    house.hold(&ana, at(2, 11, 0), "later").await.expect("held");
    assert_eq!(feed(&house, &hers).await.expect("a calendar").matches("BEGIN:VEVENT").count(), 1);

    house.cancel(&ana, id).await.expect("cancelled");
    for token in [&hers, &theirs] {
        let after = feed(&house, token).await.expect("a calendar");
        assert!(after.contains("STATUS:CANCELLED\r\n") && after.contains("SEQUENCE:1\r\n"), "{after}");
    }
    house.app.clock.advance(TimeDelta::days(40));
    assert!(!feed(&house, &hers).await.expect("a calendar").contains("BEGIN:VEVENT"));
}

#[tokio::test]
async fn an_address_is_made_once_and_ends_when_it_is_renewed() {
    let house = House::new().await;
    let ana = house.app.person("ana").await;
    let first = token(&house, &ana).await;
    assert_eq!(token(&house, &ana).await, first);
    feed(&house, &first).await.expect("a calendar");
    let second = in_transaction!(house, |tx| service::renew_feed(&mut tx, &ana, &house.app.sealer)).expect("renewed");
    assert_eq!(token(&house, &ana).await, second);
    for wrong in [first.as_str(), "", "guess", &"A".repeat(43)] {
        assert_eq!(status(feed(&house, wrong).await.expect_err("no such address")), 404);
    }
    feed(&house, &second).await.expect("a calendar");
    let other = Sealer::with_key(&[8; 32]).expect("a key");
    let lost = in_transaction!(house, |tx| service::feed_address(&mut tx, &ana, &other));
    assert!(matches!(lost, Err(Error::NotNow(_))));
}
