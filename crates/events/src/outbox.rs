//! The outbox: what a transaction wants others to learn of, kept beside its own changes.

use crate::Event;
use kernel::{EventId, Instant, RepositoryError};
use std::collections::BTreeSet;

/// Events waiting to be delivered.
pub trait OutboxRepository {
    /// Appends events; they are waiting once the transaction commits.
    fn insert_events(&mut self, events: &[Event]) -> Result<(), RepositoryError>;

    /// At most `limit` waiting events, the events of one aggregate in the order of their versions. An event is waiting
    /// until it is marked delivered, however its id sorts: ids do not commit in order.
    fn find_waiting_events(&mut self, limit: u16) -> Result<Vec<Event>, RepositoryError>;

    /// Marks events delivered, and answers which it marked. One that another node marked first is left as it is and not
    /// answered; one that another node is marking is waited for. So of several nodes each event is one's.
    fn mark_events_delivered(
        &mut self,
        events: &[Event],
        at: Instant,
    ) -> Result<BTreeSet<EventId>, RepositoryError>;
}
