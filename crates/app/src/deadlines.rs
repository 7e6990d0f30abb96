//! What the clock alone does: to applications, reminders of deadlines and the end of holds; to the obligations of agents,
//! reminders and what follows when they are missed. One node looks at a time, under a lease; what was told is noted, so that
//! two that look tell it once.

use actix_web::web::block;
use agents::{AgentFilter, note_consequences, note_lapsed_hold, remind_of_deadlines};
use chrono::TimeDelta;
use kernel::{Clock, IdSource, Instant, MAXIMUM_PAGE_LIMIT, PageRequest, RepositoryError, Scope};
use regions::DivisionTree;
use std::{sync::Arc, time::Duration};
use storage::Database;
use uuid::Uuid;

/// The name of the lease for applications.
const JOB: &str = "application_deadlines";
/// The name of the lease for obligations.
const OBLIGATIONS_JOB: &str = "obligations";
/// How often a node looks at obligations, which are judged by days.
const OBLIGATIONS_INTERVAL: TimeDelta = TimeDelta::hours(1);
/// How long a node that died keeps the others from looking at obligations.
const OBLIGATIONS_LEASE: TimeDelta = TimeDelta::minutes(30);
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
    let mut obligations_at = clock.now();
    loop {
        let (database, ids, now) = (database.clone(), Arc::clone(&ids), clock.now());
        if obligations_at <= now {
            obligations_at = now + OBLIGATIONS_INTERVAL;
            let (database, ids) = (database.clone(), Arc::clone(&ids));
            match block(move || note_obligations(&database, ids.as_ref(), node, now)).await {
                Ok(Ok(0)) | Err(_) => {}
                Ok(Ok(consequences)) => tracing::info!(consequences, "obligations and the clock"),
                Ok(Err(error)) => tracing::warn!(%error, "obligations cannot be looked at"),
            }
        }
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

/// Notes what follows from every agent's obligations at `now`, in a transaction for each agent; nothing where another node
/// does. Answers how much that was.
pub fn note_obligations(
    database: &Database,
    ids: &dyn IdSource,
    node: Uuid,
    now: Instant,
) -> Result<usize, RepositoryError> {
    let mine = database.write::<_, RepositoryError>(|session| {
        session.acquire_lease(OBLIGATIONS_JOB, node, now, now + OBLIGATIONS_LEASE)
    })?;
    let mut noted = 0;
    if !mine {
        return Ok(noted);
    }
    let mut page = PageRequest {
        limit: MAXIMUM_PAGE_LIMIT,
        after: None,
    };
    loop {
        let agents = database.read::<_, RepositoryError>(|session| {
            session.list_agents(Scope::All, &AgentFilter::default(), &page)
        })?;
        for agent in agents.items.iter().filter_map(|agent| Scope::All.agent(agent.id)) {
            noted += database
                .write::<_, RepositoryError>(|session| note_consequences(session, ids, now, agent))?;
        }
        if agents.next.is_none() {
            return Ok(noted);
        }
        page.after = agents.next;
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
