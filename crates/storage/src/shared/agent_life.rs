//! What happened to agents, and the notices that they were given. Tenant tables: every statement names the agents.

use super::{
    BATCH_ROWS,
    schema::{agent_history, agent_terminations},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::AGENT_HISTORY};
use ::agents::{
    AgentAction, AgentHistoryEntry, AgentLifeRepository, EndedTerritory, Reason, Termination,
    TerminationState,
};
use diesel::prelude::*;
use kernel::{
    AgentId, HistoryEntryId, Instant, Page, PageRequest, ReachedAgent, RepositoryError, TerritoryId,
};
use serde::{Deserialize, Serialize};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = agent_history, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct HistoryRow {
    agent_id: Key,
    id: Key,
    at: Moment,
    actor: Option<Key>,
    action: String,
    effective_at: Moment,
    reason_sealed: Option<Envelope>,
    contract_id: Option<Key>,
    division_codes: serde_json::Value,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = agent_terminations, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct TerminationRow {
    agent_id: Key,
    id: Key,
    given_at: Moment,
    effective_at: Moment,
    ended: serde_json::Value,
    state: String,
    state_at: Option<Moment>,
    version: i64,
}

#[derive(Serialize, Deserialize)]
struct EndedDocument {
    territory_id: TerritoryId,
    agreed_until: Instant,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &AGENT_HISTORY,
        key: RowKey::ids(agent_id, id),
    }
}

fn document(value: impl Serialize) -> Result<serde_json::Value, RepositoryError> {
    serde_json::to_value(value).map_err(|error| RepositoryError::Refused(error.to_string()))
}

fn to_history_row(vault: &Vault, entry: &AgentHistoryEntry) -> Result<HistoryRow, RepositoryError> {
    let (agent_id, id) = (Key::from(entry.agent_id), Key::from(entry.id));
    let seal = |reason: &Reason| sealed_row(vault, agent_id, id).seal("reason_sealed", reason.as_str());
    Ok(HistoryRow {
        agent_id,
        id,
        at: entry.at.into(),
        actor: entry.actor.map(Key::from),
        action: entry.action.name().to_owned(),
        effective_at: entry.effective_at.into(),
        reason_sealed: entry.reason.as_ref().map(seal).transpose()?,
        contract_id: entry.contract_id.map(Key::from),
        division_codes: document(&entry.division_codes)?,
    })
}

fn to_entry(vault: &Vault, row: HistoryRow) -> Result<AgentHistoryEntry, RepositoryError> {
    let place = sealed_row(vault, row.agent_id, row.id);
    let open = |sealed: &Envelope| place.open("reason_sealed", sealed, Reason::parse);
    Ok(AgentHistoryEntry {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        at: row.at.0,
        actor: row.actor.map(Into::into),
        action: AgentAction::from_name(&row.action)
            .ok_or_else(|| corrupt("agent_history", "action", row.id, "unknown"))?,
        effective_at: row.effective_at.0,
        reason: row.reason_sealed.as_ref().map(open).transpose()?,
        contract_id: row.contract_id.map(Into::into),
        division_codes: serde_json::from_value(row.division_codes)
            .map_err(|error| corrupt("agent_history", "division_codes", row.id, error))?,
    })
}

const fn state_at(state: TerminationState) -> Option<Moment> {
    match state {
        TerminationState::Given => None,
        TerminationState::Withdrawn { at } | TerminationState::Closed { at } => Some(Moment(at)),
    }
}

fn to_termination_row(termination: &Termination) -> Result<TerminationRow, RepositoryError> {
    let ended = termination.ended.iter().map(|ended| EndedDocument {
        territory_id: ended.territory_id,
        agreed_until: ended.agreed_until,
    });
    Ok(TerminationRow {
        agent_id: termination.agent_id.into(),
        id: termination.id.into(),
        given_at: termination.given_at.into(),
        effective_at: termination.effective_at.into(),
        ended: document(ended.collect::<Vec<_>>())?,
        state: termination.state.name().to_owned(),
        state_at: state_at(termination.state),
        version: termination.version,
    })
}

fn to_termination(row: TerminationRow) -> Result<Termination, RepositoryError> {
    let state = match (row.state.as_str(), row.state_at) {
        ("given", None) => TerminationState::Given,
        ("withdrawn", Some(at)) => TerminationState::Withdrawn { at: at.0 },
        ("closed", Some(at)) => TerminationState::Closed { at: at.0 },
        _ => return Err(corrupt("agent_terminations", "state", row.agent_id, "not whole")),
    };
    let ended: Vec<EndedDocument> = serde_json::from_value(row.ended)
        .map_err(|error| corrupt("agent_terminations", "ended", row.agent_id, error))?;
    let ended = ended.into_iter().map(|ended| EndedTerritory {
        territory_id: ended.territory_id,
        agreed_until: ended.agreed_until,
    });
    Ok(Termination {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        given_at: row.given_at.0,
        effective_at: row.effective_at.0,
        ended: ended.collect(),
        state,
        version: row.version,
    })
}

impl AgentLifeRepository for Session {
    fn insert_agent_history(&mut self, entries: &[AgentHistoryEntry]) -> Result<(), RepositoryError> {
        for batch in entries.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|entry| to_history_row(vault, entry))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(agent_history::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn list_agent_history(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<HistoryEntryId>,
    ) -> Result<Page<AgentHistoryEntry, HistoryEntryId>, RepositoryError> {
        let mut query = agent_history::table
            .filter(agent_history::agent_id.eq(Key::from(agent.id())))
            .order(agent_history::id.desc())
            .limit(page.fetch_limit())
            .select(HistoryRow::as_select())
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(agent_history::id.lt(Key::from(after)));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_entry(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |entry: &AgentHistoryEntry| entry.id))
    }

    fn insert_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError> {
        diesel::insert_into(agent_terminations::table)
            .values(to_termination_row(termination)?)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn save_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError> {
        let saved = diesel::update(agent_terminations::table)
            .filter(agent_terminations::agent_id.eq(Key::from(termination.agent_id)))
            .filter(agent_terminations::id.eq(Key::from(termination.id)))
            .filter(agent_terminations::version.eq(termination.version))
            .set((
                agent_terminations::state.eq(termination.state.name()),
                agent_terminations::state_at.eq(state_at(termination.state)),
                agent_terminations::version.eq(termination.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(saved, 1, "a termination")
    }

    fn list_terminations(&mut self, agents: &[AgentId]) -> Result<Vec<Termination>, RepositoryError> {
        agent_terminations::table
            .filter(agent_terminations::agent_id.eq_any(agents.iter().copied().map(Key::from)))
            .order((agent_terminations::agent_id, agent_terminations::id))
            .select(TerminationRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_termination)
            .collect()
    }
}
