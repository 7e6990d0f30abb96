//! Suspensions of agents.

use super::{
    schema::agent_suspensions,
    session::Session,
    values::{Key, Moment},
};
use diesel::{prelude::*, upsert::excluded};
use kernel::{AgentId, RepositoryError};
use regions::Suspension;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = agent_suspensions, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct SuspensionRow {
    agent_id: Key,
    suspended_from: Moment,
    suspended_until: Option<Moment>,
}

fn to_suspension(row: &SuspensionRow) -> Suspension {
    Suspension {
        agent_id: row.agent_id.into(),
        from: row.suspended_from.0,
        until: row.suspended_until.map(|until| until.0),
    }
}

impl Session {
    pub(super) fn upsert_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError> {
        let row = SuspensionRow {
            agent_id: suspension.agent_id.into(),
            suspended_from: suspension.from.into(),
            suspended_until: suspension.until.map(Moment),
        };
        diesel::insert_into(agent_suspensions::table)
            .values(&row)
            .on_conflict((agent_suspensions::agent_id, agent_suspensions::suspended_from))
            .do_update()
            .set(agent_suspensions::suspended_until.eq(excluded(agent_suspensions::suspended_until)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    pub(super) fn suspensions_of(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError> {
        let rows = agent_suspensions::table
            .filter(agent_suspensions::agent_id.eq_any(agents.iter().copied().map(Key::from)))
            .order((agent_suspensions::agent_id, agent_suspensions::suspended_from))
            .select(SuspensionRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(rows.iter().map(to_suspension).collect())
    }

    /// Those of every agent, for the map.
    pub(super) fn all_suspensions(&mut self) -> Result<Vec<Suspension>, RepositoryError> {
        let rows = agent_suspensions::table
            .select(SuspensionRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(rows.iter().map(to_suspension).collect())
    }
}
