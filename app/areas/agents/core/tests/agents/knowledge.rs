//! Texts, files and pages are added, read, and taken away.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use agents_core::{
    Error, Language, SourceKind, SourceState,
    command::{NewFile, NewPage},
    knowledge::MAX_SOURCES,
    service,
};
use bytes::Bytes;
use kernel::{PageSize, SourceId};
use testkit::{TestApp, at_once};
use uuid::Uuid;

use crate::{Agents, new_agent, status, text};

const MANUAL: &str = "# Manual\n\n## Returns\n\nYou can return a ticket within ten days of the purchase, and the money is paid back.\n\n\
    ## Doors\n\nThe doors are open from seven in the evening; the concert begins at eight.\n";

fn file(name: &str, content: &str) -> NewFile {
    NewFile::parse(name, Bytes::from(content.to_owned())).expect("a valid file")
}

fn no_source() -> SourceId {
    SourceId::from_uuid(Uuid::from_u128(7))
}

#[tokio::test]
async fn a_text_is_known_once_it_was_read() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let id = app.add_text(&ana, agent, text("The manual", MANUAL)).await.expect("a text");
    let source = app.sources(&ana, agent).await.remove(0);
    assert_eq!(
        (source.id, source.kind, source.state, source.passages),
        (id, SourceKind::Text, SourceState::Reading, 0)
    );
    app.run_jobs().await;
    let source = app.sources(&ana, agent).await.remove(0);
    assert_eq!((source.state, source.title.as_str(), source.passages), (SourceState::Ready, "The manual", 2));
    assert_eq!((source.language, source.problem), (Some(Language::English), None));
    let extent = service::extent(app.database.pool(), &ana, agent).await.expect("an extent");
    assert_eq!((extent.sources, extent.passages, extent.characters), (1, 2, source.characters));
    let twice = app.add_text(&ana, agent, text("Another title", MANUAL)).await;
    assert!(matches!(twice, Err(Error::Twice)), "{twice:?}");
    // Reading it again changes nothing.
    let before = app.count("select count(*) from passages").await;
    let (database, files, outbound) = (&app.database, &app.files, &app.outbound);
    service::read_source(database, files, outbound, &app.world, id, false).await.expect("read");
    assert_eq!(app.count("select count(*) from passages").await, before);
    assert_eq!(app.events("agents.knowledge_read").await, 1);
}

#[tokio::test]
async fn a_file_is_read_and_not_kept() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.add_file(&ana, agent, file("../manual.md", MANUAL)).await.expect("a file");
    let table = "Ticket;Preis\nTageskarte;45 €\nAbendkarte;20 €\n";
    app.add_file(&ana, agent, file("preise.csv", table)).await.expect("a file");
    assert_eq!(app.files.get(&key(&app).await).await.expect("kept until it is read").len(), table.len());
    app.run_jobs().await;
    let sources = app.sources(&ana, agent).await;
    let told: Vec<_> = sources.iter().map(|it| (it.title.as_str(), it.state, it.problem.as_deref())).collect();
    assert_eq!(told, [("preise.csv", SourceState::Ready, None), ("manual.md", SourceState::Ready, None)]);
    assert_eq!(app.count("select count(*) from knowledge_sources where file_key is not null").await, 0);
    let kept = std::fs::read_dir(app.files_folder().join("files/knowledge")).into_iter().flatten().count();
    assert_eq!(kept, 0);
}

/// The key of the newest file.
async fn key(app: &TestApp) -> platform::files::FileKey {
    let key: String = sqlx::query_scalar(
        "select file_key from knowledge_sources where file_key is not null order by id desc limit 1",
    )
    .fetch_one(app.database.pool())
    .await
    .expect("a key");
    key.parse().expect("a key")
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_can_be_added_again() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.add_file(&ana, agent, file("broken.pdf", "%PDF-1.7\nthis is no PDF")).await.expect("a file");
    app.add_file(&ana, agent, file("program.txt", "\u{0}\u{1}\u{2}\u{0}\u{3}\u{0}\u{5}\u{0}\u{0}"))
        .await
        .expect("a file");
    app.run_jobs().await;
    for source in app.sources(&ana, agent).await {
        assert_eq!(source.state, SourceState::Failed, "{source:?}");
        assert!(source.problem.as_deref().is_some_and(|it| it.len() > 20), "{source:?}");
    }
    app.add_file(&ana, agent, file("broken.pdf", "%PDF-1.7\nthis is no PDF")).await.expect("what failed is not known");
    // The upload never arrived.
    let lost = app.add_file(&ana, agent, file("lost.txt", "Lost on the way.")).await.expect("a file");
    app.files.delete(&key(&app).await).await.expect("gone");
    app.run_jobs().await;
    let source = app.sources(&ana, agent).await.remove(0);
    assert_eq!((source.id, source.state), (lost, SourceState::Failed));
    assert!(source.problem.is_some_and(|it| it.contains("Upload the file again")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_file_at_once_is_known_once() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let added = (0..6).map(|n| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.add_file(&ana, agent, file(&format!("manual {n}.md"), MANUAL)).await }
    });
    let added = at_once(added).await;
    assert_eq!(added.iter().filter(|it| it.is_ok()).count(), 1);
    assert!(added.iter().filter_map(|it| it.as_ref().err()).all(|it| matches!(it, Error::Twice)), "{added:?}");
    app.run_jobs().await;
    assert_eq!(app.count("select count(*) from passages").await, 2);
}

#[tokio::test]
async fn removing_takes_all_of_it_away() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let id = app.add_text(&ana, agent, text("Manual", MANUAL)).await.expect("a text");
    let unread = app.add_file(&ana, agent, file("unread.md", "Never read.")).await.expect("a file");
    let file = key(&app).await;
    app.remove_source(&ana, unread).await.expect("removed before it was read");
    app.run_jobs().await;
    assert!(app.files.get(&file).await.is_err(), "the file goes, too");
    let pool = app.database.pool();
    assert_eq!(service::retrieve(pool, agent, "return a ticket", None, 5).await.expect("passages").len(), 1);
    app.remove_source(&ana, id).await.expect("removed");
    assert!(service::retrieve(pool, agent, "return a ticket", None, 5).await.expect("passages").is_empty());
    assert_eq!(app.count("select count(*) from passages").await, 0);
    assert_eq!(app.count("select count(*) from knowledge_words").await, 0);
    assert_eq!((app.events("agents.knowledge_added").await, app.events("agents.knowledge_removed").await), (2, 2));
    assert!(matches!(app.remove_source(&ana, id).await, Err(Error::NoSuchSource)));
}

#[tokio::test]
async fn sources_of_others_do_not_exist() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.sites.serve("site.example", |_| (404, "text/plain", String::new())).await;
    let page = app.add_page(&ana, agent, "http://site.example/").await.expect("a page");
    let pool = app.database.pool();
    let refused = [
        app.add_text(&ben, agent, text("a", "b")).await.map(|_| ()),
        app.add_file(&ben, agent, file("a", "b")).await.map(|_| ()),
        app.add_page(&ben, agent, "https://example.org").await.map(|_| ()),
        app.reread(&ben, page).await,
        app.remove_source(&ben, page).await,
        service::sources(pool, &ben, agent, None, PageSize::DEFAULT).await.map(|_| ()),
        service::extent(pool, &ben, agent).await.map(|_| ()),
        app.remove_source(&ana, no_source()).await,
    ];
    for refused in refused {
        assert_eq!(status(refused.expect_err("refused")), 404);
    }
    assert_eq!(app.sources(&ana, agent).await.len(), 1);
    assert!(!app.files_folder().join("files/knowledge").exists(), "nothing was kept of what was refused");
}

#[tokio::test]
async fn an_agent_knows_no_more_than_it_can() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.add_text(&ana, agent, text("First", "The first text that is known.")).await.expect("a text");
    app.run_jobs().await;
    // As if there had been much before.
    sqlx::query("update knowledge_sources set passages = 100000")
        .execute(app.database.pool())
        .await
        .expect("an update");
    app.add_text(&ana, agent, text("Second", "The second text is too much.")).await.expect("a text");
    app.run_jobs().await;
    let source = app.sources(&ana, agent).await.remove(0);
    assert_eq!(source.state, SourceState::Failed);
    assert!(source.problem.is_some_and(|it| it.contains("100000 passages")));
    sqlx::query(
        "insert into knowledge_sources (id, agent_id, kind, title, body, state, problem, created_at)
         select gen_random_uuid(), $1, 'text', 'x', 'x', 'failed', 'x', now() from generate_series(1, 198)",
    )
    .bind(agent.uuid())
    .execute(app.database.pool())
    .await
    .expect("many sources");
    let full = app.add_text(&ana, agent, text("Third", "One too many.")).await;
    assert!(matches!(full, Err(Error::Full { most: MAX_SOURCES, .. })), "{full:?}");
}

#[tokio::test]
async fn a_page_is_read_and_read_again() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    app.sites
        .serve("site.example", move |path| match (path, counted.load(Ordering::SeqCst)) {
            ("/terms", 0) => (200, "text/html", page("You can return a ticket within ten days of the purchase.")),
            ("/terms", 1) => (200, "text/html", page("You can return a ticket within twenty days of the purchase.")),
            ("/terms", _) => (500, "text/html", String::new()),
            _ => (404, "text/plain", String::new()),
        })
        .await;
    let id = app.add_page(&ana, agent, "http://site.example/terms#top").await.expect("a page");
    let twice = app.add_page(&ana, agent, "http://site.example/terms").await;
    assert!(matches!(twice, Err(Error::Twice)), "{twice:?}");
    let pool = app.database.pool();
    for (visit, expected) in [(0, "ten days"), (1, "twenty days"), (2, "twenty days")] {
        visits.store(visit, Ordering::SeqCst);
        app.run_jobs().await;
        let source = app.sources(&ana, agent).await.remove(0);
        assert_eq!((source.id, source.state, source.title.as_str()), (id, SourceState::Ready, "Terms"), "{source:?}");
        // What was known stays known when it can't be read again, and its owner is told.
        assert_eq!(source.problem.is_some(), visit == 2, "{source:?}");
        let found = service::retrieve(pool, agent, "return a ticket", None, 3).await.expect("passages");
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains(expected), "{}", found[0].text);
        assert_eq!(found[0].address.as_deref(), Some("http://site.example/terms"));
        app.reread(&ana, id).await.expect("to be read again");
    }
}

fn page(text: &str) -> String {
    format!("<html><head><title>Terms</title></head><body><main><h1>Terms</h1><p>{text}</p></main></body></html>")
}

#[tokio::test]
async fn a_page_that_leads_inside_or_is_not_meant_for_robots_says_so() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.sites.put("inside.example", "10.0.0.1:80".parse().expect("an address"));
    app.sites.serve("shy.example", |_| (200, "text/plain", "User-agent: *\nDisallow: /".to_owned())).await;
    for (address, words) in [
        ("http://inside.example/", "private network"),
        ("http://shy.example/a", "robots.txt"),
        ("http://nowhere.example/", "no site of this name"),
    ] {
        app.add_page(&ana, agent, address).await.expect("a page");
        app.run_jobs().await;
        let source = app.sources(&ana, agent).await.remove(0);
        assert_eq!(source.state, SourceState::Failed);
        assert!(source.problem.as_deref().is_some_and(|it| it.contains(words)), "{source:?}");
    }
    assert!(NewPage::parse("http://127.0.0.1/").is_err());
    let text = app.add_text(&ana, agent, text("a", "b")).await.expect("a text");
    assert!(matches!(app.reread(&ana, text).await, Err(Error::NoSuchSource)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reading_twice_and_removing_at_once_end_in_one_of_both() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    for round in 0..6 {
        let source =
            app.add_text(&ana, agent, text("Manual", &format!("{MANUAL}\nRound {round}."))).await.expect("a text");
        let acts = (0..3).map(|n| {
            let (app, ana) = (app.clone(), ana.clone());
            async move {
                if n == 0 && round % 2 == 0 {
                    return app.remove_source(&ana, source).await;
                }
                let (database, files, outbound) = (&app.database, &app.files, &app.outbound);
                service::read_source(database, files, outbound, &app.world, source, false).await
            }
        });
        for result in at_once(acts).await {
            result.expect("one after the other");
        }
    }
    app.run_jobs().await;
    let sources = app.sources(&ana, agent).await;
    assert_eq!(sources.len(), 3);
    assert!(sources.iter().all(|it| it.state == SourceState::Ready), "{sources:?}");
    let known = service::extent(app.database.pool(), &ana, agent).await.expect("an extent");
    assert_eq!(app.count("select count(*) from passages").await, i64::from(known.passages));
}

#[tokio::test]
async fn the_titles_of_what_an_agent_knows_are_told_the_newest_first() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let robo = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let titles = async || service::source_titles(app.database.pool(), robo, 2).await.expect("titles");
    assert_eq!(titles().await, (Vec::new(), 0));
    for title in ["Manual", "Prices", "Questions"] {
        app.add_text(&ana, robo, text(title, &format!("What {title} say."))).await.expect("added");
    }
    assert_eq!(titles().await, (Vec::new(), 0), "not before they were read");
    app.run_jobs().await;
    assert_eq!(titles().await, (vec!["Questions".to_owned(), "Prices".to_owned()], 3));
}
