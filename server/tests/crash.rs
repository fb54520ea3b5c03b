//! The program on its embedded database, killed in every way it can be: what was said to be done is still there, the server
//! comes back, and no second PostgreSQL is left behind.

#![expect(clippy::expect_used, reason = "a test can't go on without")]

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::{Client, StatusCode};
use tokio::{net::TcpListener, time::timeout};

/// The program, serving on an embedded database.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    async fn start(data_folder: &Path) -> Self {
        Self::start_with(data_folder, &[]).await
    }

    async fn start_with(data_folder: &Path, settings: &[(&str, &str)]) -> Self {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_magentic"))
            .arg("serve")
            .current_dir(data_folder)
            .env_remove("DATABASE_URL")
            .env("LISTEN", &address)
            .env("DATA_FOLDER", data_folder.join("data"))
            .env("DEMO", "off")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let program = Self { child, address };
        program.ready().await;
        program
    }

    async fn ready(&self) {
        wait_until("the server is ready", async || self.get("/readyz").await == Some(StatusCode::OK)).await;
    }

    async fn get(&self, path: &str) -> Option<StatusCode> {
        Client::new().get(format!("http://{}{path}", self.address)).send().await.ok().map(|it| it.status())
    }

    async fn sign_up(&self, handle: &str) -> StatusCode {
        let email = format!("{handle}@example.org");
        let fields =
            [("handle", handle), ("name", handle), ("email", email.as_str()), ("password", "glass otter parade")];
        let request = Client::new().post(format!("http://{}/api/identity/sign_up", self.address)).form(&fields);
        request.send().await.expect("an answer").status()
    }

    /// Whether the handle is taken, which is to say that its account outlived whatever happened.
    async fn knows(&self, handle: &str) -> bool {
        self.sign_up(handle).await == StatusCode::CONFLICT
    }

    /// How many jobs wait or are being done.
    async fn jobs(&self) -> Option<String> {
        let figures =
            Client::new().get(format!("http://{}/metrics", self.address)).send().await.ok()?.text().await.ok()?;
        figures.lines().find_map(|line| line.strip_prefix("magentic_jobs_waiting ")).map(str::to_owned)
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("the program can be signalled");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone when the test has killed it.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

async fn wait_until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The postmasters whose data lies below a folder.
fn postmasters(data_folder: &Path) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("Linux").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let mut line = String::new();
        let read =
            std::fs::File::open(entry.path().join("cmdline")).and_then(|mut file| file.read_to_string(&mut line));
        let is_ours = line.split('\0').any(|word| word.starts_with(&*data_folder.to_string_lossy()));
        let program = line.split('\0').next().unwrap_or_default();
        if read.is_ok() && is_ours && program.ends_with("/postgres") {
            found.push(pid);
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_lost_and_nothing_is_left_behind() {
    _ = rustls::crypto::ring::default_provider().install_default();
    // Open to all, as PostgreSQL runs unprivileged also when the test is run by root.
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(everybody).tempdir().expect("a folder");
    let mut program = Program::start(folder.path()).await;
    assert_eq!(program.sign_up("before").await, StatusCode::OK);
    assert_eq!(postmasters(folder.path()).len(), 1);

    // The server dies: PostgreSQL goes with it, and the next server finds everything.
    program.signal(Signal::SIGKILL);
    program.child.wait().expect("it is gone");
    let restarted = Program::start(folder.path()).await;
    assert!(restarted.knows("before").await);
    assert_eq!(postmasters(folder.path()).len(), 1, "no second PostgreSQL");
    program = restarted;

    // PostgreSQL dies: the server brings it back.
    let postmaster = postmasters(folder.path())[0];
    kill(Pid::from_raw(postmaster), Signal::SIGKILL).expect("PostgreSQL can be killed");
    wait_until("PostgreSQL runs again", async || {
        let running = postmasters(folder.path());
        running.len() == 1 && running[0] != postmaster
    })
    .await;
    program.ready().await;
    assert!(program.knows("before").await);

    // Both die at once.
    assert_eq!(program.sign_up("between").await, StatusCode::OK);
    let postmaster = postmasters(folder.path())[0];
    program.signal(Signal::SIGKILL);
    kill(Pid::from_raw(postmaster), Signal::SIGKILL).expect("PostgreSQL can be killed");
    program.child.wait().expect("it is gone");
    let mut program = Program::start(folder.path()).await;
    assert!(program.knows("between").await);
    assert_eq!(postmasters(folder.path()).len(), 1, "no second PostgreSQL");

    // Asked to stop, both stop.
    program.signal(Signal::SIGTERM);
    assert!(program.child.wait().expect("it stops").success());
    wait_until("PostgreSQL is gone", async || postmasters(folder.path()).is_empty()).await;
}

#[tokio::test]
async fn what_was_being_done_when_the_server_was_killed_is_done_by_the_next() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(everybody).tempdir().expect("a folder");
    // A mail server that takes a connection and never says a word: the job that sends the letter is in the middle of it.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let smtp = format!("smtp://{}?tls=none", silent.local_addr().expect("an address"));
    let mut program = Program::start_with(folder.path(), &[("SMTP_URL", &smtp)]).await;
    assert_eq!(program.sign_up("waiting").await, StatusCode::OK);
    let connection = timeout(Duration::from_secs(30), silent.accept()).await.expect("the letter is being sent");
    program.signal(Signal::SIGKILL);
    program.child.wait().expect("it is gone");
    drop(connection);

    let program = Program::start(folder.path()).await;
    assert_eq!(program.jobs().await.as_deref(), Some("1"), "nobody else has done it");
    wait_until("the letter has gone out", async || program.jobs().await.as_deref() == Some("0")).await;
}
