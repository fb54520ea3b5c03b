//! To talk with an agent over HTTP: the stream of words, and the pages with and without JavaScript.

use std::sync::Arc;

use agents_core::{
    NewCheck, Rule, Spec,
    command::{NewAgent, NewText, Note},
    service::{self, Answerer, Ask, Asked},
    terms::Open,
};
use kernel::{AccountId, Actor, MemoryId, PageSize};
use models_offline::Offline;
use platform::{
    Cx,
    models::{Chain, Link, ModelProvider},
};
use reqwest::Method;
use serde_json::Value;
use social_core::MessageBody;

use crate::support::{Server, Visitor, header_of};

/// What the agent knows.
const MANUAL: &str = "# Kettle\n\n## Descaling\n\nDescale the kettle every six weeks with two spoons of citric acid.\n\n\
                      ## Warranty\n\nThe warranty lasts three years and covers the heating element.";

/// A conversation of somebody's with an agent.
pub struct Chatted {
    /// Where, what was asked and what answers.
    pub asked: Asked,
    /// What is remembered of them.
    pub memory: MemoryId,
}

impl Server {
    /// A published agent that knows a kettle.
    pub async fn kettle_bot(&self, owner: &Cx<Actor>) -> AccountId {
        let app = &self.app;
        let mut tx = app.database.begin().await.expect("a transaction");
        let new = NewAgent::parse("kettle_bot", "Kettle Bot", "").expect("a valid agent");
        let agent = service::create_agent(&mut tx, owner, &new).await.expect("an agent");
        let spec = Spec {
            instructions: "Help with the kettle.".to_owned(),
            greeting: "Ask me about the **kettle**.".to_owned(),
            suggestions: vec!["How long is the warranty?".to_owned()],
            ..Spec::default()
        };
        service::save_draft(&mut tx, owner, agent, spec, 1).await.expect("saved");
        let text = NewText::parse("Kettle manual", MANUAL).expect("a text");
        service::add_text(&mut tx, owner, agent, &text).await.expect("a text to know");
        tx.commit().await.expect("a commit");
        app.run_jobs().await;
        let mut tx = app.database.begin().await.expect("a transaction");
        let check = NewCheck::parse("Warranty?", vec![Rule::Answers]).expect("a check");
        service::add_check(&mut tx, owner, agent, &check).await.expect("added");
        let begun = service::begin_check_run(&mut tx, owner, agent).await.expect("begun");
        let said = || agents_core::Answered { text: "Three years.".to_owned(), ..Default::default() };
        let results = service::ask_checks(&begun, |_| async move { Ok(said()) }).await;
        service::finish_check_run(&mut tx, owner, begun.run, &results).await.expect("finished");
        service::publish(&mut tx, owner, agent, &Note::default()).await.expect("published");
        tx.commit().await.expect("a commit");
        agent
    }

    /// Asks an agent; nobody answers yet.
    pub async fn ask(&self, who: &Cx<Actor>, agent: AccountId, question: &str) -> Asked {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let body = MessageBody::parse(question).expect("a body");
        let ask = Ask {
            agent,
            conversation: None,
            parent: None,
            body,
            attachments: Vec::new(),
            submission: None,
            preview: false,
        };
        let asked = service::ask(&mut tx, who, &Open, &ask).await.expect("asked");
        tx.commit().await.expect("a commit");
        asked
    }

    /// Another process that writes answers by the built-in engine, without pauses.
    pub fn another_process(&self) -> Answerer {
        let engine = Arc::new(Offline::with_pace(std::time::Duration::ZERO));
        let model = engine.models()[0].clone();
        let chain = Chain::new(vec![Link { provider: engine, model }], self.app.world.clone());
        Answerer::new(self.app.database.clone(), self.app.world.clone(), Arc::new(chain), Arc::new(Open))
    }

    /// A conversation of somebody's, answered, of which something is remembered.
    pub async fn chatted(&self, who: &Cx<Actor>, agent: AccountId) -> Chatted {
        let asked = self.ask(who, agent, "My name is Ana. How long is the warranty?").await;
        self.another_process().answer(asked.run).await.expect("answered");
        let pool = self.app.database.pool();
        let memories = service::memories(pool, who, Some(agent), None, PageSize::DEFAULT).await.expect("memories");
        Chatted { asked, memory: memories.items.first().expect("a memory").id }
    }
}

/// What a stream said: each event's id, name and data.
async fn stream(visitor: &Visitor, path: &str, last: Option<&str>) -> Vec<(usize, String, Value)> {
    let mut request = visitor.request(Method::GET, path).header("accept-encoding", "gzip, zstd");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(header_of(&response, "content-type"), "text/event-stream");
    assert_eq!(header_of(&response, "content-encoding"), "", "words are not held back to be compressed");
    assert_eq!(header_of(&response, "cache-control"), "no-store");
    let text = response.text().await.expect("text");
    text.split("\n\n").filter_map(event).collect()
}

fn event(text: &str) -> Option<(usize, String, Value)> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim_start);
    let data = serde_json::from_str(field("data:")?).expect("JSON");
    Some((field("id:")?.parse().expect("a number"), field("event:")?.to_owned(), data))
}

/// The text that a page shows after these events: complete paragraphs, and what comes after them.
fn shown(events: &[(usize, String, Value)]) -> (String, String) {
    let (mut html, mut tail) = (String::new(), String::new());
    for (_, _, data) in events.iter().filter(|(_, name, _)| name == "words") {
        let text = data["text"].as_str().expect("a text");
        if let Some(done) = data["html"].as_str() {
            html.push_str(done);
            tail = text.to_owned();
        } else {
            tail.push_str(text);
        }
    }
    (html, tail)
}

#[tokio::test]
async fn an_answer_comes_word_by_word_and_goes_on_where_it_broke_off() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await;
    let as_ana = server.signed_in(&ana).await;
    let question = [("agent", agent.to_string()), ("body", "How often do I descale the kettle?".to_owned())];
    let question: Vec<(&str, &str)> = question.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, answer) = as_ana.call("agents/ask", &question).await;
    assert_eq!(status, 200, "{answer}");
    let run: uuid::Uuid =
        sqlx::query_scalar("select id from runs").fetch_one(server.app.database.pool()).await.expect("a run");
    let path = format!("/live/answers/{}", kernel::RunId::from_uuid(run));

    let all = stream(&as_ana, &path, None).await;
    let (end, words) = all.split_last().expect("events");
    assert_eq!((end.1.as_str(), &end.2["state"]), ("end", &Value::from("done")));
    let (html, tail) = shown(words);
    assert!(format!("{html}{tail}").contains("every six weeks"), "{html}{tail}");

    // A page that had read so far and lost its connection shows the same as one that saw it all. Where the answer was ready
    // before anybody looked, it came in one piece.
    let (before, _) = words.split_at(words.len() / 2);
    let last = before.last().map_or(0, |(read, ..)| *read);
    let rest = stream(&as_ana, &path, Some(&last.to_string())).await;
    let both: Vec<_> = before.iter().chain(&rest).cloned().collect();
    assert_eq!(shown(&both), (html, tail));
    assert_eq!(rest.last().expect("an end").1, "end");
    let nothing = stream(&as_ana, &format!("{path}?from={}", end.0), None).await;
    assert_eq!(nothing.len(), 1, "only the end is left: {nothing:?}");
}

#[tokio::test]
async fn an_answer_that_another_process_writes_is_followed_by_what_it_keeps() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await;
    let asked = server.ask(&ana, agent, "How long is the warranty?").await;
    let as_ana = server.signed_in(&ana).await;
    let path = format!("/live/answers/{}", asked.run);
    let (other, run) = (server.another_process(), asked.run);
    let writing = tokio::spawn(async move { other.answer(run).await });
    let events = stream(&as_ana, &path, None).await;
    writing.await.expect("no panic").expect("answered");
    let (html, tail) = shown(&events);
    assert!(format!("{html}{tail}").contains("three years"), "{events:?}");
    assert_eq!(events.last().expect("an end").1, "end");
}

#[tokio::test]
async fn nobody_follows_an_answer_in_somebody_elses_conversation() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await;
    let asked = server.ask(&ana, agent, "How long is the warranty?").await;
    let path = format!("/live/answers/{}", asked.run);
    let as_owner = server.signed_in(&owner).await;
    assert_eq!(as_owner.get(&path).await.status(), 404, "not even the agent's owner");
    assert_eq!(server.visitor().get(&path).await.status(), 401);
    assert_eq!(as_owner.get("/live/answers/nonsense").await.status(), 404);
    assert_eq!(as_owner.get(&format!("/chats/{}", asked.conversation)).await.status(), 404);
}

#[tokio::test]
async fn a_chat_works_without_javascript() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await.to_string();
    let as_ana = server.signed_in(&ana).await;
    let (status, page) = as_ana.read("/chats/new?with=kettle_bot").await;
    assert!(status == 200 && page.contains("<strong>kettle</strong>") && page.contains("How long is the warranty?"));
    let fields = [("agent", agent.as_str()), ("body", "How long is the warranty?")];
    let sent = as_ana.submit("/chats/new?with=kettle_bot&do=agents/ask", &fields).await;
    assert_eq!(sent.status(), 303);
    let to = header_of(&sent, "location");
    let chat = to.split('#').next().expect("a path").to_owned();
    // The page shows the answer so far, with a way to look again, until all of it is there.
    let mut page = as_ana.read(&chat).await.1;
    while page.contains("Look again") {
        page = as_ana.read(&chat).await.1;
    }
    assert!(
        page.contains("three years") && page.contains("class=\"cite\"") && page.contains("Kettle manual"),
        "{page}"
    );
    assert!(page.contains("the built-in answer engine") && page.contains("tokens read"));
    let (_, list) = as_ana.read("/chats").await;
    assert!(list.contains("How long is the warranty?") && list.contains("Kettle Bot"));
    assert!(as_ana.read("/chats?words=warranty").await.1.contains("How long is the warranty?"));
    assert!(as_ana.read("/chats?words=teapot").await.1.contains("Nothing found"));
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_in_words_and_kept() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await;
    let asked = server.ask(&ana, agent, "First?").await;
    let as_ana = server.signed_in(&ana).await;
    let (agent, conversation) = (agent.to_string(), asked.conversation.to_string());
    let send = async |body: &str, to: &str| {
        as_ana.call("agents/ask", &[("agent", agent.as_str()), ("conversation", to), ("body", body)]).await
    };
    let (status, answer) = send("  \n", "").await;
    assert!(status == 422 && answer.to_string().contains("Write what you want to ask"), "{answer}");
    let (status, answer) = send(&"x".repeat(1 << 20), "").await;
    assert!(status == 422 && answer.to_string().contains("too long"), "{answer}");
    // Another tab, while an answer is being written.
    let (status, answer) = send("Second?", &conversation).await;
    assert!(status == 409 && answer.to_string().contains("An answer is being written"), "{answer}");
    let page = format!("/chats/{conversation}");
    let fields = [("agent", agent.as_str()), ("conversation", conversation.as_str()), ("body", "Second, kept?")];
    let refused = as_ana.submit(&format!("{page}?do=agents/ask"), &fields).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.expect("text").contains("Second, kept?"));

    // Its owner pauses it meanwhile.
    let mut tx = server.app.database.begin().await.expect("a transaction");
    service::pause(&mut tx, &owner, agent.parse().expect("an id")).await.expect("paused");
    tx.commit().await.expect("a commit");
    let (status, answer) = send("And now?", "").await;
    assert!(status == 409 && answer.to_string().contains("does not answer at the moment"), "{answer}");
    assert!(as_ana.read(&page).await.1.contains("Kettle Bot rests at the moment"));
}

#[tokio::test]
async fn what_is_remembered_is_shown_with_its_source_and_forgotten() {
    let server = Server::start().await;
    let (owner, ana) = (server.app.person("owner").await, server.app.person("ana").await);
    let agent = server.kettle_bot(&owner).await;
    let chatted = server.chatted(&ana, agent).await;
    let as_ana = server.signed_in(&ana).await;
    let (_, page) = as_ana.read("/settings/memories?of=kettle_bot").await;
    let source = format!("/chats/{}#{}", chatted.asked.conversation, chatted.asked.question);
    assert!(page.contains("My name is Ana") && page.contains(&source), "{page}");
    let memory = chatted.memory.to_string();
    let fields = [("memory", memory.as_str())];
    let gone = as_ana.submit("/settings/memories?do=agents/forget", &fields).await;
    assert_eq!(gone.status(), 303);
    assert!(as_ana.read("/settings/memories").await.1.contains("Nothing is remembered"));
    let limits = [("daily", "5"), ("monthly", "20,50")];
    assert_eq!(as_ana.call("agents/set_my_limits", &limits).await.0, 200);
    let (_, page) = as_ana.read("/settings/spending").await;
    assert!(page.contains("20.50") && page.contains("Today"), "{page}");
    let (status, answer) = as_ana.call("agents/set_my_limits", &[("daily", "x"), ("monthly", "1")]).await;
    assert!(status == 422 && answer.to_string().contains("daily"), "{answer}");
}
