//! Keeps the database and the erasure log level: whoever is in one is in the other.

use crate::{
    erasure_log::{ErasureLog, ErasureLogError},
    problem::Problem,
    state::State,
    uploads::delete_all_orphaned_attachments,
};
use actix_web::web::block;
use identity::{AuditAction, AuditEntry, Origin};
use kernel::{IdSource, Instant, RepositoryError};
use privacy::{Erasure, Subject, erase_subject, to_be_repeated};
use std::{collections::BTreeSet, time::Duration};
use storage::Database;
use thiserror::Error;

/// How soon it is tried again to write what the log lacks.
const CATCHING_UP: Duration = Duration::from_secs(5);

/// What was done to make them level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levelled {
    /// How many subjects the log named and the database had not erased: it was restored from a backup.
    pub replayed: usize,
    /// How many erasures of the database the log lacked: a crash came in between, or another node wrote them.
    pub appended: usize,
}

/// Why they are not level.
#[derive(Debug, Error)]
pub enum LevelError {
    /// The log cannot be used.
    #[error(transparent)]
    Log(#[from] ErasureLogError),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Erases again whomever the log names and the database does not, each in a transaction of its own with a line in the audit
/// log, and whoever was erased just now; and appends to the log what it lacks.
pub fn level(
    database: &Database,
    ids: &dyn IdSource,
    now: Instant,
    log: &ErasureLog,
) -> Result<Levelled, LevelError> {
    let failures = log.failures();
    replay_and_append(database, ids, now, log)
        .inspect(|_| log.forget_failures(failures))
        .inspect_err(|_| log.note_failure())
}

fn replay_and_append(
    database: &Database,
    ids: &dyn IdSource,
    now: Instant,
    log: &ErasureLog,
) -> Result<Levelled, LevelError> {
    let named = log.read()?;
    let noted = database.read::<_, RepositoryError>(privacy::ErasureRepository::list_erasures)?;
    let subjects = |erasures: &[Erasure]| -> BTreeSet<Subject> {
        erasures.iter().map(|erasure| erasure.subject).collect()
    };
    let (in_log, mut in_database) = (subjects(&named), subjects(&noted));
    let mut levelled = Levelled::default();
    for erasure in &named {
        if !in_database.insert(erasure.subject) {
            continue;
        }
        database.write::<_, RepositoryError>(|session| {
            erase_subject(session, ids, now, erasure)?;
            let entry = AuditEntry::new(ids, now, AuditAction::ErasureReplayed, None, &Origin::default());
            session.insert_audit_entries(&[entry.about(erasure.subject.id())])
        })?;
        levelled.replayed += 1;
    }
    // An order that was being placed meanwhile, say: what it wrote of the person goes within the hour.
    for erasure in to_be_repeated(&noted, now) {
        database.write::<_, RepositoryError>(|session| erase_subject(session, ids, now, erasure))?;
    }
    let lacking: Vec<_> = noted
        .into_iter()
        .filter(|erasure| !in_log.contains(&erasure.subject))
        .collect();
    log.append(&lacking)?;
    levelled.appended = lacking.len();
    Ok(levelled)
}

/// Makes the database and the log level within seconds of a failure to write the log, for as long as it is polled.
pub(crate) async fn catch_up_forever(state: State) {
    loop {
        actix_web::rt::time::sleep(CATCHING_UP).await;
        if !state.erasure_log.as_ref().is_some_and(|log| log.is_behind()) {
            continue;
        }
        let state = state.clone();
        // Of a panic, the hook has logged where.
        if let Ok(Err(error)) = block(move || state.level_erasures()).await {
            tracing::error!(%error, "the erasure log is still behind the database");
        }
    }
}

impl State {
    /// Writes into the erasure log what has been committed. A failure is ours to mend, not the person's: what the log lacks
    /// is appended by [`catch_up_forever`].
    fn log_erasures(&self, erasures: &[Erasure]) {
        if let Some(log) = &self.erasure_log
            && let Err(error) = log.append(erasures)
        {
            tracing::error!(%error, "an erasure is committed and not yet in the erasure log");
        }
    }

    /// What follows an erasure: the log hears of it before this is done; then, while nobody waits, the contents of pictures
    /// are deleted that the erasure has made unreadable. Those that cannot be are left to the daily run.
    pub(crate) async fn finish_erasure(&self, erasures: Vec<Erasure>) -> Result<(), Problem> {
        let state = self.clone();
        block(move || state.log_erasures(&erasures))
            .await
            .map_err(Problem::internal)?;
        let state = self.clone();
        actix_web::rt::spawn(block(move || state.delete_orphaned_attachments()));
        Ok(())
    }

    fn delete_orphaned_attachments(&self) {
        let contents = self.uploads.contents();
        let deleted = delete_all_orphaned_attachments(&self.database, contents.as_ref(), self.clock.now());
        if let Err(error) = deleted {
            tracing::error!(%error, "the contents of pictures are unreadable and cannot be deleted yet");
        }
    }

    /// Makes the database and the log level, where there is a log.
    pub fn level_erasures(&self) -> Result<Levelled, LevelError> {
        let Some(log) = &self.erasure_log else {
            return Ok(Levelled::default());
        };
        let levelled = level(&self.database, self.ids.as_ref(), self.clock.now(), log)?;
        if levelled != Levelled::default() {
            let Levelled { replayed, appended } = levelled;
            tracing::warn!(
                replayed,
                appended,
                "the database and the erasure log are level again"
            );
        }
        if levelled.replayed > 0 {
            self.delete_orphaned_attachments();
        }
        Ok(levelled)
    }
}

impl From<privacy::ErasePersonError> for Problem {
    fn from(error: privacy::ErasePersonError) -> Self {
        use privacy::{ErasePersonError, Refused};
        match error {
            ErasePersonError::Refused(Refused::OpenOrders) => Self::conflict(
                "open_orders",
                "还有未完结的订单，送达或取消后才能注销",
                "An order is open: it has to be delivered or cancelled first.",
            ),
            ErasePersonError::Refused(Refused::HoldsContract) => Self::conflict(
                "holds_contract",
                "代理合同仍在履行，终止后才能注销",
                "A contract runs: it has to end first.",
            ),
            ErasePersonError::Refused(Refused::Employed) => Self::conflict(
                "employed",
                "仍在任职，由负责人结束任职后才能注销",
                "The person is employed: whoever employs them has to end that first.",
            ),
            ErasePersonError::Repository(error) => error.into(),
        }
    }
}
