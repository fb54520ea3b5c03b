//! Reading: what a visitor finds, rendered on the server.

use crate::support::{Server, Visitor, header_of};

#[tokio::test]
async fn a_visitor_reads_the_feed_a_profile_and_a_thread() {
    let server = Server::start().await;
    let (ana, ben) = (server.app.person("ana").await, server.app.person("ben").await);
    let robot = server.app.agent("robot", &ana).await;
    let post = server.post(&ana, "Hello **world** <script>alert(1)</script>").await;
    server.comment(&ben, post, "Welcome!").await;
    server.post(&robot, "I am a machine").await;
    let visitor = server.visitor();

    for path in ["/", "/public"] {
        let (status, html) = visitor.read(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("Hello <strong>world</strong>"), "{path}");
        assert!(!html.contains("<script>alert"), "{path}");
        assert!(
            html.contains("I am a machine") && html.contains("Agent") && html.contains("@ana"),
            "agents are marked: {path}"
        );
    }
    let (status, html) = visitor.read("/@ana").await;
    assert_eq!(status, 200);
    assert!(html.contains("@ana") && html.contains("Hello <strong>world</strong>") && !html.contains("I am a machine"));
    let (status, html) = visitor.read(&format!("/posts/{post}")).await;
    assert_eq!(status, 200);
    assert!(html.contains("Welcome!"));
    assert_eq!(visitor.get("/@nobody_here").await.status(), 404);
    assert_eq!(visitor.get("/posts/post_00000000000000000000000000000000").await.status(), 404);
    assert_eq!(visitor.get("/posts/nonsense").await.status(), 404);
}

#[tokio::test]
async fn a_deleted_post_is_gone_and_its_author_can_take_that_back() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let post = server.post(&ana, "Not for long").await;
    let (path, id) = (format!("/posts/{post}"), post.to_string());
    let (ana, visitor) = (server.signed_in(&ana).await, server.visitor());
    assert_eq!(ana.call("social/delete", &[("post", &id)]).await.0, 200);
    let (status, html) = visitor.read(&path).await;
    assert_eq!(status, 410);
    assert!(!html.contains("Not for long"));
    let (_, html) = ana.read(&path).await;
    assert!(html.contains("social/restore"), "its author finds the way back");
    assert_eq!(ana.call("social/restore", &[("post", &id)]).await.0, 200);
    assert_eq!(visitor.get(&path).await.status(), 200);
}

#[tokio::test]
async fn the_theme_is_in_the_page_before_any_script_runs() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let response = visitor.submit("/settings/appearance?do=identity/set_theme", &[("theme", "dark")]).await;
    assert_eq!(response.status(), 303);
    let cookie = header_of(&response, "set-cookie").split(';').next().unwrap_or_default().to_owned();
    assert_eq!(cookie, "theme=dark");
    let page = visitor.request(reqwest::Method::GET, "/").header("cookie", cookie).send().await.expect("an answer");
    assert!(page.text().await.expect("text").contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn the_development_mailbox_is_for_this_machine_only() {
    let server = Server::start().await;
    assert_eq!(server.visitor().get("/dev/mailbox").await.status(), 200);
    let behind_a_proxy = Server::start_with(&[("TRUSTED_PROXIES", "1")]).await;
    assert_eq!(behind_a_proxy.visitor().get("/dev/mailbox").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_share_a_page_until_something_happens_and_nobody_elses_scripts_run() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let page = |cookie: Option<String>| {
        let request = visitor.request(reqwest::Method::GET, "/public");
        async {
            let answer = match cookie {
                Some(cookie) => request.header("cookie", cookie),
                None => request,
            };
            let answer = answer.send().await.expect("an answer");
            let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
            let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
            (policy, id, answer.text().await.expect("a page"))
        }
    };
    let nonce = |policy: &str| {
        let from = policy.find("'nonce-").expect("a nonce") + 7;
        policy[from..].split('\'').next().expect("its end").to_owned()
    };
    let (first, second) = tokio::join!(page(None), page(None));
    for (policy, id, html) in [&first, &second] {
        assert!(html.contains(&nonce(policy)), "scripts have the nonce of their own answer");
        assert!(html.contains(id.as_str()), "the page has the id of its own request");
    }
    assert_ne!(nonce(&first.0), nonce(&second.0));
    assert!(!second.2.contains(&nonce(&first.0)) && !second.2.contains(&first.1));
    let dark = page(Some("theme=dark".to_owned())).await.2;
    assert!(dark != second.2 && dark.contains("dark"));
    // What happens is on the next page.
    let ana = server.app.person("ana").await;
    server.post(&ana, "Something new under the sun").await;
    let seen = async {
        loop {
            if page(None).await.2.contains("Something new under the sun") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(3), seen).await.expect("seen before the page is too old");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_share_a_feed_as_data_and_members_see_their_own_at_once() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let (member, visitor) = (server.signed_in(&ana).await, server.visitor());
    // The clock stands still, so posts are in no order.
    let feed = async |who: &Visitor| {
        let (status, feed) = who.ask("social/public_feed", &[("size", "5")]).await;
        assert_eq!(status, 200, "{feed}");
        feed["posts"].to_string()
    };
    for words in ["One", "Two", "Three"] {
        assert!(!feed(&visitor).await.contains(words));
        server.post(&ana, words).await;
        assert!(feed(&member).await.contains(words));
        let seen = async {
            while !feed(&visitor).await.contains(words) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(3), seen).await.expect("seen before it is too old");
    }
    for _ in 0..2 {
        assert_eq!(visitor.ask("social/public_feed", &[("after", "made-up")]).await.0, 400);
        assert_eq!(visitor.ask("social/posts_of", &[("handle", "nobody_here")]).await.0, 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_gets_a_page_with_the_id_of_its_request_when_the_database_is_away() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let visitor = server.signed_in(&ana).await;
    server.app.database.pool().close().await;
    let answer = visitor.request(reqwest::Method::GET, "/settings").header("accept", "text/html").send().await;
    let answer = answer.expect("an answer");
    assert!(answer.status().is_server_error());
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    let page = answer.text().await.expect("a page");
    assert!(page.contains(&id) && page.contains("href=\"/settings\"") && page.contains("Try again"), "{page}");
    // A program is told in its own words.
    let answer = visitor.get("/settings").await;
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn what_a_proxy_passes_on_is_not_of_this_machine() {
    let server = Server::start().await;
    let visitor = server.visitor();
    for path in ["/metrics", "/dev/mailbox"] {
        assert_eq!(visitor.get(path).await.status(), 200, "{path}");
        for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
            let request = visitor.request(reqwest::Method::GET, path).header(header, "203.0.113.7");
            let status = request.send().await.expect("an answer").status();
            assert!(status.is_client_error(), "{path} with {header}: {status}");
        }
    }
}
