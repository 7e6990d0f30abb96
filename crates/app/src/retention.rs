//! Removes what has been kept for long enough: daily, by one node at a time, and by hand.

use crate::{state::State, uploads::delete_all_orphaned_attachments};
use actix_web::web::block;
use chrono::TimeDelta;
use identity::{AuditAction, AuditEntry, AuditReason, Origin};
use kernel::{IdSource, Instant, RepositoryError};
use privacy::{Kind, RETENTION_BATCH, RetentionPeriods, count_due, remove_due_batch};
use std::time::Duration;
use storage::Database;

/// The lease's name.
const JOB: &str = "retention";
/// A run's lease is never given back and runs out before the same time of the next day, so that there is one run a day
/// whatever nodes come and go.
const ONCE_PER: TimeDelta = TimeDelta::hours(23);
/// When a node looks first: not while it is starting.
const FIRST_LOOK: Duration = Duration::from_mins(1);
/// How often it looks.
const INTERVAL: Duration = Duration::from_hours(1);

/// How many rows of each kind.
pub type Counts = Vec<(Kind, u64)>;

/// How many rows are due now.
pub fn due(database: &Database, now: Instant, periods: &RetentionPeriods) -> Result<Counts, RepositoryError> {
    let mut counts = Counts::new();
    for &kind in Kind::ALL {
        let due = database.read::<_, RepositoryError>(|session| count_due(session, now, periods, kind))?;
        counts.push((kind, due));
    }
    Ok(counts)
}

/// Removes what is due now, a bounded number of rows in each transaction, writes it into the audit log, and answers how much
/// it was.
pub fn run(
    database: &Database,
    ids: &dyn IdSource,
    now: Instant,
    periods: &RetentionPeriods,
) -> Result<Counts, RepositoryError> {
    let mut counts = Counts::new();
    for &kind in Kind::ALL {
        let mut removed = 0;
        loop {
            let batch = database
                .write::<_, RepositoryError>(|session| remove_due_batch(session, now, periods, kind))?;
            removed += u64::try_from(batch).unwrap_or(u64::MAX);
            if batch < usize::from(RETENTION_BATCH) {
                break;
            }
        }
        counts.push((kind, removed));
    }
    let told = counts
        .iter()
        .map(|(kind, removed)| format!("{} {removed}", kind.name()))
        .collect::<Vec<_>>()
        .join(", ");
    database.write::<_, RepositoryError>(|session| {
        let entry = AuditEntry::new(ids, now, AuditAction::RetentionRan, None, &Origin::default());
        session.insert_audit_entries(&[AuditEntry {
            reason: AuditReason::parse(&told).ok(),
            ..entry
        }])
    })?;
    Ok(counts)
}

/// Looks every hour whether today's run is due, for as long as it is polled.
pub(crate) async fn keep_forever(state: State) {
    actix_web::rt::time::sleep(FIRST_LOOK).await;
    loop {
        let state = state.clone();
        match block(move || run_if_due(&state)).await {
            Ok(Ok(Some(counts))) => {
                for (kind, removed) in counts {
                    tracing::info!(kind = kind.name(), removed, "kept for long enough, and removed");
                }
            }
            Ok(Err(error)) => tracing::error!(%error, "what was kept for long enough cannot be removed"),
            // Of a panic, the hook has logged where.
            Ok(Ok(None)) | Err(_) => {}
        }
        actix_web::rt::time::sleep(INTERVAL).await;
    }
}

fn run_if_due(state: &State) -> Result<Option<Counts>, RepositoryError> {
    // This node's own: what other nodes erased is written into this node's log too.
    if let Err(error) = state.level_erasures() {
        tracing::error!(%error, "the database and the erasure log are not level");
    }
    let now = state.clock.now();
    // A holder that nobody is, so that not even this node gets the lease again before it runs out.
    let holder = state.ids.next_uuid(now);
    let mine = state
        .database
        .write::<_, RepositoryError>(|session| session.acquire_lease(JOB, holder, now, now + ONCE_PER))?;
    if !mine {
        return Ok(None);
    }
    let counts = run(&state.database, state.ids.as_ref(), now, &state.retention)?;
    // After the applications, whose pictures they have discarded.
    match delete_all_orphaned_attachments(&state.database, state.uploads.contents().as_ref(), now) {
        Ok(pictures) => tracing::info!(pictures, "pictures that are part of nothing are deleted"),
        Err(error) => tracing::error!(%error, "pictures that are part of nothing cannot be deleted"),
    }
    Ok(Some(counts))
}
