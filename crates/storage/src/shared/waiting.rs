//! Who waits for a division, and for whom one is on hold.

use super::{
    dialect,
    schema::{application_divisions, division_holds},
    session::Session,
    territories::{division_code, division_column},
    values::{Key, Moment, corrupt},
};
use ::agents::{Application, Hold};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    query_dsl::methods::FilterDsl,
    sql_types::Bool,
    upsert::excluded,
};
use kernel::{ApplicationId, DivisionCode, DivisionSpan, Instant, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = division_holds, check_for_backend(super::Backend))]
struct HoldRow {
    division_code: i32,
    application_id: Key,
    until: Moment,
}

impl Session {
    /// Puts the divisions of an application on hold as it says, or ends its hold.
    pub(super) fn keep_holds(
        &mut self,
        application: &Application,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        let Some(until) = application.held_until(at) else {
            let own = division_holds::application_id.eq(Key::from(application.id));
            diesel::delete(QueryDsl::filter(division_holds::table, own))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            return Ok(());
        };
        // In the order of their codes: two that want some of them lock no two of them crosswise.
        for code in application.division_codes.iter().collect::<BTreeSet<_>>() {
            let row = HoldRow {
                division_code: division_column(*code),
                application_id: application.id.into(),
                until: until.into(),
            };
            let upsert = diesel::insert_into(division_holds::table)
                .values(row)
                .on_conflict(division_holds::division_code)
                .do_update()
                .set((
                    division_holds::application_id.eq(excluded(division_holds::application_id)),
                    division_holds::until.eq(excluded(division_holds::until)),
                ));
            let free = division_holds::until
                .le(Moment(at))
                .or(division_holds::application_id.eq(excluded(division_holds::application_id)));
            let written = FilterDsl::filter(upsert, free)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults
                .expect_rows(written, 1, "a division is on hold for another application")?;
        }
        Ok(())
    }

    /// Those of the divisions, or all.
    pub(super) fn lasting_holds(
        &mut self,
        codes: Option<&[DivisionCode]>,
        now: Instant,
    ) -> Result<Vec<Hold>, RepositoryError> {
        let lasting = division_holds::until.gt(Moment(now));
        let mut query = QueryDsl::filter(division_holds::table, lasting).into_boxed();
        if let Some(codes) = codes {
            let columns = codes.iter().copied().map(division_column);
            query = QueryDsl::filter(query, division_holds::division_code.eq_any(columns));
        }
        query
            .order(division_holds::division_code)
            .select(HoldRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| {
                let id = row.application_id;
                let code = division_code(row.division_code);
                Ok(Hold {
                    division_code: code
                        .ok_or_else(|| corrupt("division_holds", "division_code", id, "no code"))?,
                    application_id: id.into(),
                    until: row.until.0,
                })
            })
            .collect()
    }

    pub(super) fn waiting_for(
        &mut self,
        codes: &[DivisionCode],
        through: Option<ApplicationId>,
    ) -> Result<BTreeMap<DivisionCode, u64>, RepositoryError> {
        let columns = codes.iter().copied().map(division_column);
        let mut query = application_divisions::table
            .group_by(application_divisions::division_code)
            .select((application_divisions::division_code, count_star()))
            .into_boxed();
        query = QueryDsl::filter(query, application_divisions::division_code.eq_any(columns));
        query = QueryDsl::filter(query, application_divisions::open.eq(true));
        if let Some(through) = through {
            let earlier = application_divisions::application_id.le(Key::from(through));
            query = QueryDsl::filter(query, earlier);
        }
        let counted: Vec<(i32, i64)> = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(counted
            .into_iter()
            .filter_map(|(code, count)| Some((division_code(code)?, u64::try_from(count).ok()?)))
            .collect())
    }

    /// Locks the applications that wait for a division inside one of the spans, the oldest first, and answers their ids. By
    /// then some of them may wait no longer.
    pub(super) fn lock_waiting(
        &mut self,
        spans: &[DivisionSpan],
        limit: u16,
    ) -> Result<Vec<Key>, RepositoryError> {
        let mut inside = application_divisions::table
            .select(application_divisions::application_id)
            .distinct()
            .into_boxed::<super::Backend>();
        inside = QueryDsl::filter(inside, sql::<Bool>("1 = 0"));
        for span in spans {
            let column = |code: u32| i32::try_from(code).unwrap_or(i32::MAX);
            inside = inside.or_filter(
                application_divisions::division_code
                    .ge(column(span.first))
                    .and(application_divisions::division_code.lt(column(span.end)))
                    .and(application_divisions::open.eq(true)),
            );
        }
        let ids: Vec<Key> = inside
            .order(application_divisions::application_id)
            .limit(limit.into())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        dialect::lock_applications(&mut self.connection, &ids).map_err(|error| self.faults.of(error))
    }
}
