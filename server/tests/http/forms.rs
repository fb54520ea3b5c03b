//! Forms without JavaScript.

use reqwest::{Method, multipart};

use crate::support::{Server, header_of};

#[tokio::test]
async fn a_refused_form_says_why_and_keeps_what_was_typed() {
    let server = Server::start().await;
    server.app.person("ana").await;
    let fields =
        [("handle", "An_A"), ("name", "Ana Other"), ("email", "other@example.org"), ("password", "glass otter parade")];
    let response = server.visitor().submit("/sign-up?do=identity/sign_up", &fields).await;
    assert_eq!(response.status(), 409);
    let html = response.text().await.expect("text");
    assert!(html.contains("Ana Other") && html.contains("other@example.org"), "what was typed is kept");
    assert!(html.contains("handle-error"), "the message stands at the field");
    assert!(!html.contains("glass otter parade"), "but never the password");
}

#[tokio::test]
async fn signing_up_confirming_and_signing_in() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let fields =
        [("handle", "nina"), ("name", "Nina"), ("email", "nina@example.org"), ("password", "glass otter parade")];
    let response = visitor.submit("/sign-up?do=identity/sign_up", &fields).await;
    assert_eq!(response.status(), 303, "{}", response.text().await.unwrap_or_default());
    assert!(header_of(&response, "location").starts_with("/sign-up/check-mail"));

    let sign_in = [("login", "nina"), ("password", "glass otter parade")];
    assert_eq!(visitor.submit("/sign-in?do=identity/sign_in", &sign_in).await.status(), 403, "not confirmed yet");

    let letter = server.app.mailbox().await.pop().expect("a letter");
    let token =
        letter.text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link").to_owned();
    let page = visitor.get(&format!("/confirm-email?token={token}")).await;
    assert_eq!(page.status(), 200, "opening the link changes nothing");
    let response = visitor.submit("/confirm-email?do=identity/confirm_email", &[("token", &token)]).await;
    assert_eq!(response.status(), 303);
    assert!(header_of(&response, "set-cookie").contains("HttpOnly"));
    let again = visitor.submit("/confirm-email?do=identity/confirm_email", &[("token", &token)]).await;
    assert!(again.status().is_client_error(), "a link works once: {}", again.status());

    assert_eq!(visitor.submit("/sign-in?do=identity/sign_in", &sign_in).await.status(), 303);
    let wrong =
        visitor.submit("/sign-in?do=identity/sign_in", &[("login", "nina"), ("password", "wrong otter parade")]).await;
    assert!(wrong.status().is_client_error());
    assert!(wrong.text().await.expect("text").contains("nina"), "the login is kept");
}

#[tokio::test]
async fn a_post_with_a_picture_is_published_and_a_refused_one_keeps_it() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let ana = server.signed_in(&ana).await;
    let send = async |body: &str, picture: Vec<u8>| {
        let form = multipart::Form::new()
            .text("_form", "post")
            .text("body", body.to_owned())
            .text("pictures[0][alt]", "A red square")
            .part("pictures[0][file]", multipart::Part::bytes(picture).file_name("red.png"));
        let request = ana.request(Method::POST, "/compose?do=social/publish").multipart(form);
        request.send().await.expect("an answer")
    };
    let response = send("Look at this", red_square()).await;
    assert_eq!(response.status(), 303, "{}", response.text().await.unwrap_or_default());
    let (status, html) = ana.read("/public").await;
    assert_eq!(status, 200);
    assert!(html.contains("Look at this") && html.contains("A red square") && html.contains("/media/media_"));

    let too_long = "x".repeat(5001);
    let response = send(&too_long, red_square()).await;
    assert_eq!(response.status(), 422);
    let html = response.text().await.expect("text");
    assert!(html.contains(&too_long) && html.contains("A red square"), "the text and the description are kept");
    assert!(html.contains("value=\"media_"), "and so is the picture");

    let response =
        send("An impostor", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec()).await;
    assert_eq!(response.status(), 415);
    assert!(response.text().await.expect("text").contains("An impostor"));
}

/// A PNG of 32 by 32 red pixels.
fn red_square() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(32, 32, image::Rgb([200, 30, 30]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

#[tokio::test]
async fn a_made_up_cursor_is_refused_in_words() {
    let server = Server::start().await;
    for path in ["/public?after=nonsense", "/public?after=%00", "/?after=1"] {
        let (status, html) = server.visitor().read(path).await;
        assert_eq!(status, 400, "{path}");
        assert!(html.contains("page marker"), "{path}");
    }
}
