//! Where ids come from: handed in like the clock, so that tests and the demo company are deterministic.

use crate::{AgentNumber, Instant, OrderId};
use std::sync::Mutex;
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes UUIDv7 ids (RFC 9562, 5.7).
pub trait IdSource: Send + Sync {
    /// A fresh id whose time part is `at`, in whole milliseconds.
    fn next_uuid(&self, at: Instant) -> Uuid;

    /// A fresh order id whose time part is `placed_at` and whose last 16 bits are the agent's number.
    fn next_order_id(&self, placed_at: Instant, agent: AgentNumber) -> OrderId {
        let mut bytes = *self.next_uuid(placed_at).as_bytes();
        let [.., high, low] = &mut bytes;
        [*high, *low] = agent.get().to_be_bytes();
        OrderId::from_uuid(Uuid::from_bytes(bytes))
    }
}

/// The operating system's randomness behind a counter that keeps ids of one millisecond in order.
pub struct SystemIds {
    context: Mutex<ContextV7>,
}

impl SystemIds {
    /// A source of its own; one for the whole process is enough.
    pub fn new() -> Self {
        Self {
            context: Mutex::new(ContextV7::new()),
        }
    }
}

impl Default for SystemIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdSource for SystemIds {
    fn next_uuid(&self, at: Instant) -> Uuid {
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            at.timestamp_subsec_nanos(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, SystemClock};

    #[test]
    fn ids_of_one_instant_sort_in_the_order_they_were_made() {
        let (ids, now) = (SystemIds::new(), SystemClock.now());
        let made: Vec<_> = (0..1_000).map(|_| ids.next_uuid(now)).collect();
        assert!(made.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn an_order_id_tells_its_agent_and_its_millisecond() {
        let (ids, now) = (SystemIds::new(), SystemClock.now());
        let order = ids.next_order_id(now, AgentNumber::new(4_711));
        assert_eq!(order.agent_number(), AgentNumber::new(4_711));
        let (seconds, nanos) = order.as_uuid().get_timestamp().unwrap().to_unix();
        assert_eq!(
            i64::try_from(seconds).unwrap() * 1_000 + i64::from(nanos / 1_000_000),
            now.timestamp_millis()
        );
    }
}
