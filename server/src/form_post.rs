//! Forms without JavaScript. A form posts to its own page with `?do=area/function`; here the server function is called
//! with what was typed, and then the browser is sent on, or, when the form was refused, the same page is rendered again with
//! the refusal, what was typed, and the status that says so.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use kernel::{Problem, ProblemKind};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use platform::image::Purpose;
use tower::ServiceExt;
use web::{Outcome, Submitted, server::Visit};

use crate::{app::App, attachments, knowledge, media, problem::HttpProblem};

/// The most a form without files may weigh, in bytes.
const MOST_FORM_BYTES: usize = 1 << 20;

/// What was typed, field by field.
type Fields = Vec<(String, String)>;

/// Takes posts to pages; everything else goes on.
pub async fn take_form_posts(
    State((app, inner)): State<(App, Router)>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let action = (request.method() == Method::POST).then(|| action_of(request.uri())).flatten();
    match action {
        Some(action) => answer(&app, inner, action, request).await,
        None => next.run(request).await,
    }
}

/// The server function a form is for: from `?do=area/function`.
fn action_of(uri: &Uri) -> Option<String> {
    let action = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("do="))?;
    let action = percent_decode_str(action).decode_utf8().ok()?.into_owned();
    let well_formed =
        action.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'/') && !uri.path().starts_with("/api/");
    well_formed.then_some(action)
}

async fn answer(app: &App, inner: Router, action: String, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let Some(visit) = head.extensions.get::<Visit>().cloned() else {
        return HttpProblem(Problem::internal()).into_response();
    };
    let mut again = Request::new(Body::empty());
    again.headers_mut().clone_from(&head.headers);
    again.extensions_mut().clone_from(&head.extensions);
    *again.uri_mut() = head.uri.clone();

    let (fields, problem) = match read(app, &visit, Request::from_parts(head, body)).await {
        Ok(fields) => {
            let call = call_request(&action, &fields, &again);
            let Ok(response) = inner.clone().oneshot(call).await;
            match outcome(response).await {
                Ok((outcome, cookies)) => return send_on(outcome, again.uri(), &cookies),
                Err(problem) => (fields, problem),
            }
        }
        Err((fields, problem)) => (fields, problem),
    };
    render_again(inner, again, visit, Submitted { form: form_id(&fields), fields: showable(fields), action, problem })
        .await
}

fn form_id(fields: &Fields) -> Option<String> {
    fields.iter().find(|(name, _)| name == "_form").map(|(_, value)| value.clone())
}

/// What may be shown again: anything but passwords, keys to other servers, and the security codes of cards.
fn showable(fields: Fields) -> Fields {
    let is_secret = |name: &str| name.contains("password") || name == "secret" || name == "cvc";
    fields.into_iter().filter(|(name, _)| !is_secret(name) && name != "_form").collect()
}

/// Reads a form of either encoding. Pictures are stored at once, and stand in the fields by their ids from then on, so that
/// a refused form doesn't lose them.
async fn read(app: &App, visit: &Visit, request: Request<Body>) -> Result<Fields, (Fields, Problem)> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return read_multipart(app, visit, request).await;
    }
    let body = axum::body::to_bytes(request.into_body(), MOST_FORM_BYTES).await.map_err(|_| {
        (Vec::new(), Problem::new(ProblemKind::TooLarge, "That form is too large. Shorten it and try again."))
    })?;
    Ok(url::form_urlencoded::parse(&body).into_owned().collect())
}

async fn read_multipart(app: &App, visit: &Visit, request: Request<Body>) -> Result<Fields, (Fields, Problem)> {
    let unreadable = || Problem::new(ProblemKind::BadRequest, "The form could not be read.");
    let mut fields = Vec::new();
    let Ok(mut form) = Multipart::from_request(request, &()).await else { return Err((fields, unreadable())) };
    let mut refused = None;
    loop {
        let part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(_) => return Err((fields, media::too_large())),
        };
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let Ok(bytes) = part.bytes().await else { return Err((fields, media::too_large())) };
        let kept = match file {
            None => Ok((name, String::from_utf8_lossy(&bytes).into_owned())),
            // Nothing was chosen.
            Some(_) if bytes.is_empty() => continue,
            Some(file) if name == knowledge::INPUT => keep_knowledge(app, visit, &fields, &file, bytes).await,
            Some(file) if name.starts_with(attachments::INPUT) => {
                keep_attachment(app, visit, &mut fields, &name, &file, bytes).await
            }
            Some(_) => keep(app, visit, &name, bytes).await,
        };
        // The rest of the form is read also after a refusal, so that what was typed is not lost.
        match kept {
            Ok(field) => fields.push(field),
            Err(problem) => refused = refused.or(Some(problem)),
        }
    }
    refused.map_or(Ok(fields.clone()), |problem| Err((fields, problem)))
}

/// Stores a chosen picture. The input `x_file` becomes the field `x`, and `x[file]` becomes `x[media]`.
async fn keep(app: &App, visit: &Visit, input: &str, bytes: Bytes) -> Result<(String, String), Problem> {
    let purpose = if input.starts_with("portrait") { Purpose::Portrait } else { Purpose::Post };
    let stored = media::keep(&app.state, visit, bytes, purpose).await.map_err(|mut problem| {
        // What is wrong with a picture is shown where the pictures of this form are.
        let shown_at = input.split(['_', '[']).next().unwrap_or_default();
        problem.fields.iter_mut().for_each(|error| shown_at.clone_into(&mut error.field));
        problem
    })?;
    let field = input.strip_suffix("_file").map_or_else(|| input.replace("[file]", "[media]"), str::to_owned);
    Ok((field, stored.id.to_string()))
}

/// Keeps a chosen file until it is sent with a message. The input `attachments[1][file]` becomes the field `attachments[1][id]`;
/// what it is called stands beside it, for a form that is shown again.
async fn keep_attachment(
    app: &App,
    visit: &Visit,
    fields: &mut Fields,
    input: &str,
    file: &str,
    bytes: Bytes,
) -> Result<(String, String), Problem> {
    let kept = attachments::keep(&app.state, visit, file, bytes).await?;
    fields.push((input.replace("[file]", "[name]"), kept.name));
    Ok((input.replace("[file]", "[id]"), kept.id.to_string()))
}

/// Gives a chosen file to the agent that the form names before it.
async fn keep_knowledge(
    app: &App,
    visit: &Visit,
    fields: &Fields,
    file: &str,
    bytes: Bytes,
) -> Result<(String, String), Problem> {
    let agent = fields.iter().find(|(name, _)| name == "agent").map_or("", |(_, value)| value.as_str());
    let source = knowledge::keep(&app.state, visit, agent, file, bytes).await?;
    Ok(("knowledge".to_owned(), source.to_string()))
}

/// The request to the server function itself.
fn call_request(action: &str, fields: &Fields, page: &Request<Body>) -> Request<Body> {
    let encoded: Vec<String> = fields
        .iter()
        .filter(|(name, _)| name != "_form")
        .map(|(name, value)| {
            // Brackets build structures (`pictures[0][alt]`), so they stay as they are.
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC)
                .to_string()
                .replace("%5B", "[")
                .replace("%5D", "]")
                .replace("%5F", "_");
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        })
        .collect();
    let mut request = Request::new(Body::from(encoded.join("&")));
    request.extensions_mut().clone_from(page.extensions());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("/api/{action}").parse().unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// What the server function said, and the cookies it set.
async fn outcome(response: Response) -> Result<(Outcome, Vec<HeaderValue>), Problem> {
    let status = response.status();
    let cookies: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    let body = axum::body::to_bytes(response.into_body(), MOST_FORM_BYTES).await.unwrap_or_default();
    if status.is_success() {
        return Ok((serde_json::from_slice(&body).unwrap_or(Outcome::Stay), cookies));
    }
    Err(serde_json::from_slice(&body).unwrap_or_else(|_| {
        if status == StatusCode::BAD_REQUEST {
            Problem::new(ProblemKind::BadRequest, "There is no such form. Reload the page and try again.")
        } else {
            Problem::internal()
        }
    }))
}

fn send_on(outcome: Outcome, page: &Uri, cookies: &[HeaderValue]) -> Response {
    let path = match outcome {
        Outcome::Go(path) | Outcome::Reload(path) => path,
        Outcome::Stay => {
            let kept: Vec<&str> = page
                .query()
                .unwrap_or_default()
                .split('&')
                .filter(|pair| !pair.is_empty() && !pair.starts_with("do="))
                .collect();
            if kept.is_empty() { page.path().to_owned() } else { format!("{}?{}", page.path(), kept.join("&")) }
        }
    };
    let mut response = Redirect::to(&path).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

async fn render_again(inner: Router, mut page: Request<Body>, visit: Visit, submitted: Submitted) -> Response {
    let status = submitted.problem.status();
    let retry_after = submitted.problem.retry_after;
    *page.method_mut() = Method::GET;
    page.extensions_mut().insert(Visit { submitted: Some(submitted), ..visit });
    let Ok(mut response) = inner.oneshot(page).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_posts_to_pages_name_an_action() {
        let action = |uri: &str| action_of(&uri.parse().expect("a URI"));
        assert_eq!(action("/sign-in?do=identity/sign_in").as_deref(), Some("identity/sign_in"));
        assert_eq!(action("/r?token=x&do=identity%2Freset").as_deref(), Some("identity/reset"));
        assert_eq!(action("/sign-in"), None);
        assert_eq!(action("/x?do=../../healthz"), None);
        assert_eq!(action("/api/identity/sign_in?do=a/b"), None);
    }

    #[test]
    fn passwords_are_not_shown_again() {
        let fields = vec![("email".to_owned(), "a".to_owned()), ("new_password".to_owned(), "b".to_owned())];
        assert_eq!(showable(fields), [("email".to_owned(), "a".to_owned())]);
    }
}
