//! Against `aimock` (<https://www.npmjs.com/package/@copilotkit/aimock>), a stand-in for providers that others wrote. Its
//! answers stand in `fixtures.json`.

use std::{env, io::Write};

use models_remote::{Dialect, Limits, Remote};
use platform::{
    config::{RemoteConfig, Secret},
    models::{Arguments, EndReason, ModelError, ModelProvider, Prompt, Stage, ToolSpec, Turn},
};
use serde_json::json;
use url::Url;

use crate::{DIALECTS, KEY, LIMITS, SOON, ask, model, prompt};

/// Its address. Says so when it does not run.
#[expect(clippy::disallowed_methods, reason = "tests are configured by the environment alone")]
fn aimock(test: &str) -> Option<Url> {
    let url = env::var("AIMOCK_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        // Not with a macro: what those print is shown only when a test fails.
        writeln!(std::io::stderr(), "SKIPPED {test}: AIMOCK_URL is not set. Use tools/with-model-fakes.sh.")
            .expect("stderr");
    }
    url.map(|url| url.parse().expect("a URL"))
}

fn remote(dialect: Dialect, url: &Url, limits: Limits) -> Remote {
    let config = |path| RemoteConfig {
        base: url.join(path).expect("a URL"),
        key: Some(Secret::from(KEY)),
        models: vec![model("m"), model("text-embedding-3-small")],
    };
    match dialect {
        Dialect::OpenAi => Remote::openai(&config("/v1"), limits),
        Dialect::Anthropic => Remote::anthropic(&config("/"), limits),
    }
    .expect("an adapter")
}

#[tokio::test]
async fn answers_come_in_pieces_and_are_counted() {
    let Some(url) = aimock("answers_come_in_pieces_and_are_counted") else { return };
    for dialect in DIALECTS {
        let whole = ask(&remote(dialect, &url, LIMITS), prompt("say hello")).await.expect("an answer");
        assert_eq!(whole.text, "Hello! I am a stand-in, and I answer the same each time.");
        assert!(whole.pieces > 1, "{dialect:?} {whole:?}");
        let usage = whole.usage.expect("usage");
        assert_eq!((usage.input_tokens, usage.output_tokens), (21, 13), "{dialect:?}");
        assert_eq!((whole.end, whole.error), (Some(EndReason::Stop), None));
    }
}

#[tokio::test]
async fn tools_are_called_and_their_results_used() {
    let Some(url) = aimock("tools_are_called_and_their_results_used") else { return };
    let tool = ToolSpec {
        name: "weather".to_owned(),
        description: "Tells the weather.".to_owned(),
        schema: json!({"type": "object", "properties": {"city": {"type": "string"}}}),
    };
    for dialect in DIALECTS {
        let remote = remote(dialect, &url, LIMITS);
        let asked = Prompt { tools: vec![tool.clone()], ..prompt("what is the weather") };
        let whole = ask(&remote, asked.clone()).await.expect("an answer");
        assert_eq!((whole.calls.len(), whole.end), (1, Some(EndReason::ToolCalls)), "{dialect:?} {whole:?}");
        let call = &whole.calls[0];
        assert_eq!((call.name.as_str(), &call.arguments), ("weather", &Arguments::Valid(json!({"city": "Bern"}))));
        let mut answered = asked;
        answered.turns.push(Turn::Assistant { text: whole.text, calls: whole.calls.clone() });
        answered.turns.push(Turn::ToolResult {
            call: call.id.clone(),
            name: call.name.clone(),
            text: "sunny".to_owned(),
            is_error: false,
        });
        let whole = ask(&remote, answered).await.expect("an answer");
        assert_eq!(whole.text, "It is sunny in Bern.", "{dialect:?}");
    }
}

#[tokio::test]
async fn failures_have_their_meaning() {
    let Some(url) = aimock("failures_have_their_meaning") else { return };
    for dialect in DIALECTS {
        let remote = remote(dialect, &url, LIMITS);
        let limited = ask(&remote, prompt("too much")).await;
        assert!(
            matches!(limited, Err(ModelError::RateLimited { retry_after: Some(wait) }) if wait.as_secs() == 3),
            "{dialect:?} {limited:?}"
        );
        assert_eq!(ask(&remote, prompt("wrong key")).await, Err(ModelError::Unauthorised), "{dialect:?}");
        let busy = ask(&remote, prompt("too busy")).await;
        assert!(matches!(busy, Err(ModelError::Overloaded(_))), "{dialect:?} {busy:?}");
        let torn = ask(&remote, prompt("break off")).await.expect("a beginning");
        assert!(matches!(torn.error, Some(ModelError::Broken(_))), "{dialect:?} {torn:?}");
        assert!("This sentence is longer".starts_with(&torn.text) && !torn.text.is_empty(), "{torn:?}");
    }
}

#[tokio::test]
async fn chaos_is_never_taken_for_an_answer() {
    let Some(url) = aimock("chaos_is_never_taken_for_an_answer") else { return };
    for dialect in DIALECTS {
        let remote = remote(dialect, &url, Limits { first_piece: 3 * SOON, ..LIMITS });
        let error = async |text: &str| match ask(&remote, prompt(text)).await {
            Ok(whole) => whole.error.unwrap_or_else(|| panic!("{dialect:?} {text} is an answer: {}", whole.text)),
            Err(error) => error,
        };
        assert!(matches!(error("chaos drop").await, ModelError::Overloaded(_)));
        assert!(matches!(error("chaos malformed").await, ModelError::Broken(_)));
        assert!(matches!(error("chaos disconnect").await, ModelError::Overloaded(_) | ModelError::Broken(_)));
        assert!(matches!(error("chaos ratelimit").await, ModelError::RateLimited { retry_after: Some(_) }));
        assert_eq!(error("chaos latency").await, ModelError::Timeout(Stage::FirstPiece));
    }
}

#[tokio::test]
async fn texts_become_vectors() {
    let Some(url) = aimock("texts_become_vectors") else { return };
    let texts = ["a cat".to_owned(), "a dog".to_owned(), "a cat".to_owned()];
    let made = remote(Dialect::OpenAi, &url, LIMITS).embed("text-embedding-3-small", &texts).await.expect("vectors");
    assert_eq!(made.vectors.len(), 3);
    assert_eq!(made.vectors[0], made.vectors[2]);
    assert_ne!(made.vectors[0], made.vectors[1]);
    let none = remote(Dialect::Anthropic, &url, LIMITS).embed("m", &texts).await;
    assert!(matches!(none, Err(ModelError::Unsupported(_))));
}
