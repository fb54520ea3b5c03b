//! What an expert makes public of what was noted, with the client's agreement.

use std::sync::Arc;

use experts_core::{
    Error,
    command::{NewNote, NewPublication},
    service,
};
use kernel::{Actor, BookingId, PageSize};
use platform::{Cx, database::violated_constraint};
use testkit::at_once;

use crate::{House, PRICE, at, in_transaction, reviews::met, status};

/// Notes something, and says whether it may be published, or nothing of that, as in the room.
async fn note(house: &House, whom: &Cx<Actor>, id: BookingId, consents: Option<bool>) {
    let new = NewNote::parse("Clause 4", consents).expect("notes");
    in_transaction!(house, |tx| service::save_notes(&mut tx, whom, id, &new)).expect("noted");
}

async fn publish(house: &House, whom: &Cx<Actor>, id: BookingId, body: &str) -> Result<(), Error> {
    let new = NewPublication::parse("Clauses to read", body).expect("a publication");
    in_transaction!(house, |tx| service::publish_notes(&mut tx, whom, id, &new))
}

async fn hide(house: &House, whom: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    in_transaction!(house, |tx| service::hide_notes(&mut tx, whom, id))
}

/// What everybody reads on Vera's page.
async fn shown(house: &House) -> Vec<String> {
    let page = service::published(house.pool(), house.expert(), None, PageSize::DEFAULT).await.expect("a page");
    page.items.into_iter().map(|it| it.body).collect()
}

/// A call that both came to, with a client who agrees.
async fn agreed(house: &House) -> (Cx<Actor>, BookingId) {
    let ana = house.rich("ana", PRICE).await;
    let id = met(house, &ana, 2).await;
    note(house, &ana, id, Some(true)).await;
    (ana, id)
}

#[tokio::test]
async fn what_was_noted_is_published_by_the_expert_when_the_client_agrees() {
    let house = House::new().await;
    let (ana, eve) = (house.rich("ana", 2 * PRICE).await, house.app.person("eve").await);
    let early = house.booked(&ana, at(3, 10, 0)).await;
    let id = met(&house, &ana, 2).await;
    assert!(matches!(publish(&house, &house.vera, id, "Clause 4").await, Err(Error::NotNow(_))));
    // What the expert says of it is not the client's word.
    note(&house, &house.vera, id, Some(true)).await;
    assert!(matches!(publish(&house, &house.vera, id, "Clause 4").await, Err(Error::NotNow(_))));
    for call in [early, id] {
        note(&house, &ana, call, Some(true)).await;
    }
    assert!(matches!(publish(&house, &house.vera, early, "Clause 4").await, Err(Error::NotNow(_))));
    assert!(matches!(publish(&house, &ana, id, "Clause 4").await, Err(Error::NotNow(_))));
    assert_eq!(status(publish(&house, &eve, id, "Clause 4").await.expect_err("not theirs")), 404);
    assert_eq!(status(service::published_of(house.pool(), &eve, id).await.expect_err("not theirs")), 404);
    assert_eq!(shown(&house).await, Vec::<String>::new());
    assert_eq!(service::published_of(house.pool(), &ana, id).await.expect("an answer"), None);

    for body in ["Read clause 4.", "Read clause 4.", "Read clause 5."] {
        publish(&house, &house.vera, id, body).await.expect("published");
    }
    assert_eq!(shown(&house).await, ["Read clause 5."]);
    let mine = service::published_of(house.pool(), &ana, id).await.expect("an answer").expect("a publication");
    assert_eq!((mine.title.as_str(), mine.booking, mine.is_shown), ("Clauses to read", id, true));
    assert_eq!(house.count("select count(*) from events where kind = 'experts.notes_published'").await, 2);
    let letters = house.app.mailbox().await;
    let letters: Vec<_> = letters.iter().filter(|it| it.subject.contains("published what was noted")).collect();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.to, "ana@example.org");
    assert!(letter.text.contains("under “Clauses to read”. Names are not in it."), "{}", letter.text);
}

#[tokio::test]
async fn an_agreement_that_is_taken_back_hides_it_at_once_and_until_the_expert_shows_it_again() {
    let house = House::new().await;
    let (ana, id) = agreed(&house).await;
    publish(&house, &house.vera, id, "Clause 4").await.expect("published");
    // Notes that say nothing of it, and those of the expert, leave it where it is.
    note(&house, &ana, id, None).await;
    note(&house, &house.vera, id, Some(false)).await;
    assert_eq!(shown(&house).await, ["Clause 4"]);
    let first = service::published_of(house.pool(), &ana, id).await.expect("an answer").expect("a publication");

    note(&house, &ana, id, Some(false)).await;
    assert_eq!(shown(&house).await, Vec::<String>::new());
    let kept = service::published_of(house.pool(), &house.vera, id).await.expect("an answer").expect("a publication");
    assert_eq!((kept.body.as_str(), kept.is_shown), ("Clause 4", false));
    assert!(matches!(publish(&house, &house.vera, id, "Clause 4").await, Err(Error::NotNow(_))));
    note(&house, &ana, id, Some(true)).await;
    assert_eq!(shown(&house).await, Vec::<String>::new());
    house.app.clock.set(at(5, 9, 0));
    publish(&house, &house.vera, id, "Clause 4").await.expect("published");
    assert_eq!(shown(&house).await, ["Clause 4"]);
    let again = service::published_of(house.pool(), &ana, id).await.expect("an answer").expect("a publication");
    assert_eq!(again.published_at, at(5, 9, 0));
    assert!(again.id > first.id);
    let letters = house.letters("ana").await.into_iter().filter(|it| it.contains("published what was noted"));
    assert_eq!(letters.count(), 1);
}

#[tokio::test]
async fn an_expert_takes_it_off_their_page_and_nobody_else_does() {
    let house = House::new().await;
    let ((ana, id), eve) = (agreed(&house).await, house.app.person("eve").await);
    hide(&house, &house.vera, id).await.expect("nothing was there");
    publish(&house, &house.vera, id, "Clause 4").await.expect("published");
    assert!(matches!(hide(&house, &ana, id).await, Err(Error::NotNow(_))));
    assert_eq!(status(hide(&house, &eve, id).await.expect_err("not theirs")), 404);
    assert_eq!(shown(&house).await.len(), 1);
    for _ in 0..2 {
        hide(&house, &house.vera, id).await.expect("hidden");
    }
    assert_eq!(shown(&house).await, Vec::<String>::new());
    assert_eq!(house.count("select count(*) from events where kind = 'experts.notes_hidden'").await, 1);
}

#[tokio::test]
async fn the_database_itself_shows_nothing_without_agreement() {
    let house = House::new().await;
    let (ana, id) = agreed(&house).await;
    publish(&house, &house.vera, id, "Clause 4").await.expect("published");
    let taken = sqlx::query("update booking_notes set consents = false").execute(house.pool()).await;
    let refused = taken.expect_err("what is shown refers to it");
    assert_eq!(violated_constraint(&refused), Some("what_is_shown_is_agreed_to"));
    note(&house, &ana, id, Some(false)).await;
    let forced = sqlx::query("update published_notes set agreed = true").execute(house.pool()).await;
    let refused = forced.expect_err("nobody agrees to it");
    assert_eq!(violated_constraint(&refused), Some("what_is_shown_is_agreed_to"));
}

#[tokio::test]
async fn what_is_published_comes_page_by_page() {
    let house = House::new().await;
    let ana = house.rich("ana", 3 * PRICE).await;
    let mut ids = Vec::new();
    for day in [2, 3, 4] {
        let id = met(&house, &ana, day).await;
        note(&house, &ana, id, Some(true)).await;
        publish(&house, &house.vera, id, "Clause 4").await.expect("published");
        ids.push(id);
    }
    hide(&house, &house.vera, ids.remove(1)).await.expect("hidden");
    ids.reverse();
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..3 {
        let page = service::published(house.pool(), house.expert(), after.as_ref(), PageSize::clamped(1)).await;
        let page = page.expect("a page");
        seen.extend(page.items.iter().map(|it| it.booking));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let others = service::published(house.pool(), ana.actor.account, None, PageSize::DEFAULT).await.expect("a page");
    assert!(others.items.is_empty());
}

#[tokio::test]
async fn published_while_the_agreement_is_taken_back_nothing_is_shown_without_it() {
    let house = Arc::new(House::new().await);
    let (ana, id) = agreed(&house).await;
    at_once((0..24).map(|n| {
        let (house, ana) = (Arc::clone(&house), ana.clone());
        async move {
            if n % 2 == 0 {
                let outcome = publish(&house, &house.vera, id, &format!("Clause {n}")).await;
                assert!(matches!(outcome, Ok(()) | Err(Error::NotNow(_))), "{outcome:?}");
            } else {
                note(&house, &ana, id, Some(n % 4 == 1)).await;
            }
        }
    }))
    .await;
    let without = "select count(*) from published_notes p where p.agreed and not exists (select from booking_notes n
        where n.booking_id = p.booking_id and n.author_id = p.client_id and n.consents)";
    assert_eq!(house.count(without).await, 0, "shown without agreement");
    note(&house, &ana, id, Some(false)).await;
    assert_eq!(shown(&house).await, Vec::<String>::new());
}
