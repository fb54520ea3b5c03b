//! Letters: written in the transaction that causes them, and sent by a job, to an SMTP server or to the development
//! mailbox, which is a page of the server itself.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, Cursor, CursorError, EmailAddress, MailId, Page, PageSize};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tokio::time::{self, Instant};
use url::Url;
use uuid::Uuid;

use crate::{
    Cx, Database, Tx, World,
    config::MailConfig,
    job::{self, Job, JobError, Tools, WorkerContext},
};

/// How often a letter is tried: with the queue's back-off, for about a day.
const MAX_ATTEMPTS: i32 = 12;
/// How long a connection may take to be ready, and how long a letter may take on it.
const TIME_OUT: Duration = Duration::from_secs(10);
/// Connections kept open after a letter, and for how long. Servers hang up after some minutes.
const IDLE_CONNECTIONS: usize = 4;
const IDLE_FOR: Duration = Duration::from_secs(60);
/// After so many failures in a row, a server is left alone for a while.
const FAILURES_TO_OPEN: u32 = 5;
const OPEN_FOR: TimeDelta = TimeDelta::seconds(30);

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom it goes to.
    pub to: EmailAddress,
    /// The subject, on one line.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as an HTML document; see [`letter_html`].
    pub html: String,
}

impl Letter {
    /// Writes a letter in the house's layout, as text and as HTML. `button` is a label and an absolute address.
    pub fn compose(
        to: EmailAddress,
        subject: &str,
        paragraphs: &[&str],
        button: Option<(&str, &str)>,
        footer: &str,
    ) -> Self {
        let text = letter_text(subject, paragraphs, button, footer);
        let html = letter_html(subject, paragraphs, button, footer);
        Self { to, subject: subject.to_owned(), text, html }
    }
}

/// Writes a letter and enqueues its sending: it goes out if, and only after, the caller's transaction is committed.
///
/// # Errors
/// When the database fails.
pub async fn post<A>(tx: &mut Tx, cx: &Cx<A>, letter: &Letter) -> Result<MailId, sqlx::Error> {
    let mail: MailId = cx.id();
    // A name or a title may have gone into the subject; a header is one line.
    let subject = letter.subject.split(char::is_control).collect::<Vec<_>>().join(" ");
    sqlx::query!(
        "insert into outgoing_mail (id, recipient, subject, body_text, body_html, created_at) values ($1, $2, $3, $4, $5, $6)",
        mail.uuid(),
        letter.to.as_str(),
        subject,
        letter.text,
        letter.html,
        cx.now(),
    )
    .execute(&mut **tx)
    .await?;
    let when = job::When { key: Some(mail.to_string()), max_attempts: Some(MAX_ATTEMPTS), ..job::When::default() };
    job::enqueue(tx, &SendMail { mail }, when).await?;
    Ok(mail)
}

/// The job that sends a letter.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMail {
    /// Which one.
    pub mail: MailId,
}

impl Job for SendMail {
    const IDENTIFIER: &'static str = "send_mail";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        let result = deliver(&tools.database, &tools.mailer, &tools.world, self.mail).await;
        if let Err(DeliveryError::Send(error @ SendError::Refused(_))) = &result {
            tracing::warn!(mail = %self.mail, %error, "a letter was refused for good");
            let id = *context.job().id();
            // The queue has no way to say so: a job whose attempts are used up is a dead letter, seen and replayed as such.
            sqlx::query("update graphile_worker._private_jobs set max_attempts = greatest(attempts, 1) where id = $1")
                .bind(id)
                .execute(tools.database.pool())
                .await?;
        }
        result.map_err(|error| match error {
            DeliveryError::Database(error) => JobError::Database(error),
            DeliveryError::Send(error) => JobError::Other(error.to_string()),
        })
    }
}

/// Why a letter did not go out.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The mailer could not send it.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// Why a mailer could not send a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The letter itself was refused, and always will be.
    #[error("the letter was refused: {0}")]
    Refused(String),
    /// The server could not be reached, did not answer in time, or asked for another try later.
    #[error("the mail server can't take the letter now: {0}")]
    Later(String),
}

/// Sends a letter, unless it has gone out before, and notes what came of it. When the note is lost after the server took
/// the letter, it goes out again, with the same Message-ID, by which mail programs recognise it.
///
/// # Errors
/// When it did not go out; the reason is also noted in its row.
pub async fn deliver(database: &Database, mailer: &Mailer, world: &World, mail: MailId) -> Result<(), DeliveryError> {
    let pool = database.pool();
    let Some(letter) = begin_attempt(pool, mail).await? else { return Ok(()) };
    match mailer.send(mail, &letter).await {
        Ok(via) => {
            sqlx::query!(
                "update outgoing_mail set sent_at = $2, sent_via = $3, last_error = null where id = $1",
                mail.uuid(),
                world.now(),
                via.as_str()
            )
            .execute(pool)
            .await?;
            metrics::counter!("magentic_mail_total", "outcome" => "sent").increment(1);
            Ok(())
        }
        Err(error) => {
            sqlx::query!("update outgoing_mail set last_error = $2 where id = $1", mail.uuid(), error.to_string())
                .execute(pool)
                .await?;
            metrics::counter!("magentic_mail_total", "outcome" => "failed").increment(1);
            Err(error.into())
        }
    }
}

/// Counts an attempt. `None` when there is nothing to do: the letter has gone out, or was deleted.
async fn begin_attempt(pool: &PgPool, mail: MailId) -> Result<Option<Outgoing>, sqlx::Error> {
    sqlx::query_as!(
        Outgoing,
        "update outgoing_mail set attempts = attempts + 1 where id = $1 and sent_at is null
         returning recipient, subject, body_text, body_html, created_at",
        mail.uuid()
    )
    .fetch_optional(pool)
    .await
}

struct Outgoing {
    recipient: String,
    subject: String,
    body_text: String,
    body_html: String,
    created_at: DateTime<Utc>,
}

/// How a letter went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentVia {
    /// It can be read in the development mailbox.
    Mailbox,
    /// An SMTP server took it.
    Smtp,
}

impl SentVia {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::Smtp => "smtp",
        }
    }
}

/// How letters go out.
pub enum Mailer {
    /// They stay where they are, in the table, and a page shows them.
    Mailbox,
    /// They go to a server.
    Smtp(Box<Smtp>),
}

impl Mailer {
    /// Makes the mailer that the configuration names. No connection is made yet.
    ///
    /// # Errors
    /// When the configuration makes no sense, or there are no certificates to verify a server by.
    pub fn new(config: &MailConfig, world: &World) -> Result<Self, MailerError> {
        match config {
            MailConfig::Mailbox { .. } => Ok(Self::Mailbox),
            MailConfig::Smtp { url, from } => {
                let smtp = Smtp::new(url.reveal(), from, Arc::clone(&world.clock), TIME_OUT)?;
                Ok(Self::Smtp(Box::new(smtp)))
            }
        }
    }

    async fn send(&self, mail: MailId, letter: &Outgoing) -> Result<SentVia, SendError> {
        match self {
            Self::Mailbox => Ok(SentVia::Mailbox),
            Self::Smtp(smtp) => {
                smtp.send(&smtp.message(mail, letter)?).await?;
                Ok(SentVia::Smtp)
            }
        }
    }
}

/// What is wrong with the settings for mail. Never repeats the address: there is a password in it.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The server's address.
    #[error(
        "SMTP_URL must be smtp://host:587 or smtps://host:465, with ?tls=none or ?tls=opportunistic at most for smtp://"
    )]
    Url,
    /// The sender's address.
    #[error("MAIL_FROM must be an address such as Magentic <no-reply@example.org>")]
    From,
    /// TLS can't be had.
    #[error("cannot verify mail servers: {0}")]
    Tls(#[source] SmtpError),
}

/// A mail server, and the connections to it.
///
/// Lettre's own pool doesn't tell a refused letter from a refused connection (a wrong password is a 5xx, too), and has
/// no time-outs but for connecting, so the connections are kept here.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    from: Mailbox,
    hello: ClientId,
    time_out: Duration,
    breaker: Breaker,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Smtp {
    /// Takes a server's address, `smtp://user:password@host:587` (with STARTTLS, or the letter stays here) or
    /// `smtps://…:465`. With `?tls=none` nothing is encrypted; with `?tls=opportunistic`, only if the server offers it.
    /// `time_out` bounds making a connection and, anew, sending a letter.
    ///
    /// # Errors
    /// When an address makes no sense, or there are no certificates to verify a server by.
    pub fn new(url: &str, from: &str, clock: Arc<dyn Clock>, time_out: Duration) -> Result<Self, MailerError> {
        let url = Url::parse(url).map_err(|_| MailerError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailerError::Url)?.to_owned();
        let (tls, port) = encryption(&url, &host)?;
        Ok(Self {
            port: url.port().unwrap_or(port),
            // An IPv6 address stands in brackets in a URL only.
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            tls,
            credentials: credentials(&url)?,
            from: from.parse().map_err(|_| MailerError::From)?,
            hello: ClientId::default(),
            time_out,
            breaker: Breaker::new(clock),
            idle: Mutex::default(),
        })
    }

    fn message(&self, mail: MailId, letter: &Outgoing) -> Result<Message, SendError> {
        let refused = |error: &dyn std::error::Error| SendError::Refused(error.to_string());
        let to: Address = letter.recipient.parse().map_err(|error| refused(&error))?;
        // The same at each attempt, so that a letter that arrives twice is recognised.
        let message_id = format!("<{}@{}>", mail.uuid().simple(), self.from.email.domain());
        Message::builder()
            .message_id(Some(message_id))
            .date(SystemTime::from(letter.created_at))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            // RFC 3834: nobody's holiday notice should answer.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(letter.body_text.clone(), letter.body_html.clone()))
            .map_err(|error| refused(&error))
    }

    async fn send(&self, message: &Message) -> Result<(), SendError> {
        if !self.breaker.lets_through() {
            return Err(SendError::Later("it failed several times in a row, and is left alone for a while".to_owned()));
        }
        let result = self.try_send(message).await;
        match &result {
            Ok(()) | Err(Failure::Letter(_)) => self.breaker.succeeded(),
            Err(Failure::Server(_)) => self.breaker.failed(),
        }
        result.map_err(|failure| match failure {
            Failure::Letter(error) => error,
            Failure::Server(error) => SendError::Later(error),
        })
    }

    async fn try_send(&self, message: &Message) -> Result<(), Failure> {
        let mut connection = self.in_time(self.connection()).await?.map_err(|error| Failure::Server(words(&error)))?;
        let sent = self.in_time(connection.send(message.envelope(), &message.formatted())).await?;
        match sent {
            Ok(_) => {
                self.park(connection);
                Ok(())
            }
            Err(error) => Err(failure(&error)),
        }
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let seconds = self.time_out.as_secs_f32();
        time::timeout(self.time_out, work).await.map_err(|_| Failure::Server(format!("no answer in {seconds} seconds")))
    }

    /// A connection that is ready for a letter: one that was kept, if it still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        while let Some(mut connection) = self.unpark() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        let wrapped = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.time_out), &self.hello, wrapped, None).await?;
        match &self.tls {
            // Fails when the server offers no STARTTLS, before anything of the letter or a password is said.
            Tls::Required(parameters) => connection.starttls(parameters.clone(), &self.hello).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), &self.hello).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, AsyncSmtpConnection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn park(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        idle.retain(|(since, _)| since.elapsed() < IDLE_FOR);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push((Instant::now(), connection));
        }
    }

    fn unpark(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle();
        idle.retain(|(since, _)| since.elapsed() < IDLE_FOR);
        idle.pop().map(|(_, connection)| connection)
    }
}

/// What a failed attempt says of the server.
enum Failure {
    /// It works: it spoke of the letter.
    Letter(SendError),
    /// It doesn't, or not with us.
    Server(String),
}

/// Reads what the server said of a letter.
fn failure(error: &SmtpError) -> Failure {
    let code = error.status().map(u16::from);
    match code {
        // Asking for authentication, or for a better one: our settings are wrong, not the letter (RFC 4954 §6).
        Some(530 | 534 | 535 | 538) => Failure::Server(words(error)),
        Some(500..) => Failure::Letter(SendError::Refused(words(error))),
        Some(421) => Failure::Server(words(error)),
        Some(_) => Failure::Letter(SendError::Later(words(error))),
        // What lettre itself won't send to this server: an address outside ASCII, to one that can't take it.
        None if error.is_client() => Failure::Letter(SendError::Refused(words(error))),
        None => Failure::Server(words(error)),
    }
}

fn words(error: &SmtpError) -> String {
    let mut words = error.to_string();
    words.truncate(words.char_indices().nth(500).map_or(words.len(), |(end, _)| end));
    words
}

/// How a server is spoken to, and at which port when none is given.
/// Whether letters could be sent by way of this address, as far as it alone can tell.
pub(crate) fn check_url(url: &Url) -> Result<(), MailerError> {
    encryption(url, url.host_str().unwrap_or_default())?;
    credentials(url)?;
    Ok(())
}

fn encryption(url: &Url, host: &str) -> Result<(Tls, u16), MailerError> {
    let queries: Vec<_> = url.query_pairs().collect();
    let wish = match queries.as_slice() {
        [] => None,
        [(name, value)] if name == "tls" => Some(value.as_ref()),
        _ => return Err(MailerError::Url),
    };
    let parameters = || TlsParameters::new(host.to_owned()).map_err(MailerError::Tls);
    match (url.scheme(), wish) {
        ("smtps", None) => Ok((Tls::Wrapper(parameters()?), 465)),
        ("smtp", None | Some("required")) => Ok((Tls::Required(parameters()?), 587)),
        ("smtp", Some("opportunistic")) => Ok((Tls::Opportunistic(parameters()?), 587)),
        ("smtp", Some("none")) => Ok((Tls::None, 25)),
        _ => Err(MailerError::Url),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, MailerError> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| MailerError::Url);
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, password) => Ok(Some(Credentials::new(plain(user)?, plain(password.unwrap_or_default())?))),
    }
}

/// A circuit breaker: after several failures in a row it lets nobody through for a while, and then one, to see.
pub struct Breaker {
    clock: Arc<dyn Clock>,
    state: Mutex<BreakerState>,
}

#[derive(Default)]
struct BreakerState {
    failures: u32,
    closed_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// One that lets everybody through.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Whether to try now. Whoever is let through has to say how it went.
    pub fn lets_through(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        match state.closed_until {
            Some(until) if now < until => false,
            Some(_) => {
                // This one goes to see; the others wait for what it finds.
                state.closed_until = Some(now + OPEN_FOR);
                true
            }
            None => true,
        }
    }

    /// The other side works.
    pub fn succeeded(&self) {
        *self.state() = BreakerState::default();
    }

    /// The other side failed.
    pub fn failed(&self) {
        let now = self.clock.now();
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_TO_OPEN {
            state.closed_until = Some(now + OPEN_FOR);
        }
    }

    fn state(&self) -> MutexGuard<'_, BreakerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A letter in the list of the development mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSummary {
    /// Its id.
    pub id: MailId,
    /// Whom it was for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// A letter in the development mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLetter {
    /// Its id.
    pub id: MailId,
    /// Whom it was for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML. A page has to show it in a sandboxed frame.
    pub html: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// Why the mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The cursor is not one of ours.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// Reads a page of the development mailbox, newest first. Letters that went out by SMTP are not in it.
///
/// # Errors
/// When the cursor was made up or the database fails.
pub async fn mailbox_page(
    pool: &PgPool,
    before: Option<Cursor>,
    size: PageSize,
) -> Result<Page<MailSummary>, MailboxError> {
    let before: Option<MailId> = before.map(|cursor| cursor.id()).transpose()?;
    let before: Option<Uuid> = before.map(MailId::uuid);
    let rows = sqlx::query!(
        r#"select id, recipient, subject, sent_at as "sent_at!" from outgoing_mail
           where sent_via = 'mailbox' and ($1::uuid is null or id < $1)
           order by id desc limit $2"#,
        before,
        size.overfull()
    )
    .fetch_all(pool)
    .await?;
    let summaries = rows.into_iter().map(|row| MailSummary {
        id: MailId::from_uuid(row.id),
        to: row.recipient,
        subject: row.subject,
        sent_at: row.sent_at,
    });
    Ok(Page::from_overfull(summaries.collect(), size, |mail| mail.id))
}

/// Reads a letter in the development mailbox.
///
/// # Errors
/// When the database fails.
pub async fn mailbox_letter(pool: &PgPool, mail: MailId) -> Result<Option<StoredLetter>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select recipient, subject, body_text, body_html, sent_at as "sent_at!" from outgoing_mail
           where id = $1 and sent_via = 'mailbox'"#,
        mail.uuid()
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| StoredLetter {
        id: mail,
        to: row.recipient,
        subject: row.subject,
        text: row.body_text,
        html: row.body_html,
        sent_at: row.sent_at,
    }))
}

/// A letter as plain text: the title, the paragraphs, the button's address on a line of its own, and the footer.
pub fn letter_text(title: &str, paragraphs: &[&str], button: Option<(&str, &str)>, footer: &str) -> String {
    let button = button.map(|(label, address)| format!("{label}:\n{address}"));
    let mut parts = vec![title];
    parts.extend(paragraphs);
    parts.extend(button.as_deref());
    let mut text = parts.join("\n\n");
    if !footer.is_empty() {
        // "-- " on a line is what mail programs know as the beginning of a signature.
        text.push_str("\n\n-- \n");
        text.push_str(footer);
    }
    text.push('\n');
    text
}

/// A letter as an HTML document that mail programs show alike: one column, tables and inline styles, no pictures, nothing
/// loaded from anywhere. Everything given is escaped. The button's address also stands below it, to be copied.
pub fn letter_html(title: &str, paragraphs: &[&str], button: Option<(&str, &str)>, footer: &str) -> String {
    let title = escaped(title);
    let paragraphs: String = paragraphs
        .iter()
        .map(|text| format!(r#"<p style="margin:0 0 16px">{}</p>"#, escaped(text).replace('\n', "<br>")))
        .collect();
    let button = button.map(|(label, address)| button_html(&escaped(label), &escaped(address))).unwrap_or_default();
    let footer = escaped(footer).replace('\n', "<br>");
    format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;text-align:left"><tr><td>
<h1 style="margin:0 0 20px;font-size:22px;line-height:28px;font-weight:600">{title}</h1>
{paragraphs}{button}
<p style="margin:32px 0 0;font-size:13px;line-height:20px;color:#6b7280">{footer}</p>
</td></tr></table>
</td></tr></table>
</body></html>
"#
    )
}

/// Both are escaped already.
fn button_html(label: &str, address: &str) -> String {
    // The colour stands on the cell as well: some programs leave it away from links.
    format!(
        r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 16px"><tr><td style="border-radius:8px;background:#4338ca"><a href="{address}" style="display:inline-block;padding:12px 20px;color:#ffffff;font-weight:600;text-decoration:none">{label}</a></td></tr></table>
<p style="margin:0 0 16px;font-size:13px;line-height:20px;color:#6b7280;word-break:break-all">{address}</p>"#
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
