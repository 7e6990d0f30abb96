//! Agents and their contracts.

use super::Memory;
use agents::{Agent, AgentFilter, AgentRepository, Contract};
use kernel::{
    AgentId, AgentNumber, ContractId, IdentityNumber, Instant, Page, PageRequest, ReachedAgent,
    RepositoryError, Scope,
};
use std::collections::BTreeMap;

/// What is kept.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    agents: BTreeMap<AgentId, Agent>,
    contracts: BTreeMap<ContractId, Contract>,
}

impl Default for Rows {
    /// Headquarters is there from the start.
    fn default() -> Self {
        let headquarters = Agent {
            id: AgentId::HEADQUARTERS,
            number: AgentNumber::HEADQUARTERS,
            holder: None,
            version: 1,
            created_at: Instant::UNIX_EPOCH,
        };
        Self {
            agents: BTreeMap::from([(headquarters.id, headquarters)]),
            contracts: BTreeMap::new(),
        }
    }
}

fn identity(agent: &Agent) -> Option<&IdentityNumber> {
    agent.holder.as_ref().map(|holder| &holder.identity_number)
}

impl AgentRepository for Memory {
    fn next_agent_number(&mut self) -> Result<AgentNumber, RepositoryError> {
        let highest = self.agents.agents.values().map(|agent| agent.number.get()).max();
        match highest.unwrap_or_default().checked_add(1) {
            Some(next) => Ok(AgentNumber::new(next)),
            None => Err(RepositoryError::Refused(
                "there is no agent number left".to_owned(),
            )),
        }
    }

    fn insert_agents(&mut self, agents: &[Agent]) -> Result<(), RepositoryError> {
        let mut all = self.agents.agents.clone();
        for agent in agents {
            if all
                .values()
                .any(|held| held.number == agent.number || identity(held) == identity(agent))
            {
                return Err(RepositoryError::LostRace(
                    "the number or the identity of an agent",
                ));
            }
            all.insert(agent.id, agent.clone());
        }
        self.agents.agents = all;
        Ok(())
    }

    fn raise_agent_version(&mut self, agent: &Agent) -> Result<(), RepositoryError> {
        let stored = self.agents.agents.get_mut(&agent.id);
        let stored = stored.filter(|stored| stored.version == agent.version);
        let stored = stored.ok_or(RepositoryError::LostRace("an agent"))?;
        stored.version += 1;
        Ok(())
    }

    fn find_agents(&mut self, ids: &[AgentId]) -> Result<BTreeMap<AgentId, Agent>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.agents.agents.get(id));
        Ok(found.map(|agent| (agent.id, agent.clone())).collect())
    }

    fn find_agent_by_identity(&mut self, wanted: &IdentityNumber) -> Result<Option<Agent>, RepositoryError> {
        let mut all = self.agents.agents.values();
        Ok(all.find(|agent| identity(agent) == Some(wanted)).cloned())
    }

    fn list_agents(
        &mut self,
        scope: Scope,
        filter: &AgentFilter,
        page: &PageRequest<AgentId>,
    ) -> Result<Page<Agent, AgentId>, RepositoryError> {
        let Rows { agents, contracts } = &self.agents;
        let fetched = agents
            .values()
            .filter(|agent| agent.id != AgentId::HEADQUARTERS && Some(agent.id) > page.after)
            .filter(|agent| match scope {
                Scope::All => true,
                Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => agent.id == own,
                Scope::Customer(_) => false,
            })
            .filter(|agent| {
                let mut own = contracts
                    .values()
                    .filter(|contract| contract.agent_id == agent.id);
                filter
                    .level
                    .is_none_or(|level| own.any(|contract| contract.level == level))
            })
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |agent: &Agent| agent.id))
    }

    fn insert_contracts(&mut self, contracts: &[Contract]) -> Result<(), RepositoryError> {
        let rows = contracts.iter().map(|contract| (contract.id, contract.clone()));
        self.agents.contracts.extend(rows);
        Ok(())
    }

    fn find_contracts(
        &mut self,
        ids: &[(AgentId, ContractId)],
    ) -> Result<BTreeMap<ContractId, Contract>, RepositoryError> {
        let found = ids.iter().filter_map(|(agent_id, id)| {
            self.agents
                .contracts
                .get(id)
                .filter(|contract| contract.agent_id == *agent_id)
        });
        Ok(found.map(|contract| (contract.id, contract.clone())).collect())
    }

    fn lock_contract(
        &mut self,
        agent_id: AgentId,
        id: ContractId,
    ) -> Result<Option<Contract>, RepositoryError> {
        Ok(self.find_contracts(&[(agent_id, id)])?.remove(&id))
    }

    fn list_contracts(&mut self, agents: &[ReachedAgent]) -> Result<Vec<Contract>, RepositoryError> {
        let all = self.agents.contracts.values();
        let mut found: Vec<_> = all
            .filter(|contract| agents.iter().any(|agent| agent.id() == contract.agent_id))
            .cloned()
            .collect();
        found.sort_by_key(|contract| (contract.agent_id, contract.id));
        Ok(found)
    }
}
