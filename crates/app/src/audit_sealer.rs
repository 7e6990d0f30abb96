//! Chains the audit log: whatever was committed since the last look is in the chain within a second. One node does it at a
//! time, under a lease, so that no command ever waits for another one's entry.

use actix_web::{rt::time::sleep, web::block};
use chrono::TimeDelta;
use identity::{ChainLink, chain_audit_entries};
use kernel::{Clock, Instant, RepositoryError};
use std::{sync::Arc, time::Duration};
use storage::Database;
use uuid::Uuid;

const JOB: &str = "audit_chain";
/// How many entries one transaction chains.
const BATCH_ENTRIES: u16 = 500;
/// How often it looks: with the time to chain, well inside the second that is promised.
const INTERVAL: Duration = Duration::from_millis(300);
/// How long a node that died keeps the others from chaining.
const LEASE: TimeDelta = TimeDelta::milliseconds(600);
/// The longest pause after failures.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

/// Chains for as long as it is polled. After a failure it pauses, twice as long each time.
pub(crate) async fn chain_forever(database: Database, clock: Arc<dyn Clock>, node: Uuid) {
    let mut pause = INTERVAL;
    loop {
        let (database, now) = (database.clone(), clock.now());
        pause = match block(move || chain_waiting(&database, node, now)).await {
            Ok(Ok(Some(head))) => {
                // Outside the database: whoever cuts off the end of the chain is found by the last of these lines.
                tracing::info!(
                    sequence = head.sequence,
                    digest = head.digest_text(),
                    "audit chain head"
                );
                Duration::ZERO
            }
            Ok(Ok(None)) => INTERVAL,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the audit log cannot be chained");
                (pause * 2).clamp(INTERVAL, LONGEST_BACK_OFF)
            }
            // The panic hook has logged where.
            Err(_) => LONGEST_BACK_OFF,
        };
        sleep(pause).await;
    }
}

/// Chains at most one batch, and answers with the new head; `None` where nothing waited, or another node does it.
fn chain_waiting(
    database: &Database,
    node: Uuid,
    now: Instant,
) -> Result<Option<ChainLink>, RepositoryError> {
    // A look costs no write transaction, of which SQLite has one at a time.
    if database
        .read(|session| session.find_unchained_entries(1))?
        .is_empty()
    {
        return Ok(None);
    }
    database.write(|session| {
        if !session.acquire_lease(JOB, node, now, now + LEASE)? {
            return Ok(None);
        }
        chain_audit_entries(session, database.vault(), BATCH_ENTRIES)
    })
}
