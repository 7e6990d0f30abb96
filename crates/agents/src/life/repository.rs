//! The port of what happened to agents.

use super::history::AgentHistoryEntry;
use super::terminate::Termination;
use kernel::{AgentId, HistoryEntryId, Page, PageRequest, ReachedAgent, RepositoryError};

/// History and terminations. Suspensions are [`regions::TerritoryRepository`]'s, since routing goes by them.
pub trait AgentLifeRepository {
    /// Appends to the history of agents.
    fn insert_agent_history(&mut self, entries: &[AgentHistoryEntry]) -> Result<(), RepositoryError>;

    /// A page of the agent's history, newest first.
    fn list_agent_history(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<HistoryEntryId>,
    ) -> Result<Page<AgentHistoryEntry, HistoryEntryId>, RepositoryError>;

    /// Adds a termination.
    fn insert_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError>;

    /// Saves how a termination ended, under its next version. [`RepositoryError::LostRace`] where somebody else did since
    /// it was loaded.
    fn save_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError>;

    /// The terminations of those agents, an agent's together, oldest first.
    fn list_terminations(&mut self, agents: &[AgentId]) -> Result<Vec<Termination>, RepositoryError>;
}
