//! Whose rows a caller may see. Every port method that reads tenant data takes one, so that forgetting it does not
//! compile; it comes from the principal, never from a request.

use crate::{AgentId, CourierId, CustomerId};

/// Whose rows: a row outside the scope is answered as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every row: headquarters.
    All,
    /// The rows of one agent.
    Agent(AgentId),
    /// What one courier of an agent has to do with: assigned to it, or in the pool of its agent.
    Courier {
        /// The agent the courier works for.
        agent_id: AgentId,
        /// The courier.
        courier_id: CourierId,
    },
    /// One customer's own rows.
    Customer(CustomerId),
}
