//! Removes what has been kept for long enough: daily, by one node at a time, and by hand.

use crate::{
    state::State,
    uploads::{CleanUpError, delete_all_orphaned_attachments},
};
use actix_web::web::block;
use chrono::TimeDelta;
use identity::{AuditAction, AuditEntry, AuditReason, Origin};
use kernel::{IdSource, Instant, RepositoryError};
use privacy::{Kind, RETENTION_BATCH, RetentionPeriods, count_due, remove_due_batch};
use std::time::Duration;
use storage::Database;

/// The lease's name.
const JOB: &str = "retention";
/// A run's lease at first: whatever breaks the run off, another follows soon.
const TRY_AGAIN: TimeDelta = TimeDelta::minutes(55);
/// The lease of a run that did all there was to do. It is never given back and runs out before the same time of the next day,
/// so that there is one such run a day whatever nodes come and go.
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

fn run_if_due(state: &State) -> Result<Option<Counts>, CleanUpError> {
    // This node's own: what other nodes erased is written into this node's log too.
    if let Err(error) = state.level_erasures() {
        tracing::error!(%error, "the database and the erasure log are not level");
    }
    let now = state.clock.now();
    // A holder that nobody is, so that not even this node gets the lease again before it runs out.
    let holder = state.ids.next_uuid(now);
    let lease = |until| {
        state
            .database
            .write::<_, RepositoryError>(|session| session.acquire_lease(JOB, holder, now, until))
    };
    if !lease(now + TRY_AGAIN)? {
        return Ok(None);
    }
    let counts = run(&state.database, state.ids.as_ref(), now, &state.retention);
    // After the applications, whose pictures they have discarded; and whether or not all of those could go.
    let contents = state.uploads.contents();
    let pictures = delete_all_orphaned_attachments(&state.database, contents.as_ref(), now);
    let (counts, pictures) = (counts?, pictures?);
    tracing::info!(pictures, "pictures that are part of nothing are deleted");
    lease(now + ONCE_PER)?;
    Ok(Some(counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use attachments::{ContentError, ContentKey, ContentStore};
    use kernel::AttachmentId;
    use orders::{Order, OrderHistoryEntry, OrderState};
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    use storage::{Keys, Options, Vault};
    use tempfile::TempDir;
    use testing::{
        FixedClock, PlainPasswords, SeededIds,
        build::{
            agents::account_id,
            attachments::{MemoryContents, attachment},
            customers::{customer, customer_id},
            inventory::product,
            orders::order,
        },
        instant,
    };

    /// A store that cannot delete until it is mended.
    #[derive(Default)]
    struct Broken {
        mended: AtomicBool,
        contents: MemoryContents,
    }

    impl ContentStore for Broken {
        fn put_content(
            &self,
            id: AttachmentId,
            key: &ContentKey,
            content: &[u8],
        ) -> Result<(), ContentError> {
            self.contents.put_content(id, key, content)
        }

        fn get_content(&self, id: AttachmentId, key: &ContentKey) -> Result<Vec<u8>, ContentError> {
            self.contents.get_content(id, key)
        }

        fn delete_content(&self, id: AttachmentId) -> Result<(), ContentError> {
            if self.mended.load(Ordering::SeqCst) {
                self.contents.delete_content(id)
            } else {
                Err(ContentError::Unavailable("broken".to_owned()))
            }
        }
    }

    struct World {
        state: State,
        clock: Arc<FixedClock>,
        store: Arc<Broken>,
        folder: TempDir,
    }

    fn open(folder: &TempDir) -> Database {
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let database = Database::open(&url, Options::default(), vault).unwrap();
        database.migrate().unwrap();
        database
    }

    impl World {
        /// With a discarded picture.
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (database, store) = (open(&folder), Arc::new(Broken::default()));
            let clock = Arc::new(FixedClock::at("2026-11-22T08:00:00Z"));
            let picture = attachment(1, 1);
            store
                .put_content(picture.id, &picture.content_key, b"a picture")
                .unwrap();
            database
                .write::<_, RepositoryError>(|session| {
                    session.insert_attachment(&picture)?;
                    session.discard_attachments_of(account_id(1))
                })
                .unwrap();
            let (ids, passwords) = (Arc::new(SeededIds::new(1)), Arc::new(PlainPasswords));
            let state = State::with(database, clock.clone(), ids, passwords, store.clone()).unwrap();
            Self {
                state,
                clock,
                store,
                folder,
            }
        }

        /// Whether there was a run; `None` where it failed.
        fn runs_at(&self, now: &str) -> Option<bool> {
            self.clock.set(instant(now));
            run_if_due(&self.state).ok().map(|counts| counts.is_some())
        }
    }

    #[test]
    fn a_run_that_failed_is_tried_again_in_an_hour_and_one_that_did_not_the_next_day() {
        let world = World::new();
        assert_eq!(world.runs_at("2026-11-22T08:00:00Z"), None);
        assert_eq!(world.runs_at("2026-11-22T08:30:00Z"), Some(false));
        assert_eq!(world.runs_at("2026-11-22T09:00:00Z"), None);
        world.store.mended.store(true, Ordering::SeqCst);
        assert_eq!(world.runs_at("2026-11-22T10:00:00Z"), Some(true));
        assert_eq!(world.store.contents.ids(), []);
        assert_eq!(world.runs_at("2026-11-23T08:00:00Z"), Some(false));
        assert_eq!(world.runs_at("2026-11-23T10:00:00Z"), Some(true));
    }

    #[test]
    fn rows_that_cannot_be_removed_keep_no_picture() {
        let world = World::new();
        world.store.mended.store(true, Ordering::SeqCst);
        // An order that is due, and that these keys do not open.
        let (ids, long_ago) = (SeededIds::new(2), instant("2020-11-22T08:00:00Z"));
        let due = Order {
            state: OrderState::Cancelled { reason: None },
            ..order(&ids, long_ago, 1, customer_id(1))
        };
        let cancelled = OrderHistoryEntry {
            agent_id: due.agent_id,
            order_id: due.id,
            version: due.version,
            at: long_ago,
            actor: None,
            from_state: None,
            to_state: due.state.name(),
            reason: None,
        };
        open(&world.folder)
            .write::<_, RepositoryError>(|session| {
                session.insert_products(&[product(1)])?;
                session.insert_customers(&[customer(1)])?;
                session.insert_orders(std::slice::from_ref(&due))?;
                session.insert_order_history(std::slice::from_ref(&cancelled))
            })
            .unwrap();
        assert_eq!(world.runs_at("2026-11-22T08:00:00Z"), None);
        assert_eq!(world.store.contents.ids(), []);
    }
}
