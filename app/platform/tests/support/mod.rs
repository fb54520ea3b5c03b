//! What the tests of mail, files and media share: a database of their own, a clock to set, and chance that repeats.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, Randomness};
use platform::{
    Database, World,
    embedded_postgres::{EmbeddedError, EmbeddedPostgres, Options},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

static POSTGRES: OnceCell<EmbeddedPostgres> = OnceCell::const_new();

/// A fresh, migrated database. The name has to be the test's own.
pub async fn database(name: &str) -> Database {
    let postgres = POSTGRES.get_or_init(start).await;
    let mut connection = PgConnection::connect_with(&postgres.connect_options("postgres")).await.expect("connects");
    let drop = format!("drop database if exists {name} with (force)");
    sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await.expect("drops");
    postgres.ensure_database(name).await.expect("creates");
    let database = Database::connect(postgres.connect_options(name), 8).await.expect("connects");
    database.migrate().await.expect("migrates");
    database
}

/// Clusters are kept for the next run, below the target folder. Another run may be using one.
async fn start() -> EmbeddedPostgres {
    for number in 0..8 {
        let data_folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-{number}"));
        match EmbeddedPostgres::start(Options { data_folder, durable: false, binaries: None }).await {
            Ok(postgres) => return postgres,
            Err(EmbeddedError::InUse { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("all clusters are in use");
}

/// A clock that stands still until it is moved, and never stands in the real future of Postgres's own.
pub struct Hands(Mutex<DateTime<Utc>>);

impl Hands {
    pub fn forward(&self, by: TimeDelta) {
        *self.0.lock().expect("not poisoned") += by;
    }
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("not poisoned")
    }
}

struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        for (byte, number) in bytes.iter_mut().rev().zip(number.iter().rev()) {
            *byte = *number;
        }
    }
}

pub fn world() -> (World, Arc<Hands>) {
    let hands = Arc::new(Hands(Mutex::new("2026-03-01T12:00:00Z".parse().expect("an instant"))));
    let clock: Arc<dyn Clock> = Arc::<Hands>::clone(&hands);
    (World { clock, randomness: Arc::new(Counter(AtomicU64::new(0))) }, hands)
}
