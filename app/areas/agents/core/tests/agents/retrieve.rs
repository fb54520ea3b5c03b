//! Passages are found.

use agents_core::{Found, service};
use kernel::{AccountId, Actor};
use platform::Cx;
use testkit::TestApp;

use crate::{Agents, new_agent, text};

const TOPICS: [(&str, &str); 4] = [
    ("Returns", "A ticket can be returned within ten days of the purchase, and the refund is paid to the same card."),
    ("Doors", "The doors are open from seven in the evening, and the concert begins at eight o'clock."),
    ("Children", "Children under six years come in free and sit on the lap of whoever brings them."),
    ("Parking", "There is a garage below the hall; it costs five euros for the whole evening."),
];

/// An agent that knows a manual, and as much beside it as is asked for.
async fn knowing(app: &TestApp, ana: &Cx<Actor>, beside: usize) -> AccountId {
    let handle = if beside == 0 { "robo" } else { "wise" };
    let agent = app.create(ana, new_agent(handle, "")).await.expect("an agent");
    let manual: Vec<String> = TOPICS.iter().map(|(heading, body)| format!("## {heading}\n\n{body}")).collect();
    app.add_text(ana, agent, text("Manual", &manual.join("\n\n"))).await.expect("a text");
    if beside > 0 {
        let more: Vec<String> = (0..beside)
            .map(|n| {
                format!("## Item {n}\n\nThe hall has an item number {n} that is used on the evening of a concert.")
            })
            .collect();
        app.add_text(ana, agent, text("Inventory", &more.join("\n\n"))).await.expect("a text");
    }
    app.run_jobs().await;
    agent
}

async fn ask(app: &TestApp, agent: AccountId, question: &str) -> Vec<Found> {
    service::retrieve(app.database.pool(), agent, question, None, 5).await.expect("passages")
}

#[tokio::test]
async fn the_passage_that_answers_comes_first_whether_little_or_much_is_known() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    for beside in [0, 400] {
        let agent = knowing(&app, &ana, beside).await;
        for (question, heading) in [
            ("How can I get a refund for a ticket?", "Returns"),
            ("When are the doors open?", "Doors"),
            ("Do children pay?", "Children"),
            ("Where is the garage?", "Parking"),
            // Misspelt.
            ("Is there a garrage?", "Parking"),
            ("Can I get a refnud?", "Returns"),
        ] {
            let found = ask(&app, agent, question).await;
            let first = found.first().unwrap_or_else(|| unreachable!("{beside}: nothing for {question}"));
            assert_eq!(first.heading, heading, "{beside}: {question} {found:?}");
            assert_eq!(first.title, "Manual");
            assert!(first.locator.starts_with("line") && first.score > 0.0, "{first:?}");
            assert!(found.windows(2).all(|two| two[0].score >= two[1].score));
        }
        assert!(ask(&app, agent, "Xylophone zebra quux?").await.is_empty());
    }
}

#[tokio::test]
async fn what_others_know_is_never_found() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let agent = knowing(&app, &ana, 200).await;
    let bens = app.create(&ben, new_agent("bens", "")).await.expect("an agent");
    assert!(ask(&app, bens, "refund for a ticket").await.is_empty());
    let secret = "## Secret\n\nThe refund for a ticket of Ben's is paid in gold.".to_owned();
    app.add_text(&ben, bens, text("Ben's", &secret)).await.expect("a text");
    assert!(ask(&app, bens, "refund for a ticket").await.is_empty(), "not before it was read");
    app.run_jobs().await;
    assert_eq!(ask(&app, bens, "refund for a ticket").await.len(), 1);
    assert!(ask(&app, agent, "refund for a ticket in gold").await.iter().all(|it| it.title != "Ben's"));
    // Naming the agent in the question opens nothing.
    let named = format!("refund '{}' | {}", bens.uuid(), bens.uuid());
    assert!(ask(&app, agent, &named).await.iter().all(|it| it.title != "Ben's"));
}

#[tokio::test]
async fn questions_are_words_and_nothing_else() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = knowing(&app, &ana, 200).await;
    let long = "refund ".repeat(100_000);
    for question in [
        "refund'; drop table passages; --",
        "refund & | ! ( ) <-> :* \\ ' \" %",
        "'refund' \\' \\\\ '':A",
        "refund\0\u{202e}",
        "refund https://example.org/a?b='c\\d' ana@example.org",
        long.as_str(),
    ] {
        let found = ask(&app, agent, question).await;
        assert_eq!(found.first().map(|it| it.heading.as_str()), Some("Returns"), "{question:.60}");
    }
    for nothing in ["", " ", "the of and", "\0", "'", "\\", "&|!", "🙂"] {
        ask(&app, agent, nothing).await;
    }
    assert_eq!(app.count("select count(*) from passages").await, 204);
}

#[tokio::test]
async fn each_language_is_found_in_all_forms_of_its_words() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = knowing(&app, &ana, 200).await;
    for (title, body) in [
        (
            "Deutsch",
            "Die Rückgabe der Eintrittskarten ist innerhalb von zehn Tagen möglich, wenn das Konzert verschoben wird.",
        ),
        (
            "Português",
            "As devoluções dos bilhetes são possíveis até dez dias depois da compra, quando não foram usados.",
        ),
        ("Русский", "Билеты можно вернуть в течение десяти дней."),
    ] {
        app.add_text(&ana, agent, text(title, body)).await.expect("a text");
    }
    app.run_jobs().await;
    for (question, title) in [
        ("Kann ich eine Eintrittskarte zurückgeben?", "Deutsch"),
        ("Ist eine Ruckgabe möglich?", "Deutsch"),
        ("Posso devolver um bilhete? Uma devolução?", "Português"),
        ("Билеты", "Русский"),
    ] {
        let found = ask(&app, agent, question).await;
        assert_eq!(found.first().map(|it| it.title.as_str()), Some(title), "{question} {found:?}");
    }
}

#[tokio::test]
async fn embeddings_bring_what_words_do_not() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = knowing(&app, &ana, 0).await;
    let pool = app.database.pool();
    sqlx::query(
        "update passages set embedded_by = 'm', embedding = case when heading like '%Parking' then '{1,0}'::real[] else '{0,1}' end",
    )
    .execute(pool)
    .await
    .expect("embeddings");
    let near = |model: &'static str, vector: &'static [f32]| Some((model, vector));
    let question = "Where do I leave my automobile?";
    let without = service::retrieve(pool, agent, question, near("other", &[1.0, 0.0]), 3).await.expect("passages");
    assert!(
        without.iter().all(|it| it.heading != "Parking") || without.len() > 1,
        "another model's vectors mean nothing"
    );
    let with = service::retrieve(pool, agent, question, near("m", &[1.0, 0.0]), 3).await.expect("passages");
    assert!(with.iter().any(|it| it.heading == "Parking"), "{with:?}");
    let both =
        service::retrieve(pool, agent, "Where is the garage?", near("m", &[1.0, 0.0]), 3).await.expect("passages");
    assert_eq!(both[0].heading, "Parking");
    let wrong_length =
        service::retrieve(pool, agent, "Where is the garage?", near("m", &[1.0]), 3).await.expect("passages");
    assert_eq!(wrong_length[0].heading, "Parking");
}
