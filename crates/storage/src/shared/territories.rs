//! Territories, and the map of them all.

use super::{
    BATCH_ROWS,
    schema::{change_versions, territories},
    session::Session,
    values::{Key, Moment, corrupt},
};
use diesel::prelude::*;
use kernel::{
    AgentId, AgentNumber, DivisionCode, Instant, Page, PageRequest, Period, RepositoryError, Scope,
    TerritoryId,
};
use regions::{
    Claim, DivisionLevel, Exclusivity, Suspension, Territory, TerritoryFilter, TerritoryMap,
    TerritoryRepository,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

/// The row of `change_versions` that grows with every change of a territory or a suspension.
const TERRITORIES: &str = "territories";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = territories, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct TerritoryRow {
    id: Key,
    agent_id: Key,
    agent_number: i32,
    contract_id: Key,
    division_code: i32,
    level: String,
    exclusivity: String,
    valid_from: Moment,
    valid_until: Moment,
    revoked_at: Option<Moment>,
    version: i64,
    granted_at: Moment,
}

/// A code as a column: nine digits fit.
pub(super) fn division_column(code: DivisionCode) -> i32 {
    i32::try_from(code.nine_digits()).unwrap_or(i32::MAX)
}

/// A code from its column, `None` for what is none.
pub(super) fn division_code(column: i32) -> Option<DivisionCode> {
    DivisionCode::from_nine_digits(u32::try_from(column).ok()?)
}

fn to_row(territory: &Territory) -> TerritoryRow {
    TerritoryRow {
        id: territory.id.into(),
        agent_id: territory.agent_id.into(),
        agent_number: territory.agent_number.get().into(),
        contract_id: territory.contract_id.into(),
        division_code: division_column(territory.division_code),
        level: territory.level.name().to_owned(),
        exclusivity: territory.exclusivity.name().to_owned(),
        valid_from: territory.validity.from().into(),
        valid_until: territory.validity.until().into(),
        revoked_at: territory.revoked_at.map(Moment),
        version: territory.version,
        granted_at: territory.granted_at.into(),
    }
}

/// Without its consents.
fn to_territory(row: &TerritoryRow) -> Result<Territory, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("territories", column, row.id, reason);
    Ok(Territory {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        agent_number: u16::try_from(row.agent_number)
            .map(AgentNumber::new)
            .map_err(|_| unusable("agent_number", "out of range"))?,
        contract_id: row.contract_id.into(),
        division_code: division_code(row.division_code)
            .ok_or_else(|| unusable("division_code", "no code"))?,
        level: DivisionLevel::from_name(&row.level).ok_or_else(|| unusable("level", "unknown"))?,
        exclusivity: Exclusivity::from_name(&row.exclusivity)
            .ok_or_else(|| unusable("exclusivity", "unknown"))?,
        validity: Period::new(row.valid_from.0, row.valid_until.0)
            .ok_or_else(|| unusable("valid_until", "not after valid_from"))?,
        consents: Vec::new(),
        revoked_at: row.revoked_at.map(|at| at.0),
        version: row.version,
        granted_at: row.granted_at.0,
    })
}

impl Session {
    fn load_territories(
        &mut self,
        query: territories::BoxedQuery<'_, super::Backend>,
    ) -> Result<Vec<Territory>, RepositoryError> {
        let found = query
            .select(TerritoryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_territory)
            .collect::<Result<_, _>>()?;
        self.with_consents(found)
    }

    fn raise_territories_version(&mut self) -> Result<(), RepositoryError> {
        let raised = diesel::update(change_versions::table)
            .filter(change_versions::name.eq(TERRITORIES))
            .set(change_versions::version.eq(change_versions::version + 1))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults
            .expect_rows(raised, 1, "the version of the territories")?;
        self.territories_changed = true;
        Ok(())
    }

    fn territories_version(&mut self) -> Result<i64, RepositoryError> {
        change_versions::table
            .filter(change_versions::name.eq(TERRITORIES))
            .select(change_versions::version)
            .first(&mut self.connection)
            .map_err(|error| self.faults.of(error))
    }
}

impl TerritoryRepository for Session {
    fn insert_territories(&mut self, added: &[Territory]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch.iter().map(to_row).collect();
            diesel::insert_into(territories::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        self.append_claims(added)?;
        self.raise_territories_version()
    }

    fn save_territories(&mut self, changed: &[Territory]) -> Result<(), RepositoryError> {
        for territory in changed {
            let saved = diesel::update(territories::table)
                .filter(territories::id.eq(Key::from(territory.id)))
                .filter(territories::version.eq(territory.version))
                .set((
                    territories::valid_from.eq(Moment(territory.validity.from())),
                    territories::valid_until.eq(Moment(territory.validity.until())),
                    territories::revoked_at.eq(territory.revoked_at.map(Moment)),
                    territories::version.eq(territory.version + 1),
                ))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(saved, 1, "a territory")?;
        }
        self.remove_claims(changed)?;
        self.append_claims(changed)?;
        self.raise_territories_version()
    }

    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError> {
        let claimants = self.claimants(claims)?;
        let query = territories::table
            .filter(territories::id.eq_any(claimants))
            .order(territories::id);
        self.load_territories(query.into_boxed())
    }

    fn find_territories(
        &mut self,
        ids: &[TerritoryId],
    ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError> {
        let query = territories::table.filter(territories::id.eq_any(ids.iter().copied().map(Key::from)));
        let found = self.load_territories(query.into_boxed())?.into_iter();
        Ok(found.map(|territory| (territory.id, territory)).collect())
    }

    fn list_agent_territories(
        &mut self,
        agent_id: AgentId,
        after: Instant,
    ) -> Result<Vec<Territory>, RepositoryError> {
        let query = territories::table
            .filter(territories::agent_id.eq(Key::from(agent_id)))
            .filter(territories::valid_until.gt(Moment(after)))
            .filter(territories::revoked_at.is_null())
            .order(territories::id);
        self.load_territories(query.into_boxed())
    }

    fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError> {
        self.upsert_suspension(suspension)?;
        self.raise_territories_version()
    }

    fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError> {
        self.suspensions_of(agents)
    }

    fn list_territories(
        &mut self,
        scope: Scope,
        filter: &TerritoryFilter,
        page: &PageRequest<TerritoryId>,
    ) -> Result<Page<Territory, TerritoryId>, RepositoryError> {
        let mut query = territories::table
            .order(territories::id)
            .limit(page.fetch_limit())
            .into_boxed();
        match scope {
            Scope::All => {}
            Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => {
                query = query.filter(territories::agent_id.eq(Key::from(own)));
            }
            Scope::Customer(_) => {
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            }
        }
        if let Some(after) = page.after {
            query = query.filter(territories::id.gt(Key::from(after)));
        }
        if let Some(agent_id) = filter.agent_id {
            query = query.filter(territories::agent_id.eq(Key::from(agent_id)));
        }
        if let Some(span) = filter.span {
            let (first, end) = (i32::try_from(span.first), i32::try_from(span.end));
            query = query
                .filter(territories::division_code.ge(first.unwrap_or(i32::MAX)))
                .filter(territories::division_code.lt(end.unwrap_or(i32::MAX)));
        }
        if let Some(instant) = filter.active_at {
            query = query
                .filter(territories::revoked_at.is_null())
                .filter(territories::valid_from.le(Moment(instant)))
                .filter(territories::valid_until.gt(Moment(instant)));
        }
        let fetched = self.load_territories(query)?;
        Ok(Page::cut(fetched, page, |territory: &Territory| territory.id))
    }

    fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError> {
        // The version before the rows: what is granted in between makes the map newer than it says, never older.
        let version = self.territories_version()?;
        let shared = Arc::clone(&self.shared);
        // Nothing can panic while the lock is held.
        let lock = || {
            shared
                .territory_map
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let kept = if self.territories_changed {
            None
        } else {
            lock().clone()
        };
        if let Some(map) = kept.filter(|map| map.version == version) {
            return Ok(map);
        }
        let all = territories::table
            .select(TerritoryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_territory)
            .collect::<Result<Vec<_>, _>>()?;
        let suspensions = self.all_suspensions()?;
        let map = Arc::new(TerritoryMap::build(version, &all).suspending(suspensions));
        // A version that is rolled back is given out again, so only what is committed is kept.
        if !self.territories_changed {
            *lock() = Some(Arc::clone(&map));
        }
        Ok(map)
    }
}
