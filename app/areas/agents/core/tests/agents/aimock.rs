//! Agents that use tools, by both dialects of remote models, against `aimock`, which others wrote. What it answers stands in
//! `app/models/remote/tests/remote/fixtures.json`.

use std::{env, io::Write, sync::Arc};

use agents_core::{CallState, RunProblem, RunState, ToolMode, tool};
use models_remote::{Limits, Remote};
use platform::{
    config::{RemoteConfig, Secret},
    models::{Link, Model, Price, Provider},
};
use url::Url;

use crate::tools::Desk;

/// A model of each dialect at its address. Says so when it does not run.
#[expect(clippy::disallowed_methods, reason = "tests are configured by the environment alone")]
fn models(test: &str) -> Vec<Link> {
    let Some(url) = env::var("AIMOCK_URL").ok().filter(|url| !url.is_empty()) else {
        writeln!(std::io::stderr(), "SKIPPED {test}: AIMOCK_URL is not set. Use tools/with-model-fakes.sh.")
            .expect("stderr");
        return Vec::new();
    };
    let url: Url = url.parse().expect("a URL");
    let model = Model {
        id: "m".to_owned(),
        label: "M".to_owned(),
        context_window: 100_000,
        price: Price::FREE,
        answers: true,
        tools: true,
        pictures: false,
        embeddings: false,
    };
    let config = |path| RemoteConfig {
        base: url.join(path).expect("a URL"),
        key: Some(Secret::from("sk-test")),
        models: vec![model.clone()],
    };
    let openai: Provider = Arc::new(Remote::openai(&config("/v1"), Limits::default()).expect("an adapter"));
    let anthropic: Provider = Arc::new(Remote::anthropic(&config("/"), Limits::default()).expect("an adapter"));
    [openai, anthropic].into_iter().map(|provider| Link { provider, model: model.clone() }).collect()
}

#[tokio::test]
async fn tools_are_used_in_both_dialects_whatever_goes_wrong() {
    use CallState::{Done, Failed};
    for link in models("tools_are_used_in_both_dialects_whatever_goes_wrong") {
        let dialect = link.provider.name().to_owned();
        let desk = Desk::new(&[(tool::CALCULATOR, ToolMode::Allow)], Vec::new()).await.by(link);
        for (question, said, problem, made) in [
            ("reckon twice", "They are 3 and 7.", None, vec![(Done, "3"), (Done, "7")]),
            ("reckon with nothing", "I have no such tool.", None, vec![(Failed, "no tool named transfer_money")]),
            ("reckon badly", "I said it wrongly.", None, vec![(Failed, "/expression")]),
            // Half a call is none, and before a word came it is asked again, and then somebody else is.
            ("reckon half of it", "", Some(RunProblem::Unavailable), vec![]),
            ("reckon and be busy", "", Some(RunProblem::Unavailable), vec![(Done, "2")]),
            ("reckon too often", "", Some(RunProblem::Unavailable), vec![(Done, "2")]),
        ] {
            let (asked, run) = desk.answered(question).await;
            let state = if problem.is_some() { RunState::Failed } else { RunState::Done };
            assert_eq!((run.state, run.problem), (state, problem), "{dialect} {question}");
            assert_eq!(desk.said(&asked).await.0, said, "{dialect} {question}");
            let calls = desk.calls(run.id).await;
            assert_eq!(calls.len(), made.len(), "{dialect} {question} {calls:?}");
            for (call, (state, result)) in calls.iter().zip(made) {
                let words = call.result.as_deref().unwrap_or_default();
                assert!(call.state == state && words.contains(result), "{dialect} {question} {call:?}");
            }
        }
    }
}
