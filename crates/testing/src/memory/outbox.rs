//! The outbox.

use super::Memory;
use events::{Event, OutboxRepository};
use kernel::{EventId, Instant, RepositoryError};
use std::collections::BTreeSet;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    events: Vec<Event>,
    delivered: BTreeSet<EventId>,
}

impl Memory {
    /// Every event that was ever written, oldest first, for assertions.
    pub fn events(&self) -> &[Event] {
        &self.outbox.events
    }
}

impl OutboxRepository for Memory {
    fn insert_events(&mut self, events: &[Event]) -> Result<(), RepositoryError> {
        self.outbox.events.extend_from_slice(events);
        Ok(())
    }

    fn find_waiting_events(&mut self, limit: u16) -> Result<Vec<Event>, RepositoryError> {
        let mut waiting: Vec<_> = self
            .outbox
            .events
            .iter()
            .filter(|event| !self.outbox.delivered.contains(&event.id))
            .cloned()
            .collect();
        waiting.sort_by_key(|event| (event.occurred_at, event.aggregate_version, event.id));
        waiting.truncate(usize::from(limit));
        Ok(waiting)
    }

    fn mark_events_delivered(&mut self, events: &[Event], _at: Instant) -> Result<(), RepositoryError> {
        self.outbox.delivered.extend(events.iter().map(|event| event.id));
        Ok(())
    }
}
