//! What protects every answer, and what is refused at the door.

use reqwest::{Method, header};
use serde_json::json;

use crate::support::{Server, header_of};

#[tokio::test]
async fn pages_say_what_browsers_may_do() {
    let server = Server::start().await;
    let response = server.visitor().get("/sign-in").await;
    assert_eq!(response.status(), 200);
    let policy = header_of(&response, "content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header_of(&response, "cache-control"), "private, no-cache");
    assert!(!header_of(&response, "x-request-id").is_empty());

    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    let html = response.text().await.expect("text");
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/"), "{tag}");
    }
    assert!(!html.contains(" style=\""), "no inline styles");
    let again = server.visitor().get("/sign-in").await;
    assert!(!header_of(&again, "content-security-policy").contains(&nonce), "each page has a nonce of its own");
}

#[tokio::test]
async fn changes_from_other_sites_are_refused() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let post = server.post(&ana, "Hello").await;
    let ana = server.signed_in(&ana).await;
    let like = |origin: (&'static str, &'static str)| {
        ana.request(Method::POST, "/api/social/like")
            .header(origin.0, origin.1)
            .form(&[("post", post.to_string()), ("liked", "true".to_owned())])
            .send()
    };
    for foreign in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let response = like(foreign).await.expect("an answer");
        assert_eq!(response.status(), 403, "{foreign:?}");
    }
    let response = like(("sec-fetch-site", "same-origin")).await.expect("an answer");
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn health_and_metrics() {
    let server = Server::start().await;
    let visitor = server.visitor();
    assert_eq!(visitor.read("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(visitor.read("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(visitor.get("/metrics").await.status(), 200, "this machine may read them");

    let server = Server::start_with(&[("METRICS_TOKEN", "s3cret")]).await;
    let visitor = server.visitor();
    assert_eq!(visitor.get("/metrics").await.status(), 403);
    let request = visitor.request(Method::GET, "/metrics").header(header::AUTHORIZATION, "Bearer s3cret");
    assert_eq!(request.send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn what_is_too_large_or_nowhere_is_refused_in_words() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let (status, problem) = visitor.call("social/no_such_function", &[]).await;
    assert_eq!((status, &problem["status"]), (404, &json!(404)), "{problem}");
    assert_eq!(visitor.get("/no/such/page").await.status(), 404);
    assert_eq!(visitor.get("/pkg/../../Cargo.toml").await.status(), 404);
    assert_eq!(visitor.get("/pkg/%2e%2e/%2e%2e/Cargo.toml").await.status(), 404);
    let request = visitor.request(Method::DELETE, "/sign-in");
    assert_eq!(request.send().await.expect("an answer").status(), 400);
    let huge = "x".repeat(3 << 20);
    let response = visitor.submit("/sign-in?do=identity/sign_in", &[("login", &huge), ("password", "x")]).await;
    assert_eq!(response.status(), 413);
}

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_from_plain_connections() {
    let server = Server::start_with(&[("PUBLIC_URL", "https://magentic.example")]).await;
    server.app.person("ana").await;
    let fields = [("login", "ana"), ("password", testkit::PASSWORD)];
    let response = server.visitor().submit("/sign-in?do=identity/sign_in", &fields).await;
    assert_eq!(response.status(), 303, "{}", response.text().await.unwrap_or_default());
    let cookie = header_of(&response, "set-cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    let strict = header_of(&response, "strict-transport-security");
    assert!(strict.contains("max-age="), "{strict}");
}
