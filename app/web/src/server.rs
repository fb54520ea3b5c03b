//! What a server function and a rendered page need of the server. The server provides it once per request, to both alike.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::http::{HeaderValue, StatusCode, header};
use identity_core::{Authenticated, Device, Passwords, PortraitRef};
use kernel::{Actor, Cursor, CursorError, Problem, ProblemKind};
/// Provides something of an area's to everything that handles this request.
pub use leptos::prelude::provide_context;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use payments_sandbox::Sandbox;
use platform::{
    Config, Cx, Database, Tx, World,
    config::MailConfig,
    files::Files,
    payments::Payments,
    rate_limit::{self, Limit},
    secret::Token,
};
use ui::{AvatarSize, Portrait};

use crate::{Boot, Failure, Submitted, Theme, Viewer, local_path};

/// How long a session cookie is kept by the browser: as long as the session itself, 30 days in seconds.
const SESSION_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How long the choice of theme is kept: a year in seconds.
const THEME_SECONDS: u32 = 365 * 24 * 60 * 60;
/// The cookie of the theme.
pub const THEME_COOKIE: &str = "theme";

/// What all requests share.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub database: Database,
    /// The file store.
    pub files: Files,
    /// Time and chance.
    pub world: World,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// Whoever takes money from cards.
    pub payments: Payments,
    /// The sandbox, if it is that.
    pub sandbox: Option<Sandbox>,
    /// The settings.
    pub config: Arc<Config>,
    /// The last position of the event log that this process has seen.
    pub position: Arc<AtomicI64>,
}

impl State {
    /// Counts one use of a limit by somebody or something.
    ///
    /// # Errors
    /// When it is too early, or the database is away.
    pub async fn limit_by(&self, limit: Limit, who: &str) -> Result<(), Problem> {
        rate_limit::take(self.database.pool(), limit, who, self.world.now())
            .await
            .map_err(|error| platform::internal(&error))?
            .map_err(rate_limit::refusal)
    }

    /// Whether a visitor may open the development mailbox.
    pub fn may_open_mailbox(&self, visit: &Visit) -> bool {
        match self.config.mail {
            MailConfig::Mailbox { open_to_all } => open_to_all || (self.config.local() && visit.is_local()),
            MailConfig::Smtp { .. } => false,
        }
    }
}

/// What is known of one request.
#[derive(Clone)]
pub struct Visit {
    /// Finds the request in the log.
    pub request_id: String,
    /// Which device it comes from, and from where.
    pub device: Device,
    /// Whether a proxy says that it only passes the request on, one that we trust or not.
    pub forwarded: bool,
    /// Allows our own inline scripts under the content security policy.
    pub nonce: String,
    /// Who is signed in.
    pub signed_in: Option<Authenticated>,
    /// Light or dark.
    pub theme: Theme,
    /// A form that was sent without JavaScript and refused.
    pub submitted: Option<Submitted>,
}

impl Visit {
    /// Whether it comes from the machine that the server runs on. What a proxy there passes on does not, also when nobody
    /// told us of that proxy.
    pub fn is_local(&self) -> bool {
        !self.forwarded && self.device.address().is_loopback()
    }
}

/// The server, as seen from one request.
#[derive(Clone)]
pub struct Server {
    state: State,
    /// What is known of the request.
    pub visit: Visit,
}

impl Deref for Server {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// Provides the server to everything that handles this request.
pub fn provide_server(state: State, visit: Visit) {
    provide_context(leptos::nonce::Nonce::from_value(visit.nonce.as_str()));
    provide_context(Server { state, visit });
}

impl Server {
    /// The server, inside a server function or while a page is rendered.
    ///
    /// # Errors
    /// Outside both, which is a mistake in the program.
    pub fn current() -> Result<Self, Failure> {
        use_context().ok_or_else(|| {
            tracing::error!("a server function was called outside a request");
            Failure::from(Problem::internal())
        })
    }

    /// The context of something that only somebody signed in may do.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn cx(&self) -> Result<Cx<Actor>, Failure> {
        let signed_in = self.visit.signed_in.as_ref().ok_or_else(|| Failure::from(Problem::unauthenticated()))?;
        Ok(self.world.cx(signed_in.actor))
    }

    /// The context of something that visitors may do too.
    pub fn visitor_cx(&self) -> Cx<Option<Actor>> {
        self.world.cx(self.visit.signed_in.as_ref().map(|it| it.actor))
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self) -> Result<Tx, Failure> {
        self.database.begin().await.map_err(database_failed)
    }

    /// Commits a transaction.
    ///
    /// # Errors
    /// When the database is away; nothing was changed then.
    pub async fn commit(&self, tx: Tx) -> Result<(), Failure> {
        tx.commit().await.map_err(database_failed)
    }

    /// Counts one use of a limit: by the account that is signed in, or else by the address the request comes from.
    ///
    /// # Errors
    /// When it is too early.
    pub async fn limit(&self, limit: Limit) -> Result<(), Failure> {
        let who = match &self.visit.signed_in {
            Some(signed_in) => signed_in.actor.account.to_string(),
            None => self.visit.device.network(),
        };
        self.limit_by(limit, &who).await
    }

    /// Counts one use of a limit by something else: an e-mail address, a handle.
    ///
    /// # Errors
    /// When it is too early.
    pub async fn limit_by(&self, limit: Limit, who: &str) -> Result<(), Failure> {
        self.state.limit_by(limit, who).await.map_err(Failure::from)
    }

    /// Reads where a page of a list begins; nothing means its beginning.
    ///
    /// # Errors
    /// When it is no cursor of ours.
    pub fn cursor(after: Option<&str>) -> Result<Option<Cursor>, Failure> {
        let parse = |text: &str| text.parse().map_err(|error: CursorError| Failure::from(error));
        after.filter(|text| !text.is_empty()).map(parse).transpose()
    }

    /// A new key for what a form may send: pressing twice, or sending again, is one wish.
    pub fn submission_key(&self) -> String {
        let mut bytes = [0; 16];
        self.world.randomness.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().simple().to_string()
    }

    /// Signs this browser in.
    pub fn set_session(&self, token: &Token) {
        let cookie = self.cookie(session_cookie_name(&self.config), token.reveal(), SESSION_SECONDS);
        append_cookie(&format!("{cookie}; HttpOnly"));
    }

    /// Signs this browser out.
    pub fn clear_session(&self) {
        append_cookie(&format!("{}; HttpOnly", self.cookie(session_cookie_name(&self.config), "", 0)));
    }

    /// Remembers the theme in this browser.
    pub fn set_theme(&self, theme: Theme) {
        append_cookie(&self.cookie(THEME_COOKIE, theme.as_str(), THEME_SECONDS));
    }

    /// Remembers in this browser to which page of ours somebody goes back when what they began elsewhere is done; no page, and
    /// it is forgotten.
    pub fn set_return(&self, path: Option<&str>) {
        let (path, seconds) = path.map_or(("", 0), |path| (path, RETURN_SECONDS));
        let hex: String = path.bytes().map(|byte| format!("{byte:02x}")).collect();
        append_cookie(&format!("{}; HttpOnly", self.cookie(RETURN_COOKIE, &hex, seconds)));
    }

    /// To which page of ours somebody wanted to go back.
    pub fn return_path(&self) -> Option<String> {
        let parts = use_context::<axum::http::request::Parts>()?;
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let kept =
            cookies.flat_map(|it| it.split("; ")).find_map(|it| it.strip_prefix(RETURN_COOKIE)?.strip_prefix('='))?;
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let bytes = kept.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
        let path = String::from_utf8(bytes).ok()?;
        local_path(&path).map(str::to_owned)
    }

    /// Whether this visitor may open the development mailbox.
    pub fn may_open_mailbox(&self) -> bool {
        self.state.may_open_mailbox(&self.visit)
    }

    fn cookie(&self, name: &str, value: &str, seconds: u32) -> String {
        let secure = if self.config.secure() { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{secure}")
    }
}

/// The cookie of where to go back to.
const RETURN_COOKIE: &str = "return_to";
/// How long that is remembered: for as long as somebody may take to pay, in seconds.
const RETURN_SECONDS: u32 = 60 * 60;

/// The name of the session cookie. Over TLS its prefix makes browsers refuse it from anywhere but this very host.
pub fn session_cookie_name(config: &Config) -> &'static str {
    if config.secure() { "__Host-session" } else { "session" }
}

fn database_failed(error: sqlx::Error) -> Failure {
    Failure::from(platform::internal(&error))
}

/// Marks the response as failing with this problem, and the problem with the request it belongs to.
pub(crate) fn failing(mut problem: Problem) -> Problem {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        if let Some(seconds) = problem.retry_after {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    if problem.kind == ProblemKind::Internal
        && let Some(server) = use_context::<Server>()
    {
        problem.request_id = Some(server.visit.request_id);
    }
    problem
}

/// Sets the status of the page that is being rendered.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

fn append_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Adds a `Link` header to the answer.
pub(crate) fn append_link(link: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(link)) {
        response.append_header(header::LINK, value);
    }
}

/// The files of a portrait that suit the size it is shown in. What is shown a little smaller takes the same ones, which
/// the browser then has already.
pub fn portrait(kept: &PortraitRef, size: AvatarSize) -> Portrait {
    let (src, sharp) = (kept.url(size.pixels()), kept.url(2 * size.pixels()));
    Portrait { sharp: (sharp != src).then_some(sharp), src }
}

/// The facts of this page load.
pub(crate) fn boot() -> Boot {
    let Some(server) = use_context::<Server>() else { return Boot::default() };
    let viewer = server.visit.signed_in.as_ref().map(|signed_in| {
        let account = &signed_in.account;
        Viewer {
            id: account.id,
            handle: account.handle.clone(),
            name: account.name.to_string(),
            portrait: account.portrait.as_ref().map(|kept| portrait(kept, AvatarSize::Medium)),
            is_agent: account.kind == identity_core::AccountKind::Agent,
            is_admin: signed_in.is_admin,
        }
    });
    Boot {
        viewer,
        theme: server.visit.theme,
        position: server.position.load(Ordering::Acquire),
        submitted: server.visit.submitted.clone(),
        development_mailbox: server.may_open_mailbox(),
        test_payments: server.payments.is_test(),
        offline_answers: server.config.models.is_offline(),
        public_url: server.config.public_url.as_str().trim_end_matches('/').to_owned(),
        request_id: server.visit.request_id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use identity_core::PortraitFormat;
    use kernel::Id;

    use super::*;

    #[test]
    fn a_portrait_is_given_in_two_sizes_if_it_has_them() {
        let media = Id::from_uuid(uuid::Uuid::from_u128(5));
        let kept = |widths: &[u32]| PortraitRef { media, format: PortraitFormat::Webp, widths: widths.to_vec() };
        let shown = |widths: &[u32], size| {
            let Portrait { src, sharp } = portrait(&kept(widths), size);
            (src.replace(&format!("/media/{media}/"), ""), sharp.map(|it| it.replace(&format!("/media/{media}/"), "")))
        };
        let now = [48, 96, 192, 400];
        assert_eq!(shown(&now, AvatarSize::Small), ("48.webp".to_owned(), Some("96.webp".to_owned())));
        assert_eq!(shown(&now, AvatarSize::Medium), ("48.webp".to_owned(), Some("96.webp".to_owned())));
        assert_eq!(shown(&now, AvatarSize::Huge), ("96.webp".to_owned(), Some("192.webp".to_owned())));
        // Kept before there was a small one, and made of a small picture.
        assert_eq!(shown(&[96, 192, 400], AvatarSize::Medium), ("96.webp".to_owned(), None));
        assert_eq!(shown(&[30], AvatarSize::Medium), ("30.webp".to_owned(), None));
    }
}
