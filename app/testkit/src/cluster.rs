//! The database server that tests share, and a database for each of them.

use std::{
    mem,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use platform::{
    Database,
    embedded_postgres::{EmbeddedPostgres, Options},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;

/// Databases a test program has been given so far.
static GIVEN: AtomicU32 = AtomicU32::new(0);
/// Where the test program's server is reached.
static SERVER: OnceCell<PgConnectOptions> = OnceCell::const_new();

/// The databases of tests that have ended. Each takes as much room as an empty installation.
static ENDED: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// So many of them are dropped at a time: the first makes the server write everything to disk, the others then cost little.
const DROPPED_AT_ONCE: usize = 16;

/// Says when a test is done with its database.
pub struct Lease(String);

impl Drop for Lease {
    fn drop(&mut self) {
        ENDED.lock().unwrap_or_else(PoisonError::into_inner).push(mem::take(&mut self.0));
    }
}

/// The migrated database that the others are cloned from; one per test program, so that programs don't disturb each other.
fn template() -> String {
    format!("magentic_template_{}", std::process::id())
}

/// A database of the caller's own, migrated and empty, until the lease ends.
#[expect(clippy::expect_used, reason = "a test can't go on without")]
pub async fn fresh_database() -> (Database, Lease) {
    let server = SERVER.get_or_init(prepare).await;
    drop_ended(server).await;
    let name = format!("magentic_test_{}_{}", std::process::id(), GIVEN.fetch_add(1, Ordering::Relaxed));
    execute(server, &format!(r#"create database "{name}" template "{}""#, template())).await;
    let database = Database::connect(server.clone().database(&name), 30).await.expect("the test's database");
    (database, Lease(name))
}

/// Makes room for others. What somebody is still connected to waits for the next time.
async fn drop_ended(server: &PgConnectOptions) {
    let ended = {
        let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() < DROPPED_AT_ONCE {
            return;
        }
        mem::take(&mut *ended)
    };
    for name in ended {
        if attempt(server, &format!(r#"drop database if exists "{name}""#)).await.is_err() {
            drop(Lease(name));
        }
    }
}

#[expect(clippy::expect_used, reason = "a test can't go on without")]
async fn prepare() -> PgConnectOptions {
    let server = match configured() {
        Some(url) => url.parse::<PgConnectOptions>().expect("TEST_DATABASE_URL is a database's address"),
        None => throwaway().await,
    };
    execute(&server, &format!(r#"drop database if exists "{}""#, template())).await;
    execute(&server, &format!(r#"create database "{}""#, template())).await;
    let database = Database::connect(server.clone().database(&template()), 2).await.expect("the template");
    database.migrate().await.expect("migrations apply");
    // Nobody may be connected to a database while it is cloned.
    database.pool().close().await;
    server
}

#[expect(clippy::disallowed_methods, reason = "tests are configured by the environment alone")]
fn configured() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

async fn execute(server: &PgConnectOptions, statement: &str) {
    attempt(server, statement).await.unwrap_or_else(|error| unreachable!("{statement}: {error}"));
}

async fn attempt(server: &PgConnectOptions, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(&server.clone().database("postgres")).await?;
    connection.execute(AssertSqlSafe(statement.to_owned())).await?;
    connection.close().await
}

/// Starts a server for this test program alone. It runs on a runtime of its own, as each test's runtime ends with the test,
/// and stops when the test program does, because the pipe to its guard closes.
#[expect(clippy::expect_used, reason = "a test can't go on without")]
async fn throwaway() -> PgConnectOptions {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let postgres = EmbeddedPostgres::start(Options { data_folder: folder(), durable: false, binaries: None })
                .await
                .expect("a throwaway PostgreSQL");
            sender.send(postgres.connect_options("postgres")).expect("somebody waits for the server");
            std::future::pending::<()>().await;
        });
    });
    receiver.await.expect("the server comes up")
}

/// A folder for this test program. Those of programs that are gone are cleared away.
fn folder() -> PathBuf {
    let all = std::env::temp_dir().join("magentic-tests");
    for entry in std::fs::read_dir(&all).into_iter().flatten().flatten() {
        let gone = entry.file_name().to_str().is_some_and(|pid| !PathBuf::from(format!("/proc/{pid}")).exists());
        if gone && cfg!(target_os = "linux") {
            // Its server may still be on its way out: then the next program clears it.
            _ = std::fs::remove_dir_all(entry.path());
        }
    }
    all.join(std::process::id().to_string())
}
