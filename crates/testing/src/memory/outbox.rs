//! The outbox.

use super::Memory;
use events::{Event, OutboxRepository};
use kernel::{EventId, Instant, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) events: Vec<Event>,
    pub(super) delivered: BTreeMap<EventId, Instant>,
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
            .filter(|event| !self.outbox.delivered.contains_key(&event.id))
            .cloned()
            .collect();
        waiting.sort_by_key(|event| (event.occurred_at, event.aggregate_version, event.id));
        waiting.truncate(usize::from(limit));
        Ok(waiting)
    }

    fn mark_events_delivered(
        &mut self,
        events: &[Event],
        at: Instant,
    ) -> Result<BTreeSet<EventId>, RepositoryError> {
        let mut marked = BTreeSet::new();
        for event in events {
            self.outbox.delivered.entry(event.id).or_insert_with(|| {
                marked.insert(event.id);
                at
            });
        }
        Ok(marked)
    }
}
