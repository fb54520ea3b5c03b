//! What those who talk with agents see and choose: words as they come, ratings, and whether anybody may learn from them.

use agents_core::{
    Error, Judgement, RatingNote, RunState,
    service::{self, Watch, Words},
};
use kernel::{Actor, ConversationId, MessageId};
use platform::{Cx, models::Price};

use crate::chat::{Chat, words};

async fn watch(chat: &Chat, cx: &Cx<Actor>, run: kernel::RunId, from: usize) -> Result<Watch, Error> {
    chat.answerer.watch(cx, run, from).await
}

/// All words from a place on, until the end.
async fn rest(mut watch: Watch) -> Vec<Words> {
    let mut all = Vec::new();
    while let Some(words) = watch.next().await.expect("words") {
        all.push(words);
    }
    all
}

#[tokio::test]
async fn paragraphs_are_given_as_html_once_they_are_complete() {
    let chat = Chat::paced("**One** two\n\nthree four").await;
    let asked = chat.ask("Count").await;
    chat.answerer.start(asked.run);
    let mut watching = watch(&chat, &chat.ana, asked.run, 0).await.expect("a stream");
    chat.script.pace.add_permits(1);
    let first = watching.next().await.expect("words").expect("some");
    assert_eq!((first.html, first.text.as_str(), first.read), (None, "**One** ", 8));
    chat.script.pace.add_permits(10);
    let all = rest(watching).await;
    let html: String = all.iter().filter_map(|words| words.html.clone()).collect();
    assert_eq!(html.trim(), "<p><strong>One</strong> two</p>");
    let last = all.last().expect("an end");
    assert_eq!(last.ended, Some(RunState::Done));
    // Whoever comes back afterwards, from the middle of the second paragraph, is given its rest and nothing else.
    let back = rest(watch(&chat, &chat.ana, asked.run, last.read - 4).await.expect("a stream")).await;
    assert_eq!(
        back,
        [Words { html: None, text: "four".to_owned(), read: last.read, steps: false, ended: Some(RunState::Done) }]
    );
}

#[tokio::test]
async fn an_answer_is_watched_by_members_alone_and_ends_with_its_conversation() {
    let chat = Chat::paced("One two").await;
    let asked = chat.ask("Count").await;
    for stranger in [&chat.owner, &chat.app.person("eve").await] {
        assert!(matches!(watch(&chat, stranger, asked.run, 0).await, Err(Error::NoSuchRun)));
    }
    let watching = watch(&chat, &chat.ana, asked.run, 0).await.expect("a stream");
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    social_core::service::delete_conversation(&mut tx, &chat.ana, asked.conversation).await.expect("deleted");
    tx.commit().await.expect("a commit");
    assert!(rest(watching).await.is_empty());
}

async fn rate(
    chat: &Chat,
    cx: &Cx<Actor>,
    message: MessageId,
    judgement: Option<Judgement>,
    note: &str,
) -> Result<(), Error> {
    let note = RatingNote::parse(note).expect("a note");
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    service::rate(&mut tx, cx, message, judgement, &note).await?;
    tx.commit().await.expect("a commit");
    Ok(())
}

#[tokio::test]
async fn whoever_asked_says_whether_it_was_any_good() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let (asked, _) = chat.answered("Well?").await;
    let (pool, message) = (chat.app.database.pool(), asked.message.expect("an answer"));
    for stranger in [&chat.owner, &chat.app.person("eve").await] {
        assert!(matches!(rate(&chat, stranger, message, Some(Judgement::Bad), "").await, Err(Error::NoSuchRun)));
    }
    assert!(matches!(rate(&chat, &chat.ana, asked.question, Some(Judgement::Bad), "").await, Err(Error::NoSuchRun)));
    rate(&chat, &chat.ana, message, Some(Judgement::Good), "").await.expect("rated");
    rate(&chat, &chat.ana, message, Some(Judgement::Bad), "Too short").await.expect("rated otherwise");
    let said = service::ratings_of(pool, &chat.ana, &[message]).await.expect("ratings");
    assert_eq!((said.len(), said[0].judgement, said[0].note.as_str()), (1, Judgement::Bad, "Too short"));
    assert!(service::ratings_of(pool, &chat.owner, &[message]).await.expect("ratings").is_empty());
    rate(&chat, &chat.ana, message, None, "").await.expect("taken back");
    rate(&chat, &chat.ana, message, None, "").await.expect("nothing to take back");
    assert!(service::ratings_of(pool, &chat.ana, &[message]).await.expect("ratings").is_empty());
    let told: i64 = sqlx::query_scalar("select count(*) from events where kind = 'agents.answer_rated'")
        .fetch_one(pool)
        .await
        .expect("a count");
    assert_eq!(told, 3);
    assert!(RatingNote::parse(&"x".repeat(1_001)).is_err());
}

async fn choose(chat: &Chat, cx: &Cx<Actor>, at: Option<ConversationId>, allowed: bool) -> Result<(), Error> {
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    service::choose_training(&mut tx, cx, at, allowed).await?;
    tx.commit().await.expect("a commit");
    Ok(())
}

#[tokio::test]
async fn nobody_learns_from_what_was_said_unless_they_may() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let (asked, _) = chat.answered("Well?").await;
    let (pool, here) = (chat.app.database.pool(), Some(asked.conversation));
    let may = async |at| service::may_train(pool, &chat.ana, at).await.expect("a choice");
    assert!(!may(None).await && !may(here).await, "nobody, before anything was said");
    choose(&chat, &chat.ana, None, true).await.expect("chosen");
    assert!(may(None).await && may(here).await);
    choose(&chat, &chat.ana, here, false).await.expect("chosen");
    assert!(may(None).await && !may(here).await, "what was said of one conversation counts more");
    choose(&chat, &chat.ana, here, false).await.expect("the same again");
    assert!(!service::may_train(pool, &chat.owner, None).await.expect("a choice"), "each for themselves");
    assert!(matches!(
        choose(&chat, &chat.owner, here, true).await,
        Err(Error::Social(social_core::Error::NoSuchConversation))
    ));
    let told: i64 = sqlx::query_scalar("select count(*) from events where kind = 'agents.training_chosen'")
        .fetch_one(pool)
        .await
        .expect("a count");
    assert_eq!(told, 2, "each change once");
}

#[tokio::test]
async fn an_agent_is_seen_as_it_answers_and_its_draft_by_its_owner_alone() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let pool = chat.app.database.pool();
    let face = service::face(pool, &chat.ana, chat.agent, false).await.expect("a face");
    assert!(face.answers && face.remembers);
    assert!(matches!(service::face(pool, &chat.ana, chat.agent, true).await, Err(Error::NoSuchAgent)));
    assert!(service::face(pool, &chat.owner, chat.agent, true).await.expect("the draft").answers);
    sqlx::query("update agents set state = 'paused'").execute(pool).await.expect("paused");
    assert!(!service::face(pool, &chat.ana, chat.agent, false).await.expect("a face").answers);
    assert!(service::face(pool, &chat.owner, chat.agent, true).await.expect("the draft").answers);
    sqlx::query("update agents set state = 'draft', version = null").execute(pool).await.expect("never published");
    assert!(matches!(service::face(pool, &chat.ana, chat.agent, false).await, Err(Error::NoSuchAgent)));
}

#[tokio::test]
async fn conversations_with_a_draft_stand_in_no_list() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let preview = agents_core::service::Ask { preview: true, ..chat.question("Draft?") };
    let asked = chat.ask_with(&chat.owner, preview).await.expect("asked");
    let pool = chat.app.database.pool();
    let size = kernel::PageSize::DEFAULT;
    let list = social_core::service::conversations(pool, &chat.owner, None, None, None, size).await.expect("a list");
    assert!(list.items.is_empty());
    assert!(social_core::service::conversation(pool, &chat.owner, asked.conversation).await.is_ok());
    chat.answered("Listed?").await;
    let list = social_core::service::conversations(pool, &chat.ana, None, None, None, size).await.expect("a list");
    assert_eq!(list.items[0].last, "Yes");
}
