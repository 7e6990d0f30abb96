//! What territories keep others from, and where their holders let others in.

use super::{
    BATCH_ROWS,
    schema::{territory_claims, territory_consents},
    session::Session,
    territories::{division_code, division_column},
    values::{Key, Moment, corrupt},
};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use kernel::{Period, RepositoryError, TerritoryId};
use regions::{Claim, DivisionLevel, HolderConsent, Territory};
use std::collections::{BTreeMap, BTreeSet};

/// How many claims one statement asks for: SQLite takes expressions of depth 1,000, one level for each.
const CLAIMS_PER_STATEMENT: usize = 200;

#[derive(Insertable)]
#[diesel(table_name = territory_claims, check_for_backend(super::Backend))]
struct ClaimRow {
    territory_id: Key,
    range_first: i64,
    range_end: i64,
    valid_from: Moment,
    valid_until: Moment,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = territory_consents, check_for_backend(super::Backend))]
struct ConsentRow {
    territory_id: Key,
    id: Key,
    division_code: i32,
    level: String,
    valid_from: Moment,
    valid_until: Moment,
    given_at: Moment,
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

fn to_consent_row(id: TerritoryId, consent: &HolderConsent) -> ConsentRow {
    ConsentRow {
        territory_id: id.into(),
        id: consent.id.into(),
        division_code: division_column(consent.division_code),
        level: consent.level.name().to_owned(),
        valid_from: consent.validity.from().into(),
        valid_until: consent.validity.until().into(),
        given_at: consent.given_at.into(),
    }
}

fn to_consent(row: &ConsentRow) -> Result<HolderConsent, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("territory_consents", column, row.id, reason);
    Ok(HolderConsent {
        id: row.id.into(),
        division_code: division_code(row.division_code)
            .ok_or_else(|| unusable("division_code", "no code"))?,
        level: DivisionLevel::from_name(&row.level).ok_or_else(|| unusable("level", "unknown"))?,
        validity: Period::new(row.valid_from.0, row.valid_until.0)
            .ok_or_else(|| unusable("valid_until", "not after valid_from"))?,
        given_at: row.given_at.0,
    })
}

impl Session {
    /// Which territories have a claim that overlaps one of these.
    pub(super) fn claimants(&mut self, claims: &[Claim]) -> Result<BTreeSet<Key>, RepositoryError> {
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

    /// Adds the claims and consents of territories, of which none is there. On PostgreSQL a constraint keeps claims apart;
    /// SQLite has one writer, which looks here.
    pub(super) fn append_claims(&mut self, of: &[Territory]) -> Result<(), RepositoryError> {
        let claims: Vec<_> = of.iter().map(Territory::claims).collect();
        let beside = |index: usize| claims.iter().take(index).flatten().copied().collect::<Vec<_>>();
        let set_conflicts = of
            .iter()
            .enumerate()
            .any(|(index, territory)| territory.conflicts_with(&beside(index)));
        if set_conflicts || !self.claimants(&claims.concat())?.is_empty() {
            return Err(self.faults.lost_race("the claims of a territory"));
        }
        let rows: Vec<_> = of
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
        let rows: Vec<_> = of
            .iter()
            .flat_map(|territory| {
                let consents = territory.consents.iter();
                consents.map(|consent| to_consent_row(territory.id, consent))
            })
            .collect();
        for batch in rows.chunks(BATCH_ROWS) {
            diesel::insert_into(territory_consents::table)
                .values(batch)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    /// Takes away all claims and consents of territories.
    pub(super) fn remove_claims(&mut self, of: &[Territory]) -> Result<(), RepositoryError> {
        let ids: Vec<_> = of.iter().map(|territory| Key::from(territory.id)).collect();
        diesel::delete(territory_claims::table.filter(territory_claims::territory_id.eq_any(&ids)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        diesel::delete(territory_consents::table.filter(territory_consents::territory_id.eq_any(&ids)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    /// Gives each of the territories its consents, oldest first.
    pub(super) fn with_consents(
        &mut self,
        territories: Vec<Territory>,
    ) -> Result<Vec<Territory>, RepositoryError> {
        let ids = territories.iter().map(|territory| Key::from(territory.id));
        let rows = territory_consents::table
            .filter(territory_consents::territory_id.eq_any(ids))
            .order((territory_consents::territory_id, territory_consents::id))
            .select(ConsentRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut consents: BTreeMap<TerritoryId, Vec<_>> = BTreeMap::new();
        for row in &rows {
            let own = consents.entry(row.territory_id.into()).or_default();
            own.push(to_consent(row)?);
        }
        let given = |id| consents.get(&id).cloned().unwrap_or_default();
        let territories = territories.into_iter().map(|territory| Territory {
            consents: given(territory.id),
            ..territory
        });
        Ok(territories.collect())
    }
}
