//! The port that territories are kept behind.

use crate::{Claim, Suspension, Territory, TerritoryMap};
use kernel::{AgentId, DivisionSpan, Instant, Page, PageRequest, RepositoryError, Scope, TerritoryId};
use std::{collections::BTreeMap, sync::Arc};

/// Which territories a list shows; conditions combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerritoryFilter {
    /// Only those of this agent.
    pub agent_id: Option<AgentId>,
    /// Only those whose division lies in this run of codes.
    pub span: Option<DivisionSpan>,
    /// Only those active at this instant.
    pub active_at: Option<Instant>,
}

/// Territories and what they claim. Commands weigh them all; what a list shows is inside a [`Scope`].
pub trait TerritoryRepository {
    /// Adds territories with their claims, and raises the territories' version. No two claims ever overlap: where a
    /// new one overlaps a claim that is there, nothing is added and the answer is [`RepositoryError::LostRace`], since
    /// a use case asks [`Self::find_territory_conflicts`] first.
    fn insert_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;

    /// Saves territories under their next version with what is left of their claims, and raises the territories'
    /// version. [`RepositoryError::LostRace`] where one was saved by somebody else since it was loaded, or where its
    /// claims, grown by a later end or a consent that was withdrawn, overlap those of another.
    fn save_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;

    /// The territories with a claim that overlaps one of `claims`, each once, in the order of their ids.
    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;

    /// The territories of those ids; one that is not there is absent from the map. For commands, which look at whose
    /// they are.
    fn find_territories(
        &mut self,
        ids: &[TerritoryId],
    ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError>;

    /// The territory of that id, `None` where there is none.
    fn find_territory(&mut self, id: TerritoryId) -> Result<Option<Territory>, RepositoryError> {
        Ok(self.find_territories(&[id])?.remove(&id))
    }

    /// Every territory of the agent that has not ended at `after` and is not revoked, in the order of their ids.
    fn list_agent_territories(
        &mut self,
        agent_id: AgentId,
        after: Instant,
    ) -> Result<Vec<Territory>, RepositoryError>;

    /// Saves a suspension: a new one, or another end of the one that began at that instant. Raises the territories'
    /// version.
    fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError>;

    /// The suspensions of those agents, an agent's together, oldest first.
    fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError>;

    /// A page of the territories inside the scope that pass the filter, oldest first.
    fn list_territories(
        &mut self,
        scope: Scope,
        filter: &TerritoryFilter,
        page: &PageRequest<TerritoryId>,
    ) -> Result<Page<Territory, TerritoryId>, RepositoryError>;

    /// The map of the version that this transaction reads. Adapters keep the last one and reload it only when the
    /// version differs, so it costs one small read.
    fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError>;
}
