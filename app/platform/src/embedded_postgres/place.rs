//! Where an embedded PostgreSQL lives, and as which user.
//!
//! ```text
//! <data folder>/postgres/lock              held while Magentic runs; has its process id in it
//!                        cluster/          PostgreSQL's own files, of the user it runs as
//!                        socket/           the same; only that user and we can enter
//!                        postgresql.conf   written anew at each start, as are pg_hba.conf and pg_ident.conf
//!                        local.conf        settings of the operator, if there are any
//!                        postgres.log      and postgres.log.1, the part before
//! ```
//! PostgreSQL refuses to run as root. Started by root, it runs as `postgres` or `nobody`, and then that user owns the two
//! folders and nothing else: root must never write into a folder where another user could have put a link.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, lchown, symlink},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use nix::unistd::{Uid, User, geteuid};

use super::{EmbeddedError, Options, PORT, ROLE, SUPERUSER, binaries, binaries::Binaries, short_hash};

/// Where root keeps the data when PostgreSQL's user cannot reach the data folder.
const SYSTEM_FOLDER: &str = "/var/lib/magentic";
/// The longest path of a socket that every system takes: macOS has room for 103 bytes, Linux for 107.
const LONGEST_SOCKET: usize = 103;
/// The log is cut when it is longer. One older part is kept, so it takes at most twice this.
const LONGEST_LOG: u64 = 16 * 1024 * 1024;

/// The operating system's user that PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// We are root, and this is somebody else.
    other: bool,
}

impl Account {
    fn ours() -> Result<Self, EmbeddedError> {
        let uid = geteuid();
        Self::of(uid).map(|account| Self { other: false, ..account })
    }

    fn of(uid: Uid) -> Result<Self, EmbeddedError> {
        let no = |reason: String| EmbeddedError::NoAccount { uid: uid.as_raw(), reason };
        let user = User::from_uid(uid)
            .map_err(|error| no(error.to_string()))?
            .ok_or_else(|| no("the system does not know this user".to_owned()))?;
        Ok(Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), other: uid != geteuid() })
    }

    /// Who root lets PostgreSQL run as.
    fn unprivileged() -> Result<Self, EmbeddedError> {
        for name in ["postgres", "nobody"] {
            if let Ok(Some(user)) = User::from_name(name) {
                return Self::of(user.uid);
            }
        }
        Err(EmbeddedError::NoAccount {
            uid: 0,
            reason: "it refuses to run as root, and there is neither a user `postgres` nor `nobody`".to_owned(),
        })
    }

    /// A command that runs as this user, knows nothing of our environment and stands where the user may stand.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
        if self.other {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    fn can_enter(&self, folder: &Path) -> bool {
        !self.other
            || self
                .command(Path::new("/bin/sh"))
                .args(["-c", r#"cd "$1""#, "sh"])
                .arg(folder)
                .output()
                .is_ok_and(|output| output.status.success())
    }
}

/// A prepared data folder.
#[derive(Debug)]
pub(super) struct Place {
    pub folder: PathBuf,
    pub cluster: PathBuf,
    pub socket: PathBuf,
    pub log: PathBuf,
    /// PostgreSQL shows it in the title of each of its processes, which is how we recognise them.
    pub name: String,
    pub account: Account,
    pub binaries: Binaries,
}

/// Decides where the files go: into the data folder whenever that is possible.
pub(super) fn folder(options: &Options) -> Result<PathBuf, EmbeddedError> {
    let wanted = &options.data_folder;
    let root = geteuid().is_root();
    // PostgreSQL's user must be able to pass through a folder that root makes. It does not see what is in it.
    let mode = if root { 0o711 } else { 0o700 };
    let make = |path: &Path| {
        DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|source| folder_error(path, source))
    };
    make(wanted)?;
    let wanted = fs::canonicalize(wanted).map_err(|source| folder_error(wanted, source))?;
    let folder = wanted.join("postgres");
    // It may be a link to where the data went the first time, see below. A link to nowhere is an error: starting with an
    // empty database would look as if everything had been lost.
    if fs::symlink_metadata(&folder).is_err() {
        if !root || Account::unprivileged()?.can_enter(&wanted) {
            make(&folder)?;
        } else {
            let elsewhere = Path::new(SYSTEM_FOLDER).join(short_hash(wanted.as_os_str()));
            make(&elsewhere)?;
            // Links the data folder to its data also after somebody has moved it.
            ignoring_existing(symlink(&elsewhere, &folder)).map_err(|source| folder_error(&folder, source))?;
        }
    }
    let real = fs::canonicalize(&folder).map_err(|source| folder_error(&folder, source))?;
    if real != folder {
        tracing::info!(
            data_folder = %wanted.display(), folder = %real.display(),
            "the database is kept outside the data folder, which the user that PostgreSQL runs as cannot reach"
        );
    }
    Ok(real)
}

fn ignoring_existing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

impl Place {
    /// Sets up everything PostgreSQL needs to start. The folder's lock is held.
    pub(super) fn prepare(options: &Options, folder: PathBuf) -> Result<Self, EmbeddedError> {
        let cluster = folder.join("cluster");
        let version = cluster_version(&cluster)?;
        let account = match version {
            Some(_) => owner(&cluster)?,
            None if geteuid().is_root() => Account::unprivileged()?,
            None => Account::ours()?,
        };
        let binaries = binaries::find(options.binaries.as_deref(), version.map(|version| (&*cluster, version)))?;
        let hash = short_hash(folder.as_os_str());
        let socket = socket_folder(&folder, &hash, &account)?;
        let log = folder.join("postgres.log");
        let place = Self { name: format!("magentic-{hash}"), folder, cluster, socket, log, account, binaries };
        if version.is_none() {
            place.initialise(options.durable)?;
        }
        place.configure(options.durable)?;
        Ok(place)
    }

    /// Runs `initdb` beside the final place, so that a cluster is there entirely or not at all.
    fn initialise(&self, durable: bool) -> Result<(), EmbeddedError> {
        let new = self.folder.join("cluster.new");
        let mut said = String::new();
        tracing::info!(folder = %self.cluster.display(), "setting up the database");
        // macOS has no C.UTF-8, but a character type that goes by the name of UTF-8.
        for locale in [&["--locale=C.UTF-8"][..], &["--locale=C", "--lc-ctype=UTF-8"], &["--locale=C"]] {
            // What an interrupted attempt left behind.
            match fs::remove_dir_all(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(folder_error(&new, error)),
                _ => {}
            }
            private_folder(&new, &self.account).map_err(|reason| folder_error(&new, io::Error::other(reason)))?;
            let program = self.binaries.folder.join("initdb");
            let output = self
                .account
                .command(&program)
                .args(["--encoding=UTF8", "--auth=peer", "--no-instructions", "--data-checksums"])
                .arg(format!("--username={SUPERUSER}"))
                .args(locale)
                .args(if durable { None } else { Some("--no-sync") })
                .arg("-D")
                .arg(&new)
                .output()
                .map_err(|source| EmbeddedError::Spawn { program, source })?;
            if output.status.success() {
                fs::rename(&new, &self.cluster).map_err(|source| folder_error(&self.cluster, source))?;
                if durable {
                    // The renaming itself must survive a power cut.
                    File::open(&self.folder)
                        .and_then(|folder| folder.sync_all())
                        .map_err(|source| folder_error(&self.folder, source))?;
                }
                return Ok(());
            }
            said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            if !said.contains("locale") {
                break;
            }
        }
        Err(EmbeddedError::Initdb { folder: self.folder.clone(), output: said })
    }

    fn configure(&self, durable: bool) -> Result<(), EmbeddedError> {
        // Small enough to go unnoticed on a laptop, good for some hundred people at a time.
        let mut settings =
            "# Magentic writes this file at each start. Your own settings go into local.conf beside it.\n\
             max_connections = 100\n\
             shared_buffers = '128MB'\n\
             effective_cache_size = '1GB'\n\
             maintenance_work_mem = '64MB'\n\
             max_wal_size = '512MB'\n\
             jit = off\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n\
             datestyle = 'iso, mdy'\n\
             lc_messages = 'C'\n\
             default_text_search_config = 'pg_catalog.english'\n\
             log_line_prefix = '%m [%p] %q%u@%d '\n\
             log_checkpoints = off\n\
             # Without the values that a constraint refused: they may be somebody's e-mail address.\n\
             log_error_verbosity = terse\n"
                .to_owned();
        if !durable {
            settings.push_str(
                "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nwal_level = minimal\nmax_wal_senders = 0\n",
            );
        }
        settings.push_str("include_if_exists = 'local.conf'\n");

        // Whoever reaches the socket must be us or the user PostgreSQL runs as; the kernel says who it is.
        let ours = Account::ours()?;
        let mut users = vec![&ours.name];
        if self.account.name != ours.name {
            users.push(&self.account.name);
        }
        let map: String = users
            .iter()
            .flat_map(|user| [SUPERUSER, ROLE].map(|role| format!("magentic \"{user}\" {role}\n")))
            .collect();
        self.write("postgresql.conf", &settings)?;
        self.write("pg_hba.conf", "local all all peer map=magentic\n")?;
        self.write("pg_ident.conf", &map)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), EmbeddedError> {
        let path = self.folder.join(name);
        let new = self.folder.join(format!("{name}.new"));
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(text.as_bytes())?;
            if self.account.other {
                file.set_permissions(fs::Permissions::from_mode(0o640))?;
                chown(&new, None, Some(self.account.gid))?;
            }
            fs::rename(&new, &path)
        };
        write().map_err(|source| folder_error(&path, source))
    }

    /// What `postgres` is started with.
    pub(super) fn server(&self) -> (PathBuf, Vec<std::ffi::OsString>) {
        let mut arguments = vec!["-D".into(), self.cluster.clone().into()];
        let mut set = |name: &str, value: &std::ffi::OsStr| {
            let mut setting = std::ffi::OsString::from(name);
            setting.push("=");
            setting.push(value);
            arguments.extend(["-c".into(), setting]);
        };
        // What keeps others out stands here, where no configuration file can change it.
        set("config_file", self.folder.join("postgresql.conf").as_os_str());
        set("hba_file", self.folder.join("pg_hba.conf").as_os_str());
        set("ident_file", self.folder.join("pg_ident.conf").as_os_str());
        set("listen_addresses", "".as_ref());
        set("port", PORT.to_string().as_ref());
        // A list, in which quotes keep a comma from dividing.
        let mut socket = std::ffi::OsString::from("\"");
        socket.push(&self.socket);
        socket.push("\"");
        set("unix_socket_directories", &socket);
        set("unix_socket_permissions", "0700".as_ref());
        set("cluster_name", self.name.as_ref());
        // The log is the file that standard error goes to.
        set("logging_collector", "off".as_ref());
        set("log_destination", "stderr".as_ref());
        (self.binaries.folder.join("postgres"), arguments)
    }

    /// Removes the socket's folder where it is not in the data folder and so would be left lying about.
    pub(super) fn clear_away(&self) {
        if !self.socket.starts_with(&self.folder)
            && let Err(error) = fs::remove_dir(&self.socket)
        {
            tracing::debug!(%error, folder = %self.socket.display(), "the socket's folder stays");
        }
    }

    /// Opens the log for PostgreSQL to append to, and says how long it is now.
    pub(super) fn open_log(&self) -> Result<(File, u64), EmbeddedError> {
        self.bound_log();
        let open = || {
            let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.log)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        open().map_err(|source| folder_error(&self.log, source))
    }

    /// Cuts the log when it has become too long. PostgreSQL appends, so it goes on at the new end.
    pub(super) fn bound_log(&self) {
        let cut = || -> io::Result<()> {
            if fs::metadata(&self.log)?.len() > LONGEST_LOG {
                fs::copy(&self.log, self.log.with_extension("log.1"))?;
                OpenOptions::new().write(true).open(&self.log)?.set_len(0)?;
            }
            Ok(())
        };
        if let Err(error) = cut()
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, log = %self.log.display(), "PostgreSQL's log cannot be cut");
        }
    }

    /// The log from `offset` on, as far as it fits into an error message.
    pub(super) fn log_since(&self, offset: u64) -> String {
        let read = || -> io::Result<String> {
            let mut file = File::open(&self.log)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(offset.max(length.saturating_sub(2000)).min(length)))?;
            let mut bytes = Vec::new();
            file.take(2000).read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_else(|error| error.to_string())
    }
}

/// Opens a file that only we may read, without emptying it.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// The major version that wrote the cluster; nothing when there is none yet.
fn cluster_version(cluster: &Path) -> Result<Option<u32>, EmbeddedError> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let text = text.trim();
            let unreadable = || folder_error(&path, io::Error::other(format!("`{text}` is not a version")));
            text.parse().map(Some).map_err(|_| unreadable())
        }
        // Only a finished cluster comes to this place, and it has this file. Whatever else is there makes renaming fail.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(folder_error(&path, source)),
    }
}

/// The user whose cluster it is, if we may act for that user.
fn owner(cluster: &Path) -> Result<Account, EmbeddedError> {
    let uid = Uid::from_raw(fs::metadata(cluster).map_err(|source| folder_error(cluster, source))?.uid());
    let foreign = |owner: String| EmbeddedError::ForeignOwner { folder: cluster.to_owned(), owner };
    if uid.is_root() {
        return Err(foreign("root".to_owned()));
    }
    let owner = Account::of(uid)?;
    if owner.other && !geteuid().is_root() { Err(foreign(format!("user {}", owner.name))) } else { Ok(owner) }
}

/// A folder for the socket, in the data folder if its path is short enough, which is not ours to decide.
fn socket_folder(folder: &Path, hash: &str, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let short = format!("magentic-{hash}");
    let mut candidates = vec![folder.join("socket")];
    if account.other {
        // Only root can write there, so nobody can have been there first.
        candidates.push(Path::new("/run").join(&short));
    } else if let Some(runtime) = std::env::var_os("XDG_RUNTIME_DIR") {
        candidates.push(Path::new(&runtime).join(&short));
    }
    candidates.push(Path::new("/tmp").join(&short));
    let mut problem = None;
    for path in candidates {
        let file = path.join(format!(".s.PGSQL.{PORT}"));
        // PostgreSQL ends a folder's name at a quotation mark, and the programs that connect end it at a comma.
        let plain = !path.as_os_str().as_bytes().iter().any(|byte| b"\",".contains(byte));
        if !path.is_absolute() || !plain || file.as_os_str().len() > LONGEST_SOCKET {
            continue;
        }
        match private_folder(&path, account) {
            Ok(()) => return Ok(path),
            Err(reason) => problem = Some(EmbeddedError::SocketFolder { path, reason }),
        }
    }
    Err(problem.unwrap_or_else(|| EmbeddedError::SocketFolder {
        path: folder.to_owned(),
        reason: "no folder has a path short enough".to_owned(),
    }))
}

/// Makes a folder that belongs to the account and that nobody else can enter, or makes sure that it is one.
fn private_folder(path: &Path, account: &Account) -> Result<(), String> {
    let text = |error: io::Error| error.to_string();
    ignoring_existing(DirBuilder::new().mode(0o700).create(path)).map_err(text)?;
    let found = fs::symlink_metadata(path).map_err(text)?;
    if !found.is_dir() {
        return Err("it is not a folder".to_owned());
    }
    if found.uid() != account.uid && found.uid() != geteuid().as_raw() {
        return Err(format!("it belongs to user {}", found.uid()));
    }
    if found.mode() & 0o077 != 0 {
        return Err(format!("others may enter it: its mode is {:o}", found.mode() & 0o777));
    }
    if found.uid() != account.uid {
        lchown(path, Some(account.uid), Some(account.gid)).map_err(text)?;
    }
    Ok(())
}

fn folder_error(path: &Path, source: io::Error) -> EmbeddedError {
    EmbeddedError::Folder { path: path.to_owned(), source }
}
