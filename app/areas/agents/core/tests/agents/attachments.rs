//! Pictures and files with a question: read, given to the model as material, and shown to the members of the conversation alone.

use std::{sync::Arc, time::Duration};

use agents_core::{
    Error, RunState,
    command::NewFile,
    service::{self, Answerer, Ask, Toolbox},
    terms::Open,
};
use chrono::TimeDelta;
use kernel::{Actor, Problem};
use models_offline::Offline;
use platform::{
    Cx,
    models::{Chain, Link, ModelProvider, Part, Price, Turn},
};
use social_core::{AltText, Attachment, AttachmentFile, AttachmentKind, NewAttachment, service as social};

use super::chat::{Chat, words};

const MANUAL: &str =
    "# Pump P7\n\n## Oil\n\nThe pump takes exactly two litres of mineral oil.\n\n## Noise\n\nIt hums at 40 decibels.\n";

async fn upload(chat: &Chat, cx: &Cx<Actor>, name: &str, bytes: impl Into<Vec<u8>>) -> Result<Attachment, Error> {
    let file = NewFile::parse(name, bytes.into().into()).expect("a file");
    service::attach_file(&chat.app.database, &chat.app.files, cx, &file).await
}

fn picture() -> Vec<u8> {
    // 1 × 1, from the W3C's collection of the smallest files.
    const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    GIF.to_vec()
}

fn with(ask: Ask, attached: &[&Attachment]) -> Ask {
    let attachment =
        |it: &&Attachment| NewAttachment { id: it.id, alt: AltText::parse("a red kettle").expect("short") };
    Ask { attachments: attached.iter().map(attachment).collect(), ..ask }
}

fn offline(chat: &Chat) -> Answerer {
    let engine = Arc::new(Offline::with_pace(Duration::ZERO));
    let model = engine.models()[0].clone();
    let chain = Chain::new(vec![Link { provider: engine, model }], chat.app.world.clone());
    Answerer::new(chat.app.database.clone(), chat.app.world.clone(), Arc::new(chain), Arc::new(Open))
}

#[tokio::test]
async fn an_agent_answers_from_an_attached_file_and_cites_it() {
    let chat = Chat::new(words("Yes."), Price::FREE).await;
    let manual = upload(&chat, &chat.ana, "C:\\pump manual.md", MANUAL).await.expect("kept");
    assert_eq!((manual.name.as_str(), manual.message), ("pump manual.md", None));
    let ask = with(chat.question("How much oil does the pump take?"), &[&manual]);
    let asked = chat.ask_with(&chat.ana, ask).await.expect("asked");
    offline(&chat).answer(asked.run).await.expect("answered");
    let pool = chat.app.database.pool();
    let run = service::run(pool, &chat.ana, asked.run).await.expect("a run");
    assert_eq!(run.state, RunState::Done);
    let cited = run.citations.first().expect("a citation");
    assert!(cited.title == "pump manual.md" && cited.text.contains("two litres"), "{cited:?}");

    // Asked on, it is still there; and a model is told of it between marks, beside the question.
    let on = Ask { conversation: Some(asked.conversation), parent: asked.message, ..chat.question("And the noise?") };
    let on = chat.ask_with(&chat.ana, on).await.expect("asked");
    chat.answerer.answer(on.run).await.expect("answered");
    let prompt = chat.prompt().await;
    assert!(prompt.passages.iter().any(|it| it.text.contains("40 decibels") && it.source_title == "pump manual.md"));
    let Turn::User(parts) = &prompt.turns[0] else { panic!("a question comes first: {:?}", prompt.turns) };
    assert!(matches!(&parts[..], [Part::Text(text), Part::Note(note)]
        if text == "How much oil does the pump take?" && note.contains("<data ") && note.contains("pump manual.md")));

    let seen = social::attachments(pool, &chat.ana, &[asked.question]).await.expect("attachments");
    assert_eq!(seen.iter().map(|it| it.id).collect::<Vec<_>>(), [manual.id]);
    let eve = chat.app.person("eve").await;
    assert!(social::attachments(pool, &eve, &[asked.question]).await.expect("none").is_empty());
    let file = |cx| social::attachment_file(pool, &chat.app.files, cx, manual.id, AttachmentFile::Whole);
    let (_, bytes) = file(&chat.ana).await.expect("a file");
    assert_eq!(bytes, MANUAL.as_bytes());
    assert!(matches!(file(&eve).await, Err(social_core::Error::NoSuchAttachment)));

    let mut tx = chat.app.database.begin().await.expect("a transaction");
    social::delete_conversation(&mut tx, &chat.ana, asked.conversation).await.expect("deleted");
    tx.commit().await.expect("a commit");
    chat.app.run_jobs().await;
    assert!(matches!(file(&chat.ana).await, Err(social_core::Error::NoSuchAttachment)));
    assert_eq!(kept(&chat), 0, "its file is gone as well");
}

/// How many files of attachments there are in the store.
fn kept(chat: &Chat) -> usize {
    let folders = std::fs::read_dir(chat.app.files_folder().join("files/attachments"));
    let files = |folder: std::fs::DirEntry| std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
    folders.map_or(0, |folders| folders.filter_map(Result::ok).map(files).sum())
}

#[tokio::test]
async fn pictures_are_written_anew_and_given_to_models_that_see_them() {
    let chat = Chat::new(words("A kettle."), Price::FREE).await;
    let shown = upload(&chat, &chat.ana, "kettle.txt", picture()).await.expect("kept");
    assert!(matches!(shown.kind, AttachmentKind::Picture { width: 1, height: 1, .. }), "by its content: {shown:?}");
    let ask = with(chat.question("What is this?"), &[&shown]);
    let asked = chat.ask_with(&chat.ana, ask).await.expect("asked");
    chat.answerer.answer(asked.run).await.expect("answered");
    let Turn::User(parts) = &chat.prompt().await.turns[0] else { panic!("a question") };
    assert!(matches!(&parts[..], [Part::Text(_), Part::Note(note)]
        if note.contains("a red kettle") && note.contains("can't be shown to you")));
    assert!(!chat.answerer.sees_pictures(""));

    let mut model = chat.script.models()[0].clone();
    model.pictures = true;
    let chain = Chain::new(vec![Link { provider: chat.script.clone(), model }], chat.app.world.clone());
    let tools = Toolbox::default().with_files(chat.app.files.clone());
    let (database, world) = (chat.app.database.clone(), chat.app.world.clone());
    let sees = Answerer::with_tools(database, world, Arc::new(chain), Arc::new(Open), tools);
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    let again = asked.message.expect("an answer");
    let again = service::ask_again(&mut tx, &chat.ana, &Open, again, false).await.expect("asked");
    tx.commit().await.expect("a commit");
    sees.answer(again.run).await.expect("answered");
    let Turn::User(parts) = &chat.prompt().await.turns[0] else { panic!("a question") };
    assert!(matches!(&parts[..], [Part::Text(_), Part::Note(_), Part::Picture(picture)]
        if picture.media_type == "image/webp" && picture.bytes.starts_with(b"RIFF")));
}

#[tokio::test]
async fn what_cannot_be_attached_is_named_with_the_way_out() {
    let chat = Chat::new(words("Yes."), Price::FREE).await;
    let wrong: [(&str, Vec<u8>, u16, &str); 5] = [
        ("report.docx", b"PK\x03\x04....word/document.xml".to_vec(), 415, "Save it as PDF"),
        ("broken.pdf", b"%PDF-1.7\nnothing that follows".to_vec(), 422, "save it anew"),
        ("broken.png", b"\x89PNG\r\n\x1a\nnothing that follows".to_vec(), 422, "choose another"),
        ("tool.exe", vec![0x4d, 0x5a, 0, 1, 2, 0xff, 0xfe, 0, 0], 415, "neither text nor a PDF"),
        ("white.txt", b"  \n ".to_vec(), 422, "empty"),
    ];
    for (name, bytes, status, way) in wrong {
        let problem = Problem::from(upload(&chat, &chat.ana, name, bytes).await.expect_err(name));
        let message = problem.for_field("attachments").unwrap_or_default();
        assert!(message.starts_with(&format!("{name}: ")) && message.contains(way), "{name}: {problem:?}");
        assert_eq!(problem.status(), status, "{name}: {problem:?}");
    }
    assert!(NewFile::parse("large.txt", vec![b'x'; (20 << 20) + 1].into()).is_err());
    assert_eq!(kept(&chat), 0);

    let eve = chat.app.person("eve").await;
    let hers = upload(&chat, &eve, "hers.txt", "Of Eve.").await.expect("kept");
    let mine = upload(&chat, &chat.ana, "mine.txt", "Of Ana.").await.expect("kept");
    let refused = |ask: Ask| async {
        let error = chat.ask_with(&chat.ana, ask).await.expect_err("refused");
        Problem::from(error).for_field("attachments").map(str::to_owned).expect("words at the field")
    };
    let words = refused(with(chat.question("Mine?"), &[&mine, &hers])).await;
    assert!(!words.contains("hers.txt"), "nobody learns what others call their files: {words}");
    assert!(refused(with(chat.question("Twice?"), &[&mine, &mine])).await.contains("mine.txt"));
    assert!(refused(with(chat.question("Many?"), &[&mine; 5])).await.contains("at most 4"));

    // Nothing was sent, so it can still be; and after that no more.
    let asked = chat.ask_with(&chat.ana, with(chat.question("Once?"), &[&mine])).await.expect("asked");
    chat.answerer.answer(asked.run).await.expect("answered");
    assert!(refused(with(chat.question("Again?"), &[&mine])).await.contains("mine.txt was sent before"));
}

#[tokio::test]
async fn what_is_never_sent_is_swept_away_and_what_is_sent_stays() {
    let chat = Chat::new(words("Yes."), Price::FREE).await;
    let sent = upload(&chat, &chat.ana, "sent.txt", "Sent.").await.expect("kept");
    let left = upload(&chat, &chat.ana, "left.txt", "Left.").await.expect("kept");
    chat.ask_with(&chat.ana, with(chat.question("This?"), &[&sent])).await.expect("asked");
    assert_eq!(kept(&chat), 2);
    chat.app.clock.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    let swept = social::sweep_uploads(&chat.app.database, chat.app.world.now()).await.expect("swept");
    chat.app.run_jobs().await;
    assert_eq!((swept, kept(&chat)), (1, 1));
    let pool = chat.app.database.pool();
    for (id, there) in [(sent.id, true), (left.id, false)] {
        let found = social::attachment_file(pool, &chat.app.files, &chat.ana, id, AttachmentFile::Whole).await;
        assert_eq!(found.is_ok(), there);
    }
}
