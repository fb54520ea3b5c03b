//! Letters: written with a transaction, sent by the queue, to scripted servers and to a real one.

#![expect(clippy::expect_used, clippy::panic, reason = "these are tests, and so are their helpers")]

mod support;

use std::{
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{MailId, PageSize};
use platform::{
    Config, Database, World,
    config::{FilesConfig, MailConfig},
    files::Files,
    job::{self, Job, Shared, Tools},
    mail::{self, Breaker, DeliveryError, Letter, Mailer, SendError, SendMail, Smtp},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const FROM: &str = "Magentic <no-reply@magentic.example>";

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Accepts,
    /// Says this to the recipient.
    ToRecipient(&'static str),
    /// Says this instead of a greeting.
    ToConnection(&'static str),
    /// Says this to a password.
    ToPassword(&'static str),
    /// Takes the letter and never says so.
    HangsAfterLetter,
    /// Takes a connection and says nothing.
    Hangs,
    /// Hangs up in the middle of the letter.
    HangsUp,
}

/// A server that follows a script, and keeps what it was told.
struct Server {
    port: u16,
    script: Arc<Mutex<Script>>,
    letters: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl Server {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            port: listener.local_addr().expect("an address").port(),
            script: Arc::new(Mutex::new(script)),
            letters: Arc::default(),
            connections: Arc::default(),
        };
        let (script, letters, connections) =
            (Arc::clone(&server.script), Arc::clone(&server.letters), Arc::clone(&server.connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().expect("lock") += 1;
                tokio::spawn(converse(stream, Arc::clone(&script), Arc::clone(&letters)));
            }
        });
        server
    }

    fn now(&self, script: Script) {
        *self.script.lock().expect("lock") = script;
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().expect("lock").clone()
    }

    fn connections(&self) -> usize {
        *self.connections.lock().expect("lock")
    }

    fn url(&self, rest: &str) -> String {
        format!("smtp://127.0.0.1:{}{rest}", self.port)
    }
}

async fn converse(stream: TcpStream, script: Arc<Mutex<Script>>, letters: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let script = || *script.lock().expect("lock");
    match script() {
        Script::Hangs => {
            sleep(Duration::from_secs(60)).await;
            return None;
        }
        Script::ToConnection(words) => stream.write_all(format!("{words}\r\n").as_bytes()).await.ok()?,
        _ => stream.write_all(b"220 test ESMTP\r\n").await.ok()?,
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let answer = match verb.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME".to_owned(),
            "AUTH" => match script() {
                Script::ToPassword(words) => words.to_owned(),
                _ => "235 welcome".to_owned(),
            },
            "RCPT" => match script() {
                Script::ToRecipient(words) => words.to_owned(),
                _ => "250 fine".to_owned(),
            },
            "DATA" if script() == Script::HangsUp => return None,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut letter = String::new();
                while !letter.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut letter).await.ok()?;
                }
                letters.lock().expect("lock").push(letter);
                if script() == Script::HangsAfterLetter {
                    sleep(Duration::from_secs(60)).await;
                }
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

struct Place {
    database: Database,
    world: World,
    hands: Arc<support::Hands>,
}

impl Place {
    async fn new(name: &str) -> Self {
        let (world, hands) = support::world();
        Self { database: support::database(name).await, world, hands }
    }

    async fn post(&self, to: &str, subject: &str) -> MailId {
        let letter = Letter::compose(
            to.parse().expect("an address"),
            subject,
            &["Confirm your address, Ana.", "Grüße & <b>"],
            Some(("Confirm", "https://magentic.example/confirm?token=a&b=c")),
            "You get this because somebody signed up with this address.",
        );
        let mut tx = self.database.begin().await.expect("begins");
        let mail = mail::post(&mut tx, &self.world.cx(()), &letter).await.expect("posts");
        tx.commit().await.expect("commits");
        mail
    }

    async fn deliver(&self, mailer: &Mailer, mail: MailId) -> Result<(), DeliveryError> {
        mail::deliver(&self.database, mailer, &self.world, mail).await
    }

    fn smtp(&self, url: &str) -> Mailer {
        let time_out = Duration::from_millis(500);
        Mailer::Smtp(Box::new(Smtp::new(url, FROM, Arc::clone(&self.world.clock), time_out).expect("settings")))
    }

    async fn row(&self, mail: MailId) -> (Option<String>, i32, Option<String>) {
        sqlx::query_as("select sent_via, attempts, last_error from outgoing_mail where id = $1")
            .bind(mail.uuid())
            .fetch_one(self.database.pool())
            .await
            .expect("a row")
    }

    /// Runs what is due in the queue, once.
    async fn run_jobs(&self, mailer: Mailer) {
        let folder = tempfile::tempdir().expect("a folder");
        let tools = Tools {
            database: self.database.clone(),
            mailer: Arc::new(mailer),
            files: Files::open(&FilesConfig::Disk, folder.path()).expect("opens"),
            world: self.world.clone(),
            public_url: "https://magentic.example".parse().expect("an address"),
        };
        let jobs = vec![SendMail::definition()];
        let give = |options: job::WorkerOptions| options.add_extension(Shared::new(tools));
        let runner = job::runner(self.database.pool(), jobs, "", give, std::future::pending()).await.expect("a runner");
        runner.run_once().await.expect("runs");
    }
}

fn is_later(result: &Result<(), DeliveryError>) -> bool {
    matches!(result, Err(DeliveryError::Send(SendError::Later(_))))
}

fn is_refused(result: &Result<(), DeliveryError>) -> bool {
    matches!(result, Err(DeliveryError::Send(SendError::Refused(_))))
}

#[tokio::test]
async fn letters_go_to_the_mailbox_after_the_commit() {
    let place = Place::new("mail_mailbox").await;
    let mut mails = Vec::new();
    for number in 0..5 {
        mails.push(place.post("ana@example.org", &format!("Letter {number}\r\nBcc: x@example.org")).await);
    }
    // Nobody sends what was rolled back.
    let mut tx = place.database.begin().await.expect("begins");
    let letter = Letter::compose("ana@example.org".parse().expect("an address"), "No", &[], None, "");
    mail::post(&mut tx, &place.world.cx(()), &letter).await.expect("posts");
    drop(tx);
    place.run_jobs(Mailer::new(&MailConfig::Mailbox { open_to_all: false }, &place.world).expect("a mailer")).await;

    let size = PageSize::clamped(2);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = mail::mailbox_page(place.database.pool(), cursor, size).await.expect("a page");
        seen.extend(page.items.into_iter().map(|mail| mail.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    mails.reverse();
    assert_eq!(seen, mails);
    let letter = mail::mailbox_letter(place.database.pool(), mails[0]).await.expect("reads").expect("a letter");
    assert_eq!((letter.to.as_str(), letter.subject.as_str()), ("ana@example.org", "Letter 4  Bcc: x@example.org"));
    assert!(letter.html.contains("Grüße &amp; &lt;b&gt;") && letter.html.contains("?token=a&amp;b=c"));
    assert!(letter.text.contains("\nhttps://magentic.example/confirm?token=a&b=c\n"));
    assert_eq!(job::backlog(place.database.pool()).await.expect("counts"), (0, 0));
    assert!(mail::mailbox_letter(place.database.pool(), place.world.id()).await.expect("reads").is_none());
}

#[tokio::test]
async fn a_letter_is_whole_and_goes_out_once() {
    let place = Place::new("mail_whole").await;
    let server = Server::start(Script::Accepts).await;
    let mailer = place.smtp(&server.url("?tls=none"));
    let (first, second) =
        (place.post("ana@example.org", "Bestätigen").await, place.post("ben@example.org", "Hi").await);
    place.hands.forward(TimeDelta::hours(3));
    place.deliver(&mailer, first).await.expect("sends");
    place.deliver(&mailer, first).await.expect("has been sent");
    place.deliver(&mailer, second).await.expect("sends");
    assert_eq!((server.letters().len(), server.connections()), (2, 1), "one connection for both");
    let letter = &server.letters()[0];
    for header in [
        "From: Magentic <no-reply@magentic.example>\r\n",
        "To: ana@example.org\r\n",
        "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
        &format!("Message-ID: <{}@magentic.example>\r\n", first.uuid().simple()),
    ] {
        assert!(letter.contains(header), "{header} in {letter}");
    }
    assert!(letter.contains("Subject: =?utf-8?"), "{letter}");
    assert_eq!(place.row(first).await, (Some("smtp".to_owned()), 1, None));
    // Gone out by SMTP, it isn't shown to whoever opens the mailbox.
    assert!(mail::mailbox_letter(place.database.pool(), first).await.expect("reads").is_none());
}

#[tokio::test]
async fn a_refused_letter_is_a_dead_letter_at_once() {
    let place = Place::new("mail_refused").await;
    let server = Server::start(Script::ToRecipient("550 5.1.1 no such person")).await;
    let mail = place.post("nobody@example.org", "Hi").await;
    place.run_jobs(place.smtp(&server.url("?tls=none"))).await;
    place.run_jobs(place.smtp(&server.url("?tls=none"))).await;
    let (via, attempts, error) = place.row(mail).await;
    assert_eq!((via, attempts), (None, 1));
    assert!(error.is_some_and(|error| error.contains("no such person")));
    assert_eq!(job::backlog(place.database.pool()).await.expect("counts"), (0, 1));
}

#[tokio::test]
async fn a_letter_put_off_is_tried_again_and_keeps_its_id() {
    let place = Place::new("mail_later").await;
    let server = Server::start(Script::ToRecipient("451 4.7.1 greylisted")).await;
    let mail = place.post("ana@example.org", "Hi").await;
    place.run_jobs(place.smtp(&server.url("?tls=none"))).await;
    assert_eq!(job::backlog(place.database.pool()).await.expect("counts"), (1, 0));
    assert!(place.row(mail).await.2.is_some_and(|error| error.contains("greylisted")));

    let mailer = place.smtp(&server.url("?tls=none"));
    // The server takes the letter, and we never learn of it.
    server.now(Script::HangsAfterLetter);
    assert!(is_later(&place.deliver(&mailer, mail).await));
    server.now(Script::HangsUp);
    assert!(is_later(&place.deliver(&mailer, mail).await));
    server.now(Script::Accepts);
    place.deliver(&mailer, mail).await.expect("sends");
    assert_eq!(place.row(mail).await, (Some("smtp".to_owned()), 4, None));
    let id = format!("Message-ID: <{}@magentic.example>", mail.uuid().simple());
    assert_eq!(server.letters().iter().filter(|letter| letter.contains(&id)).count(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_the_server_is_not_held_against_the_letter() {
    let place = Place::new("mail_server").await;
    let server = Server::start(Script::ToConnection("554 5.7.1 go away")).await;
    let mail = place.post("ana@example.org", "Hi").await;
    assert!(is_later(&place.deliver(&place.smtp(&server.url("?tls=none")), mail).await));
    server.now(Script::ToPassword("535 5.7.8 wrong password"));
    let with_password = format!("smtp://me:hunter%202@127.0.0.1:{}?tls=none", server.port);
    let result = place.deliver(&place.smtp(&with_password), mail).await;
    assert!(is_later(&result) && !format!("{result:?}").contains("hunter"), "{result:?}");
    server.now(Script::ToRecipient("530 5.7.0 authentication required"));
    assert!(is_later(&place.deliver(&place.smtp(&server.url("?tls=none")), mail).await));
    // STARTTLS is not offered: nothing is said in the clear.
    server.now(Script::Accepts);
    assert!(is_later(&place.deliver(&place.smtp(&server.url("")), mail).await));
    assert!(is_later(&place.deliver(&place.smtp(&server.url("?tls=required")), mail).await));
    assert!(server.letters().is_empty());
    // The address is outside ASCII, and the server can't take it: no other attempt would end better.
    let umlaut = place.post("ü@example.org", "Hi").await;
    assert!(is_refused(&place.deliver(&place.smtp(&server.url("?tls=none")), umlaut).await));
    place.deliver(&place.smtp(&server.url("?tls=opportunistic")), mail).await.expect("sends without");
}

#[tokio::test]
async fn a_silent_server_is_left_alone_for_a_while() {
    let place = Place::new("mail_breaker").await;
    let server = Server::start(Script::Hangs).await;
    let mailer = place.smtp(&server.url("?tls=none"));
    let mail = place.post("ana@example.org", "Hi").await;
    for _ in 0..7 {
        assert!(is_later(&place.deliver(&mailer, mail).await));
    }
    assert_eq!(server.connections(), 5, "the last two did not try");
    server.now(Script::Accepts);
    assert!(is_later(&place.deliver(&mailer, mail).await));
    place.hands.forward(TimeDelta::seconds(31));
    place.deliver(&mailer, mail).await.expect("sends");
    place.deliver(&mailer, place.post("ana@example.org", "Hi").await).await.expect("is trusted again");
}

#[tokio::test]
async fn the_breaker_lets_one_through_to_see() {
    let (world, hands) = support::world();
    let breaker = Breaker::new(Arc::clone(&world.clock));
    (0..5).for_each(|_| breaker.failed());
    assert!(!breaker.lets_through());
    hands.forward(TimeDelta::seconds(30));
    assert!(breaker.lets_through() && !breaker.lets_through());
    breaker.failed();
    hands.forward(TimeDelta::seconds(29));
    assert!(!breaker.lets_through());
    hands.forward(TimeDelta::seconds(1));
    assert!(breaker.lets_through());
    breaker.succeeded();
    assert!(breaker.lets_through() && breaker.lets_through());
}

#[tokio::test]
async fn settings_are_checked_and_never_repeated() {
    let (world, _) = support::world();
    for url in [
        "smtp://h?tls=perhaps",
        "smtp://h?x=y",
        "smtps://h?tls=none",
        "http://h",
        "smtp://",
        "smtp://h?tls=none&tls=none",
    ] {
        let config = MailConfig::Smtp { url: url.into(), from: FROM.to_owned() };
        assert!(Mailer::new(&config, &world).is_err(), "{url}");
    }
    for url in ["smtp://h", "smtps://me:secret@h", "smtp://h:25?tls=none", "smtp://[::1]?tls=opportunistic"] {
        let config = MailConfig::Smtp { url: url.into(), from: FROM.to_owned() };
        assert!(Mailer::new(&config, &world).is_ok(), "{url}");
    }
    let settings = [("SMTP_URL".to_owned(), "smtp://me:hunter2@h?tls=x".to_owned())].into();
    let error = Config::from_values(settings).expect_err("there is no such way").to_string();
    assert!(error.contains("SMTP_URL") && !error.contains("hunter2"), "{error}");
}

#[test]
fn letters_escape_everything() {
    let hostile = "<script>alert(1)</script>\"'&";
    let html = mail::letter_html(hostile, &[hostile], Some((hostile, hostile)), hostile);
    assert!(!html.contains("<script>") && !html.contains("\"'&"), "{html}");
    assert!(!html.contains("<img") && !html.contains("<link"));
}

struct Exim {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Exim {
    fn drop(&mut self) {
        // With the processes it has for each connection: they would write into the folder while it is deleted.
        let group = i32::try_from(self.process.id()).expect("a process id");
        _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), nix::sys::signal::Signal::SIGKILL);
        drop(self.process.wait());
    }
}

impl Exim {
    /// Starts Exim as somebody without rights. `None`, and a line that says so, when it isn't installed.
    async fn start() -> Option<Self> {
        use std::os::unix::{fs::PermissionsExt, process::CommandExt};
        let program = std::path::Path::new("/usr/sbin/exim4");
        if !program.is_file() {
            eprintln!("A REAL MAIL SERVER WAS NOT TESTED: there is no {}", program.display());
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        // What a user without rights is called differs; `nobody` is there on every system that has this program.
        let root = nix::unistd::geteuid().is_root();
        let (user, group) = if root {
            let nobody = nix::unistd::User::from_name("nobody").expect("users").expect("a user");
            (nobody.uid.as_raw(), nobody.gid.as_raw())
        } else {
            (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw())
        };
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        for part in ["spool", "log", "inbox"] {
            let part = folder.path().join(part);
            std::fs::create_dir(&part).expect("a folder");
            std::os::unix::fs::chown(&part, Some(user), Some(group)).expect("ours");
        }
        let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
        let place = folder.path().display().to_string();
        let values =
            [("FOLDER", place), ("PORT", port.to_string()), ("USER", user.to_string()), ("GROUP", group.to_string())];
        let config = values.iter().fold(EXIM.to_owned(), |text, (name, value)| text.replace(name, value));
        let path = folder.path().join("exim.conf");
        std::fs::write(&path, config).expect("writes");
        let mut command = Command::new(program);
        command.arg("-C").arg(&path).arg("-bdf").process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        if root {
            command.uid(user).gid(group);
        }
        let exim = Self { process: command.spawn().expect("starts"), folder, port };
        for _ in 0..250 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(exim);
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("exim does not answer: {}", exim.log());
    }

    fn log(&self) -> String {
        let files = std::fs::read_dir(self.folder.path().join("log")).expect("a folder");
        files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect()
    }

    fn inbox(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path().join("inbox")).expect("a folder");
        files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect()
    }
}

/// Delivers everything into files, but knows nobody called `nobody`.
const EXIM: &str = "\
primary_hostname = mail.example
spool_directory = FOLDER/spool
log_file_path = FOLDER/log/%s
exim_user = USER
exim_group = GROUP
pid_file_path = FOLDER/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
deliver_drop_privilege = true
queue_only = false
keep_environment =
tls_advertise_hosts = *
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny local_parts = nobody
       message = there is nobody called nobody
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = FOLDER/inbox/everybody
";

#[tokio::test]
async fn a_real_server_takes_letters_and_refuses_them() {
    let Some(exim) = Exim::start().await else { return };
    let place = Place::new("mail_exim").await;
    let mailer = |rest: &str| {
        let url = format!("smtp://127.0.0.1:{}{rest}", exim.port);
        Mailer::Smtp(Box::new(
            Smtp::new(&url, FROM, Arc::clone(&place.world.clock), Duration::from_secs(20)).expect("settings"),
        ))
    };
    let (first, second) = (place.post("ana@example.org", "Grüße").await, place.post("nobody@example.org", "Hi").await);
    // Its certificate is one it made itself: nobody vouches for it, so nothing is said to it.
    let result = place.deliver(&mailer(""), first).await;
    assert!(is_later(&result), "{result:?}");
    assert!(exim.inbox().is_empty());
    let plain = mailer("?tls=none");
    place.deliver(&plain, first).await.unwrap_or_else(|error| panic!("{error}: {}", exim.log()));
    let result = place.deliver(&plain, second).await;
    assert!(is_refused(&result), "{result:?}: {}", exim.log());
    for _ in 0..250 {
        if !exim.inbox().is_empty() {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let inbox = exim.inbox();
    assert_eq!(inbox.len(), 1, "{}", exim.log());
    assert!(inbox[0].contains(&format!("Message-ID: <{}@magentic.example>", first.uuid().simple())), "{}", inbox[0]);
}
