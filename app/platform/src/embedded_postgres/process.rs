//! PostgreSQL's processes: starting them under a guard, and getting rid of what an earlier run left behind.

use std::{fs, io, path::Path, process::Stdio, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, ChildStdin, Command},
    time::{Instant, sleep},
};

use super::{EmbeddedError, place::Place};

/// Runs the command it is given and shuts it down when its standard input ends, which it does when Magentic is gone.
/// Without job control a shell starts what runs in the background with SIGINT ignored. PostgreSQL sets its own handlers,
/// but a signal that comes before that is lost, and so it is repeated.
const GUARD: &str = r#"
trap '' HUP INT TERM
exec 3<&0 </dev/null
"$@" 3<&- &
postgres=$!
(
    read -r _ <&3
    n=0
    while [ $n -lt 20 ] && kill -INT $postgres; do sleep 1; n=$((n + 1)); done
    kill -QUIT $postgres
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $postgres
status=$?
kill -KILL $watcher 2>/dev/null
exit $status
"#;

/// Signals to send one after the other, and how long each may take to work.
pub(super) type Escalation = [(Signal, Duration)];
/// For what an earlier run left behind: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
pub(super) const GENTLE: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];
/// For what did not follow the gentle way.
pub(super) const FIRM: [(Signal, Duration); 2] =
    [(Signal::SIGQUIT, Duration::from_secs(10)), (Signal::SIGKILL, Duration::from_secs(5))];
/// A server process ends by itself once it notices that its postmaster is gone, which a busy one does late.
const ORPHANS: [(Option<Signal>, Duration); 3] = [
    (None, Duration::from_secs(3)),
    (Some(Signal::SIGQUIT), Duration::from_secs(5)),
    (Some(Signal::SIGKILL), Duration::from_secs(5)),
];

/// The running guard. Dropping it closes the pipe, and so shuts PostgreSQL down.
#[derive(Debug)]
pub(super) struct Guard {
    child: Child,
    /// Not left in `child`, which closes it as soon as one waits for the process.
    pipe: Option<ChildStdin>,
}

impl Guard {
    /// Waits until the guard ends, which it does after PostgreSQL has. Can be called again when it was cancelled.
    pub(super) async fn wait(&mut self) -> String {
        self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string())
    }

    /// Tells the guard to shut PostgreSQL down.
    pub(super) fn close(&mut self) {
        self.pipe = None;
    }
}

/// Starts PostgreSQL under a guard, and says where in the log its messages will begin.
pub(super) fn spawn_guard(place: &Place) -> Result<(Guard, u64), EmbeddedError> {
    let shell = Path::new("/bin/sh");
    let fail = |source: io::Error| EmbeddedError::Spawn { program: shell.to_owned(), source };
    let (log, length) = place.open_log()?;
    let (program, arguments) = place.server();
    let mut command = Command::from(place.account.command(shell));
    command
        .args(["-c", GUARD, "magentic-postgres-guard"])
        .arg(program)
        .args(arguments)
        // Ctrl-C in a terminal reaches the whole group in front: PostgreSQL must outlive our own shutting down.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(log.try_clone().map_err(fail)?)
        .stderr(log);
    let mut child = command.spawn().map_err(fail)?;
    let pipe = child.stdin.take();
    Ok((Guard { child, pipe }, length))
}

/// Makes sure that nothing of PostgreSQL runs in this place. The place's lock is held, so whatever does is a leftover.
pub(super) async fn clear_leftovers(place: &Place, escalation: &Escalation) -> Result<(), EmbeddedError> {
    for &(signal, patience) in escalation {
        if !end(|| postmasters(place), Some(signal), patience).await {
            tracing::warn!(%signal, "a PostgreSQL of an earlier run does not end");
        }
    }
    for (signal, patience) in ORPHANS {
        end(|| children(place), signal, patience).await;
    }
    let left: Vec<i32> = postmasters(place).into_iter().chain(children(place)).collect();
    if !left.is_empty() {
        return Err(EmbeddedError::Leftover { pids: left });
    }
    remove_stale_pid_file(place)
}

/// Sends the signal once to each process and waits until all have gone. Says whether they have.
async fn end(find: impl Fn() -> Vec<i32>, signal: Option<Signal>, patience: Duration) -> bool {
    let begun = Instant::now();
    let mut told = Vec::new();
    loop {
        let pids = find();
        if pids.is_empty() {
            return true;
        }
        if begun.elapsed() > patience {
            return false;
        }
        for pid in pids {
            if let Some(signal) = signal
                && !told.contains(&pid)
            {
                tracing::info!(pid, %signal, "stopping a PostgreSQL process of an earlier run");
                // It may have ended in this moment, and the next look will tell.
                let _ = kill(Pid::from_raw(pid), signal);
                told.push(pid);
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// PostgreSQL notes its process here. After a crash the number may since have gone to any other process, which would
/// keep PostgreSQL from starting. It is kept when in doubt; PostgreSQL then decides.
fn remove_stale_pid_file(place: &Place) -> Result<(), EmbeddedError> {
    let path = place.cluster.join("postmaster.pid");
    let doubtful = !cfg!(target_os = "linux")
        && noted_pid(place).and_then(command_line).is_some_and(|command| command.contains("postgres"));
    if doubtful {
        return Ok(());
    }
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(EmbeddedError::Folder { path, source }),
        _ => Ok(()),
    }
}

/// The main processes of servers on this cluster. There is at most one.
fn postmasters(place: &Place) -> Vec<i32> {
    let cluster = place.cluster.to_string_lossy();
    let mut found: Vec<i32> =
        processes().into_iter().filter(|(_, command)| is_postmaster(command, &cluster)).map(|(pid, _)| pid).collect();
    // One that somebody started by hand may have got the folder in another way, but it stands in it.
    if let Some(pid) = noted_pid(place)
        && !found.contains(&pid)
        && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == place.cluster)
        && command_line(pid).is_some_and(|command| is_program(command.split(' ').next().unwrap_or_default()))
    {
        found.push(pid);
    }
    found
}

/// The processes that the main process started: they say the cluster's name.
fn children(place: &Place) -> Vec<i32> {
    let title = format!("postgres: {}: ", place.name);
    processes().into_iter().filter(|(_, command)| command.starts_with(&title)).map(|(pid, _)| pid).collect()
}

fn is_postmaster(command: &str, cluster: &str) -> bool {
    // The guard's command line goes on in the same way, but it begins with the shell.
    command.split_once(" -D ").is_some_and(|(program, rest)| {
        is_program(program)
            && !program.contains(" -c ")
            && rest.strip_prefix(cluster).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

fn is_program(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("postgres" | "postmaster"))
}

fn noted_pid(place: &Place) -> Option<i32> {
    let text = fs::read_to_string(place.cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok().filter(|&pid: &i32| pid > 1)
}

/// All processes we can see, with their command lines.
fn processes() -> Vec<(i32, String)> {
    if cfg!(target_os = "linux") {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        return entries
            .filter_map(|entry| {
                let pid = entry.file_name().to_str()?.parse().ok()?;
                Some((pid, command_line(pid)?))
            })
            .collect();
    }
    let output = std::process::Command::new("/bin/ps").args(["-axo", "pid=,args="]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let (pid, command) = line.trim_start().split_once(' ')?;
            Some((pid.parse().ok()?, command.trim().to_owned()))
        })
        .collect()
}

/// The arguments with spaces between them. Nothing for a process that is gone or is about to be.
fn command_line(pid: i32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
        return Some(text.trim_end().to_owned()).filter(|text| !text.is_empty());
    }
    processes().into_iter().find(|&(other, _)| other == pid).map(|(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_server_from_its_guard_and_from_others() {
        let server = "/usr/lib/postgresql/15/bin/postgres -D /srv/a/cluster -c port=5432";
        assert!(is_postmaster(server, "/srv/a/cluster"));
        assert!(!is_postmaster(server, "/srv/a/cl"));
        assert!(!is_postmaster(server, "/srv/b/cluster"));
        assert!(!is_postmaster(&format!("/bin/sh -c guard {server}"), "/srv/a/cluster"));
        assert!(!is_postmaster("vi -D /srv/a/cluster", "/srv/a/cluster"));
    }
}
