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

impl Scope {
    /// The agent whose office the scope is: headquarters for headquarters, none for couriers and customers.
    pub const fn own_agent(self) -> Option<ReachedAgent> {
        match self {
            Self::All => Some(ReachedAgent(AgentId::HEADQUARTERS)),
            Self::Agent(own) => Some(ReachedAgent(own)),
            Self::Courier { .. } | Self::Customer(_) => None,
        }
    }

    /// That agent, where all of its rows are inside: headquarters reaches every agent, an agent's office its own.
    pub fn agent(self, named: AgentId) -> Option<ReachedAgent> {
        match self {
            Self::All => Some(ReachedAgent(named)),
            Self::Agent(own) => (own == named).then_some(ReachedAgent(own)),
            Self::Courier { .. } | Self::Customer(_) => None,
        }
    }
}

/// An agent all of whose rows somebody may reach. Only a [`Scope`] gives one, so a port method that takes it cannot be
/// asked for an agent that a request merely names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReachedAgent(AgentId);

impl ReachedAgent {
    /// Which.
    pub const fn id(self) -> AgentId {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn headquarters_reaches_every_agent_an_office_its_own_and_nobody_else_one() {
        let (own, other) = (
            AgentId::from_uuid(Uuid::from_u128(7)),
            AgentId::from_uuid(Uuid::from_u128(8)),
        );
        let courier = Scope::Courier {
            agent_id: own,
            courier_id: CourierId::from_uuid(Uuid::from_u128(1)),
        };
        let customer = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(1)));
        let named = |scope: Scope, agent| scope.agent(agent).map(ReachedAgent::id);
        let office = |scope: Scope| scope.own_agent().map(ReachedAgent::id);
        assert_eq!(named(Scope::All, other), Some(other));
        assert_eq!(named(Scope::Agent(own), own), Some(own));
        assert_eq!(named(Scope::Agent(own), other), None);
        assert_eq!(office(Scope::All), Some(AgentId::HEADQUARTERS));
        assert_eq!(office(Scope::Agent(own)), Some(own));
        for scope in [courier, customer] {
            assert_eq!((named(scope, own), office(scope)), (None, None));
        }
    }
}
