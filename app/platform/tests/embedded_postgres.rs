//! The embedded PostgreSQL against the real programs: what it keeps, whom it refuses, what it survives.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use platform::embedded_postgres::{EmbeddedError, EmbeddedPostgres, Options};
use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};
use tempfile::TempDir;

/// A folder that PostgreSQL's user can reach when the tests are run by root.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn options(folder: &Path) -> Options {
    Options { data_folder: folder.join("data"), durable: false, binaries: None }
}

async fn start(folder: &Path) -> EmbeddedPostgres {
    start_with(options(folder)).await
}

/// For tests that kill PostgreSQL and want to see everything again.
async fn start_durable(folder: &Path) -> EmbeddedPostgres {
    start_with(Options { durable: true, ..options(folder) }).await
}

async fn start_with(options: Options) -> EmbeddedPostgres {
    let postgres = EmbeddedPostgres::start(options).await.unwrap();
    postgres.ensure_database("magentic").await.unwrap();
    postgres
}

async fn connect(postgres: &EmbeddedPostgres) -> Result<PgConnection, sqlx::Error> {
    PgConnection::connect_with(&postgres.connect_options("magentic")).await
}

async fn note(postgres: &EmbeddedPostgres, text: &str) {
    let mut connection = connect(postgres).await.unwrap();
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (text text NOT NULL)").execute(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ($1)").bind(text).execute(&mut connection).await.unwrap();
}

async fn notes(postgres: &EmbeddedPostgres) -> Vec<String> {
    let mut connection = connect(postgres).await.unwrap();
    sqlx::query_scalar("SELECT text FROM notes ORDER BY text").fetch_all(&mut connection).await.unwrap()
}

fn postmaster(cluster: &Path) -> Option<i32> {
    fs::read_to_string(cluster.join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
}

/// The parent of the postmaster.
fn guard(cluster: &Path) -> i32 {
    let output =
        Command::new("ps").args(["-o", "ppid=", "-p", &postmaster(cluster).unwrap().to_string()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn is_running(pid: i32) -> bool {
    // A process that has ended but whose parent has not looked yet is still listed, as a zombie.
    let output = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().chars().next().is_some_and(|state| state != 'Z')
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never happened: {what}");
}

#[tokio::test]
async fn keeps_data_from_one_run_to_the_next() {
    let folder = folder();
    let first = start(folder.path()).await;
    note(&first, "kept").await;
    let pid = postmaster(first.cluster_folder()).unwrap();
    first.stop().await.unwrap();
    assert!(!is_running(pid), "stop waits for PostgreSQL");

    let second = start(folder.path()).await;
    assert_eq!(notes(&second).await, ["kept"]);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_role_is_an_ordinary_one_in_a_utf8_database_without_a_port() {
    let folder = folder();
    let postgres = start(folder.path()).await;
    let mut connection = connect(&postgres).await.unwrap();
    let ask = async |connection: &mut PgConnection, question: &'static str| -> String {
        sqlx::query_scalar(question).fetch_one(connection).await.unwrap()
    };
    let connection = &mut connection;
    assert_eq!(ask(connection, "SHOW is_superuser").await, "off");
    assert_eq!(ask(connection, "SHOW server_encoding").await, "UTF8");
    assert_eq!(ask(connection, "SHOW listen_addresses").await, "");
    assert_eq!(ask(connection, "SHOW jit").await, "off");
    assert_eq!(ask(connection, "SELECT lower('ÄÖÜ')").await, "äöü");
    // What the migrations rely on must be possible without being superuser.
    for create in ["CREATE EXTENSION pg_trgm", "CREATE EXTENSION btree_gist", "CREATE DATABASE another"] {
        sqlx::query(create).execute(&mut *connection).await.unwrap();
    }
    postgres.ensure_database("magentic").await.unwrap();
    postgres.ensure_database("a \"quoted\" näme").await.unwrap();
    PgConnection::connect_with(&postgres.connect_options("a \"quoted\" näme")).await.unwrap();
    let too_long = postgres.ensure_database(&"x".repeat(64)).await;
    assert!(matches!(too_long, Err(EmbeddedError::DatabaseName(_))), "{too_long:?}");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn other_programs_connect_by_address() {
    let folder = folder();
    // Characters that have a meaning in an address and in PostgreSQL's configuration.
    let postgres = start(&folder.path().join("a b&c=d'e")).await;
    assert!(postgres.url("magentic").contains("a%20b%26c%3Dd%27e"), "{}", postgres.url("magentic"));
    let mut connection = PgConnection::connect(&postgres.url("magentic")).await.unwrap();
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut connection).await.unwrap();
    assert_eq!(one, 1);
    if let Ok(output) = Command::new("psql").args(["-XAtc", "SELECT 2", &postgres.url("magentic")]).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n", "{}", String::from_utf8_lossy(&output.stderr));
    }
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let folder = folder();
    let postgres = start(folder.path()).await;
    for private in ["cluster", "socket"] {
        let found = fs::metadata(postgres.cluster_folder().with_file_name(private)).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o700, "{private}");
    }
    // Only root can try it as somebody else. Opening the folder for the trial shows that the folder is not all there is.
    if geteuid().is_root() {
        let socket = postgres.cluster_folder().with_file_name("socket");
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(socket.join(".s.PGSQL.5432"), fs::Permissions::from_mode(0o777)).unwrap();
        for role in ["magentic", "postgres"] {
            let output = std::os::unix::process::CommandExt::uid(
                Command::new("psql").args(["-XAt", "-U", role, "-h"]).arg(&socket).args(["-c", "SELECT 1", "postgres"]),
                1,
            )
            .output()
            .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("Peer authentication failed"), "{said}");
        }
    }
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let folder = folder();
    let first = start(folder.path()).await;
    let refused = EmbeddedPostgres::start(options(folder.path())).await.unwrap_err();
    let message = refused.to_string();
    assert!(matches!(refused, EmbeddedError::InUse { .. }), "{message}");
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    assert!(message.contains(folder.path().to_str().unwrap()), "{message}");
    note(&first, "undisturbed").await;
    first.stop().await.unwrap();
}

#[tokio::test]
async fn two_folders_do_not_meet() {
    let (one, two) = (folder(), folder());
    let (one, two) = tokio::join!(start(one.path()), start(two.path()));
    note(&one, "one").await;
    note(&two, "two").await;
    assert_eq!(notes(&one).await, ["one"]);
    assert_eq!(notes(&two).await, ["two"]);
    one.stop().await.unwrap();
    note(&two, "two, still").await;
    two.stop().await.unwrap();
}

#[tokio::test]
async fn comes_back_after_the_postmaster_was_killed() {
    let folder = folder();
    let postgres = start_durable(folder.path()).await;
    let pool =
        PgPoolOptions::new().max_connections(2).connect_with(postgres.connect_options("magentic")).await.unwrap();
    note(&postgres, "committed").await;
    // Twice, because the second time the supervisor is in its loop already.
    for _ in 0..2 {
        let pid = postmaster(postgres.cluster_folder()).unwrap();
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        until("the pool works again", async || {
            postmaster(postgres.cluster_folder()).is_some_and(|now| now != pid)
                && sqlx::query("SELECT 1").execute(&pool).await.is_ok()
        })
        .await;
        assert_eq!(notes(&postgres).await, ["committed"]);
    }
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn comes_back_although_a_server_process_is_busy() {
    let folder = folder();
    let postgres = start_durable(folder.path()).await;
    note(&postgres, "committed").await;
    let mut busy = connect(&postgres).await.unwrap();
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut busy).await.unwrap();
    // Counts without ever waiting, so it does not notice that its postmaster is gone.
    let work = tokio::spawn(async move {
        sqlx::query("SELECT count(*) FROM generate_series(1, 100000000000)").execute(&mut busy).await
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let killed = postmaster(postgres.cluster_folder()).unwrap();
    kill(Pid::from_raw(killed), Signal::SIGKILL).unwrap();
    until("PostgreSQL is back", async || {
        postmaster(postgres.cluster_folder()).is_some_and(|now| now != killed) && connect(&postgres).await.is_ok()
    })
    .await;
    assert!(!is_running(pid), "never two instances: the orphan is gone before the next one starts");
    assert!(work.await.unwrap().is_err());
    assert_eq!(notes(&postgres).await, ["committed"]);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn comes_back_after_the_guard_was_killed() {
    let folder = folder();
    let postgres = start_durable(folder.path()).await;
    note(&postgres, "committed").await;
    let before = postmaster(postgres.cluster_folder()).unwrap();
    kill(Pid::from_raw(guard(postgres.cluster_folder())), Signal::SIGKILL).unwrap();
    until("PostgreSQL is back under a new guard", async || {
        postmaster(postgres.cluster_folder()).is_some_and(|now| now != before) && connect(&postgres).await.is_ok()
    })
    .await;
    assert!(!is_running(before), "never two instances");
    assert_eq!(notes(&postgres).await, ["committed"]);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn outlives_the_runtime_that_started_it_and_ends_with_its_handle() {
    let folder = folder();
    let path = folder.path().to_owned();
    let postgres = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(start(&path))
    })
    .join()
    .unwrap();
    note(&postgres, "still there").await;
    let pid = postmaster(postgres.cluster_folder()).unwrap();
    drop(postgres);
    until("PostgreSQL has stopped", async || !is_running(pid)).await;
}

#[tokio::test]
async fn a_leftover_postmaster_is_stopped_first() {
    let folder = folder();
    let first = start(folder.path()).await;
    note(&first, "committed").await;
    let cluster = first.cluster_folder().to_owned();
    let command = fs::read(format!("/proc/{}/cmdline", postmaster(&cluster).unwrap()));
    let owner = fs::metadata(&cluster).unwrap();
    first.stop().await.unwrap();
    // Only Linux lets us see the command to repeat it without its guard.
    let Ok(command) = command else { return };
    let arguments: Vec<_> = command
        .split(|&byte| byte == 0)
        .map(|part| String::from_utf8(part.to_vec()).unwrap())
        // The last one ends with a zero byte too, and none of them is empty.
        .take_while(|part| !part.is_empty())
        .collect();
    let mut leftover = Command::new(&arguments[0]);
    leftover.args(&arguments[1..]).current_dir("/").stderr(std::process::Stdio::null());
    if geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut leftover, owner.uid());
        std::os::unix::process::CommandExt::gid(&mut leftover, owner.gid());
    }
    let mut leftover = leftover.spawn().unwrap();
    until("the leftover runs", async || postmaster(&cluster).is_some()).await;

    let second = start(folder.path()).await;
    assert!(leftover.wait().unwrap().success(), "it was shut down rather than killed");
    assert_eq!(notes(&second).await, ["committed"]);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_pid_file_keeps_nobody_from_starting() {
    let folder = folder();
    let first = start(folder.path()).await;
    note(&first, "committed").await;
    let cluster = first.cluster_folder().to_owned();
    first.stop().await.unwrap();
    // The number now belongs to a process that has nothing to do with it, but that PostgreSQL's user may signal.
    let owner = fs::metadata(&cluster).unwrap().uid();
    let mut other = Command::new("sleep");
    other.arg("1000").current_dir("/");
    if geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut other, owner);
    }
    let mut other = other.spawn().unwrap();
    let pid = i32::try_from(other.id()).unwrap();
    fs::write(cluster.join("postmaster.pid"), format!("{pid}\n{}\n1700000000\n5432\n", cluster.display())).unwrap();

    let second = start(folder.path()).await;
    assert!(is_running(pid), "the other process is left alone");
    assert_eq!(notes(&second).await, ["committed"]);
    second.stop().await.unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn an_interrupted_setup_is_done_again() {
    let folder = folder();
    let half = folder.path().join("data/postgres/cluster.new");
    fs::create_dir_all(half.join("base")).unwrap();
    for reachable in ["data", "data/postgres"] {
        fs::set_permissions(folder.path().join(reachable), fs::Permissions::from_mode(0o711)).unwrap();
    }
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    let postgres = start(folder.path()).await;
    note(&postgres, "works").await;
    assert!(!half.exists());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let folder = folder();
    let deep = folder.path().join("a".repeat(100)).join("b".repeat(100));
    let postgres = start(&deep).await;
    note(&postgres, "works").await;
    let url = postgres.url("magentic");
    assert!(!url.contains("aaaa"), "{url}");
    let socket = PathBuf::from(url.rsplit_once("host=").unwrap().1);
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
    postgres.stop().await.unwrap();
    assert!(!socket.exists(), "nothing is left lying about");
}

#[tokio::test]
async fn a_folder_that_only_root_can_enter_is_kept_elsewhere() {
    if !geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let first = start(folder.path()).await;
    note(&first, "kept").await;
    let elsewhere = first.cluster_folder().parent().unwrap().to_owned();
    assert!(elsewhere.starts_with("/var/lib/magentic"), "{}", elsewhere.display());
    first.stop().await.unwrap();

    // The data is found again, also under another name of the folder.
    fs::rename(folder.path().join("data"), folder.path().join("moved")).unwrap();
    let moved = Options { data_folder: folder.path().join("moved"), ..options(folder.path()) };
    let second = EmbeddedPostgres::start(moved).await.unwrap();
    assert_eq!(notes(&second).await, ["kept"]);
    second.stop().await.unwrap();
    fs::remove_dir_all(elsewhere).unwrap();
}

#[tokio::test]
async fn says_what_is_wrong() {
    let folder = folder();
    let nowhere = Options { binaries: Some(folder.path().to_owned()), ..options(folder.path()) };
    let message = EmbeddedPostgres::start(nowhere).await.unwrap_err().to_string();
    assert!(message.contains("PG_BIN") && message.contains("apt-get install"), "{message}");

    let postgres = start(folder.path()).await;
    let cluster = postgres.cluster_folder().to_owned();
    postgres.stop().await.unwrap();

    // An operator's mistake shows in the message, and nothing is left running.
    let local = cluster.with_file_name("local.conf");
    fs::write(&local, "no_such_setting = 1\n").unwrap();
    fs::set_permissions(&local, fs::Permissions::from_mode(0o644)).unwrap();
    let message = EmbeddedPostgres::start(options(folder.path())).await.unwrap_err().to_string();
    assert!(message.contains("no_such_setting"), "{message}");
    fs::remove_file(local).unwrap();

    fs::write(cluster.join("PG_VERSION"), "9999\n").unwrap();
    let message = EmbeddedPostgres::start(options(folder.path())).await.unwrap_err().to_string();
    assert!(message.contains("9999"), "{message}");
    fs::write(cluster.join("PG_VERSION"), "15\n").unwrap();
}

/// Not a test of its own: the program that the next test kills. It starts PostgreSQL, says so and waits.
#[tokio::test]
#[ignore = "started by another test"]
async fn a_server_to_be_killed() {
    let Some(folder) = std::env::var_os("EMBEDDED_POSTGRES_TEST_FOLDER") else { return };
    let postgres = start(Path::new(&folder)).await;
    note(&postgres, "committed").await;
    fs::write(Path::new(&folder).join("ready"), "").unwrap();
    std::future::pending::<()>().await;
    drop(postgres);
}

#[tokio::test]
async fn ends_when_its_server_is_killed() {
    let folder = folder();
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "a_server_to_be_killed"])
        .env("EMBEDDED_POSTGRES_TEST_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until("the server is ready", async || folder.path().join("ready").exists()).await;
    let cluster = folder.path().join("data/postgres/cluster");
    let pid = postmaster(&cluster).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    until("PostgreSQL has stopped", async || !is_running(pid)).await;
    assert!(!cluster.join("postmaster.pid").exists(), "it was shut down rather than killed");

    // And when the next server starts before that: once more, without waiting.
    fs::remove_file(folder.path().join("ready")).unwrap();
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "a_server_to_be_killed"])
        .env("EMBEDDED_POSTGRES_TEST_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until("the server is ready", async || folder.path().join("ready").exists()).await;
    server.kill().unwrap();
    server.wait().unwrap();
    let next = start(folder.path()).await;
    assert_eq!(notes(&next).await, ["committed", "committed"]);
    next.stop().await.unwrap();
}
