//! The port that territories are kept behind.

use crate::{Claim, Territory, TerritoryMap};
use kernel::{AgentId, DivisionSpan, Instant, Page, PageRequest, RepositoryError, Scope, TerritoryId};
use std::sync::Arc;

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

    /// The territories with a claim that overlaps one of `claims`, each once, in the order of their ids.
    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;

    /// The territory of that id, `None` where there is none. For commands of headquarters, which reaches all.
    fn find_territory(&mut self, id: TerritoryId) -> Result<Option<Territory>, RepositoryError>;

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
