//! A folder of this machine. Files are their owner's alone, and are there whole or not at all.

use crate::Place;
use attachments::ContentError;
use kernel::AttachmentId;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Keeps each content in a file that is named by its id: a UUID leads nowhere else.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens the folder, makes it where it is not there, for its owner alone, and sees that it can be written to. One that
    /// was there and that others may enter is refused: whose it is, and who else needs it, is not known here.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        owner::make_folder(&path)?;
        owner::refuse_open_folder(&path)?;
        let folder = Self(path);
        folder.write("probe", "probe.part", b"")?;
        fs::remove_file(folder.0.join("probe"))?;
        Ok(folder)
    }

    /// Writes under a temporary name and renames, so that a crash leaves no half file under the name that is read.
    fn write(&self, name: &str, temporary_name: &str, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.0.join(temporary_name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = owner::only(&mut options).open(&temporary)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&temporary, self.0.join(name))) {
            // What matters is why it failed; the clean-up removes what is left.
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        owner::sync_folder(&self.0)
    }
}

/// What belongs to the owner alone, as Unix says it.
#[cfg(unix)]
mod owner {
    use super::{File, OpenOptions, Path, fs, io};
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

    pub(super) fn only(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(super) fn refuse_open_folder(path: &Path) -> io::Result<()> {
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "others than its owner may enter it: run chmod 700 on it, or name a folder that is for nothing else",
            ));
        }
        Ok(())
    }

    /// A renamed file lasts once its folder is on the disk.
    pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// Elsewhere a folder inherits who may read it.
#[cfg(not(unix))]
mod owner {
    use super::{OpenOptions, Path, fs, io};

    pub(super) fn only(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(super) fn refuse_open_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }
}

fn temporary_name(id: AttachmentId) -> String {
    format!("{id}.part")
}

fn failed(error: &io::Error) -> ContentError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ContentError::Full,
        _ => ContentError::Unavailable(error.to_string()),
    }
}

impl Place for Folder {
    fn put(&self, id: AttachmentId, sealed: &[u8]) -> Result<(), ContentError> {
        self.write(&id.to_string(), &temporary_name(id), sealed)
            .map_err(|error| failed(&error))
    }

    fn get(&self, id: AttachmentId, maximum_bytes: usize) -> Result<Option<Vec<u8>>, ContentError> {
        let mut file = match File::open(self.0.join(id.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| failed(&error))?,
        };
        let mut bytes = Vec::new();
        let limit = u64::try_from(maximum_bytes).unwrap_or(u64::MAX);
        Read::by_ref(&mut file)
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(&error))?;
        Ok(Some(bytes))
    }

    fn delete(&self, id: AttachmentId) -> Result<(), ContentError> {
        for name in [id.to_string(), temporary_name(id)] {
            match fs::remove_file(self.0.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};
    use uuid::Uuid;

    const MAXIMUM: usize = 100;

    fn id(number: u128) -> AttachmentId {
        AttachmentId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn files_come_back_until_they_are_deleted_and_belong_to_their_owner_alone() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("deep/attachments");
        let folder = Folder::open(&path).unwrap();
        folder.put(id(1), b"first").unwrap();
        folder.put(id(1), b"second").unwrap();
        folder.put(id(2), b"other").unwrap();
        assert_eq!(folder.get(id(1), MAXIMUM).unwrap().unwrap(), b"second");
        assert_eq!(folder.get(id(1), 3).unwrap().unwrap(), b"sec");
        assert_eq!(folder.get(id(3), MAXIMUM).unwrap(), None);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join(id(1).to_string())), 0o600);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 2, "nothing temporary stays");

        fs::write(path.join(temporary_name(id(1))), b"half").unwrap();
        folder.delete(id(1)).unwrap();
        folder.delete(id(1)).unwrap();
        assert_eq!(folder.get(id(1), MAXIMUM).unwrap(), None);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_others_may_enter_is_refused_and_left_as_it_is() {
        let temporary = tempfile::tempdir().unwrap();
        let mode = || fs::metadata(temporary.path()).unwrap().permissions().mode() & 0o7777;
        for open in [0o755, 0o701, 0o770, 0o1777] {
            fs::set_permissions(temporary.path(), Permissions::from_mode(open)).unwrap();
            let refused = Folder::open(temporary.path()).unwrap_err();
            assert!(refused.to_string().contains("chmod 700"), "{refused}");
            assert_eq!(mode(), open);
        }
        fs::set_permissions(temporary.path(), Permissions::from_mode(0o700)).unwrap();
        assert!(Folder::open(temporary.path()).is_ok());
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(Folder::open(&file).is_err());
        assert!(Folder::open(file.join("below")).is_err());
    }

    #[test]
    fn a_failed_write_is_an_error_and_leaves_what_was_there() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("attachments");
        let folder = Folder::open(&path).unwrap();
        folder.put(id(1), b"first").unwrap();
        // In the temporary file's place stands what cannot be written to.
        fs::create_dir(path.join(temporary_name(id(1)))).unwrap();
        let failed = folder.put(id(1), b"second");
        assert!(matches!(failed, Err(ContentError::Unavailable(_))), "{failed:?}");
        assert_eq!(folder.get(id(1), MAXIMUM).unwrap().unwrap(), b"first");
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(super::failed(&full), ContentError::Full));
    }
}
