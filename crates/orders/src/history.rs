//! What happened to an order, and who did it.

use kernel::{AccountId, AgentId, Instant, OrderId, Text};

/// One change of an order. Its `version` is the order's after the change, so the history has neither gap nor fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderHistoryEntry {
    /// The order's agent.
    pub agent_id: AgentId,
    /// The order.
    pub order_id: OrderId,
    /// The order's version after the change.
    pub version: i64,
    /// When.
    pub at: Instant,
    /// Who, `None` for the system's own doing.
    pub actor: Option<AccountId>,
    /// The state before, `None` for the placing.
    pub from_state: Option<&'static str>,
    /// The state after.
    pub to_state: &'static str,
    /// Why, where somebody said so.
    pub reason: Option<Text<200>>,
}
