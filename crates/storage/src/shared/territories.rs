//! Territories, and the claims that keep them from overlapping.

use super::{
    BATCH_ROWS,
    schema::{change_versions, territories, territory_claims},
    session::Session,
    values::{Key, Moment, corrupt},
};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use kernel::{AgentNumber, DivisionCode, Page, PageRequest, Period, RepositoryError, Scope, TerritoryId};
use regions::{
    Claim, DivisionLevel, Exclusivity, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository,
};
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

/// The row of `change_versions` that grows with every grant.
const TERRITORIES: &str = "territories";

/// How many claims one statement asks for: SQLite takes expressions of depth 1,000, one level for each.
const CLAIMS_PER_STATEMENT: usize = 200;

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
    granted_at: Moment,
}

#[derive(Insertable)]
#[diesel(table_name = territory_claims, check_for_backend(super::Backend))]
struct ClaimRow {
    territory_id: Key,
    range_first: i64,
    range_end: i64,
    valid_from: Moment,
    valid_until: Moment,
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
        granted_at: territory.granted_at.into(),
    }
}

fn to_claim_row(id: TerritoryId, claim: &Claim) -> ClaimRow {
    let (range_first, range_end) = claim.range();
    ClaimRow {
        territory_id: id.into(),
        range_first,
        range_end,
        valid_from: claim.validity.from().into(),
        valid_until: claim.validity.until().into(),
    }
}

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
        granted_at: row.granted_at.0,
    })
}

impl Session {
    fn claimants(&mut self, claims: &[Claim]) -> Result<BTreeSet<Key>, RepositoryError> {
        let mut claimants = BTreeSet::new();
        for batch in claims.chunks(CLAIMS_PER_STATEMENT) {
            let mut query = territory_claims::table
                .select(territory_claims::territory_id)
                .filter(sql::<Bool>("1 = 0"))
                .into_boxed::<super::Backend>();
            for claim in batch {
                let (first, end) = claim.range();
                query = query.or_filter(
                    territory_claims::range_first
                        .lt(end)
                        .and(territory_claims::range_end.gt(first))
                        .and(territory_claims::valid_from.lt(Moment(claim.validity.until())))
                        .and(territory_claims::valid_until.gt(Moment(claim.validity.from()))),
                );
            }
            let found: Vec<Key> = query
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            claimants.extend(found);
        }
        Ok(claimants)
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
        // On PostgreSQL a constraint holds this too; SQLite has one writer, which looks here.
        let claims: Vec<_> = added.iter().map(Territory::claims).collect();
        let beside = |index: usize| claims.iter().take(index).flatten().copied().collect::<Vec<_>>();
        let set_conflicts = added
            .iter()
            .enumerate()
            .any(|(index, territory)| territory.conflicts_with(&beside(index)));
        if set_conflicts || !self.claimants(&claims.concat())?.is_empty() {
            return Err(self.faults.lost_race("the claims of a territory"));
        }
        for batch in added.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch.iter().map(to_row).collect();
            diesel::insert_into(territories::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        let rows: Vec<_> = added
            .iter()
            .zip(&claims)
            .flat_map(|(territory, claims)| claims.iter().map(|claim| to_claim_row(territory.id, claim)))
            .collect();
        for batch in rows.chunks(BATCH_ROWS) {
            diesel::insert_into(territory_claims::table)
                .values(batch)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
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

    fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError> {
        let claimants = self.claimants(claims)?;
        territories::table
            .filter(territories::id.eq_any(claimants))
            .order(territories::id)
            .select(TerritoryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_territory)
            .collect()
    }

    fn find_territory(&mut self, id: TerritoryId) -> Result<Option<Territory>, RepositoryError> {
        territories::table
            .filter(territories::id.eq(Key::from(id)))
            .select(TerritoryRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_territory(&row))
            .transpose()
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
            .select(TerritoryRow::as_select())
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
                .filter(territories::valid_from.le(Moment(instant)))
                .filter(territories::valid_until.gt(Moment(instant)));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_territory)
            .collect::<Result<_, _>>()?;
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
        let map = Arc::new(TerritoryMap::build(version, &all));
        // A version that is rolled back is given out again, so only what is committed is kept.
        if !self.territories_changed {
            *lock() = Some(Arc::clone(&map));
        }
        Ok(map)
    }
}
