//! What agents propose waits until a person decides, and is decided once.

use agents_core::{
    Error,
    review::{
        Decided, Decision, Filter, NewProposal, Proposal, REASON_LIMIT, ReviewItem, ReviewState, WAITS, WaitsFor,
    },
    service,
};
use chrono::TimeDelta;
use kernel::{AccountId, Actor, PageSize, ProposalId, Provenance};
use platform::Cx;
use serde_json::json;
use social_core::{Content, NewPost, diff::Change, service as social};
use testkit::{TestApp, at_once};

use crate::{Agents, new_agent, status};

struct Desk {
    app: TestApp,
    owner: Cx<Actor>,
    ana: Cx<Actor>,
    agent: AccountId,
}

impl Desk {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (owner, ana) = (app.person("owner").await, app.person("ana").await);
        let agent = app.create(&owner, new_agent("helper_bot", "")).await.expect("an agent");
        Self { app, owner, ana, agent }
    }

    async fn propose(&self, proposal: Proposal, key: &str) -> Result<ProposalId, Error> {
        self.app.clock.advance(TimeDelta::seconds(1));
        let new = NewProposal {
            agent: self.agent,
            proposal,
            waits_for: WaitsFor::Everything,
            confidence: Some(80),
            run: None,
            act: None,
            key: key.to_owned(),
            waits: WAITS,
        };
        let mut tx = self.app.database.begin().await?;
        let id = service::propose(&mut tx, &self.owner, &new).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn draft(&self, body: &str) -> ProposalId {
        self.propose(Proposal::Post { body: body.to_owned() }, body).await.expect("proposed")
    }

    async fn item(&self, id: ProposalId) -> ReviewItem {
        service::review(self.app.database.pool(), &self.owner, id).await.expect("an item")
    }

    async fn posts(&self) -> Vec<social_core::PostView> {
        social::public_feed(self.app.database.pool(), None, None, PageSize::DEFAULT).await.expect("a feed").items
    }
}

#[tokio::test]
async fn what_is_approved_is_published_in_both_names() {
    let desk = Desk::new().await;
    let item = desk.draft("Hello, **all**.").await;
    assert_eq!(service::pending_reviews(desk.app.database.pool(), &desk.owner).await.expect("a count"), 1);
    let decided = desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect("approved");
    let posts = desk.posts().await;
    assert_eq!(decided, Decided { state: ReviewState::Approved, result: Some(posts[0].id) });
    assert_eq!(posts[0].provenance, Provenance::AgentApproved);
    assert_eq!(posts[0].author.id, desk.agent);
    assert_eq!(posts[0].approved_by.as_ref().map(kernel::Handle::as_str), Some("owner"));
    // The same again is the same.
    assert_eq!(desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect("approved"), decided);
    assert_eq!(desk.posts().await.len(), 1);
    assert_eq!(service::pending_reviews(desk.app.database.pool(), &desk.owner).await.expect("a count"), 0);
    assert_eq!(desk.app.events("agents.review_decided").await, 1);
}

#[tokio::test]
async fn what_was_changed_is_kept_beside_what_was_proposed() {
    let desk = Desk::new().await;
    let item = desk.draft("It is red. It is fast.").await;
    let edit = Decision::ApproveEdited("It is red. It is slow.".to_owned());
    let decided = desk.app.decide(&desk.owner, item, &edit).await.expect("approved");
    assert_eq!(decided.state, ReviewState::Edited);
    let item = desk.item(item).await;
    let pieces = item.changes().expect("changes");
    let expected = [(Change::Same, "It is red."), (Change::Removed, "It is fast."), (Change::Added, "It is slow.")];
    assert_eq!(pieces, expected.map(|(change, text)| (change, text.to_owned())));
    assert!(desk.posts().await[0].body_html.contains("slow"));
    // With the same words it was only approved.
    let same = desk.draft("As it is.").await;
    let decided = desk.app.decide(&desk.owner, same, &Decision::ApproveEdited(" As it is.\n".to_owned())).await;
    assert_eq!(decided.expect("approved").state, ReviewState::Approved);
}

#[tokio::test]
async fn it_can_be_rejected_and_said_by_a_person() {
    let desk = Desk::new().await;
    let rejected = desk.draft("Buy now!").await;
    let too_long = Decision::Reject("x".repeat(REASON_LIMIT + 1));
    assert_eq!(status(desk.app.decide(&desk.owner, rejected, &too_long).await.expect_err("too long")), 422);
    desk.app.decide(&desk.owner, rejected, &Decision::Reject(" Too loud. ".to_owned())).await.expect("rejected");
    assert!(desk.posts().await.is_empty());
    assert_eq!(desk.item(rejected).await.note, "Too loud.");

    let taken = desk.draft("Hello from the bot.").await;
    desk.app.decide(&desk.owner, taken, &Decision::TakeOver("Hello from me.".to_owned())).await.expect("taken over");
    let posts = desk.posts().await;
    assert_eq!((posts[0].provenance, posts[0].author.id), (Provenance::Human, desk.owner.actor.account));
    assert!(posts[0].body_html.contains("from me"));

    let nothing = desk.draft("Something").await;
    for decision in [Decision::ApproveEdited(" ".to_owned()), Decision::TakeOver("x".repeat(5_001))] {
        assert_eq!(status(desk.app.decide(&desk.owner, nothing, &decision).await.expect_err("no post")), 422);
    }
    assert_eq!(desk.item(nothing).await.state, ReviewState::Pending);
}

#[tokio::test]
async fn of_those_who_decide_at_once_one_wins_and_the_others_are_told() {
    let desk = Desk::new().await;
    let item = desk.draft("Hello.").await;
    let decisions = (0..20).map(|n| match n % 4 {
        0 => Decision::Approve,
        1 => Decision::ApproveEdited(format!("Hello {n}.")),
        2 => Decision::Reject(String::new()),
        _ => Decision::TakeOver(format!("Mine {n}.")),
    });
    let attempts = decisions.map(|decision| {
        let (database, owner) = (desk.app.database.clone(), desk.owner.clone());
        async move {
            let mut tx = database.begin().await.expect("a transaction");
            let decided = service::decide(&mut tx, &owner, item, &decision).await;
            tx.commit().await.expect("a commit");
            decided
        }
    });
    let results = at_once(attempts.collect::<Vec<_>>()).await;
    let state = desk.item(item).await.state;
    let won: Vec<_> = results.iter().flatten().collect();
    assert!(!won.is_empty() && won.iter().all(|it| it.state == state), "{results:?}");
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::DecidedMeanwhile(told) if told == state), "{error:?}");
    }
    assert!(desk.posts().await.len() <= 1);
    assert_eq!(desk.app.events("agents.review_decided").await, 1);
}

#[tokio::test]
async fn somebody_elses_items_are_not_there() {
    let desk = Desk::new().await;
    let item = desk.draft("Hello.").await;
    let pool = desk.app.database.pool();
    let ana = &desk.ana;
    assert_eq!(status(service::review(pool, ana, item).await.expect_err("theirs")), 404);
    for decision in [Decision::Approve, Decision::Reject(String::new()), Decision::TakeOver("Mine.".to_owned())] {
        assert_eq!(status(desk.app.decide(ana, item, &decision).await.expect_err("theirs")), 404);
    }
    // Nor may the agent approve its own.
    let as_agent = desk.app.world.cx(Actor::agent(desk.agent, kernel::Via::System));
    assert_eq!(status(desk.app.decide(&as_agent, item, &Decision::Approve).await.expect_err("its own")), 404);
    let page = service::reviews(pool, ana, Filter::default(), None, PageSize::DEFAULT).await.expect("items");
    assert!(page.items.is_empty());
    let nothing = ProposalId::from_uuid(uuid::Uuid::from_u128(7));
    assert_eq!(status(desk.app.decide(&desk.owner, nothing, &Decision::Approve).await.expect_err("nothing")), 404);
}

#[tokio::test]
async fn the_inbox_is_paged_and_filtered() {
    let desk = Desk::new().await;
    let mut items = Vec::new();
    for n in 0..5 {
        items.push(desk.draft(&format!("Draft {n}.")).await);
    }
    desk.app.decide(&desk.owner, items[4], &Decision::Reject(String::new())).await.expect("rejected");
    let pool = desk.app.database.pool();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = service::reviews(pool, &desk.owner, Filter::default(), after.as_ref(), PageSize::clamped(2)).await;
        let page = page.expect("a page");
        seen.extend(page.items.iter().map(|item| item.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, [items[3], items[2], items[1], items[0]]);
    let decided = Filter { decided: true, agent: Some(desk.agent) };
    let page = service::reviews(pool, &desk.owner, decided, None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), [items[4]]);
    let other = Filter { decided: true, agent: Some(desk.ana.actor.account) };
    assert!(
        service::reviews(pool, &desk.owner, other, None, PageSize::DEFAULT).await.expect("a page").items.is_empty()
    );
}

#[tokio::test]
async fn what_nobody_decides_in_time_ends_by_itself() {
    let desk = Desk::new().await;
    let item = desk.draft("Hello.").await;
    desk.app.clock.advance(WAITS);
    // Also before anybody looked.
    let error = desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect_err("too late");
    assert!(matches!(error, Error::DecidedMeanwhile(ReviewState::Expired)), "{error:?}");
    assert_eq!(service::expire_reviews(&desk.app.database, &desk.app.world).await.expect("expired"), 1);
    assert_eq!(service::expire_reviews(&desk.app.database, &desk.app.world).await.expect("expired"), 0);
    assert_eq!(desk.item(item).await.state, ReviewState::Expired);
    assert!(desk.posts().await.is_empty());
}

#[tokio::test]
async fn the_same_key_proposes_once_and_what_cannot_be_published_not_at_all() {
    let desk = Desk::new().await;
    let one = desk.propose(Proposal::Post { body: "One.".to_owned() }, "key").await.expect("proposed");
    let two = desk.propose(Proposal::Post { body: "Two.".to_owned() }, "key").await.expect("proposed");
    assert_eq!((one, desk.item(two).await.proposal.body()), (two, "One."));
    assert_eq!(desk.app.events("agents.review_proposed").await, 1);
    for body in [String::new(), "x".repeat(5_001)] {
        assert_eq!(status(desk.propose(Proposal::Post { body }, "other").await.expect_err("no post")), 422);
    }
}

#[tokio::test]
async fn an_answer_to_what_is_gone_waits_on_and_an_agent_that_rests_publishes_nothing() {
    let desk = Desk::new().await;
    let content = Content::parse::<&str>("Question?", &[]).expect("a text");
    let mut tx = desk.app.database.begin().await.expect("a transaction");
    let post = social::publish_post(&mut tx, &desk.ana, &NewPost { content, submission: None }).await.expect("a post");
    tx.commit().await.expect("a commit");
    let proposal = Proposal::Comment { parent: post, body: "Answer.".to_owned() };
    let item = desk.propose(proposal, "answer").await.expect("proposed");
    let mut tx = desk.app.database.begin().await.expect("a transaction");
    social::delete_post(&mut tx, &desk.ana, post).await.expect("deleted");
    tx.commit().await.expect("a commit");
    assert_eq!(status(desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect_err("gone")), 410);
    assert_eq!(desk.item(item).await.state, ReviewState::Pending);
    desk.app.decide(&desk.owner, item, &Decision::Reject(String::new())).await.expect("rejected");

    desk.app.publish_passing(&desk.owner, desk.agent, "Help.").await;
    let item = desk.draft("Hello.").await;
    desk.app.pause(&desk.owner, desk.agent).await.expect("paused");
    assert_eq!(status(desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect_err("rests")), 409);
    desk.app.resume(&desk.owner, desk.agent).await.expect("resumed");
    desk.app.decide(&desk.owner, item, &Decision::Approve).await.expect("approved");
}

#[tokio::test]
async fn other_areas_propose_what_they_do_themselves() {
    let desk = Desk::new().await;
    let payload = json!({"title": "Release the song", "body": "On Friday.", "song": 7});
    let proposal = Proposal::Other { kind: "studio.release".to_owned(), payload };
    let item = desk.propose(proposal.clone(), "song").await.expect("proposed");
    assert_eq!(desk.item(item).await.proposal, proposal);
    let edit = Decision::ApproveEdited("On Monday.".to_owned());
    let decided = desk.app.decide(&desk.owner, item, &edit).await.expect("approved");
    assert_eq!(decided, Decided { state: ReviewState::Edited, result: None });
    let edited = desk.item(item).await.edited.expect("edited");
    assert_eq!(edited.payload(), json!({"title": "Release the song", "body": "On Monday.", "song": 7}));
    assert!(desk.posts().await.is_empty());
}
