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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_payment_providers_script_is_for_one_page_only() {
    let with_form = [
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_1"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_1"),
    ];
    for (settings, has_form) in [(&with_form[..], true), (&with_form[..2], false), (&[], false)] {
        let server = Server::start_with(settings).await;
        let ana = server.app.person("ana").await;
        let signed_in = server.signed_in(&ana).await;
        let checkout = server.checkout_by_card(&ana).await;
        let page = format!("/checkout/card/{checkout}");
        for (path, may) in [
            (page.as_str(), has_form),
            (&format!("/checkout/status/{checkout}"), false),
            ("/checkout/card", false),
            ("/wallet/top-up", false),
            ("/", false),
        ] {
            let response = signed_in.get(path).await;
            let policy = header_of(&response, "content-security-policy");
            for part in [
                "script-src 'self' 'nonce-",
                " https://js.stripe.com https://*.js.stripe.com; style-src",
                "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;",
                "connect-src 'self' https://api.stripe.com;",
            ] {
                assert_eq!(policy.contains(part), may || part.contains("nonce"), "{part} on {path}: {policy}");
            }
            let device = header_of(&response, "permissions-policy");
            assert_eq!(device.contains("payment=(self \"https://js.stripe.com\""), may, "{device} on {path}");
            assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{policy}");
        }
        // It is shown by many at once, each page in whichever thread is free.
        for _ in 0..4 {
            let (status, html) = signed_in.read(&page).await;
            assert_eq!(
                (status, html.contains("Your card"), html.contains("_secret_")),
                (200, has_form, false),
                "{html}"
            );
            assert!(
                html.contains("payment provider&#x27;s page") || html.contains("payment provider's page"),
                "{html}"
            );
        }
        // What is no page loads nothing at all.
        let (status, _) = signed_in.call("billing/card_secret", &[("checkout", "checkout_1")]).await;
        assert_eq!(status, 404);
    }
}

#[tokio::test]
async fn a_checkout_is_paid_by_whose_it_is() {
    let server = Server::start().await;
    let (ana, eve) = (server.app.person("ana").await, server.app.person("eve").await);
    let checkout = server.checkout_by_card(&ana).await.to_string();
    let fields = [("checkout", checkout.as_str())];
    let eve = server.signed_in(&eve).await;
    for function in ["billing/card_secret", "billing/pay_on_page"] {
        assert_eq!(eve.call(function, &fields).await.0, 404, "{function}");
        assert_eq!(server.visitor().call(function, &fields).await.0, 401, "{function}");
    }
    assert_eq!(eve.ask("billing/card_page", &[("id", &checkout)]).await.0, 404);
    assert_eq!(eve.get(&format!("/checkout/card/{checkout}")).await.status(), 404);
    // The sandbox has no form: its owner is led to the page.
    let ana = server.signed_in(&ana).await;
    let (status, step) = ana.call("billing/card_secret", &fields).await;
    assert_eq!((status, step["go"].as_str()), (200, Some(format!("/checkout/status/{checkout}").as_str())), "{step}");
    let (_, page) = ana.ask("billing/card_page", &[("id", &checkout)]).await;
    assert_eq!((page["open"].as_bool(), page["form"].is_null()), (Some(true), true), "{page}");
    let form = format!("/checkout/card/{checkout}?do=billing/pay_on_page");
    let response = ana.submit(&form, &fields).await;
    assert_eq!(response.status(), 303);
    assert!(header_of(&response, "location").contains("/sandbox/cs_sandbox_"));
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

#[tokio::test]
async fn a_device_that_is_signed_out_is_a_stranger_at_its_next_request() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let (phone, laptop) = (server.signed_in(&ana).await, server.signed_in(&ana).await);
    for _ in 0..3 {
        assert_eq!(phone.ask("social/home_feed", &[]).await.0, 200);
    }
    assert_eq!(laptop.call("identity/revoke_other_sessions", &[]).await.0, 200);
    assert_eq!(phone.ask("social/home_feed", &[]).await.0, 401);
    assert_eq!(laptop.ask("social/home_feed", &[]).await.0, 200);
}
