//! What is said in the room of a call, and what both browsers tell each other there.

use std::sync::Arc;

use chrono::TimeDelta;
use experts_core::{
    BookingState, Error, Party, PolicyKind,
    command::Text,
    live, service,
    talk::{MESSAGE_LIMIT, Phase, RoomNews, RoomNotice, RoomNoticeKind, SignalText},
};
use kernel::{BookingId, RoomMessageId};
use platform::{
    Cx,
    event::{self, Position},
};
use testkit::at_once;

use crate::{House, PRICE, at, in_transaction, status};

type Actor = Cx<kernel::Actor>;

/// A call at ten on the second, a minute before it begins.
async fn call() -> (House, Actor, BookingId) {
    let house = House::with(PolicyKind::Strict, false).await;
    let ana = house.rich("ana", 3 * PRICE).await;
    let id = house.booked(&ana, at(2, 10, 0)).await;
    house.app.clock.set(at(2, 9, 59));
    (house, ana, id)
}

async fn say(house: &House, cx: &Actor, id: BookingId, text: &str) -> Result<RoomMessageId, Error> {
    let text = Text::<MESSAGE_LIMIT>::parse("body", text).expect("a text");
    in_transaction!(house, |tx| service::say(&mut tx, cx, id, &text))
}

/// A signal that is told apart by a word.
fn told(word: &str) -> SignalText {
    SignalText::parse(&format!(r#"[{{"from":"{word}","what":"noted"}}]"#)).expect("a signal")
}

async fn signal(house: &House, cx: &Actor, id: BookingId, word: &str) -> Result<(), Error> {
    let text = told(word);
    in_transaction!(house, |tx| service::signal(&mut tx, cx, id, &text))
}

async fn news(house: &House, cx: &Actor, id: BookingId, message: Option<RoomMessageId>, signal: i64) -> RoomNews {
    service::news(house.pool(), cx, id, message, signal).await.expect("news")
}

fn bodies(news: &RoomNews) -> Vec<&str> {
    news.said.iter().map(|said| said.body.as_str()).collect()
}

#[tokio::test]
async fn what_is_said_stays_for_both_and_for_nobody_else() {
    let (house, ana, id) = call().await;
    let first = say(&house, &ana, id, "Hello").await.expect("said");
    let second = say(&house, &house.vera, id, "Good morning").await.expect("said");
    assert!(first < second, "the clock stands still, and they are in order nevertheless");
    assert!(matches!(say(&house, &ana, id, "  ").await, Err(Error::Invalid(_))));

    let all = news(&house, &ana, id, None, 0).await;
    assert_eq!(bodies(&all), ["Hello", "Good morning"]);
    assert_eq!(all.said.iter().map(|said| said.by).collect::<Vec<_>>(), [Party::Client, Party::Expert]);
    assert_eq!(bodies(&news(&house, &house.vera, id, Some(first), 0).await), ["Good morning"]);
    assert!(news(&house, &house.vera, id, Some(second), 0).await.said.is_empty());

    let ben = house.app.person("ben").await;
    assert_eq!(status(say(&house, &ben, id, "Hello").await.expect_err("a stranger")), 404);
    assert_eq!(status(service::room(house.pool(), &ben, id).await.expect_err("a stranger")), 404);
    assert_eq!(status(service::news(house.pool(), &ben, id, None, 0).await.expect_err("a stranger")), 404);

    house.wait_until(at(2, 10, 10)).await;
    assert!(matches!(say(&house, &ana, id, "Still there?").await, Err(Error::NotNow(_))));
    let room = service::room(house.pool(), &house.vera, id).await.expect("a room");
    assert_eq!((room.phase, room.said.len()), (Phase::Over, 2));
}

#[tokio::test]
async fn a_room_says_how_far_it_is() {
    let (house, ana, id) = call().await;
    house.app.clock.set(at(2, 9, 49));
    assert!(matches!(say(&house, &ana, id, "Early").await, Err(Error::RoomClosed { opens }) if opens == at(2, 9, 50)));
    assert!(matches!(signal(&house, &ana, id, "early").await, Err(Error::RoomClosed { .. })));
    let room = service::room(house.pool(), &ana, id).await.expect("a room");
    assert_eq!((room.phase, room.opens_at, room.slices), (Phase::Early, at(2, 9, 50), 1));

    house.app.clock.set(at(2, 9, 50));
    house.come(&ana, id).await.expect("there");
    let seen = news(&house, &house.vera, id, None, 0).await;
    assert_eq!((seen.phase, seen.client_came, seen.expert_came), (Phase::Open, true, false));
    house.come(&house.vera, id).await.expect("there");
    in_transaction!(house, |tx| service::extend(&mut tx, &ana, id, crate::euros(PRICE), 1)).expect("longer");
    let longer = news(&house, &house.vera, id, None, 0).await;
    assert_eq!((longer.ends_at, longer.slices), (at(2, 10, 20), 2));
    in_transaction!(house, |tx| service::end(&mut tx, &ana, id)).expect("ended");
    let over = news(&house, &house.vera, id, None, 0).await;
    assert_eq!((over.phase, over.state), (Phase::Over, BookingState::Completed));
    house.adds_up().await;
}

#[tokio::test]
async fn what_a_browser_tells_reaches_the_other_one_once_and_in_order() {
    let (house, ana, id) = call().await;
    let vera = house.vera.clone();
    for word in ["one", "two"] {
        signal(&house, &ana, id, word).await.expect("handed on");
    }
    signal(&house, &vera, id, "hers").await.expect("handed on");
    let heard = news(&house, &vera, id, None, 0).await;
    let texts: Vec<&str> = heard.signals.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [told("one").as_str(), told("two").as_str()]);
    let last = heard.signals.last().expect("a signal").0;
    assert!(news(&house, &vera, id, None, last).await.signals.is_empty());
    assert_eq!(news(&house, &ana, id, None, 0).await.signals.len(), 1, "nobody hears their own");
    assert!(service::room(house.pool(), &vera, id).await.expect("a room").last_signal > last);

    let ben = house.app.person("ben").await;
    assert_eq!(status(signal(&house, &ben, id, "x").await.expect_err("a stranger")), 404);
}

#[tokio::test]
async fn nothing_is_lost_between_what_was_read_and_what_comes_at_the_same_time() {
    let (house, ana, id) = call().await;
    let house = Arc::new(house);
    let reader = {
        let (house, vera) = (Arc::clone(&house), house.vera.clone());
        async move {
            let (mut said, mut signals) = (Vec::new(), Vec::new());
            // As often as it takes, and not for ever.
            for _ in 0..2_000 {
                let after = said.last().map(|(id, _)| *id);
                let told = news(&house, &vera, id, after, signals.last().map_or(0, |(number, _)| *number)).await;
                said.extend(told.said.into_iter().map(|it| (it.id, it.body)));
                signals.extend(told.signals);
                if said.len() >= 40 && signals.len() >= 40 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            (said, signals)
        }
    };
    let reading = tokio::spawn(reader);
    at_once((0..40).map(|n| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move {
            say(&house, &ana, id, &n.to_string()).await.expect("said");
            signal(&house, &ana, id, &n.to_string()).await.expect("handed on");
        }
    }))
    .await;
    let (said, signals) = reading.await.expect("it reads");
    let all = news(&house, &house.vera, id, None, 0).await;
    assert_eq!(said, all.said.into_iter().map(|it| (it.id, it.body)).collect::<Vec<_>>());
    assert_eq!(signals, all.signals);
    assert_eq!((said.len(), signals.len()), (40, 40));
}

#[tokio::test]
async fn what_browsers_told_each_other_is_forgotten_and_what_people_said_is_not() {
    let (house, ana, id) = call().await;
    signal(&house, &ana, id, "one").await.expect("handed on");
    say(&house, &ana, id, "Hello").await.expect("said");
    let forget = |now| service::forget_old_signals(&house.app.database, now);
    assert_eq!(forget(at(2, 9, 59)).await.expect("looked at"), 0);
    assert_eq!(forget(at(2, 9, 59) + TimeDelta::hours(25)).await.expect("forgotten"), 1);
    signal(&house, &ana, id, "two").await.expect("handed on");
    house.wait_until(at(2, 10, 11)).await;
    forget(at(2, 10, 11)).await.expect("forgotten");
    assert_eq!(house.count("select count(*) from room_signals").await, 0);
    assert_eq!(house.count("select count(*) from room_messages").await, 1);
}

#[tokio::test]
async fn both_hear_what_happens_in_their_room_and_nobody_else_does() {
    let (house, ana, id) = call().await;
    let ben = house.app.person("ben").await;
    let pool = house.pool();
    for (who, may) in [(&ana, true), (&house.vera, true), (&ben, false)] {
        let rooms = live::may_listen(pool, who.actor.account, &[id]).await.expect("an answer");
        assert_eq!(rooms.contains(&id), may);
    }
    while event::sequence(pool).await.expect("numbered") > 0 {}
    let before = event::last_position(pool).await.expect("a position");
    house.come(&ana, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    say(&house, &house.vera, id, "Hello").await.expect("said");
    signal(&house, &ana, id, "one").await.expect("handed on");
    in_transaction!(house, |tx| service::end(&mut tx, &ana, id)).expect("ended");
    while event::sequence(pool).await.expect("numbered") > 0 {}
    let recorded = event::read_after(pool, Position(before.0), 100).await.expect("the log");
    let heard: Vec<(BookingId, RoomNotice)> = recorded.iter().filter_map(live::notice).collect();
    let by = |kind, by| (id, RoomNotice { kind, by });
    assert_eq!(
        heard,
        [
            by(RoomNoticeKind::Came, Some(Party::Client)),
            by(RoomNoticeKind::Came, Some(Party::Expert)),
            by(RoomNoticeKind::Said, Some(Party::Expert)),
            by(RoomNoticeKind::Signalled, Some(Party::Client)),
            by(RoomNoticeKind::Changed, None),
        ]
    );
}
