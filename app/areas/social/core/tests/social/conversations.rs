//! Conversations: who takes part, what follows what, and who may know of it.

use chrono::TimeDelta;
use kernel::{AccountId, ConversationId, Cursor, MessageId, Page, PageSize, Provenance};
use social_core::{MessageBody, MessageState, NewConversation, NewMessage, Title};

use testkit::at_once;

use super::*;

struct Talk {
    app: TestApp,
    ana: Cx<Actor>,
    bot: Cx<Actor>,
    id: ConversationId,
}

impl Talk {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let ana = app.person("ana").await;
        let bot = app.agent("helper_bot", &ana).await;
        let id = begin(&app, &ana, vec![bot.actor.account]).await.expect("begun");
        Self { app, ana, bot, id }
    }

    async fn say(&self, cx: &Cx<Actor>, parent: Option<MessageId>, body: &str) -> Result<MessageId, Error> {
        let body = MessageBody::parse(body).expect("a body");
        let new = NewMessage { conversation: self.id, parent, body, submission: None };
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let said = service::say(&mut tx, cx, &new).await?;
        tx.commit().await.expect("a commit");
        self.app.clock.advance(TimeDelta::seconds(1));
        Ok(said)
    }

    async fn answer(&self, parent: MessageId) -> Result<MessageId, Error> {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let message = service::begin_answer(&mut tx, &self.bot, self.id, parent).await?;
        tx.commit().await.expect("a commit");
        Ok(message)
    }

    async fn end(&self, cx: &Cx<Actor>, message: MessageId, state: MessageState) -> Result<bool, Error> {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let ended = service::end_answer(&mut tx, cx, message, state).await?;
        tx.commit().await.expect("a commit");
        Ok(ended)
    }

    async fn shown(&self) -> Vec<String> {
        let branch = service::branch(self.app.database.pool(), &self.ana, self.id, None).await.expect("a branch");
        branch.messages.into_iter().map(|message| message.body).collect()
    }
}

async fn begin(app: &TestApp, cx: &Cx<Actor>, with: Vec<AccountId>) -> Result<ConversationId, Error> {
    let mut tx = app.database.begin().await.expect("a transaction");
    let id = service::begin_conversation(&mut tx, cx, &NewConversation { with, title: Title::default(), listed: true })
        .await?;
    tx.commit().await.expect("a commit");
    app.clock.advance(TimeDelta::seconds(1));
    Ok(id)
}

#[tokio::test]
async fn what_is_said_stands_in_order_and_a_second_way_from_one_message_is_a_branch() {
    let talk = Talk::new().await;
    let first = talk.say(&talk.ana, None, "What is a **loop**?").await.expect("said");
    let answer = talk.say(&talk.bot, Some(first), "A piece that repeats.").await.expect("said");
    talk.say(&talk.ana, Some(answer), "And a sample?").await.expect("said");
    assert_eq!(talk.shown().await, ["What is a **loop**?", "A piece that repeats.", "And a sample?"]);

    let other = talk.say(&talk.bot, Some(first), "A bar that comes back.").await.expect("said");
    assert_eq!(talk.shown().await, ["What is a **loop**?", "A bar that comes back."]);
    let branch = service::branch(talk.app.database.pool(), &talk.ana, talk.id, None).await.expect("a branch");
    assert_eq!(branch.messages[1].siblings, [answer, other]);
    assert!(branch.messages[0].body_html.contains("<strong>loop</strong>"));
    assert_eq!(branch.messages[1].provenance, Provenance::Agent);

    let mut tx = talk.app.database.begin().await.expect("a transaction");
    service::show_branch(&mut tx, &talk.ana, answer).await.expect("shown");
    tx.commit().await.expect("a commit");
    assert_eq!(talk.shown().await.last().map(String::as_str), Some("And a sample?"), "up to the end of that branch");
}

#[tokio::test]
async fn an_answer_grows_until_it_ends_once() {
    let talk = Talk::new().await;
    let question = talk.say(&talk.ana, None, "Tell me").await.expect("said");
    let answer = talk.answer(question).await.expect("begun");
    let pool = talk.app.database.pool();
    assert!(service::write_answer(pool, answer, "Once").await.expect("written"));
    assert!(matches!(talk.say(&talk.ana, Some(answer), "And?").await, Err(Error::StillWriting)));
    assert!(
        matches!(talk.end(&talk.ana, answer, MessageState::Done).await, Err(Error::NoSuchMessage)),
        "not hers to end"
    );
    assert!(service::write_answer(pool, answer, "Once upon a time").await.expect("written"));
    assert!(talk.end(&talk.bot, answer, MessageState::Stopped).await.expect("ended"));
    assert!(!talk.end(&talk.bot, answer, MessageState::Done).await.expect("ended before"));
    assert!(!service::write_answer(pool, answer, "More").await.expect("too late"));
    assert_eq!(talk.shown().await, ["Tell me", "Once upon a time"]);
    talk.say(&talk.ana, Some(answer), "Go on").await.expect("said");
}

#[tokio::test]
async fn others_do_not_even_learn_that_it_exists() {
    let talk = Talk::new().await;
    let message = talk.say(&talk.ana, None, "Between us").await.expect("said");
    let eve = talk.app.person("eve").await;
    let pool = talk.app.database.pool();
    let hidden = |error: Error| matches!(error, Error::NoSuchConversation | Error::NoSuchMessage);
    assert!(hidden(service::conversation(pool, &eve, talk.id).await.expect_err("hidden")));
    assert!(hidden(service::branch(pool, &eve, talk.id, Some(message)).await.expect_err("hidden")));
    assert!(hidden(talk.say(&eve, Some(message), "Hello").await.expect_err("hidden")));
    let mut tx = talk.app.database.begin().await.expect("a transaction");
    assert!(hidden(service::show_branch(&mut tx, &eve, message).await.expect_err("hidden")));
    assert!(hidden(service::delete_conversation(&mut tx, &eve, talk.id).await.expect_err("hidden")));
    let title = Title::parse("Mine").expect("a title");
    assert!(hidden(service::rename_conversation(&mut tx, &eve, talk.id, &title).await.expect_err("hidden")));
    let list = service::conversations(pool, &eve, None, None, None, PageSize::DEFAULT).await.expect("a list");
    assert!(list.items.is_empty());

    // A message of another conversation is no place to go on from.
    let mine = begin(&talk.app, &eve, vec![talk.bot.actor.account]).await.expect("begun");
    let body = MessageBody::parse("From there").expect("a body");
    let new = NewMessage { conversation: mine, parent: Some(message), body, submission: None };
    assert!(hidden(service::say(&mut tx, &eve, &new).await.expect_err("hidden")));
}

#[tokio::test]
async fn a_message_that_is_sent_twice_at_once_is_said_once() {
    let talk = Talk::new().await;
    let key = Uuid::from_u128(7);
    let sends = (0..8).map(|_| {
        let (database, ana, conversation) = (talk.app.database.clone(), talk.ana.clone(), talk.id);
        async move {
            let body = MessageBody::parse("Once").expect("a body");
            let mut tx = database.begin().await.expect("a transaction");
            let new = NewMessage { conversation, parent: None, body, submission: Some(key) };
            let said = service::say(&mut tx, &ana, &new).await.expect("said");
            tx.commit().await.expect("a commit");
            said
        }
    });
    let said = at_once(sends).await;
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    assert_eq!(talk.shown().await, ["Once"]);
}

#[tokio::test]
async fn the_list_is_searched_by_what_was_said_and_paged() {
    let talk = Talk::new().await;
    talk.say(&talk.ana, None, "How do I tune a Rhodes?").await.expect("said");
    let second = begin(&talk.app, &talk.ana, vec![talk.bot.actor.account]).await.expect("begun");
    let mut tx = talk.app.database.begin().await.expect("a transaction");
    let title =
        Title::from_beginning("Contracts with the label in Lisbon and everything that belongs to them, in short");
    assert_eq!(title.as_str(), "Contracts with the label in Lisbon and everything that…");
    service::rename_conversation(&mut tx, &talk.ana, second, &title).await.expect("renamed");
    tx.commit().await.expect("a commit");
    let pool = talk.app.database.pool();
    let found = async |words: Option<&str>, after: Option<&Cursor>, size: u8| {
        let size = PageSize::clamped(size);
        service::conversations(pool, &talk.ana, words, None, after, size).await.expect("a list")
    };
    let ids = |page: &Page<social_core::ConversationEntry>| page.items.iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(ids(&found(None, None, 20).await), [second, talk.id]);
    assert_eq!(ids(&found(Some("rhodes tune"), None, 20).await), [talk.id]);
    assert_eq!(ids(&found(Some("lisbon"), None, 20).await), [second]);
    assert!(found(Some("lisbon rhodes"), None, 20).await.items.is_empty());
    let page = found(None, None, 1).await;
    assert_eq!(ids(&found(None, page.next.as_ref(), 1).await), [talk.id]);
}

#[tokio::test]
async fn a_conversation_has_others_in_it_and_goes_with_all_that_was_said() {
    let talk = Talk::new().await;
    let me = talk.ana.actor.account;
    assert!(matches!(begin(&talk.app, &talk.ana, vec![me]).await, Err(Error::Yourself)));
    let nobody = AccountId::from_uuid(Uuid::from_u128(1));
    assert!(matches!(begin(&talk.app, &talk.ana, vec![nobody]).await, Err(Error::NoSuchAccount)));
    let many = (0..60).map(|n| AccountId::from_uuid(Uuid::from_u128(n))).collect();
    assert!(matches!(begin(&talk.app, &talk.ana, many).await, Err(Error::TooManyMembers)));
    assert!(matches!(talk.say(&talk.ana, None, "  \n ").await, Err(Error::NothingSaid)));

    talk.say(&talk.ana, None, "To be forgotten").await.expect("said");
    let mut tx = talk.app.database.begin().await.expect("a transaction");
    let refused = service::delete_conversation(&mut tx, &talk.bot, talk.id).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "only who began it");
    service::delete_conversation(&mut tx, &talk.ana, talk.id).await.expect("deleted");
    tx.commit().await.expect("a commit");
    let left: i64 =
        sqlx::query_scalar("select count(*) from messages").fetch_one(talk.app.database.pool()).await.expect("a count");
    assert_eq!(left, 0);
}
