//! The port of consequences.

use super::{Consequence, ConsequenceDecision};
use kernel::{AgentId, ConsequenceId, ContractId, Page, PageRequest, ReachedAgent, RepositoryError};

/// What followed from obligations.
pub trait ConsequenceRepository {
    /// An agent's, `None` where it is not there or another agent's.
    fn find_consequence(
        &mut self,
        agent: ReachedAgent,
        id: ConsequenceId,
    ) -> Result<Option<Consequence>, RepositoryError>;

    /// An agent's, newest first.
    fn list_consequences(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ConsequenceId>,
    ) -> Result<Page<Consequence, ConsequenceId>, RepositoryError>;

    /// Every one of a contract, oldest first.
    fn list_contract_consequences(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<Vec<Consequence>, RepositoryError>;

    /// Notes one that is not decided. [`RepositoryError::LostRace`] where the same obligation has had its reminder, or what
    /// followed when it was missed.
    fn insert_consequence(&mut self, consequence: &Consequence) -> Result<(), RepositoryError>;

    /// Notes what headquarters made of one. [`RepositoryError::LostRace`] where that is decided.
    fn decide_consequence(
        &mut self,
        agent_id: AgentId,
        id: ConsequenceId,
        decision: &ConsequenceDecision,
    ) -> Result<(), RepositoryError>;
}
