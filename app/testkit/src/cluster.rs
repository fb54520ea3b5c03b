//! The database server that tests share, and a database for each of them.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
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

/// The migrated database that the others are cloned from; one per test program, so that programs don't disturb each other.
fn template() -> String {
    format!("magentic_template_{}", std::process::id())
}

/// A database of the caller's own, migrated and empty.
#[expect(clippy::expect_used, reason = "a test can't go on without")]
pub async fn fresh_database() -> Database {
    let server = SERVER.get_or_init(prepare).await;
    let name = format!("magentic_test_{}_{}", std::process::id(), GIVEN.fetch_add(1, Ordering::Relaxed));
    execute(server, &format!(r#"create database "{name}" template "{}""#, template())).await;
    Database::connect(server.clone().database(&name), 30).await.expect("the test's database")
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
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    async fn attempt(server: &PgConnectOptions, statement: &str) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect_with(&server.clone().database("postgres")).await?;
        connection.execute(AssertSqlSafe(statement.to_owned())).await?;
        connection.close().await.expect("a connection closes");
        Ok(())
    }
    attempt(server, statement).await.unwrap_or_else(|error| unreachable!("{statement}: {error}"));
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
