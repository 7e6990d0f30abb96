//! Territories and their claims.

use super::Memory;
use kernel::{AgentId, Instant, Page, PageRequest, RepositoryError, Scope, TerritoryId};
use regions::{Claim, Suspension, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository};
use std::{collections::BTreeMap, sync::Arc};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    territories: BTreeMap<TerritoryId, Territory>,
    suspensions: BTreeMap<(AgentId, Instant), Suspension>,
    version: i64,
    map: Option<Arc<TerritoryMap>>,
}

impl Rows {
    fn change(&mut self) {
        self.version += 1;
        self.map = None;
    }
}

impl Memory {
    /// Every territory, oldest first, for assertions.
    pub fn territories(&self) -> Vec<Territory> {
        self.territories.territories.values().cloned().collect()
    }
}

impl TerritoryRepository for Memory {
    fn insert_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError> {
        let rows = &mut self.territories;
        let mut all = rows.territories.clone();
        for territory in territories {
            if all.values().any(|held| held.conflicts_with(&territory.claims())) {
                return Err(RepositoryError::LostRace("the claims of a territory"));
            }
            all.insert(territory.id, territory.clone());
        }
        rows.territories = all;
        rows.change();
        Ok(())
    }

    fn save_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError> {
        let rows = &mut self.territories;
        let mut all = rows.territories.clone();
        // The shrunk ones first: what one of them gives up another may take.
        for territory in territories {
            let loaded = all.remove(&territory.id);
            if loaded.is_none_or(|loaded| loaded.version != territory.version) {
                return Err(RepositoryError::LostRace("a territory"));
            }
        }
        for territory in territories {
            if all.values().any(|held| held.conflicts_with(&territory.claims())) {
                return Err(RepositoryError::LostRace("the claims of a territory"));
            }
            let saved = Territory {
                version: territory.version + 1,
                ..territory.clone()
            };
            all.insert(saved.id, saved);
        }
        rows.territories = all;
        rows.change();
        Ok(())
    }

    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError> {
        let all = self.territories.territories.values();
        Ok(all.filter(|held| held.conflicts_with(claims)).cloned().collect())
    }

    fn find_territories(
        &mut self,
        ids: &[TerritoryId],
    ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.territories.territories.get(id));
        Ok(found.map(|territory| (territory.id, territory.clone())).collect())
    }

    fn list_agent_territories(
        &mut self,
        agent_id: AgentId,
        after: Instant,
    ) -> Result<Vec<Territory>, RepositoryError> {
        let all = self.territories.territories.values();
        let own = all.filter(|held| held.agent_id == agent_id && held.revoked_at.is_none());
        Ok(own
            .filter(|held| after < held.validity.until())
            .cloned()
            .collect())
    }

    fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError> {
        let key = (suspension.agent_id, suspension.from);
        self.territories.suspensions.insert(key, *suspension);
        self.territories.change();
        Ok(())
    }

    fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError> {
        let all = self.territories.suspensions.values();
        Ok(all.filter(|of| agents.contains(&of.agent_id)).copied().collect())
    }

    fn list_territories(
        &mut self,
        scope: Scope,
        filter: &TerritoryFilter,
        page: &PageRequest<TerritoryId>,
    ) -> Result<Page<Territory, TerritoryId>, RepositoryError> {
        let fetched = self
            .territories
            .territories
            .values()
            .filter(|held| match scope {
                Scope::All => true,
                Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => held.agent_id == own,
                Scope::Customer(_) => false,
            })
            .filter(|held| page.after.is_none_or(|after| held.id > after))
            .filter(|held| filter.agent_id.is_none_or(|agent_id| held.agent_id == agent_id))
            .filter(|held| filter.span.is_none_or(|span| span.contains(held.division_code)))
            .filter(|held| filter.active_at.is_none_or(|instant| held.is_active_at(instant)))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |held| held.id))
    }

    fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError> {
        let rows = &mut self.territories;
        let map = rows.map.get_or_insert_with(|| {
            let map = TerritoryMap::build(rows.version, rows.territories.values());
            Arc::new(map.suspending(rows.suspensions.values().copied()))
        });
        Ok(map.clone())
    }
}
