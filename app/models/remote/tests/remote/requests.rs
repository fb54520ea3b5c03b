//! What providers are asked.

use models_remote::{Dialect, Remote, SetupError};
use platform::{
    config::{RemoteConfig, Secret},
    models::{Arguments, ModelProvider, Part, Passage, Persona, Picture, Prompt, ToolCall, ToolSpec, Turn, fenced},
};
use serde_json::{Value, json};

use crate::{
    KEY, LIMITS, ask,
    fake::{Fake, plain, stream},
    model, prompt, remote,
};

/// A conversation with everything in it.
fn conversation() -> Prompt {
    let picture = Picture { media_type: "image/png".to_owned(), bytes: vec![1, 2, 3].into() };
    let call = |id: &str, arguments| ToolCall { id: id.to_owned(), name: "search".to_owned(), arguments };
    let result = |id: &str, is_error| Turn::ToolResult {
        call: id.to_owned(),
        name: "search".to_owned(),
        text: format!("result {id}"),
        is_error,
    };
    Prompt {
        model: "m".to_owned(),
        persona: Persona { name: "Ada".to_owned(), ..Persona::default() },
        passages: vec![Passage {
            id: "p".to_owned(),
            source_title: "Manual".to_owned(),
            locator: None,
            text: "Press the red button.".to_owned(),
            score: 1.0,
        }],
        turns: vec![
            Turn::assistant("Hello, I am Ada."),
            Turn::User(vec![Part::Text("What is this?".to_owned()), Part::Picture(picture)]),
            Turn::Assistant {
                text: String::new(),
                calls: vec![
                    call("a", Arguments::Valid(json!({"q": "red"}))),
                    call("b", Arguments::Invalid("{".to_owned())),
                ],
            },
            result("a", false),
            result("b", true),
            Turn::user("Well?"),
        ],
        tools: vec![ToolSpec { name: "search".to_owned(), description: "Finds.".to_owned(), schema: Value::Null }],
        max_output_tokens: 100,
        temperature: Some(0.5),
        ..Prompt::default()
    }
}

async fn asked(dialect: Dialect) -> (Fake, Value) {
    let fake = Fake::start(vec![stream(&[])]).await;
    ask(&remote(dialect, &fake.url, LIMITS), conversation()).await.expect("headers");
    let body = fake.body();
    (fake, body)
}

#[tokio::test]
async fn openai_is_asked_in_its_words() {
    let (fake, body) = asked(Dialect::OpenAi).await;
    let seen = &fake.seen()[0];
    assert_eq!(seen.path, "/chat/completions");
    assert!(seen.head.contains(&format!("authorization: bearer {KEY}")), "{}", seen.head);
    assert_eq!((&body["model"], &body["stream"]), (&json!("m"), &json!(true)));
    assert_eq!(body["stream_options"]["include_usage"], true);
    // By the name that everybody knows; OpenAI itself gets its own.
    assert_eq!((&body["max_tokens"], &body["max_completion_tokens"]), (&json!(100), &Value::Null));
    assert_eq!(body["temperature"], 0.5);
    let messages = body["messages"].as_array().expect("messages");
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str().expect("a role")).collect();
    assert_eq!(roles, ["system", "assistant", "user", "assistant", "tool", "tool", "user"]);
    assert_eq!(messages[0]["content"], conversation().system_text());
    assert_eq!(messages[2]["content"][0], json!({"type": "text", "text": "What is this?"}));
    assert_eq!(messages[2]["content"][1]["image_url"]["url"], "data:image/png;base64,AQID");
    assert_eq!(messages[3].get("content"), None);
    assert_eq!(messages[3]["tool_calls"][0]["function"], json!({"name": "search", "arguments": "{\"q\":\"red\"}"}));
    assert_eq!(messages[3]["tool_calls"][1]["function"]["arguments"], "{");
    assert_eq!(messages[4], json!({"role": "tool", "tool_call_id": "a", "content": fenced("result a")}));
    assert_eq!(body["tools"][0]["function"]["parameters"], json!({"type": "object", "properties": {}}));
}

#[tokio::test]
async fn anthropic_is_asked_in_its_words() {
    let (fake, body) = asked(Dialect::Anthropic).await;
    let seen = &fake.seen()[0];
    assert_eq!(seen.path, "/v1/messages");
    assert!(seen.head.contains(&format!("x-api-key: {KEY}")) && seen.head.contains("anthropic-version: 2023-06-01"));
    assert_eq!((&body["max_tokens"], &body["stream"]), (&json!(100), &json!(true)));
    assert_eq!(body["system"], conversation().system_text());
    let messages = body["messages"].as_array().expect("messages");
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str().expect("a role")).collect();
    // It wants the two sides to take turns, and somebody else than the agent to begin.
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
    let picture = json!({"type": "base64", "media_type": "image/png", "data": "AQID"});
    assert_eq!(messages[2]["content"][1], json!({"type": "image", "source": picture}));
    let calls = json!([
        {"type": "tool_use", "id": "a", "name": "search", "input": {"q": "red"}},
        {"type": "tool_use", "id": "b", "name": "search", "input": {"unreadable": "{"}},
    ]);
    assert_eq!(messages[3]["content"], calls);
    let answers = json!([
        {"type": "tool_result", "tool_use_id": "a", "content": fenced("result a"), "is_error": false},
        {"type": "tool_result", "tool_use_id": "b", "content": fenced("result b"), "is_error": true},
        {"type": "text", "text": "Well?"},
    ]);
    assert_eq!(messages[4]["content"], answers);
    assert_eq!(body["tools"][0]["input_schema"], json!({"type": "object", "properties": {}}));
}

#[tokio::test]
async fn a_server_of_ones_own_gets_no_key() {
    let fake = Fake::start(vec![stream(&[])]).await;
    let base = fake.url.join("/v1/").expect("a URL");
    let config = RemoteConfig { base, key: None, models: vec![model("m")] };
    let remote = Remote::openai(&config, LIMITS).expect("an adapter");
    ask(&remote, prompt("Hello?")).await.expect("headers");
    let seen = &fake.seen()[0];
    assert_eq!(seen.path, "/v1/chat/completions");
    assert!(!seen.head.contains("authorization"), "{}", seen.head);
}

#[tokio::test]
async fn texts_are_sent_some_at_a_time_and_come_back_in_order() {
    let batch = |count: usize, tokens: u64| {
        // The last one first.
        let data: Vec<_> = (0..count).rev().map(|it| json!({"index": it, "embedding": [it, 1]})).collect();
        plain(200, "", &json!({"data": data, "usage": {"prompt_tokens": tokens}}).to_string())
    };
    let fake = Fake::start(vec![batch(128, 500), batch(2, 7)]).await;
    let texts: Vec<_> = (0..130).map(|number| format!("text {number}")).collect();
    let made = remote(Dialect::OpenAi, &fake.url, LIMITS).embed("m", &texts).await.expect("vectors");
    assert_eq!((made.vectors.len(), made.usage.input_tokens), (130, 507));
    assert_eq!((&made.vectors[127], &made.vectors[129]), (&vec![127.0, 1.0], &vec![1.0, 1.0]));
    let seen = fake.seen();
    assert_eq!((seen.len(), seen[1].path.as_str()), (2, "/embeddings"));
    assert_eq!(seen[1].body["input"], json!(["text 128", "text 129"]));
}

#[test]
fn a_key_that_cannot_be_sent_is_refused() {
    let base = "https://models.example".parse().expect("a URL");
    let config = RemoteConfig { base, key: Some(Secret::from("sk-\nhunter2")), models: vec![] };
    assert!(matches!(Remote::openai(&config, LIMITS), Err(SetupError::Key("openai"))));
    assert!(matches!(Remote::anthropic(&config, LIMITS), Err(SetupError::Key("anthropic"))));
}
