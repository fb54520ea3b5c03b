//! PostgreSQL run by Magentic itself, for whoever has not set `DATABASE_URL`.
//!
//! Everything lives in the data folder, below `postgres`: the cluster, its configuration, its log, its socket and a lock. There is no TCP
//! port. Whoever can open the socket still has to be us: the folder it is in is private, and PostgreSQL asks the kernel
//! who is calling (`peer`), so there is no password to keep or to leak.
//!
//! ```text
//! Magentic ──pipe──▶ guard (sh, process group of its own) ──▶ postgres ──▶ its backends
//!    └─ thread `postgres`: waits for the guard, starts everything again when it ends, bounds the log
//! ```
//! The guard's standard input is a pipe that only we hold. When it closes, because we stop or because we were killed, the
//! guard shuts PostgreSQL down. The supervising thread has a runtime of its own, so the database outlives the runtime
//! that started it (each `#[tokio::test]` has one).

mod binaries;
mod place;
mod process;

use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs::{File, TryLockError},
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

use place::Place;
use process::Guard;

/// The role that owns Magentic's databases. Not a superuser, so row-level security holds for it as it would on a managed
/// server; it may create databases, which tests do.
const ROLE: &str = "magentic";
/// The cluster's superuser. Only used here, to create the role and the databases.
const SUPERUSER: &str = "postgres";
/// No TCP port: the number is only a part of the socket's file name.
const PORT: u16 = 5432;

/// How long somebody who just shut down may still hold the folder, as when a development server is restarted.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
/// How long PostgreSQL may take to answer at all. Crash recovery, which answers "starting up", may take longer.
const START_PATIENCE: Duration = Duration::from_secs(60);
const RECOVERY_PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long the guard may take for a fast shutdown, including its own stronger signal after twenty seconds.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const LOG_INTERVAL: Duration = Duration::from_secs(20);
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How to run PostgreSQL.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything lives. Created when it does not exist.
    pub data_folder: PathBuf,
    /// Whether what was committed must survive a power cut, or PostgreSQL being killed. `false` is for tests: faster, and
    /// the last half second may be lost.
    pub durable: bool,
    /// The folder of `postgres` and `initdb`; without it, the usual places are searched.
    pub binaries: Option<PathBuf>,
}

/// A running PostgreSQL. It stops with [`stop`](Self::stop), when this is dropped, or when this process dies.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    cluster: PathBuf,
    socket: PathBuf,
    /// Dropping it tells the supervisor to stop.
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<Result<(), EmbeddedError>>,
}

/// Why PostgreSQL does not run, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// There is no PostgreSQL server on this machine.
    #[error(
        "PostgreSQL {} or newer was not found ({searched}). Install it (Debian, Ubuntu: `apt-get install postgresql`; \
         macOS: `brew install postgresql@17`), or set PG_BIN to the folder that has `postgres` and `initdb` in it, or set \
         DATABASE_URL to a server that runs elsewhere",
        binaries::OLDEST
    )]
    NotInstalled {
        /// What was found instead, or where we looked.
        searched: String,
    },
    /// The data was written by a major version that is not installed (any more).
    #[error(
        "The data in {} was written by PostgreSQL {cluster}, but here is only version {found}. Install PostgreSQL \
         {cluster} beside it, or move the data with version {cluster}'s `pg_dump` into a new data folder",
        folder.display()
    )]
    OtherVersion {
        /// The cluster.
        folder: PathBuf,
        /// The version that wrote it.
        cluster: u32,
        /// The versions installed.
        found: String,
    },
    /// Another server uses this data folder.
    #[error(
        "The data folder {} is in use by another Magentic ({}). Stop that one first, or choose another data folder",
        folder.display(),
        pid.map_or_else(|| "its process is not known".to_owned(), |pid| format!("process {pid}"))
    )]
    InUse {
        /// The folder both want.
        folder: PathBuf,
        /// Who has it.
        pid: Option<u32>,
    },
    /// A folder or file cannot be made, read or written.
    #[error("{} cannot be used: {source}. Correct its permissions, or choose another data folder", path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The cluster belongs to a user we may not act for.
    #[error(
        "The data in {} belongs to {owner}, and PostgreSQL only works on data of the user it runs as. Start Magentic as \
         that user, or change the owner of the folder",
        folder.display()
    )]
    ForeignOwner {
        /// The cluster.
        folder: PathBuf,
        /// Its owner.
        owner: String,
    },
    /// The folder for the socket is somebody else's.
    #[error(
        "The socket's folder {} is not private to Magentic ({reason}). Remove it, or choose a data folder with a shorter \
         path so that the socket fits into it",
        path.display()
    )]
    SocketFolder {
        /// Which folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// PostgreSQL refuses to run as this user.
    #[error(
        "PostgreSQL cannot run as user {uid}: {reason}. Give the user a line in /etc/passwd, start Magentic as another \
         user, or set DATABASE_URL to a server that runs elsewhere"
    )]
    NoAccount {
        /// The user's number.
        uid: u32,
        /// Why not.
        reason: String,
    },
    /// A program could not be started.
    #[error("{} cannot be started: {source}", program.display())]
    Spawn {
        /// Which program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("The database could not be set up in {}. `initdb` said:\n{output}", folder.display())]
    Initdb {
        /// The folder.
        folder: PathBuf,
        /// What `initdb` said.
        output: String,
    },
    /// PostgreSQL ended or never answered.
    #[error("PostgreSQL did not start: {reason}. The end of its log {}:\n{tail}", log.display())]
    DidNotStart {
        /// What was seen.
        reason: String,
        /// The log.
        log: PathBuf,
        /// What it says about this start.
        tail: String,
    },
    /// A PostgreSQL of an earlier run could not be stopped.
    #[error("PostgreSQL processes of an earlier run do not end: {pids:?}. Stop them (`kill -9`), then start again")]
    Leftover {
        /// Which ones.
        pids: Vec<i32>,
    },
    /// A database's name is empty or longer than PostgreSQL's 63 bytes.
    #[error("`{0}` cannot be the name of a database: it takes 1 to 63 bytes")]
    DatabaseName(String),
    /// PostgreSQL runs, but refused what was asked of it.
    #[error("PostgreSQL refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The supervising thread is gone.
    #[error("The thread that watches over PostgreSQL ended without an answer")]
    Supervisor,
}

impl EmbeddedPostgres {
    /// Starts PostgreSQL, setting up its data folder the first time, and returns once it answers.
    ///
    /// # Errors
    /// Every [`EmbeddedError`] says what to do about it. Nothing is left running then.
    pub async fn start(options: Options) -> Result<Self, EmbeddedError> {
        let (ready, is_ready) = oneshot::channel();
        let (stop, stopping) = oneshot::channel();
        let (has_stopped, stopped) = oneshot::channel();
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    let result = runtime.block_on(run(options, ready, stopping));
                    // Nobody listens when the handle was dropped, and then the log has it.
                    let _ = has_stopped.send(result);
                }
                Err(source) => {
                    let _ = ready.send(Err(EmbeddedError::Spawn { program: "postgres".into(), source }));
                }
            })
            .map_err(|source| EmbeddedError::Spawn { program: "postgres".into(), source })?;
        let (cluster, socket) = is_ready.await.map_err(|_| EmbeddedError::Supervisor)??;
        Ok(Self { cluster, socket, stop, stopped })
    }

    /// How to connect to `database` as the role that owns Magentic's databases.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        connect_options(&self.socket, ROLE, database)
    }

    /// The same as an address, for other programs: psql, pgbench, sqlx.
    pub fn url(&self, database: &str) -> String {
        // `localhost` is a place holder: several readers refuse a user without a host. `host` overrides it.
        format!(
            "postgres://{ROLE}@localhost:{PORT}/{}?host={}",
            percent_encoded(database.as_bytes()),
            percent_encoded(self.socket.as_os_str().as_bytes())
        )
    }

    /// Where the cluster's files are, which is not below the data folder when PostgreSQL's user cannot reach that.
    pub fn cluster_folder(&self) -> &Path {
        &self.cluster
    }

    /// Creates the database unless it exists.
    ///
    /// # Errors
    /// When the name does not fit or PostgreSQL refuses.
    pub async fn ensure_database(&self, name: &str) -> Result<(), EmbeddedError> {
        if name.is_empty() || name.len() > 63 || name.contains('\0') {
            return Err(EmbeddedError::DatabaseName(name.to_owned()));
        }
        let mut connection = PgConnection::connect_with(&connect_options(&self.socket, SUPERUSER, "postgres")).await?;
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
        if !exists {
            // A name cannot be a parameter. Doubling the quotes is all that quoting an identifier takes.
            let create = format!(r#"CREATE DATABASE "{}" OWNER {ROLE}"#, name.replace('"', r#""""#));
            match sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await {
                // Somebody else created it in between, which shows in one of two ways.
                Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("42P04" | "23505")) => {}
                other => {
                    other?;
                }
            }
        }
        connection.close().await?;
        Ok(())
    }

    /// Shuts PostgreSQL down and waits for it: open transactions are rolled back, everything committed is on disk.
    ///
    /// # Errors
    /// When a process refuses to end even when killed.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        drop(self.stop);
        self.stopped.await.map_err(|_| EmbeddedError::Supervisor)?
    }
}

type Ready = oneshot::Sender<Result<(PathBuf, PathBuf), EmbeddedError>>;

/// The supervising thread, from start to stop. Holds the lock for all that time.
async fn run(options: Options, ready: Ready, mut stopping: oneshot::Receiver<()>) -> Result<(), EmbeddedError> {
    let started = async {
        let folder = place::folder(&options)?;
        let lock = lock(&folder, &options.data_folder).await?;
        let place = Place::prepare(&options, folder)?;
        let guard = launch(&place).await?;
        ensure_role(&place).await?;
        Ok((lock, place, guard))
    };
    // Whoever gives up waiting for the start drops the handle. The guard's pipe closes with the future.
    let started = tokio::select! {
        started = started => started,
        _ = &mut stopping => return Ok(()),
    };
    let (lock, place, guard) = match started {
        Ok(started) => started,
        Err(error) => {
            let _ = ready.send(Err(error));
            return Ok(());
        }
    };
    tracing::info!(folder = %place.cluster.display(), version = place.binaries.major, "PostgreSQL runs");
    let unheard = ready.send(Ok((place.cluster.clone(), place.socket.clone()))).is_err();
    let guard = if unheard { Some(guard) } else { supervise(&place, guard, stopping).await };

    let result = stop(&place, guard).await;
    match &result {
        Ok(()) => tracing::info!("PostgreSQL stopped"),
        Err(error) => tracing::error!(%error, "PostgreSQL did not stop"),
    }
    drop(lock);
    result
}

/// Keeps PostgreSQL running until told to stop, and returns the guard that runs then, if one does.
async fn supervise(place: &Place, mut guard: Guard, mut stopping: oneshot::Receiver<()>) -> Option<Guard> {
    let mut pause = SHORTEST_PAUSE;
    loop {
        let since = Instant::now();
        let status = loop {
            tokio::select! {
                _ = &mut stopping => return Some(guard),
                status = guard.wait() => break status,
                () = sleep(LOG_INTERVAL) => place.bound_log(),
            }
        };
        tracing::error!(status = %status, log = %place.log.display(), "PostgreSQL ended; it is started again");
        if since.elapsed() > LONGEST_PAUSE {
            pause = SHORTEST_PAUSE;
        }
        // Closes the pipe: when only the guard was killed, what is left of it shuts PostgreSQL down.
        drop(guard);
        guard = loop {
            let attempt = async {
                sleep(pause).await;
                launch(place).await
            };
            match tokio::select! { guard = attempt => guard, _ = &mut stopping => return None } {
                Ok(guard) => break guard,
                Err(error) => tracing::error!(%error, "PostgreSQL cannot be started again yet"),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        tracing::info!("PostgreSQL runs again");
    }
}

/// Starts PostgreSQL and waits until it answers, after whatever is left of an earlier run has gone.
async fn launch(place: &Place) -> Result<Guard, EmbeddedError> {
    process::clear_leftovers(place, &process::GENTLE).await?;
    let (mut guard, log_from) = process::spawn_guard(place)?;
    let did_not_start =
        |reason: String| EmbeddedError::DidNotStart { reason, log: place.log.clone(), tail: place.log_since(log_from) };
    let options = connect_options(&place.socket, SUPERUSER, "postgres");
    let begun = Instant::now();
    let mut recovering = false;
    loop {
        let attempt = timeout(Duration::from_secs(5), PgConnection::connect_with(&options));
        let answer = tokio::select! {
            biased;
            status = guard.wait() => return Err(did_not_start(status)),
            answer = attempt => answer,
        };
        let patience = match answer {
            Ok(Ok(connection)) => {
                drop(connection);
                return Ok(guard);
            }
            // 57P03: it is there, and busy with recovery.
            Ok(Err(sqlx::Error::Database(error))) if error.code().as_deref() == Some("57P03") => {
                if !recovering && begun.elapsed() > Duration::from_secs(2) {
                    recovering = true;
                    tracing::warn!("PostgreSQL recovers from a crash; this can take a while");
                }
                RECOVERY_PATIENCE
            }
            // A user the server does not let in will not be let in later either.
            Ok(Err(sqlx::Error::Database(error))) => return Err(did_not_start(error.to_string())),
            Ok(Err(_)) | Err(_) => START_PATIENCE,
        };
        if begun.elapsed() > patience {
            return Err(did_not_start("it does not answer".to_owned()));
        }
        sleep(Duration::from_millis(30)).await;
    }
}

async fn stop(place: &Place, guard: Option<Guard>) -> Result<(), EmbeddedError> {
    if let Some(mut guard) = guard {
        guard.close();
        if timeout(STOP_PATIENCE, guard.wait()).await.is_err() {
            tracing::warn!("PostgreSQL takes too long to shut down and is stopped the hard way; it will recover");
        }
    }
    process::clear_leftovers(place, &process::FIRM).await?;
    place.clear_away();
    Ok(())
}

async fn ensure_role(place: &Place) -> Result<(), EmbeddedError> {
    let mut connection = PgConnection::connect_with(&connect_options(&place.socket, SUPERUSER, "postgres")).await?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(ROLE)
        .fetch_one(&mut connection)
        .await?;
    if !exists {
        sqlx::query(AssertSqlSafe(format!("CREATE ROLE {ROLE} LOGIN CREATEDB"))).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

/// Takes the folder for this process. The kernel lets go of it when the process ends, however it ends.
async fn lock(folder: &Path, data_folder: &Path) -> Result<File, EmbeddedError> {
    let path = folder.join("lock");
    let fail = |source| EmbeddedError::Folder { path: path.clone(), source };
    let file = place::open_private(&path).map_err(fail)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(fail(source)),
            Err(TryLockError::WouldBlock) if begun.elapsed() > LOCK_PATIENCE => {
                let pid = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
                return Err(EmbeddedError::InUse { folder: data_folder.to_owned(), pid });
            }
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(100)).await,
        }
    }
    file.set_len(0).map_err(fail)?;
    io::Write::write_all(&mut &file, format!("{}\n", std::process::id()).as_bytes()).map_err(fail)?;
    Ok(file)
}

fn connect_options(socket: &Path, role: &str, database: &str) -> PgConnectOptions {
    // Everything is said here, so that PGHOST and its like in the environment change nothing.
    PgConnectOptions::new_without_pgpass()
        .socket(socket)
        .host("localhost")
        .port(PORT)
        .ssl_mode(PgSslMode::Disable)
        .username(role)
        .database(database)
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// A short name for a path, always the same one (unlike the standard library's hashes, which may change).
fn short_hash(path: &OsStr) -> String {
    use sha2::Digest as _;
    hex::encode(&sha2::Sha256::digest(path.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_being_part_of_an_address() {
        assert_eq!(percent_encoded("/tmp/a b&c=d/ü".as_bytes()), "/tmp/a%20b%26c%3Dd/%C3%BC");
    }

    #[test]
    fn the_name_of_a_folder_never_changes() {
        assert_eq!(short_hash(OsStr::new("/srv/magentic/data")), "899672b77c85a33b");
    }
}
