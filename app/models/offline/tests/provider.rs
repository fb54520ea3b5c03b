//! The engine through the port: what a chat would show of it.

#![expect(clippy::expect_used, reason = "a test can't go on without")]

use std::time::Duration;

use futures::StreamExt as _;
use models_offline::{MODEL, Offline};
use platform::models::{
    AnswerLength, Arguments, EndReason, Memory, ModelError, ModelProvider, Passage, Persona, Piece, Prompt, ToolSpec,
    Turn,
};
use serde_json::json;

fn passage(id: &str, heading: &str, text: &str) -> Passage {
    Passage {
        id: id.to_owned(),
        source_title: "Manual".to_owned(),
        locator: Some(heading.to_owned()),
        text: text.to_owned(),
        score: 0.5,
    }
}

fn prompt(asked: &str) -> Prompt {
    Prompt {
        model: MODEL.to_owned(),
        persona: Persona { name: "Robin".to_owned(), ..Persona::default() },
        passages: vec![
            passage("a", "Opening hours", "The workshop is open from Tuesday to Saturday, 9:00 to 17:00."),
            passage("b", "Repairs", "A repair takes five days and costs €40. Bring the receipt."),
        ],
        turns: vec![Turn::user(asked)],
        max_output_tokens: 1_000,
        ..Prompt::default()
    }
}

async fn pieces(prompt: Prompt) -> Vec<Piece> {
    let stream = Offline::with_pace(Duration::ZERO).stream(prompt).await.expect("it is always there");
    stream.map(|piece| piece.expect("it never breaks off")).collect().await
}

async fn text(prompt: Prompt) -> String {
    let words = pieces(prompt).await.into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        _ => None,
    });
    words.collect()
}

#[tokio::test]
async fn it_streams_word_by_word_and_says_what_it_used() {
    let pieces = pieces(prompt("How much is a repair?")).await;
    let words = pieces.iter().filter(|piece| matches!(piece, Piece::Text(_))).count();
    assert!(words > 8, "{pieces:?}");
    let [.., Piece::Usage(usage), Piece::End(EndReason::Stop)] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert!(usage.input_tokens > 20 && usage.output_tokens > 5);
    let text = text(prompt("How much is a repair?")).await;
    assert!(text.contains("€40") && text.ends_with("[2]"), "{text}");
    let engine = Offline::default();
    assert_eq!((engine.models()[0].price.input, engine.models()[0].price.output), (0, 0));
}

#[tokio::test]
async fn the_same_prompt_gives_the_same_pieces() {
    assert_eq!(pieces(prompt("When is it open?")).await, pieces(prompt("When is it open?")).await);
}

#[tokio::test]
async fn it_goes_on_from_what_was_asked_before() {
    let mut follow_up = prompt("How long does a repair take?");
    follow_up.turns.extend([Turn::assistant("A repair takes five days. [2]"), Turn::user("And how much is it?")]);
    assert!(text(follow_up).await.contains("€40"));
}

#[tokio::test]
async fn what_is_remembered_answers_until_it_is_forgotten() {
    let mut asked = prompt("What is my name?");
    asked.memories = vec![
        Memory { id: "1".to_owned(), text: "The user's name is Ana.".to_owned() },
        Memory { id: "2".to_owned(), text: "Prefers vinyl to downloads.".to_owned() },
    ];
    let said = text(asked.clone()).await;
    assert!(said.contains("Ana") && !said.contains("vinyl"), "{said}");
    let mut everything = asked.clone();
    everything.turns = vec![Turn::user("What do you remember about me?")];
    assert!(text(everything).await.contains("vinyl"));
    asked.memories.clear();
    let said = text(asked).await;
    assert!(!said.contains("Ana") && said.contains("don't know"), "{said}");
}

#[tokio::test]
async fn it_is_honest_about_what_it_is_and_polite_about_the_rest() {
    for asked in ["Are you an AI?", "Hi Robin, are you human?", "which model are you"] {
        let said = text(prompt(asked)).await;
        assert!(said.contains("AI agent") && said.contains("built-in answer engine"), "{said}");
    }
    assert!(text(prompt("Who are you?")).await.starts_with("I'm Robin, an AI agent."));
    assert!(text(prompt("Wer bist du?")).await.starts_with("Ich bin Robin, ein KI-Agent."));
    assert!(text(prompt("What can you do?")).await.contains("Manual"));
    assert_eq!(text(prompt("thanks!")).await, "You're welcome.");
    assert_eq!(text(prompt("Merci beaucoup")).await, "Avec plaisir !");
    let mut warm = prompt("hello");
    warm.persona.tone = "warm and playful".to_owned();
    assert!(text(warm).await.starts_with("Hi there! I'm Robin."));
    let unknown = text(prompt("Who won the football cup in 1998?")).await;
    assert!(unknown.starts_with("I don't know that"), "{unknown}");
}

#[tokio::test]
async fn the_persona_decides_how_long_answers_are() {
    let long = "The kiln is lit on Mondays. ".repeat(3)
        + &"It needs nine hours to warm up and twelve to cool down. ".repeat(8);
    let of = |length: AnswerLength| {
        let mut asked = prompt("When is the kiln lit?");
        asked.persona.length = length;
        asked.passages = vec![passage("k", "Kiln", &long)];
        text(asked)
    };
    let (short, medium, whole) =
        (of(AnswerLength::Short).await, of(AnswerLength::Medium).await, of(AnswerLength::Long).await);
    assert!(short.len() <= medium.len() && medium.len() <= whole.len() && short.contains("Mondays"), "{short}");
    let mut cut = prompt("When is it open?");
    cut.max_output_tokens = 3;
    assert!(matches!(pieces(cut).await.as_slice(), [.., Piece::End(EndReason::Length)]));
}

#[tokio::test]
async fn sums_are_the_calculators_and_nobody_elses() {
    let without = text(prompt("What is 12 * 7?")).await;
    assert!(without.contains("calculator") && !without.contains("84"), "{without}");

    let mut with = prompt("What is 12 * 7?");
    let schema =
        json!({"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]});
    with.tools = vec![ToolSpec { name: "calculator".to_owned(), description: "Sums".to_owned(), schema }];
    let called = pieces(with.clone()).await;
    let [Piece::ToolCall(call), Piece::Usage(_), Piece::End(EndReason::ToolCalls)] = called.as_slice() else {
        panic!("{called:?}")
    };
    assert_eq!(call.arguments, Arguments::Valid(json!({"expression": "12 * 7"})));

    with.turns.push(Turn::Assistant { text: String::new(), calls: vec![call.clone()] });
    with.turns.push(Turn::ToolResult {
        call: call.id.clone(),
        name: "calculator".to_owned(),
        text: "84".to_owned(),
        is_error: false,
    });
    assert!(text(with).await.contains("84"));
}

#[tokio::test]
async fn there_is_one_model_and_no_embeddings() {
    let engine = Offline::default();
    let wrong = Prompt { model: "gpt".to_owned(), ..prompt("hi") };
    assert!(matches!(engine.stream(wrong).await.err(), Some(ModelError::BadRequest(_))));
    assert!(matches!(engine.embed(MODEL, &[]).await, Err(ModelError::Unsupported(_))));
}

#[tokio::test]
async fn no_text_breaks_it() {
    let texts = [
        "",
        " ",
        "???",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "Сколько стоит ремонт?",
        "Πόσο κοστίζει η επισκευή;",
        "שלום עולם",
        "ΑΒΓ\u{0}\u{202e}abc",
        "Zażółć gęślą jaźń İstanbul ǅ ﬁ ß",
        "\u{301}\u{301}\u{301}",
        "e\u{301}".repeat(5_000).as_str(),
        "word ".repeat(50_000).as_str(),
        (0..20_000).map(|n| format!("w{n}x ")).collect::<String>().as_str(),
    ]
    .map(str::to_owned);
    for asked in texts {
        let mut odd = prompt(&asked);
        odd.passages.push(passage("odd", &asked, &asked));
        odd.memories.push(Memory { id: "m".to_owned(), text: asked.clone() });
        odd.persona.name.clone_from(&asked);
        assert!(matches!(pieces(odd).await.last(), Some(Piece::End(_))));
    }
    let nothing = Prompt { model: MODEL.to_owned(), ..Prompt::default() };
    assert!(matches!(pieces(nothing).await.last(), Some(Piece::End(_))));
}
