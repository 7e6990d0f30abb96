//! What followed from obligations.

use super::Memory;
use agents::{Consequence, ConsequenceDecision, ConsequenceRepository, Step};
use kernel::{AgentId, ConsequenceId, ContractId, Page, PageRequest, ReachedAgent, RepositoryError};

impl Memory {
    /// How many proposals about the agent headquarters has not decided.
    pub(super) fn open_proposals(&self, agent_id: AgentId) -> usize {
        let own = self.consequences.values().filter(|one| one.agent_id == agent_id);
        own.filter(|one| one.step.is_proposal() && one.decision.is_none())
            .count()
    }
}

impl ConsequenceRepository for Memory {
    fn find_consequence(
        &mut self,
        agent: ReachedAgent,
        id: ConsequenceId,
    ) -> Result<Option<Consequence>, RepositoryError> {
        let found = self.consequences.get(&id);
        Ok(found.filter(|found| found.agent_id == agent.id()).cloned())
    }

    fn list_consequences(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ConsequenceId>,
    ) -> Result<Page<Consequence, ConsequenceId>, RepositoryError> {
        let rows = self.consequences.values().rev();
        let fetched = rows
            .filter(|row| row.agent_id == agent.id() && page.after.is_none_or(|after| row.id < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |consequence: &Consequence| {
            consequence.id
        }))
    }

    fn list_contract_consequences(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<Vec<Consequence>, RepositoryError> {
        let rows = self.consequences.values();
        Ok(rows
            .filter(|row| (row.agent_id, row.contract_id) == (agent_id, contract_id))
            .cloned()
            .collect())
    }

    fn insert_consequence(&mut self, consequence: &Consequence) -> Result<(), RepositoryError> {
        let place = |row: &Consequence| {
            let missed = row.step != Step::Reminder;
            (
                row.agent_id,
                row.contract_id,
                row.obligation,
                row.subject.clone(),
                missed,
            )
        };
        if self
            .consequences
            .values()
            .any(|row| place(row) == place(consequence))
        {
            return Err(RepositoryError::LostRace("consequences"));
        }
        self.consequences.insert(consequence.id, consequence.clone());
        Ok(())
    }

    fn decide_consequence(
        &mut self,
        agent_id: AgentId,
        id: ConsequenceId,
        decision: &ConsequenceDecision,
    ) -> Result<(), RepositoryError> {
        let row = self.consequences.get_mut(&id);
        let open = row.filter(|row| row.agent_id == agent_id && row.decision.is_none());
        let open = open.ok_or(RepositoryError::LostRace("consequences"))?;
        open.decision = Some(decision.clone());
        Ok(())
    }
}
