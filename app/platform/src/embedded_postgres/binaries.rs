//! Finds PostgreSQL's programs. Distributions keep them off the PATH, each in a place of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::EmbeddedError;

/// The oldest major version Magentic works with.
pub(super) const OLDEST: u32 = 15;

/// Where versions are installed side by side: a folder, how its entries begin, and where in an entry the programs are.
const INSTALLATIONS: [(&str, &str, &str); 8] = [
    ("/usr/lib/postgresql", "", "bin"),                          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                                   // RHEL, Fedora with the PostgreSQL project's packages
    ("/usr/libexec", "postgresql", ""),                          // Alpine
    ("/opt/homebrew/opt", "postgresql", "bin"),                  // macOS, Apple silicon
    ("/usr/local/opt", "postgresql", "bin"),                     // macOS, Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),     // Homebrew on Linux
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"), // Postgres.app
    ("/usr/local", "pgsql", "bin"),                              // built from source
];

/// A folder that has `postgres` and `initdb` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

/// Chooses the programs: the given folder; or those that wrote the cluster; or the ones on the PATH; or the newest.
pub(super) fn find(given: Option<&Path>, cluster: Option<(&Path, u32)>) -> Result<Binaries, EmbeddedError> {
    let candidates = given.map_or_else(candidates, |folder| vec![folder.to_owned()]);
    let found: Vec<Binaries> = candidates.iter().filter_map(|folder| inspect(folder)).collect();
    choose(&found, cluster.map(|(_, major)| major)).cloned().ok_or_else(|| {
        let versions =
            found.iter().map(|b| format!("{} in {}", b.major, b.folder.display())).collect::<Vec<_>>().join(", ");
        match (cluster, given, versions.is_empty()) {
            (Some((folder, cluster)), _, false) => {
                EmbeddedError::OtherVersion { folder: folder.to_owned(), cluster, found: versions }
            }
            (_, _, false) => EmbeddedError::NotInstalled { searched: format!("only version {versions}") },
            (_, Some(folder), true) => {
                EmbeddedError::NotInstalled { searched: format!("PG_BIN is {}", folder.display()) }
            }
            (_, None, true) => EmbeddedError::NotInstalled {
                searched: "looked on the PATH, in /usr/lib/postgresql, at Homebrew and where `pg_config` points"
                    .to_owned(),
            },
        }
    })
}

fn choose(found: &[Binaries], cluster: Option<u32>) -> Option<&Binaries> {
    match cluster {
        Some(major) => found.iter().find(|b| b.major == major),
        // `found` is in order of preference; a version that is too old only steps aside.
        None => found.iter().find(|b| b.major >= OLDEST),
    }
}

fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let mut folders = Vec::new();
    for folder in &on_path {
        // /usr/local/bin/postgres may be a link into a folder where `initdb` is too; or both may be links.
        if let Ok(program) = fs::canonicalize(folder.join("postgres")) {
            folders.extend(program.parent().map(Path::to_owned));
            folders.push(folder.clone());
        }
    }
    let mut installed: Vec<Binaries> = INSTALLATIONS
        .iter()
        .flat_map(|(parent, prefix, bin)| {
            fs::read_dir(parent).into_iter().flatten().flatten().filter_map(move |entry| {
                entry.file_name().to_str()?.starts_with(prefix).then(|| entry.path().join(bin))
            })
        })
        .filter_map(|folder| inspect(&folder))
        .collect();
    installed.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
    folders.extend(installed.into_iter().map(|binaries| binaries.folder));
    if let Some(program) = on_path.iter().map(|folder| folder.join("pg_config")).find(|program| program.is_file()) {
        folders.extend(output(Command::new(program).arg("--bindir")).map(|folder| PathBuf::from(folder.trim())));
    }
    let mut seen = std::collections::HashSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    folders
}

fn inspect(folder: &Path) -> Option<Binaries> {
    if !folder.join("initdb").is_file() {
        return None;
    }
    let version = output(Command::new(folder.join("postgres")).arg("--version"))?;
    Some(Binaries { folder: folder.to_owned(), major: major(&version)? })
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once(") ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        assert_eq!(major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("postgres"), None);
    }

    #[test]
    fn data_decides_the_version_then_the_order_of_preference() {
        let found: Vec<_> = [14, 16, 17].map(|major| Binaries { folder: "/p".into(), major }).into();
        assert_eq!(choose(&found, None).map(|b| b.major), Some(16));
        assert_eq!(choose(&found, Some(17)).map(|b| b.major), Some(17));
        assert_eq!(choose(&found, Some(15)), None);
    }

    #[test]
    fn says_what_to_install() {
        let empty = tempfile::tempdir().unwrap();
        let message = find(Some(empty.path()), None).unwrap_err().to_string();
        assert!(message.contains("PG_BIN is") && message.contains("apt-get install postgresql"), "{message}");
    }
}
