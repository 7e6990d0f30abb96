//! What the clock alone does to applications: reminders of deadlines, and the end of holds. One node looks at a time, under
//! a lease; an application notes what was told, so that two that look tell it once.

use actix_web::web::block;
use agents::{note_lapsed_hold, remind_of_deadlines};
use chrono::TimeDelta;
use kernel::{Clock, IdSource, Instant, RepositoryError};
use regions::DivisionTree;
use std::{sync::Arc, time::Duration};
use storage::Database;
use uuid::Uuid;

/// The lease's name.
const JOB: &str = "application_deadlines";
/// How often a node looks. Nothing waits for it: who reads an application is told what is so at that moment.
const INTERVAL: Duration = Duration::from_secs(20);
/// How long a node that died keeps the others from looking.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// How many applications one transaction reminds of.
const BATCH_REMINDERS: u16 = 100;

/// What was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Deadlines that somebody was reminded of.
    pub reminders: usize,
    /// Holds that are over.
    pub lapsed_holds: usize,
}

/// Looks for as long as it is polled.
pub(crate) async fn tell_forever(
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    node: Uuid,
) {
    loop {
        let (database, ids, now) = (database.clone(), Arc::clone(&ids), clock.now());
        match block(move || tell(&database, ids.as_ref(), node, now)).await {
            Ok(Ok(told)) if told != Told::default() => {
                let Told {
                    reminders,
                    lapsed_holds,
                } = told;
                tracing::info!(reminders, lapsed_holds, "applications and the clock");
            }
            Ok(Err(error)) => tracing::warn!(%error, "deadlines of applications cannot be looked at"),
            // Of a panic, the hook has logged where.
            Ok(Ok(_)) | Err(_) => {}
        }
        actix_web::rt::time::sleep(INTERVAL).await;
    }
}

/// Tells all that is to be told at `now`, in transactions of a bounded size; nothing where another node does.
pub fn tell(
    database: &Database,
    ids: &dyn IdSource,
    node: Uuid,
    now: Instant,
) -> Result<Told, RepositoryError> {
    let mine =
        database.write::<_, RepositoryError>(|session| session.acquire_lease(JOB, node, now, now + LEASE))?;
    let mut told = Told::default();
    if !mine {
        return Ok(told);
    }
    let tree = DivisionTree::embedded();
    while database.write::<_, RepositoryError>(|session| note_lapsed_hold(session, ids, tree, now))? {
        told.lapsed_holds += 1;
    }
    loop {
        let reminded = database
            .write::<_, RepositoryError>(|session| remind_of_deadlines(session, ids, now, BATCH_REMINDERS))?;
        told.reminders += reminded;
        if reminded < usize::from(BATCH_REMINDERS) {
            return Ok(told);
        }
    }
}
