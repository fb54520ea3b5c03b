//! Providers that are silent, say nonsense, break off, refuse, or never end.

use std::time::Duration;

use models_remote::{Dialect, Limits, Remote};
use platform::{
    config::RemoteConfig,
    models::{ModelError, ModelProvider, Stage},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    DIALECTS, KEY, LIMITS, SOON, ask,
    fake::{Fake, Step, event, plain, stream, stream_head},
    model, prompt, remote,
};

fn words(dialect: Dialect, text: &str) -> Value {
    match dialect {
        Dialect::OpenAi => json!({"choices": [{"delta": {"content": text}}]}),
        Dialect::Anthropic => {
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        }
    }
}

fn broken(error: Option<&ModelError>) -> bool {
    matches!(error, Some(ModelError::Broken(_)))
}

#[tokio::test]
async fn who_is_silent_is_left() {
    let limits = Limits { first_piece: SOON, ..LIMITS };
    for dialect in DIALECTS {
        // Before headers, and after them.
        let fake = Fake::start(vec![vec![Step::Hang], vec![stream_head(), Step::Hang]]).await;
        let remote = remote(dialect, &fake.url, limits);
        assert_eq!(ask(&remote, prompt("Hello?")).await, Err(ModelError::Timeout(Stage::FirstPiece)), "{dialect:?}");
        let whole = ask(&remote, prompt("Hello?")).await.expect("headers");
        assert_eq!(whole.error, Some(ModelError::Timeout(Stage::FirstPiece)), "{dialect:?}");
    }
}

#[tokio::test]
async fn who_falls_silent_is_left_and_what_came_stays() {
    for dialect in DIALECTS {
        let mut answer = stream(&[words(dialect, "Well"), words(dialect, ", ")]);
        answer.push(Step::Hang);
        let fake = Fake::start(vec![answer]).await;
        let remote = remote(dialect, &fake.url, Limits { between: SOON, ..LIMITS });
        let whole = ask(&remote, prompt("Hello?")).await.expect("a beginning");
        assert_eq!(whole.text, "Well, ");
        assert_eq!(whole.error, Some(ModelError::Timeout(Stage::NextPiece)), "{dialect:?}");
    }
}

#[tokio::test]
async fn signs_of_life_without_a_word_do_not_help_for_ever() {
    let ping = event(&json!({"type": "ping"}));
    let mut pings = stream(&[words(Dialect::Anthropic, "Well")]);
    for _ in 0..40 {
        pings.extend([Step::Send(ping.clone()), Step::Wait(SOON / 8)]);
    }
    let fake = Fake::start(vec![pings]).await;
    let remote = remote(Dialect::Anthropic, &fake.url, Limits { between: SOON, ..LIMITS });
    let whole = ask(&remote, prompt("Hello?")).await.expect("a beginning");
    assert_eq!(whole.error, Some(ModelError::Timeout(Stage::NextPiece)));
}

#[tokio::test]
async fn who_goes_on_and_on_is_left() {
    for dialect in DIALECTS {
        let mut answer = stream(&[]);
        for _ in 0..40 {
            answer.extend([Step::Send(event(&words(dialect, "la "))), Step::Wait(SOON / 8)]);
        }
        let fake = Fake::start(vec![answer]).await;
        let remote = remote(dialect, &fake.url, Limits { whole: SOON, ..LIMITS });
        let whole = ask(&remote, prompt("Sing!")).await.expect("a beginning");
        assert!(whole.text.starts_with("la "));
        assert_eq!(whole.error, Some(ModelError::Timeout(Stage::Whole)), "{dialect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    for dialect in DIALECTS {
        let mut torn = stream(&[words(dialect, "Well")]);
        torn.push(Step::Send(b"data: {\"choices\": [{\"del".to_vec()));
        let short = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 5000\r\n\r\n";
        let promised = vec![Step::Send(short.into()), Step::Send(event(&words(dialect, "Well")))];
        let fake = Fake::start(vec![stream(&[words(dialect, "Well")]), torn, promised]).await;
        let remote = remote(dialect, &fake.url, LIMITS);
        for _ in 0..3 {
            let whole = ask(&remote, prompt("Hello?")).await.expect("a beginning");
            assert_eq!((whole.text.as_str(), whole.end), ("Well", None));
            assert!(broken(whole.error.as_ref()), "{dialect:?} {whole:?}");
        }
        let fake = Fake::start(vec![stream(&[]), vec![]]).await;
        let remote = crate::remote(dialect, &fake.url, LIMITS);
        let whole = ask(&remote, prompt("Hello?")).await.expect("headers");
        assert!(broken(whole.error.as_ref()), "{dialect:?} {whole:?}");
        let gone = ask(&remote, prompt("Hello?")).await;
        assert!(matches!(gone, Err(ModelError::Overloaded(_))), "{dialect:?} {gone:?}");
    }
}

#[tokio::test]
async fn nonsense_is_no_answer() {
    let nonsense: [&[u8]; 5] = [
        b"data: {\"choices\": [{\"delta\": {\n\n",
        b"data: <html>\n\n",
        b"data: [1, 2\n\n",
        b"data: {\"choices\": \"many\", \"type\": 7}\n\n",
        b"data: \xff\xfe\n\n",
    ];
    for dialect in DIALECTS {
        for bytes in nonsense {
            let answer = vec![stream_head(), Step::Send(event(&words(dialect, "Well"))), Step::Send(bytes.to_vec())];
            let fake = Fake::start(vec![answer]).await;
            let whole = ask(&remote(dialect, &fake.url, LIMITS), prompt("Hello?")).await.expect("a beginning");
            assert_eq!(whole.text, "Well");
            assert!(broken(whole.error.as_ref()), "{dialect:?} {whole:?}");
        }
        let fake = Fake::start(vec![plain(200, "", "{\"hello\": \"world\"}")]).await;
        let answer = ask(&remote(dialect, &fake.url, LIMITS), prompt("Hello?")).await;
        assert!(matches!(answer, Err(ModelError::Broken(_))), "{dialect:?} {answer:?}");
    }
}

#[tokio::test]
async fn an_answer_larger_than_it_may_be_is_not_read() {
    for dialect in DIALECTS {
        let endless = vec![stream_head(), Step::Send(b"data: ".to_vec()), Step::Forever(vec![b'x'; 64 << 10])];
        let comments = vec![stream_head(), Step::Forever(b": still there\n".repeat(1_000))];
        let many = vec![stream_head(), Step::Forever(event(&words(dialect, &"la ".repeat(1_000))))];
        let error = b"HTTP/1.1 400 No\r\ncontent-type: application/json\r\n\r\n".to_vec();
        let error = vec![Step::Send(error), Step::Forever(vec![b'x'; 64 << 10])];
        let fake = Fake::start(vec![endless, comments, many, error]).await;
        let remote = remote(dialect, &fake.url, LIMITS);
        for _ in 0..3 {
            let whole = ask(&remote, prompt("Sing!")).await.expect("headers");
            assert!(broken(whole.error.as_ref()), "{dialect:?} {:?}", whole.error);
            // For a hundred tokens.
            assert!(whole.text.len() < 2 << 20, "{}", whole.text.len());
        }
        let refused = ask(&remote, prompt("Sing!")).await;
        assert_eq!(refused, Err(ModelError::BadRequest("status 400".to_owned())), "{dialect:?}");
    }
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let rate = |seconds| ModelError::RateLimited { retry_after: Some(Duration::from_secs_f32(seconds)) };
    let busy = |status: u16| ModelError::Overloaded(format!("status {status}"));
    for (status, headers, body, error) in [
        (401, "", r#"{"error":{"message":"Incorrect API key provided: sk-hunter2"}}"#, ModelError::Unauthorised),
        (403, "", "{}", ModelError::Unauthorised),
        (402, "", "no more credits", ModelError::Unauthorised),
        (429, "retry-after: 7\r\n", "", rate(7.0)),
        (429, "retry-after-ms: 1500\r\nretry-after: 7\r\n", "", rate(1.5)),
        (429, "retry-after: soon\r\n", "{}", ModelError::RateLimited { retry_after: None }),
        (429, "", r#"{"error":{"code":"insufficient_quota"}}"#, ModelError::Unauthorised),
        (500, "", "<html>", busy(500)),
        (503, "", "", busy(503)),
        (529, "", r#"{"type":"error","error":{"type":"overloaded_error"}}"#, busy(529)),
        (413, "", "", ModelError::ContextTooLong),
        (400, "", r#"{"error":{"code":"context_length_exceeded","message":"x"}}"#, ModelError::ContextTooLong),
        (
            400,
            "",
            r#"{"error":{"type":"invalid_request_error","message":"Prompt is too long"}}"#,
            ModelError::ContextTooLong,
        ),
        (400, "", r#"{"error":{"code":"content_filter","message":"No."}}"#, ModelError::Refused("No.".to_owned())),
        (400, "", r#"{"error":{"message":"bad sk-hunter2"}}"#, ModelError::BadRequest("bad ***".to_owned())),
        (404, "", r#"{"error":"no such model"}"#, ModelError::BadRequest("no such model".to_owned())),
        (302, "location: http://example.org/\r\n", "", ModelError::BadRequest("status 302".to_owned())),
    ] {
        for dialect in DIALECTS {
            let fake = Fake::start(vec![plain(status, headers, body)]).await;
            let answer = ask(&remote(dialect, &fake.url, LIMITS), prompt("Hello?")).await;
            assert_eq!(answer, Err(error.clone()), "{dialect:?} {status} {body}");
        }
    }
}

#[tokio::test]
async fn errors_within_a_stream_have_their_meaning() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded, sk-hunter2"}});
    let limited = json!({"type": "error", "error": {"type": "rate_limit_error", "message": "x"}});
    for dialect in DIALECTS {
        let fake =
            Fake::start(vec![stream(&[words(dialect, "Well"), error.clone()]), stream(std::slice::from_ref(&limited))])
                .await;
        let remote = remote(dialect, &fake.url, LIMITS);
        let whole = ask(&remote, prompt("Hello?")).await.expect("a beginning");
        assert_eq!(whole.text, "Well");
        assert_eq!(whole.error, Some(ModelError::Overloaded("Overloaded, ***".to_owned())), "{dialect:?}");
        let whole = ask(&remote, prompt("Hello?")).await.expect("headers");
        assert_eq!(whole.error, Some(ModelError::RateLimited { retry_after: None }), "{dialect:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_an_error_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
    drop(listener);
    for dialect in DIALECTS {
        let answer = ask(&remote(dialect, &url, LIMITS), prompt("Hello?")).await;
        assert!(matches!(answer, Err(ModelError::Overloaded(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn what_a_model_cannot_do_is_not_asked_of_it() {
    use platform::models::{Part, Picture, ToolSpec, Turn};
    let fake = Fake::start(vec![]).await;
    let simple = platform::models::Model { tools: false, pictures: false, embeddings: false, ..model("m") };
    let config = RemoteConfig { base: fake.url.clone(), key: None, models: vec![simple] };
    let remote = Remote::openai(&config, LIMITS).expect("an adapter");
    let mut with_tool = prompt("Hello?");
    with_tool.tools.push(ToolSpec::default());
    let mut with_picture = prompt("Hello?");
    let picture = Picture { media_type: "image/png".to_owned(), bytes: vec![1].into() };
    with_picture.turns.push(Turn::User(vec![Part::Picture(picture)]));
    for prompt in [with_tool, with_picture] {
        assert!(matches!(ask(&remote, prompt).await, Err(ModelError::Unsupported(_))));
    }
    assert!(matches!(remote.embed("m", &["text".to_owned()]).await, Err(ModelError::Unsupported(_))));
    let unknown = platform::models::Prompt { model: "x".to_owned(), ..prompt("Hello?") };
    assert!(matches!(ask(&remote, unknown).await, Err(ModelError::BadRequest(_))));
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn embeddings_that_do_not_fit_are_refused() {
    let texts = ["one".to_owned(), "two".to_owned()];
    let answers = [
        json!({"data": [{"index": 0, "embedding": [1.0]}]}),
        json!({"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]}),
        json!({"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}),
        json!({"data": "none"}),
    ];
    let mut steps: Vec<_> = answers.iter().map(|answer| plain(200, "", &answer.to_string())).collect();
    steps.push(plain(429, "retry-after: 1\r\n", ""));
    let count = answers.len();
    let fake = Fake::start(steps).await;
    let remote = remote(Dialect::OpenAi, &fake.url, LIMITS);
    for _ in 0..count {
        let answer = remote.embed("m", &texts).await;
        assert!(matches!(answer, Err(ModelError::Broken(_))), "{answer:?}");
    }
    let limited = ModelError::RateLimited { retry_after: Some(Duration::from_secs(1)) };
    assert_eq!(remote.embed("m", &texts).await, Err(limited));
    assert!(!format!("{:?}", fake.body()).contains(KEY));
}
