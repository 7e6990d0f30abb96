//! `catchment keys`.

use super::Failure;
use clap::{Args, Subcommand};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use storage::Keys;

#[derive(Debug, Args)]
pub(super) struct KeysCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the key file of a new installation. Back it up: nothing sealed can be read without it.
    New {
        /// The file to make. One that is there is never overwritten.
        file: PathBuf,
    },
}

impl KeysCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Action::New { file } = self.action;
        write_new(&file, &Keys::generate(false)?)?;
        println!("made {}; keep a copy in a safe place", file.display());
        Ok(())
    }
}

/// Writes keys to a new file that only its owner can read.
pub(crate) fn write_new(path: &Path, keys: &Keys) -> Result<(), Failure> {
    let text = keys.to_text()?;
    let mut file = owners_only()
        .open(path)
        .map_err(|error| format!("cannot make {}: {error}", path.display()))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    // Half a key file would stand in the way of a whole one.
    written.inspect_err(|_| drop(fs::remove_file(path)))?;
    Ok(())
}

#[cfg(unix)]
fn owners_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn owners_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

/// Whether others than its owner may read or change the file.
#[cfg(unix)]
pub(crate) fn open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// Whether others than its owner may read or change the file.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}
