//! The chain that settings name, over stand-ins for both dialects.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use models_remote::SetupError;
use platform::{
    Config, World,
    models::{Chain, EndReason, Link, Model, ModelError, ModelProvider, Piece, PieceStream, Prompt, chain::Patience},
};
use serde_json::json;
use url::Url;

use crate::{
    fake::{Fake, event, plain, stream, stream_head},
    prompt, whole,
};

fn chain(openai: &Url, anthropic: &Url, models: &str) -> Result<Chain, SetupError> {
    let price = "{ input = 1, output = 2 }";
    let values = [
        ("OPENAI_API_BASE", openai.to_string()),
        ("ANTHROPIC_API_BASE", anthropic.to_string()),
        ("MODELS", models.to_owned()),
        ("MODEL_PRICES", format!("\"openai/a\" = {price}\n\"anthropic/b\" = {price}")),
    ];
    let values: BTreeMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let config = Config::from_values(values).expect("valid settings");
    let chain = models_remote::chain(&config.models, None, &World::real())?;
    Ok(chain.with_patience(Patience { pause: Duration::from_millis(5), ..Patience::default() }))
}

fn anthropic_answer() -> Vec<crate::fake::Step> {
    stream(&[
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}),
        json!({"type": "message_stop"}),
    ])
}

#[tokio::test]
async fn when_one_is_down_the_other_answers() {
    let nonsense = vec![stream_head(), crate::fake::Step::Send(b"data: <html>\n\n".to_vec())];
    let openai = Fake::start(vec![plain(500, "", ""), nonsense]).await;
    let anthropic = Fake::start(vec![anthropic_answer()]).await;
    let chain = chain(&openai.url, &anthropic.url, "openai/a, anthropic/b").expect("a chain");
    let answer = chain.stream(&prompt("Hello?")).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer.by.name(), "anthropic/b");
    assert!(matches!(answer.tried[0].error, ModelError::Broken(_)), "{:?}", answer.tried);
    assert_eq!(whole(answer.pieces).await.text, "Hello");
    assert_eq!((openai.seen().len(), openai.body()["model"].clone()), (2, json!("a")));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_begun_anew() {
    let words = json!({"choices": [{"delta": {"content": "Well"}}]});
    let torn = vec![stream_head(), crate::fake::Step::Send(event(&words))];
    let openai = Fake::start(vec![torn]).await;
    let anthropic = Fake::start(vec![anthropic_answer()]).await;
    let chain = chain(&openai.url, &anthropic.url, "openai/a, anthropic/b").expect("a chain");
    let answer = chain.stream(&prompt("Hello?")).await.unwrap_or_else(|error| panic!("{error}"));
    let whole = whole(answer.pieces).await;
    assert_eq!(whole.text, "Well");
    assert!(matches!(whole.error, Some(ModelError::Broken(_))), "{whole:?}");
    assert_eq!((openai.seen().len(), anthropic.seen().len()), (1, 0));
}

/// What stands for the built-in engine.
struct Offline(Vec<Model>);

#[async_trait]
impl ModelProvider for Offline {
    fn name(&self) -> &str {
        "offline"
    }

    fn models(&self) -> &[Model] {
        &self.0
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        let text = format!("{} is offline", prompt.model);
        Ok(futures::stream::iter([Ok(Piece::Text(text)), Ok(Piece::End(EndReason::Stop))]).boxed())
    }
}

#[tokio::test]
async fn the_built_in_engine_comes_last() {
    let openai = Fake::start(vec![plain(401, "", "")]).await;
    let values = [
        ("OPENAI_API_BASE", openai.url.to_string()),
        ("MODELS", "openai/gpt-5, offline".to_owned()),
        ("EMBEDDING_MODEL", "openai/text-embedding-3-large".to_owned()),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let config = Config::from_values(values).expect("valid settings").models;
    let offline = Arc::new(Offline(vec![crate::model("engine")]));
    let chain = models_remote::chain(&config, Some(offline), &World::real()).expect("a chain");
    let answer = chain.stream(&prompt("Hello?")).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((answer.by.name().as_str(), answer.tried[0].model.as_str()), ("offline/engine", "openai/gpt-5"));
    assert_eq!(whole(answer.pieces).await.text, "engine is offline");
    assert_eq!(chain.embedder().map(Link::name).as_deref(), Some("openai/text-embedding-3-large"));
}

#[tokio::test]
async fn the_built_in_engine_has_to_be_there_when_it_is_named() {
    let url: Url = "http://127.0.0.1:9/".parse().expect("a URL");
    assert!(matches!(chain(&url, &url, "openai/a, offline"), Err(SetupError::NoProvider(name)) if name == "offline"));
}
