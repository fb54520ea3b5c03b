//! What is made of answers.

use futures::StreamExt;
use models_remote::Dialect;
use platform::models::{Arguments, EndReason, ModelProvider, Piece, ToolCall, Usage};
use serde_json::{Value, json};

use crate::{
    LIMITS, ask,
    fake::{Fake, Step, done, event, stream},
    prompt, remote,
};

fn openai_chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "brand_new": [1], "choices": [
        {"index": 0, "delta": delta, "finish_reason": finish, "brand_new": {"a": null}}]})
}

fn openai_text(text: &str) -> Value {
    openai_chunk(&json!({"content": text}), None)
}

#[tokio::test]
async fn words_come_as_they_are_sent_and_unknown_fields_are_let_go() {
    let mut openai = stream(&[
        openai_chunk(&json!({"role": "assistant", "content": ""}), None),
        openai_text("Hel"),
        openai_chunk(&json!({"reasoning_content": "They greet."}), None),
        openai_text("lo \u{1F980}"),
        openai_chunk(&json!({}), Some("stop")),
        json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3, "new_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 8}}}),
    ]);
    openai.push(done());
    let anthropic = stream(&[
        json!({"type": "message_start", "message": {"id": "m", "role": "assistant",
            "usage": {"input_tokens": 4, "cache_read_input_tokens": 8, "output_tokens": 1}}}),
        json!({"type": "ping"}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "They"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hel"}}),
        json!({"type": "something_new", "of": "them"}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "lo \u{1F980}"}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "new_delta"}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}),
        json!({"type": "message_stop"}),
    ]);
    for (dialect, answer) in [(Dialect::OpenAi, openai), (Dialect::Anthropic, anthropic)] {
        let fake = Fake::start(vec![answer]).await;
        let whole = ask(&remote(dialect, &fake.url, LIMITS), prompt("Hello?")).await.expect("an answer");
        assert_eq!((whole.text.as_str(), whole.pieces), ("Hello \u{1F980}", 2), "{dialect:?}");
        let usage = Usage { input_tokens: 12, cached_input_tokens: 8, output_tokens: 3 };
        assert_eq!((whole.usage, whole.end, whole.error), (Some(usage), Some(EndReason::Stop), None));
    }
}

#[tokio::test]
async fn the_first_words_are_there_before_the_last_are_written() {
    let mut openai = stream(&[openai_text("Now")]);
    openai.push(Step::Hang);
    let anthropic_text =
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Now"}});
    let mut anthropic = stream(&[anthropic_text]);
    anthropic.push(Step::Hang);
    for (dialect, answer) in [(Dialect::OpenAi, openai), (Dialect::Anthropic, anthropic)] {
        let fake = Fake::start(vec![answer]).await;
        let mut pieces = remote(dialect, &fake.url, LIMITS).stream(prompt("Hello?")).await.expect("an answer");
        assert_eq!(pieces.next().await, Some(Ok(Piece::Text("Now".to_owned()))));
    }
}

#[tokio::test]
async fn who_stops_reading_hangs_up() {
    let mut answer = stream(&[openai_text("Now")]);
    answer.push(Step::Forever(event(&openai_text("la "))));
    let fake = Fake::start(vec![answer]).await;
    let mut pieces = remote(Dialect::OpenAi, &fake.url, LIMITS).stream(prompt("Sing!")).await.expect("an answer");
    assert!(pieces.next().await.is_some());
    drop(pieces);
    fake.hung_up.notified().await;
}

#[tokio::test]
async fn characters_may_be_torn_apart_on_their_way() {
    let bytes = event(&openai_text("\u{1F980}"));
    let mut answer = stream(&[]);
    for byte in bytes {
        answer.push(Step::Send(vec![byte]));
    }
    answer.push(Step::Send(event(&openai_chunk(&json!({}), Some("stop")))));
    let fake = Fake::start(vec![answer]).await;
    let whole = ask(&remote(Dialect::OpenAi, &fake.url, LIMITS), prompt("Crab?")).await.expect("an answer");
    // There was no [DONE], which some leave out; that it is whole was said before.
    assert_eq!((whole.text.as_str(), whole.end), ("\u{1F980}", Some(EndReason::Stop)));
}

fn call(id: &str, name: &str, arguments: Arguments) -> ToolCall {
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments }
}

#[tokio::test]
async fn openai_calls_tools_in_parts_and_sometimes_wrongly() {
    let part = |index: u32, id: Value, name: Value, arguments: &str| json!({"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]});
    let mut answer = stream(&[
        openai_text("Let me see."),
        openai_chunk(&part(0, json!("a"), json!("search"), ""), None),
        openai_chunk(&part(1, json!("b"), json!("add"), "{\"x\":"), None),
        openai_chunk(&part(0, Value::Null, Value::Null, "{\"q\":\"tea"), None),
        openai_chunk(&part(0, Value::Null, Value::Null, "\"}"), None),
        openai_chunk(&part(4_000_000_000, Value::Null, json!("now"), ""), None),
        openai_chunk(&json!({}), Some("tool_calls")),
    ]);
    answer.push(done());
    let fake = Fake::start(vec![answer]).await;
    let whole = ask(&remote(Dialect::OpenAi, &fake.url, LIMITS), prompt("Tea?")).await.expect("an answer");
    let calls = [
        call("a", "search", Arguments::Valid(json!({"q": "tea"}))),
        call("b", "add", Arguments::Invalid("{\"x\":".to_owned())),
        call("call_4000000000", "now", Arguments::Valid(json!({}))),
    ];
    assert_eq!((whole.text.as_str(), whole.calls.as_slice()), ("Let me see.", calls.as_slice()));
    assert_eq!(whole.end, Some(EndReason::ToolCalls));
}

#[tokio::test]
async fn anthropic_calls_tools_in_parts_and_may_be_cut_short() {
    let start = |index: u32, id: &str, name: &str| {
        json!({"type": "content_block_start", "index": index,
            "content_block": {"type": "tool_use", "id": id, "name": name, "input": {}}})
    };
    let part = |index: u32, text: &str| {
        json!({"type": "content_block_delta", "index": index,
            "delta": {"type": "input_json_delta", "partial_json": text}})
    };
    let answer = stream(&[
        start(0, "a", "search"),
        part(0, "{\"q\":"),
        part(0, "\"tea\"}"),
        json!({"type": "content_block_stop", "index": 0}),
        start(1, "b", "add"),
        part(1, "{\"x\":"),
        json!({"type": "message_delta", "delta": {"stop_reason": "max_tokens"}}),
        json!({"type": "message_stop"}),
    ]);
    let fake = Fake::start(vec![answer]).await;
    let whole = ask(&remote(Dialect::Anthropic, &fake.url, LIMITS), prompt("Tea?")).await.expect("an answer");
    let calls = [
        call("a", "search", Arguments::Valid(json!({"q": "tea"}))),
        call("b", "add", Arguments::Invalid("{\"x\":".to_owned())),
    ];
    assert_eq!((whole.calls.as_slice(), whole.end), (calls.as_slice(), Some(EndReason::Length)));
}

#[tokio::test]
async fn who_says_stop_and_calls_tools_wants_their_results() {
    let delta = json!({"tool_calls": [{"id": "a", "function": {"name": "now", "arguments": "{}"}}]});
    let mut answer = stream(&[openai_chunk(&delta, Some("stop"))]);
    answer.push(done());
    let fake = Fake::start(vec![answer]).await;
    let whole = ask(&remote(Dialect::OpenAi, &fake.url, LIMITS), prompt("Time?")).await.expect("an answer");
    assert_eq!((whole.calls.len(), whole.end), (1, Some(EndReason::ToolCalls)));
}
