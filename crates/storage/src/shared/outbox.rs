//! The outbox.

use super::{
    BATCH_ROWS,
    schema::outbox,
    session::Session,
    values::{Key, Moment},
};
use diesel::prelude::*;
use events::{Event, OutboxRepository};
use kernel::{EventId, Instant, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct EventRow {
    agent_id: Key,
    id: Key,
    aggregate_id: Key,
    aggregate_version: i64,
    occurred_at: Moment,
    fact_name: String,
    fact: serde_json::Value,
    delivered_at: Option<Moment>,
}

fn to_row(event: &Event, delivered_at: Option<Instant>) -> Result<EventRow, RepositoryError> {
    Ok(EventRow {
        agent_id: event.agent_id.into(),
        id: event.id.into(),
        aggregate_id: Key(event.aggregate_id),
        aggregate_version: event.aggregate_version,
        occurred_at: event.occurred_at.into(),
        fact_name: event.fact.name().to_owned(),
        fact: serde_json::to_value(&event.fact)
            .map_err(|error| RepositoryError::Refused(error.to_string()))?,
        delivered_at: delivered_at.map(Moment),
    })
}

fn to_event(row: EventRow) -> Result<Event, RepositoryError> {
    Ok(Event {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        aggregate_id: row.aggregate_id.0,
        aggregate_version: row.aggregate_version,
        occurred_at: row.occurred_at.0,
        fact: serde_json::from_value(row.fact).map_err(|error| RepositoryError::Corrupt {
            table: "outbox",
            column: "fact",
            row: row.id.0.to_string(),
            reason: error.to_string(),
        })?,
    })
}

impl OutboxRepository for Session {
    fn insert_events(&mut self, events: &[Event]) -> Result<(), RepositoryError> {
        let past_until = self.shared.past_until;
        for batch in events.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|event| {
                    let past = past_until.is_some_and(|until| event.occurred_at < until);
                    to_row(event, past.then_some(event.occurred_at))
                })
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(outbox::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_waiting_events(&mut self, limit: u16) -> Result<Vec<Event>, RepositoryError> {
        outbox::table
            .filter(outbox::delivered_at.is_null())
            .order((outbox::occurred_at, outbox::aggregate_version, outbox::id))
            .limit(i64::from(limit))
            .select(EventRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_event)
            .collect()
    }

    fn mark_events_delivered(
        &mut self,
        events: &[Event],
        at: Instant,
    ) -> Result<BTreeSet<EventId>, RepositoryError> {
        let mut by_agent: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
        for event in events {
            by_agent
                .entry(event.agent_id.into())
                .or_default()
                .push(event.id.into());
        }
        let mut marked = BTreeSet::new();
        for (agent_id, ids) in by_agent {
            let waiting = outbox::table
                .filter(outbox::agent_id.eq(agent_id))
                .filter(outbox::id.eq_any(ids))
                .filter(outbox::delivered_at.is_null());
            let ids: Vec<Key> = diesel::update(waiting)
                .set(outbox::delivered_at.eq(Some(Moment(at))))
                .returning(outbox::id)
                .get_results(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            marked.extend(ids.into_iter().map(EventId::from));
        }
        Ok(marked)
    }
}
