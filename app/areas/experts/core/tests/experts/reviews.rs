//! What those who met say of it, and what they note.

use experts_core::{
    Error, PolicyKind,
    command::{NewNote, NewReview, Reply},
    service,
};
use kernel::{Actor, BookingId, PageSize};
use platform::Cx;

use crate::{House, PRICE, at, in_transaction, status};

/// A call that both came to, and that is over.
pub(crate) async fn met(house: &House, client: &Cx<Actor>, day: u32) -> BookingId {
    let id = house.booked(client, at(day, 10, 0)).await;
    house.app.clock.set(at(day, 9, 58));
    house.come(client, id).await.expect("there");
    house.come(&house.vera, id).await.expect("there");
    house.wait_until(at(day, 10, 10)).await;
    id
}

async fn review(house: &House, whom: &Cx<Actor>, id: BookingId, rating: u8) -> Result<(), Error> {
    let new = NewReview::parse(rating, "Very clear").expect("a review");
    in_transaction!(house, |tx| service::review(&mut tx, whom, id, &new))
}

async fn reply(house: &House, whom: &Cx<Actor>, id: BookingId, words: &str) -> Result<(), Error> {
    let reply = Reply::parse(words).expect("a reply");
    in_transaction!(house, |tx| service::reply(&mut tx, whom, id, &reply))
}

#[tokio::test]
async fn who_was_there_reviews_once_and_the_expert_replies() {
    let house = House::new().await;
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let early = house.booked(&ben, at(3, 10, 0)).await;
    let id = met(&house, &ana, 2).await;
    assert!(matches!(review(&house, &ben, early, 5).await, Err(Error::NotNow(_))));
    assert_eq!(status(review(&house, &ben, id, 1).await.expect_err("not theirs")), 404);
    assert!(matches!(review(&house, &house.vera, id, 5).await, Err(Error::NotNow(_))));
    assert_eq!(service::review_of(house.pool(), id).await.expect("an answer"), None);
    review(&house, &ana, id, 4).await.expect("reviewed");
    assert!(matches!(review(&house, &ana, id, 5).await, Err(Error::ReviewedBefore)));

    let visitor = house.app.world.cx(None);
    let card = service::expert(house.pool(), &visitor, house.expert()).await.expect("an expert").card;
    assert_eq!((card.ratings, card.rating, card.calls), (1, Some(400), 1));
    assert_eq!(status(reply(&house, &ana, id, "Me too").await.expect_err("not theirs")), 404);
    assert_eq!(status(reply(&house, &house.vera, early, "None").await.expect_err("no review")), 404);
    for words in ["Thank you", "Thank you!"] {
        reply(&house, &house.vera, id, words).await.expect("replied");
    }
    let page = service::reviews(house.pool(), house.expert(), None, PageSize::DEFAULT).await.expect("reviews");
    let [only] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!((only.rating, only.reply.as_deref(), only.author.id), (4, Some("Thank you!"), ana.actor.account));
    assert_eq!(service::review_of(house.pool(), id).await.expect("an answer").as_ref(), Some(only));
    assert_eq!(house.count("select count(*) from events where kind = 'experts.call_reviewed'").await, 1);
}

#[tokio::test]
async fn who_did_not_come_does_not_review_and_who_came_alone_does() {
    let house = House::with(PolicyKind::Strict, false).await;
    let (ana, ben) = (house.rich("ana", PRICE).await, house.rich("ben", PRICE).await);
    let missed = house.booked(&ana, at(2, 10, 0)).await;
    let alone = house.booked(&ben, at(2, 10, 30)).await;
    house.app.clock.set(at(2, 10, 0));
    house.come(&house.vera, missed).await.expect("there");
    house.app.clock.set(at(2, 10, 30));
    house.come(&ben, alone).await.expect("there");
    house.wait_until(at(2, 10, 45)).await;
    assert!(matches!(review(&house, &ana, missed, 1).await, Err(Error::NotThere)));
    review(&house, &ben, alone, 1).await.expect("reviewed");
}

#[tokio::test]
async fn reviews_come_page_by_page_and_add_up() {
    let house = House::new().await;
    let ana = house.rich("ana", 3 * PRICE).await;
    let mut ids = Vec::new();
    for (day, rating) in [(2, 5), (3, 4), (4, 2)] {
        let id = met(&house, &ana, day).await;
        review(&house, &ana, id, rating).await.expect("reviewed");
        ids.push(id);
    }
    ids.reverse();
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..4 {
        let page = service::reviews(house.pool(), house.expert(), after.as_ref(), PageSize::clamped(1)).await;
        let page = page.expect("reviews");
        seen.extend(page.items.iter().map(|it| it.booking));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let visitor = house.app.world.cx(None);
    let card = service::expert(house.pool(), &visitor, house.expert()).await.expect("an expert").card;
    assert_eq!((card.ratings, card.rating), (3, Some(367)));
}

#[tokio::test]
async fn both_read_what_both_noted_and_nobody_else_does() {
    let house = House::new().await;
    let (ana, eve) = (house.rich("ana", 2 * PRICE).await, house.app.person("eve").await);
    let note = |whom: Cx<Actor>, id, body: &str, consents| {
        let (house, new) = (&house, NewNote::parse(body, Some(consents)).expect("notes"));
        async move { in_transaction!(house, |tx| service::save_notes(&mut tx, &whom, id, &new)) }
    };
    let held = house.hold(&ana, at(2, 11, 0), "held").await.expect("held");
    assert!(matches!(note(ana.clone(), held, "Early", false).await, Err(Error::NotNow(_))));
    house.pay(&ana, held).await.expect("paid");
    note(ana.clone(), held, "Bring the draft", false).await.expect("noted");
    note(ana.clone(), held, "Clause 4", true).await.expect("noted");
    note(house.vera.clone(), held, "Sent a template", false).await.expect("noted");
    let (mine, theirs) = service::notes(house.pool(), &ana, held).await.expect("notes");
    assert_eq!((mine.body.as_str(), mine.consents, mine.updated_at), ("Clause 4", true, Some(at(1, 12, 0))));
    assert_eq!((theirs.body.as_str(), theirs.consents), ("Sent a template", false));
    let (own, others) = service::notes(house.pool(), &house.vera, held).await.expect("notes");
    assert_eq!((own, others), (theirs, mine));
    assert_eq!(status(note(eve.clone(), held, "Mine", false).await.expect_err("not theirs")), 404);
    assert_eq!(status(service::notes(house.pool(), &eve, held).await.expect_err("not theirs")), 404);
}
