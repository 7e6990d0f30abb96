//! Where PostgreSQL's programs are on this machine.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// The folder that holds every program that a cluster needs: that of the search path's `initdb`, else the newest of the
/// distribution's folders, else what `pg_config` says. `None` where PostgreSQL's server is not installed.
pub(super) fn find() -> Option<PathBuf> {
    on_the_search_path()
        .into_iter()
        .chain(of_the_distribution())
        .chain(named_by_pg_config())
        .find(|folder| PROGRAMS.iter().all(|program| folder.join(program).is_file()))
}

/// Links are followed, since distributions link some of the programs and wrap others.
fn on_the_search_path() -> Vec<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "the search path belongs to the machine, not to the configuration"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_path_buf))
        .collect()
}

/// Debian and Ubuntu keep the programs of each major version in a folder of its own.
fn of_the_distribution() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by_key(|(version, _)| Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn named_by_pg_config() -> Option<PathBuf> {
    let answer = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim()))
}
