//! Suspension: an agent keeps its territories and gets no new orders.

use kernel::{AgentId, Instant};

/// While an agent is suspended its territories stay claimed, so that resuming cannot fail, and routing passes them over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Who is suspended.
    pub agent_id: AgentId,
    /// From this instant on.
    pub from: Instant,
    /// Up to, and not including, this one; until further notice where absent. Never before `from`; where the two are
    /// the same, it was called off before it began.
    pub until: Option<Instant>,
}

impl Suspension {
    /// Whether it is in force at `instant`.
    pub fn is_in_force(&self, instant: Instant) -> bool {
        self.from <= instant && self.is_ahead(instant)
    }

    /// Whether it is in force at `instant` or will be.
    pub fn is_ahead(&self, instant: Instant) -> bool {
        self.until
            .is_none_or(|until| instant < until && self.from < until)
    }
}
