//! Where the keys are kept: in a file of their owner's, or in the environment. The only place that reads or writes them.

use crate::{Keys, KeysError};
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use zeroize::Zeroizing;

/// How often a server looks whether its key file has changed.
pub const KEYS_FOLLOWED_EVERY: Duration = Duration::from_secs(1);

/// Where the keys of an installation are kept.
#[derive(Clone)]
pub enum KeySource {
    /// In a file.
    File(KeyFile),
    /// The text of such a file, handed over in the environment. It cannot change while the program runs.
    Text(Zeroizing<String>),
}

impl KeySource {
    /// Reads the keys. A file that others than its owner may read or change is refused.
    pub fn load(&self) -> Result<Keys, KeysError> {
        match self {
            Self::File(file) => file.load(),
            Self::Text(text) => Keys::parse(text),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(formatter, "KeySource::File({})", file.path.display()),
            Self::Text(_) => formatter.write_str("KeySource::Text(hidden)"),
        }
    }
}

/// A key file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file at that path, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes keys to a new file that only its owner can read. One that is there is never overwritten.
    pub fn create(path: &Path, keys: &Keys) -> Result<(), KeysError> {
        let text = keys.to_text()?;
        let failed = |error: &io::Error| KeysError::File(path.to_owned(), "made", error.to_string());
        let file = owners_only().open(path).map_err(|error| failed(&error))?;
        // Half a key file would stand in the way of a whole one.
        write_whole(file, &text).map_err(|error| {
            drop(fs::remove_file(path));
            failed(&error)
        })
    }

    /// Reads the keys.
    pub fn load(&self) -> Result<Keys, KeysError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => KeysError::NoFile(self.path.clone()),
            _ => KeysError::File(self.path.clone(), "read", error.to_string()),
        };
        let mut file = File::open(&self.path).map_err(failed)?;
        // Of the file that is open, so that nobody can put another in its place in between.
        if is_open_to_others(&file).map_err(failed)? {
            return Err(KeysError::OpenToOthers(self.path.clone()));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(failed)?;
        Keys::parse(&text)
    }

    /// Changes the keys: the file is replaced whole, or stays as it is. Two changes never overlap.
    pub fn change<T>(&self, change: impl FnOnce(&mut Keys) -> Result<T, KeysError>) -> Result<T, KeysError> {
        let failed = |error: io::Error| KeysError::File(self.path.clone(), "changed", error.to_string());
        // Through a link, so that it is the file that is replaced and not the link.
        let path = fs::canonicalize(&self.path).map_err(|_| KeysError::NoFile(self.path.clone()))?;
        let mut name = path.clone().into_os_string();
        name.push(".new");
        let beside = PathBuf::from(name);
        let file = owners_only().open(&beside).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeysError::Busy(beside.clone()),
            _ => failed(error),
        })?;
        let replaced = self.load().and_then(|mut keys| {
            let answer = change(&mut keys)?;
            write_whole(file, &keys.to_text()?)
                .and_then(|()| fs::rename(&beside, &path))
                .and_then(|()| sync_folder(&path))
                .map_err(failed)?;
            Ok(answer)
        });
        // It is gone already where all went well.
        replaced.inspect_err(|_| drop(fs::remove_file(&beside)))
    }
}

fn write_whole(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())
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
pub fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Whether others than its owner may read or change the file.
#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the permissions of a file tell nothing here"
)]
pub fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// A rename is on disk when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a folder cannot be opened here")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::TempDir;

    fn made() -> (TempDir, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("keys.toml"));
        KeyFile::create(file.path(), &Keys::generate(false).unwrap()).unwrap();
        (folder, file)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_made_once_and_is_its_owners_alone() {
        let (_folder, file) = made();
        assert_eq!(mode(file.path()), 0o600);
        assert!(KeyFile::create(file.path(), &Keys::generate(false).unwrap()).is_err());
        for shared in [0o640, 0o604, 0o660, 0o601] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(shared)).unwrap();
            assert!(
                matches!(file.load(), Err(KeysError::OpenToOthers(_))),
                "{shared:o}"
            );
        }
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o400)).unwrap();
        assert!(file.load().is_ok());
    }

    #[test]
    fn a_change_replaces_the_file_whole_or_not_at_all() {
        let (folder, file) = made();
        assert_eq!(file.change(Keys::add).unwrap(), 2);
        assert_eq!(file.load().unwrap().versions(), [1, 2]);
        assert_eq!(mode(file.path()), 0o600);
        let refused = file.change(|keys| {
            keys.add()?;
            keys.remove(1)
        });
        assert!(matches!(refused, Err(KeysError::IsCurrent(1))));
        assert_eq!(file.load().unwrap().versions(), [1, 2]);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn two_changes_never_overlap() {
        let (_folder, file) = made();
        let overlapping = file.change(|_| Ok(file.change(Keys::add))).unwrap();
        assert!(matches!(overlapping, Err(KeysError::Busy(_))));
        assert_eq!(file.load().unwrap().versions(), [1]);
        assert_eq!(file.change(Keys::add).unwrap(), 2);
    }

    #[test]
    fn a_link_stays_a_link() {
        let (folder, file) = made();
        let link = KeyFile::at(folder.path().join("link.toml"));
        symlink(file.path(), link.path()).unwrap();
        link.change(Keys::add).unwrap();
        assert!(fs::symlink_metadata(link.path()).unwrap().is_symlink());
        assert_eq!(file.load().unwrap().versions(), [1, 2]);
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_cure() {
        let told = KeyFile::at("nowhere.toml").load().unwrap_err().to_string();
        assert!(told.contains("catchment keys generate nowhere.toml"), "{told}");
        assert!(matches!(
            KeyFile::at("nowhere.toml").change(Keys::add),
            Err(KeysError::NoFile(_))
        ));
    }
}
