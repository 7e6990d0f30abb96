//! The relay: takes waiting events out of the outbox, lets the consumers inside this program follow them, puts them into the
//! inboxes of those they concern, queues them for the webhooks that want them, and marks them delivered, all in one transaction.

use crate::metrics;
use actix_web::{rt::time::sleep, web::block};
use customers::refresh_agent_customers;
use events::{Event, queue_deliveries, tell_recipients};
use kernel::{Clock, IdSource, Instant, RepositoryError};
use std::{sync::Arc, time::Duration};
use storage::Database;

/// How many events one transaction takes.
const BATCH_EVENTS: u16 = 200;
/// How often it looks while nothing waits.
const INTERVAL: Duration = Duration::from_millis(250);
/// The longest pause after failures.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(30);

/// Delivers for as long as it is polled. After a failure it pauses, twice as long each time.
pub async fn deliver_forever(database: Database, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) {
    let mut pause = INTERVAL;
    loop {
        let (database, ids, now) = (database.clone(), Arc::clone(&ids), clock.now());
        pause = match block(move || deliver_waiting(&database, ids.as_ref(), now)).await {
            // A full batch says that more is waiting.
            Ok(Ok(delivered)) if delivered == usize::from(BATCH_EVENTS) => Duration::ZERO,
            Ok(Ok(_)) => INTERVAL,
            Ok(Err(error)) => {
                tracing::warn!(%error, "events cannot be delivered");
                (pause * 2).clamp(INTERVAL, LONGEST_BACK_OFF)
            }
            // The panic hook has logged where.
            Err(_) => LONGEST_BACK_OFF,
        };
        sleep(pause).await;
    }
}

/// Delivers at most one batch, and answers how many events that were.
pub fn deliver_waiting(
    database: &Database,
    ids: &dyn IdSource,
    now: Instant,
) -> Result<usize, RepositoryError> {
    // A look costs no write transaction, of which SQLite has one at a time.
    let waiting = database.read(|session| session.find_waiting_events(BATCH_EVENTS))?;
    metrics::record_waiting_events(waiting.len());
    if waiting.is_empty() {
        return Ok(0);
    }
    let delivered = database.write(|session| {
        let mut events = session.find_waiting_events(BATCH_EVENTS)?;
        // First, so that of several servers each event is one's: the others wait here and find it marked.
        let marked = session.mark_events_delivered(&events, now)?;
        events.retain(|event| marked.contains(&event.id));
        refresh_agent_customers(session, &events)?;
        tell_recipients(session, &events)?;
        queue_deliveries(session, ids, now, &events)?;
        Ok::<_, RepositoryError>(events)
    })?;
    for Event {
        id,
        aggregate_id,
        aggregate_version,
        fact,
        ..
    } in &delivered
    {
        tracing::debug!(event_id = %id, fact = fact.name(), %aggregate_id, aggregate_version, "delivered");
    }
    Ok(delivered.len())
}
