//! The port of agents and their contracts.

use crate::{Agent, AgentLevel, Contract};
use kernel::{
    AgentId, AgentNumber, ContractId, IdentityNumber, Page, PageRequest, ReachedAgent, RepositoryError, Scope,
};
use std::collections::BTreeMap;

/// Which agents a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentFilter {
    /// Only those with a contract of this level.
    pub level: Option<AgentLevel>,
}

/// Agents and their contracts. Headquarters is there from the first migration. The scope of an agent and of its couriers
/// holds the agent itself, that of a customer none.
pub trait AgentRepository {
    /// The number for the next agent: one more than the highest given out. [`RepositoryError::Refused`] where there is
    /// none left.
    fn next_agent_number(&mut self) -> Result<AgentNumber, RepositoryError>;

    /// Adds agents. [`RepositoryError::LostRace`] where a number or an identity is another agent's already.
    fn insert_agents(&mut self, agents: &[Agent]) -> Result<(), RepositoryError>;

    /// Takes the agent's next version for a command about it. [`RepositoryError::LostRace`] where another command took it
    /// since the agent was loaded.
    fn raise_agent_version(&mut self, agent: &Agent) -> Result<(), RepositoryError>;

    /// The agents of those ids, headquarters too; one that is not there is absent from the map. For commands, which act
    /// on agents that they found in the scope of whoever sent them.
    fn find_agents(&mut self, ids: &[AgentId]) -> Result<BTreeMap<AgentId, Agent>, RepositoryError>;

    /// The agent, `None` where it is not there or outside the scope. Headquarters is in everybody's.
    fn find_agent(&mut self, scope: Scope, id: AgentId) -> Result<Option<Agent>, RepositoryError> {
        let inside = id == AgentId::HEADQUARTERS
            || match scope {
                Scope::All => true,
                Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => own == id,
                Scope::Customer(_) => false,
            };
        if inside {
            Ok(self.find_agents(&[id])?.remove(&id))
        } else {
            Ok(None)
        }
    }

    /// The agent of that identity, `None` where there is none.
    fn find_agent_by_identity(&mut self, identity: &IdentityNumber)
    -> Result<Option<Agent>, RepositoryError>;

    /// A page of the agents in `scope` that pass the filter, without headquarters, oldest first.
    fn list_agents(
        &mut self,
        scope: Scope,
        filter: &AgentFilter,
        page: &PageRequest<AgentId>,
    ) -> Result<Page<Agent, AgentId>, RepositoryError>;

    /// Adds contracts.
    fn insert_contracts(&mut self, contracts: &[Contract]) -> Result<(), RepositoryError>;

    /// The contracts of those ids; one that is not there is absent from the map. For commands that weigh every rate over
    /// a division; no handler shows them.
    fn find_contracts(
        &mut self,
        ids: &[(AgentId, ContractId)],
    ) -> Result<BTreeMap<ContractId, Contract>, RepositoryError>;

    /// The contract, locked until the transaction ends: whoever writes into what hangs on it, such as the ledger of its
    /// deposit, waits for its turn. `None` where the agent has no such contract. For commands, which act on agents that
    /// they found in the scope of whoever sent them.
    fn lock_contract(
        &mut self,
        agent_id: AgentId,
        id: ContractId,
    ) -> Result<Option<Contract>, RepositoryError>;

    /// Every contract of those agents, an agent's together, oldest first.
    fn list_contracts(&mut self, agents: &[ReachedAgent]) -> Result<Vec<Contract>, RepositoryError>;
}
