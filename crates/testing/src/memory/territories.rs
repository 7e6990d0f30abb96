//! Territories and their claims.

use super::Memory;
use kernel::{Page, PageRequest, RepositoryError, Scope, TerritoryId};
use regions::{Claim, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository};
use std::{collections::BTreeMap, sync::Arc};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    territories: BTreeMap<TerritoryId, Territory>,
    version: i64,
    map: Option<Arc<TerritoryMap>>,
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
        rows.version += 1;
        rows.map = None;
        Ok(())
    }

    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError> {
        let all = self.territories.territories.values();
        Ok(all.filter(|held| held.conflicts_with(claims)).cloned().collect())
    }

    fn find_territory(&mut self, id: TerritoryId) -> Result<Option<Territory>, RepositoryError> {
        Ok(self.territories.territories.get(&id).cloned())
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
        let map = rows
            .map
            .get_or_insert_with(|| Arc::new(TerritoryMap::build(rows.version, rows.territories.values())));
        Ok(map.clone())
    }
}
