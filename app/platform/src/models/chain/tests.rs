//! The chain over providers that do what a script says, on a clock in the test's hands.

use std::{
    collections::VecDeque,
    sync::{Mutex, atomic::AtomicI64, atomic::Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::Clock;

use super::*;
use crate::models::{ModelProvider, Price, Stage, Usage};

/// What a provider does when it is asked.
enum Act {
    Fail(ModelError),
    Say(Vec<Result<Piece, ModelError>>),
}

struct Scripted {
    name: &'static str,
    models: Vec<Model>,
    acts: Mutex<VecDeque<Act>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl ModelProvider for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn models(&self) -> &[Model] {
        &self.models
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        self.asked.lock().expect("no panic").push(prompt.model);
        match self.acts.lock().expect("no panic").pop_front() {
            Some(Act::Fail(error)) => Err(error),
            Some(Act::Say(pieces)) => Ok(stream::iter(pieces).boxed()),
            None => Ok(stream::iter(words("Hello from ", self.name)).boxed()),
        }
    }
}

impl Scripted {
    fn asked(&self) -> usize {
        self.asked.lock().expect("no panic").len()
    }
}

fn words(one: &str, two: &str) -> Vec<Result<Piece, ModelError>> {
    let text = |text: &str| Ok(Piece::Text(text.to_owned()));
    vec![text(one), text(two), Ok(Piece::End(EndReason::Stop))]
}

fn scripted(name: &'static str, acts: Vec<Act>) -> Arc<Scripted> {
    let model = Model {
        id: "m".to_owned(),
        label: "M".to_owned(),
        context_window: 1_000,
        price: Price { input: 1, output: if name == "first" { 10 } else { 20 } },
        answers: true,
        tools: true,
        pictures: false,
        embeddings: false,
    };
    Arc::new(Scripted { name, models: vec![model], acts: Mutex::new(acts.into()), asked: Mutex::default() })
}

/// Seconds since 1970.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).expect("a time")
    }
}

struct Even;

impl Randomness for Even {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x80);
    }
}

struct Setting {
    chain: Chain,
    clock: Arc<Hand>,
}

const PATIENCE: Patience = Patience {
    attempts: 2,
    pause: Duration::from_millis(4),
    longest_pause: Duration::from_millis(50),
    failures: 3,
    rest: Duration::from_secs(30),
};

fn set_up(providers: &[&Arc<Scripted>]) -> Setting {
    let link = |it: &&Arc<Scripted>| Link { provider: Arc::clone(it) as Provider, model: it.models[0].clone() };
    let clock = Arc::new(Hand(AtomicI64::new(1_000)));
    let world = World { clock: Arc::clone(&clock) as Arc<dyn Clock>, randomness: Arc::new(Even) };
    Setting { chain: Chain::new(providers.iter().map(link).collect(), world).with_patience(PATIENCE), clock }
}

/// Who answered, with what, and who was tried before.
async fn ask(chain: &Chain, model: &str) -> (String, Vec<Result<Piece, ModelError>>, Vec<Tried>) {
    let prompt = Prompt { model: model.to_owned(), ..Prompt::default() };
    match chain.stream(&prompt).await {
        Ok(answer) => (answer.by.name(), answer.pieces.collect().await, answer.tried),
        Err(error) => (String::new(), vec![Err(error.error())], error.tried),
    }
}

fn overloaded() -> ModelError {
    ModelError::Overloaded("busy".to_owned())
}

fn fail(error: &ModelError) -> Act {
    Act::Fail(error.clone())
}

#[tokio::test]
async fn the_first_that_answers_does() {
    let (first, second) = (scripted("first", vec![]), scripted("second", vec![]));
    let chain = set_up(&[&first, &second]).chain;
    let (by, pieces, tried) = ask(&chain, "").await;
    assert_eq!((by.as_str(), pieces, tried), ("first/m", words("Hello from ", "first"), vec![]));
    assert_eq!((first.asked.lock().expect("no panic").clone(), second.asked()), (vec!["m".to_owned()], 0));
    // Who is wished for comes first; who is not there is nobody.
    assert_eq!(ask(&chain, "second/m").await.0, "second/m");
    assert_eq!(ask(&chain, "third/m").await.0, "first/m");
}

#[tokio::test]
async fn who_fails_is_asked_again_and_then_the_next_is() {
    let busy = overloaded();
    let first = scripted("first", vec![fail(&busy), fail(&busy), Act::Say(words("Hello from ", "first")), fail(&busy)]);
    let second = scripted("second", vec![]);
    let chain = set_up(&[&first, &second]).chain;
    let (by, _, tried) = ask(&chain, "").await;
    assert_eq!((by.as_str(), first.asked()), ("second/m", 2));
    assert_eq!(tried, [Tried { model: "first/m".to_owned(), error: busy }]);
    assert_eq!(ask(&chain, "").await.0, "first/m");
    // Once more it fails, and the second time it works.
    let (by, _, tried) = ask(&chain, "").await;
    assert_eq!((by.as_str(), first.asked(), tried.len()), ("first/m", 5, 0));
}

#[tokio::test]
async fn what_will_not_help_is_not_repeated() {
    for error in [
        ModelError::Unauthorised,
        ModelError::BadRequest("x".to_owned()),
        ModelError::ContextTooLong,
        ModelError::Unsupported("x".to_owned()),
        ModelError::Timeout(Stage::FirstPiece),
        ModelError::RateLimited { retry_after: Some(Duration::from_secs(60)) },
    ] {
        let (first, second) = (scripted("first", vec![fail(&error)]), scripted("second", vec![]));
        let (by, _, tried) = ask(&set_up(&[&first, &second]).chain, "").await;
        assert_eq!((by.as_str(), first.asked()), ("second/m", 1), "{error}");
        assert_eq!(tried[0].error, error);
    }
}

#[tokio::test]
async fn who_says_how_long_to_wait_is_waited_for() {
    let wait = Duration::from_millis(40);
    let first = scripted("first", vec![Act::Fail(ModelError::RateLimited { retry_after: Some(wait) })]);
    let chain = set_up(&[&first]).chain;
    let started = tokio::time::Instant::now();
    assert_eq!(ask(&chain, "").await.0, "first/m");
    assert!(started.elapsed() >= wait);
}

#[tokio::test]
async fn a_refusal_is_not_gone_around() {
    let refused = ModelError::Refused("no".to_owned());
    for act in [fail(&refused), Act::Say(vec![Ok(Piece::End(EndReason::Filtered))])] {
        let (first, second) = (scripted("first", vec![act]), scripted("second", vec![]));
        let (_, pieces, tried) = ask(&set_up(&[&first, &second]).chain, "").await;
        assert!(matches!(pieces.as_slice(), [Err(ModelError::Refused(_))]), "{pieces:?}");
        assert_eq!((tried.len(), second.asked()), (1, 0));
    }
}

#[tokio::test]
async fn what_breaks_before_the_first_word_is_begun_anew_and_after_it_is_not() {
    let text = |text: &str| Ok(Piece::Text(text.to_owned()));
    let usage = || Ok(Piece::Usage(Usage { input_tokens: 1, ..Usage::default() }));
    let broken = ModelError::Broken("cut".to_owned());
    let first = scripted(
        "first",
        vec![
            Act::Say(vec![usage(), text(""), Err(broken.clone())]),
            Act::Say(vec![usage(), text(""), text("Once"), text(""), Err(broken.clone())]),
        ],
    );
    let second = scripted("second", vec![]);
    let (by, pieces, tried) = ask(&set_up(&[&first, &second]).chain, "").await;
    assert_eq!(by, "first/m");
    assert_eq!(pieces, [usage(), text("Once"), Err(broken)]);
    assert_eq!((tried.len(), first.asked(), second.asked()), (0, 2, 0));
}

#[tokio::test]
async fn an_answer_without_a_word_is_none() {
    let nothing = || Act::Say(vec![Ok(Piece::End(EndReason::Stop))]);
    let first = scripted("first", vec![nothing(), Act::Say(vec![])]);
    let second = scripted("second", vec![]);
    let (by, _, tried) = ask(&set_up(&[&first, &second]).chain, "").await;
    assert_eq!((by.as_str(), first.asked()), ("second/m", 2));
    assert!(matches!(tried[0].error, ModelError::Broken(_)));
    // All its tokens went into thinking: that is for whoever asked to judge.
    let first = scripted("first", vec![Act::Say(vec![Ok(Piece::End(EndReason::Length))])]);
    let (_, pieces, _) = ask(&set_up(&[&first]).chain, "").await;
    assert_eq!(pieces, [Ok(Piece::End(EndReason::Length))]);
}

#[tokio::test]
async fn who_keeps_failing_is_left_alone_for_a_while() {
    let busy = overloaded();
    let first = scripted("first", (0..5).map(|_| fail(&busy)).collect());
    let second = scripted("second", vec![]);
    let Setting { chain, clock } = set_up(&[&first, &second]);
    // Two failures, and then the third, which is one too many.
    ask(&chain, "").await;
    let (_, _, tried) = ask(&chain, "").await;
    assert_eq!((first.asked(), &tried[0].error), (3, &busy));
    let (by, _, tried) = ask(&chain, "").await;
    assert_eq!((by.as_str(), first.asked()), ("second/m", 3));
    assert!(matches!(tried[0].error, ModelError::Resting(_)), "{tried:?}");
    // After the pause one is let through; it fails, and everybody waits again.
    clock.0.fetch_add(30, Ordering::SeqCst);
    ask(&chain, "").await;
    assert_eq!(first.asked(), 4);
    clock.0.fetch_add(29, Ordering::SeqCst);
    ask(&chain, "").await;
    assert_eq!(first.asked(), 4);
    clock.0.fetch_add(1, Ordering::SeqCst);
    ask(&chain, "").await;
    assert_eq!(first.asked(), 5);
    // Now it is well, and asked by all again.
    clock.0.fetch_add(30, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(ask(&chain, "").await.0, "first/m");
    }
    assert_eq!(first.asked(), 8);
}

#[tokio::test]
async fn answers_that_break_off_count_as_failures() {
    let broken = || Act::Say(vec![Ok(Piece::Text("Once".to_owned())), Err(ModelError::Timeout(Stage::NextPiece))]);
    let first = scripted("first", vec![broken(), Act::Fail(overloaded()), Act::Fail(overloaded())]);
    let second = scripted("second", vec![]);
    let chain = set_up(&[&first, &second]).chain;
    ask(&chain, "").await;
    ask(&chain, "").await;
    assert_eq!(ask(&chain, "").await.0, "second/m");
    assert_eq!(first.asked(), 3);
}

#[tokio::test]
async fn the_most_is_that_of_the_dearest() {
    let (first, second) = (scripted("first", vec![]), scripted("second", vec![]));
    let chain = set_up(&[&first, &second]).chain;
    let prompt = Prompt { max_output_tokens: 1_000, ..Prompt::default() };
    assert_eq!(chain.most(&prompt), second.models[0].price.most(&prompt));
    assert!(matches!(chain.embed(&[]).await, Err(ModelError::Unsupported(_))));
}
