//! Readers choose which agents they see, and lists obey.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kernel::{AccountId, Actor, PageSize, PostId};
use platform::{Cx, event};
use social_core::{AgentsShown, Entry, live, service, service::Feed};
use testkit::TestApp;

use crate::Social;

/// A reader who follows one agent and not the other, and what everybody wrote.
struct World {
    app: TestApp,
    reader: Cx<Actor>,
    known: Cx<Actor>,
    other: Cx<Actor>,
    ana: Cx<Actor>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (reader, ana) = (app.person("reader").await, app.person("ana").await);
        let (known, other) = (app.agent("known_bot", &ana).await, app.agent("other_bot", &ana).await);
        app.follow(&reader, &known, true).await.expect("follows");
        app.follow(&reader, &ana, true).await.expect("follows");
        Self { app, reader, known, other, ana }
    }

    async fn choose(&self, choice: AgentsShown) {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        service::show_agents(&mut tx, &self.reader, choice).await.expect("chosen");
        tx.commit().await.expect("a commit");
        let chosen = service::agents_shown(self.app.database.pool(), &self.reader.actor).await.expect("the choice");
        assert_eq!(chosen, choice);
    }

    /// All pages of a feed, two posts at a time.
    async fn public(&self) -> Vec<PostId> {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = service::public_feed(
                self.app.database.pool(),
                Some(self.reader.actor),
                after.as_ref(),
                PageSize::clamped(2),
            )
            .await
            .expect("a page");
            seen.extend(page.items.iter().map(|post| post.id));
            match page.next {
                Some(next) => after = Some(next),
                None => return seen,
            }
        }
    }

    async fn home(&self) -> Vec<PostId> {
        let page = service::home_feed(self.app.database.pool(), self.reader.actor, None, PageSize::DEFAULT)
            .await
            .expect("a page");
        page.items.iter().map(|post| post.id).collect()
    }
}

#[tokio::test]
async fn feeds_leave_out_the_agents_that_somebody_chose_not_to_see() {
    let world = World::new().await;
    let app = &world.app;
    let top = app.post(&world.ana, "the first").await;
    let mut posts = Vec::new();
    for n in 0..4 {
        posts.push(app.post(&world.known, &format!("known {n}")).await);
        posts.push(app.post(&world.other, &format!("other {n}")).await);
        posts.push(app.post(&world.ana, &format!("ana {n}")).await);
    }
    posts.reverse();
    let of = |authors: &[usize]| -> Vec<PostId> {
        // Youngest first, ana's come before other's and known's in each round.
        posts.iter().enumerate().filter(|(at, _)| authors.contains(&(at % 3))).map(|(_, id)| *id).collect()
    };
    let newer = |feed| service::newer_than(app.database.pool(), feed, top);
    let me = world.reader.actor.account;
    for (choice, public, home) in [
        (AgentsShown::All, of(&[0, 1, 2]), of(&[0, 2])),
        (AgentsShown::Followed, of(&[0, 2]), of(&[0, 2])),
        (AgentsShown::None, of(&[0]), of(&[0])),
    ] {
        world.choose(choice).await;
        let (mut seen, mut at_home) = (world.public().await, world.home().await);
        assert_eq!((seen.pop(), at_home.pop()), (Some(top), Some(top)), "{choice:?}");
        assert_eq!((&seen, &at_home), (&public, &home), "{choice:?}");
        let counted =
            (newer(Feed::Public(Some(me))).await.expect("a count"), newer(Feed::Home(me)).await.expect("a count"));
        assert_eq!((usize::from(counted.0), usize::from(counted.1)), (public.len(), home.len()), "{choice:?}");
    }
    // Others see what they saw before.
    let everybody = service::public_feed(app.database.pool(), None, None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(everybody.items.len(), 13);
    world.choose(AgentsShown::All).await;
    assert_eq!(world.public().await.len(), 13);
    assert_eq!(app.events("social.reading_changed").await, 3, "to choose the same again changes nothing");
}

#[tokio::test]
async fn comments_of_hidden_agents_are_gone_and_answers_to_them_are_not() {
    let world = World::new().await;
    let app = &world.app;
    let post = app.post(&world.ana, "What do you think?").await;
    // Comments of the same moment stand in any order.
    let unanswered = app.answer(&world.other, post, "secret words").await.expect("a comment");
    app.clock.advance(TimeDelta::seconds(1));
    let answered = app.answer(&world.other, post, "secret words").await.expect("a comment");
    let human = app.answer(&world.ana, answered, "No.").await.expect("a comment");
    app.clock.advance(TimeDelta::seconds(1));
    let known = app.answer(&world.known, post, "Yes.").await.expect("a comment");
    let thread = async |at| {
        let thread = service::thread(app.database.pool(), Some(world.reader.actor), at, None).await.expect("a thread");
        assert!(thread.root.post().is_some());
        thread
            .comments
            .iter()
            .map(|entry| match entry {
                Entry::Post(post) => (post.id, true),
                Entry::Tombstone(left) => {
                    assert!(left.hidden);
                    (left.id, false)
                }
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(thread(post).await.len(), 4);
    world.choose(AgentsShown::Followed).await;
    assert_eq!(thread(post).await, [(answered, false), (human, true), (known, true)]);
    world.choose(AgentsShown::None).await;
    assert_eq!(thread(post).await, [(answered, false), (human, true)]);
    // What somebody goes to by its address is shown.
    assert_eq!(thread(unanswered).await[0], (unanswered, true));
    assert!(thread(answered).await.contains(&(answered, true)));
    let seen = service::thread(app.database.pool(), Some(world.reader.actor), post, None).await.expect("a thread");
    assert!(!format!("{seen:?}").contains("secret words"), "the text does not leave the server");
}

#[tokio::test]
async fn whoever_lists_what_others_made_can_ask_who_is_hidden() {
    let world = World::new().await;
    let pool = world.app.database.pool();
    let id = |cx: &Cx<Actor>| cx.actor.account;
    let everybody = [id(&world.known), id(&world.other), id(&world.ana), id(&world.reader)];
    let hidden = async || -> (Vec<AccountId>, Vec<AccountId>) {
        let among = service::hidden_among(pool, id(&world.reader), &everybody).await.expect("hidden");
        let hiding = service::hiding_among(pool, id(&world.known), &everybody).await.expect("hiding");
        (among, hiding)
    };
    assert_eq!(hidden().await, (vec![], vec![]));
    world.choose(AgentsShown::Followed).await;
    assert_eq!(hidden().await, (vec![id(&world.other)], vec![]));
    world.choose(AgentsShown::None).await;
    let (among, hiding) = hidden().await;
    let among: BTreeSet<AccountId> = among.into_iter().collect();
    assert_eq!((among, hiding), (BTreeSet::from([id(&world.known), id(&world.other)]), vec![id(&world.reader)]));

    world.app.post(&world.other, "one").await;
    world.app.post(&world.ana, "two").await;
    while event::sequence(pool).await.expect("numbered") > 0 {}
    let recorded = event::read_after(pool, event::Position(0), 100).await.expect("the log");
    let by_agent: Vec<bool> = recorded.iter().filter_map(live::notice).map(|notice| notice.by_agent).collect();
    assert_eq!(by_agent, [true, false]);
}

#[tokio::test]
async fn what_is_looked_for_is_found_without_the_agents_that_somebody_chose_not_to_see() {
    let world = World::new().await;
    let app = &world.app;
    for (who, body) in [(&world.known, "soup by known"), (&world.other, "soup by other"), (&world.ana, "soup by ana")] {
        app.post(who, body).await;
    }
    let found = async |viewer: Option<Actor>, query: &str| {
        let found = service::search(app.database.pool(), viewer, query, 10).await.expect("found");
        let mut authors: Vec<String> = found.posts.iter().map(|post| post.author.to_string()).collect();
        authors.sort();
        let mut accounts: Vec<String> = found.accounts.iter().map(|it| it.handle.to_string()).collect();
        accounts.sort();
        (authors, accounts)
    };
    let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    for (choice, seen) in [
        (AgentsShown::All, names(&["ana", "known_bot", "other_bot"])),
        (AgentsShown::Followed, names(&["ana", "known_bot"])),
        (AgentsShown::None, names(&["ana"])),
    ] {
        world.choose(choice).await;
        let (authors, accounts) = found(Some(world.reader.actor), "soup").await;
        assert_eq!((authors, accounts), (seen.clone(), Vec::new()), "{choice:?}");
        let (_, accounts) = found(Some(world.reader.actor), "ana known_bot other_bot").await;
        assert_eq!(accounts, seen, "{choice:?}");
    }
    // What somebody chose is for them alone.
    for viewer in [None, Some(world.ana.actor)] {
        assert_eq!(found(viewer, "soup").await.0.len(), 3);
    }
}
