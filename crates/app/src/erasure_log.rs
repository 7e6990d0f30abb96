//! The erasure log: a file outside the database that names, by ids alone, everybody who was erased. A backup does not know
//! of later erasures; a database restored from one is brought level with this file before it is served.
//!
//! An erasure is committed in the database first, written here next, and only then answered. So this file never names
//! somebody who was refused, and whoever was told "erased" is in both, unless the file could not be written: then it is
//! behind, which `GET /metrics` tells, and [`crate::erasures::level`] writes what it lacks within seconds of when it can be
//! written again; until then no backup from before may be restored. A crash between the two loses nothing: the database
//! has it, and the next start writes what the file lacks, as every hour does.

use chrono::{DateTime, Utc};
use privacy::{Erasure, Subject};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use thiserror::Error;
use uuid::Uuid;

/// One line: JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: DateTime<Utc>,
    kind: String,
    id: Uuid,
}

/// The file.
#[derive(Debug)]
pub struct ErasureLog {
    path: PathBuf,
    /// One writer at a time, so that lines stay whole.
    writing: Mutex<()>,
    /// How often it could not be brought level since it last was.
    failures: AtomicU64,
}

/// Why the log cannot be used.
#[derive(Debug, Error)]
pub enum ErasureLogError {
    /// It cannot be read or written.
    #[error("the erasure log {path} cannot be used: {cause}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A line is not one of ours. Whom it names would be forgotten to be erased, so nothing goes on.
    #[error("line {line} of the erasure log {path} is no erasure")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line's number, from 1.
        line: usize,
    },
}

impl ErasureLog {
    /// The log at that path. It is made, for its owner alone, where it is not there.
    pub fn open(path: &Path) -> Result<Self, ErasureLogError> {
        let log = Self {
            path: path.to_owned(),
            writing: Mutex::new(()),
            failures: AtomicU64::new(0),
        };
        let made = !path.exists();
        let file = log.file().map_err(|cause| log.unusable(cause))?;
        file.sync_all().map_err(|cause| log.unusable(cause))?;
        if made {
            log.sync_folder().map_err(|cause| log.unusable(cause))?;
        }
        Ok(log)
    }

    /// Appends erasures; they are on disk when this returns.
    pub fn append(&self, erasures: &[Erasure]) -> Result<(), ErasureLogError> {
        if erasures.is_empty() {
            return Ok(());
        }
        self.write(erasures).map_err(|cause| {
            self.note_failure();
            self.unusable(cause)
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the database may have erasures that the file lacks, because it could not be written.
    pub fn is_behind(&self) -> bool {
        self.failures() > 0
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::SeqCst)
    }

    pub(crate) fn note_failure(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// Everything is in the file that was to be there after so many failures; another one meanwhile is not forgotten.
    pub(crate) fn forget_failures(&self, made_up_for: u64) {
        let _ = self
            .failures
            .compare_exchange(made_up_for, 0, Ordering::SeqCst, Ordering::SeqCst);
    }

    fn write(&self, erasures: &[Erasure]) -> io::Result<()> {
        let _writing = self
            .writing
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text = String::new();
        // A line that a crash cut off stays alone on its line.
        if self.ends_inside_a_line()? {
            text.push('\n');
        }
        for erasure in erasures {
            let line = Line {
                at: erasure.at,
                kind: erasure.subject.kind().to_owned(),
                id: erasure.subject.id(),
            };
            text.push_str(&serde_json::to_string(&line)?);
            text.push('\n');
        }
        let mut file = self.file()?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    /// Everybody whom the log names, in the order of its lines. A line that was cut off by a crash was never answered, and
    /// the database has what it would have named.
    pub fn read(&self) -> Result<Vec<Erasure>, ErasureLogError> {
        let text = fs::read_to_string(&self.path).map_err(|cause| self.unusable(cause))?;
        let mut erasures = Vec::new();
        for (index, text) in text.lines().enumerate() {
            match parse(text) {
                Some(erasure) => erasures.push(erasure),
                None if text.is_empty() || is_cut_off(text) => {}
                None => {
                    return Err(ErasureLogError::Malformed {
                        path: self.path.clone(),
                        line: index + 1,
                    });
                }
            }
        }
        Ok(erasures)
    }

    fn ends_inside_a_line(&self) -> io::Result<bool> {
        let mut file = File::open(&self.path)?;
        if file.seek(SeekFrom::End(0))? == 0 {
            return Ok(false);
        }
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    fn file(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        owners_only(&mut options);
        options.open(&self.path)
    }

    #[cfg(unix)]
    fn sync_folder(&self) -> io::Result<()> {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => File::open(".")?.sync_all(),
        }
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "a folder cannot be opened here"
    )]
    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }

    fn unusable(&self, cause: io::Error) -> ErasureLogError {
        ErasureLogError::Unusable {
            path: self.path.clone(),
            cause,
        }
    }
}

#[cfg(unix)]
fn owners_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owners_only(_: &mut OpenOptions) {}

fn parse(text: &str) -> Option<Erasure> {
    let Line { at, kind, id } = serde_json::from_str(text).ok()?;
    let subject = Subject::of(&kind, id)?;
    Some(Erasure { subject, at })
}

/// Whether a line is the beginning of one of ours and not the whole.
fn is_cut_off(text: &str) -> bool {
    let begins = "{\"at\":\"";
    (begins.starts_with(text) || text.starts_with(begins)) && !text.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{AccountId, CustomerId};

    fn erasure(subject: Subject) -> Erasure {
        Erasure {
            subject,
            at: "2026-11-22T08:00:00.000001Z".parse().unwrap(),
        }
    }

    fn account(id: u128) -> Erasure {
        erasure(Subject::Account(AccountId::from_uuid(Uuid::from_u128(id))))
    }

    fn customer(id: u128) -> Erasure {
        erasure(Subject::Customer(CustomerId::from_uuid(Uuid::from_u128(id))))
    }

    #[test]
    fn what_is_appended_reads_back_after_another_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        ErasureLog::open(&path)
            .unwrap()
            .append(&[account(1), customer(2)])
            .unwrap();
        let log = ErasureLog::open(&path).unwrap();
        log.append(&[]).unwrap();
        log.append(&[customer(3)]).unwrap();
        assert_eq!(log.read().unwrap(), [account(1), customer(2), customer(3)]);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        ErasureLog::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_line_that_a_crash_cut_off_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        let log = ErasureLog::open(&path).unwrap();
        log.append(&[account(1)]).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        for cut in 1..whole.len() - 1 {
            fs::write(&path, [&whole, &whole[..cut]].concat()).unwrap();
            assert_eq!(log.read().unwrap(), [account(1)], "cut at {cut}");
            log.append(&[customer(2)]).unwrap();
            assert_eq!(log.read().unwrap(), [account(1), customer(2)], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_of_somebody_else_stops_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.jsonl");
        let log = ErasureLog::open(&path).unwrap();
        log.append(&[account(1)]).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        for wrong in [
            "nonsense\n".to_owned(),
            whole.replace("account", "courier"),
            whole.replace('}', ",\"name\":\"张三\"}"),
        ] {
            fs::write(&path, [&whole, &wrong[..]].concat()).unwrap();
            assert!(
                matches!(log.read(), Err(ErasureLogError::Malformed { line: 2, .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent").join("erasures.jsonl");
        assert!(matches!(
            ErasureLog::open(&path),
            Err(ErasureLogError::Unusable { .. })
        ));
    }
}
