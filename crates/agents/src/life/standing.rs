//! Where an agent stands at an instant: told by its suspensions, terminations and contracts, never stored.

use super::repository::AgentLifeRepository;
use super::terminate::{Termination, TerminationState};
use crate::{Agent, AgentRepository, Contract};
use kernel::{AgentId, Instant, RepositoryError, Scope};
use regions::{Suspension, TerritoryRepository};
use std::collections::BTreeMap;

/// Where an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Orders come to it, where it has territories.
    Active,
    /// New orders pass it over.
    Suspended {
        /// Until when; until further notice where absent.
        until: Option<Instant>,
    },
    /// It was given notice, and is not gone yet.
    Leaving {
        /// From when on it holds nothing.
        effective_at: Instant,
    },
    /// It is gone.
    Terminated {
        /// Since when.
        at: Instant,
    },
}

impl Standing {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Leaving { .. } => "leaving",
            Self::Terminated { .. } => "terminated",
        }
    }

    /// Where an agent with those suspensions, terminations and contracts stands. Whoever is appointed again after a
    /// termination is not gone.
    pub fn of(
        now: Instant,
        suspensions: &[Suspension],
        terminations: &[Termination],
        contracts: &[Contract],
    ) -> Self {
        let closed = terminations.iter().filter_map(Termination::closed_at).max();
        let open = terminations
            .iter()
            .find(|one| one.state == TerminationState::Given);
        let back = |at| contracts.iter().any(|contract| at < contract.signed_at);
        if let Some(open) = open {
            return Self::Leaving {
                effective_at: open.effective_at,
            };
        }
        if let Some(at) = closed.filter(|at| !back(*at)) {
            return Self::Terminated { at };
        }
        let in_force = suspensions.iter().find(|suspension| suspension.is_in_force(now));
        in_force.map_or(Self::Active, |suspension| Self::Suspended {
            until: suspension.until,
        })
    }

    /// Where the agent stands.
    pub fn find(
        session: &mut (impl AgentRepository + AgentLifeRepository + TerritoryRepository + ?Sized),
        agent: &Agent,
        now: Instant,
    ) -> Result<Self, RepositoryError> {
        let found = Self::find_all(session, &[agent.id], now)?;
        Ok(found.get(&agent.id).copied().unwrap_or(Self::Active))
    }

    /// Where each of the agents stands.
    pub fn find_all(
        session: &mut (impl AgentRepository + AgentLifeRepository + TerritoryRepository + ?Sized),
        agents: &[AgentId],
        now: Instant,
    ) -> Result<BTreeMap<AgentId, Self>, RepositoryError> {
        let suspensions = session.list_suspensions(agents)?;
        let terminations = session.list_terminations(agents)?;
        let reached: Vec<_> = agents.iter().filter_map(|id| Scope::All.agent(*id)).collect();
        let contracts = session.list_contracts(&reached)?;
        let own = |id: AgentId| {
            let suspensions: Vec<_> = suspensions
                .iter()
                .filter(|of| of.agent_id == id)
                .copied()
                .collect();
            let terminations: Vec<_> = terminations
                .iter()
                .filter(|of| of.agent_id == id)
                .cloned()
                .collect();
            let contracts: Vec<_> = contracts.iter().filter(|of| of.agent_id == id).cloned().collect();
            Self::of(now, &suspensions, &terminations, &contracts)
        };
        Ok(agents.iter().map(|id| (*id, own(*id))).collect())
    }
}
