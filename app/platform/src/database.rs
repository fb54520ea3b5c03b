//! The pool of connections, transactions and migrations.

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, PgPool, Postgres,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// A transaction. Dropping it without `commit` rolls everything back.
pub type Tx = sqlx::Transaction<'static, Postgres>;

/// The database.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    connect_options: PgConnectOptions,
}

/// For how long after its last use a connection needs no asking whether it is still there. PostgreSQL takes longer to come back.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// Why the database could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No connection.
    #[error("cannot connect to the database: {0}. Check DATABASE_URL and that PostgreSQL is running")]
    Connect(#[source] sqlx::Error),
    /// Too old.
    #[error("PostgreSQL {found} is too old: Magentic needs version 15 or later")]
    Version {
        /// What the server said of itself.
        found: String,
    },
    /// A migration failed; nothing of that migration was kept.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The job queue's own migration failed.
    #[error("cannot prepare the job queue: {0}")]
    Jobs(String),
    /// Any other failure.
    #[error("the database failed: {0}")]
    Other(#[from] sqlx::Error),
}

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

impl Database {
    /// Opens a pool of up to `connections` connections.
    ///
    /// # Errors
    /// When no connection comes about, or the server is too old.
    pub async fn connect(options: PgConnectOptions, connections: u32) -> Result<Self, DatabaseError> {
        let options = options.application_name("magentic");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(300))
            // One that was in use a moment ago has been asked then, when it came back: asking again would be a third of the way
            // there and back for each statement.
            .test_before_acquire(false)
            .before_acquire(|connection, it| {
                Box::pin(async move {
                    if it.idle_for >= SURELY_ALIVE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options.clone())
            .await
            .map_err(DatabaseError::Connect)?;
        let version: i32 =
            sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&pool).await?;
        if version < 150_000 {
            return Err(DatabaseError::Version { found: format!("{}.{}", version / 10_000, version % 10_000) });
        }
        Ok(Self { pool, connect_options: options })
    }

    /// Brings the schema up to date. Several instances may start at once: a lock lets one do it while the others wait.
    ///
    /// # Errors
    /// When a migration fails, or one that was applied has been changed since.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        // A connection of its own: the lock belongs to it, and goes with it if we die.
        let mut connection = PgConnection::connect_with(&self.connect_options).await.map_err(DatabaseError::Connect)?;
        MIGRATOR.run(&mut connection).await?;
        connection.close().await?;
        crate::job::migrate(&self.pool).await.map_err(|error| DatabaseError::Jobs(error.to_string()))
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin().await
    }

    /// Begins a transaction that does not wait for the disk when it commits. If the machine of the database fails within
    /// about a second it is as if it had never been, whole: for what is only kept in the meantime.
    /// <https://www.postgresql.org/docs/current/wal-async-commit.html>
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_unhurried(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin_with("begin; set local synchronous_commit = off").await
    }

    /// The pool, for single reads.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How to open one more connection outside the pool (listeners, the migration lock).
    pub const fn connect_options(&self) -> &PgConnectOptions {
        &self.connect_options
    }
}

/// The name of the constraint that refused a statement, if one did: the database judges last, and an area maps the name
/// to its own error.
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
