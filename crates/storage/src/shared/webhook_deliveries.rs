//! What is on its way to webhooks.

use super::{
    BATCH_ROWS,
    schema::webhook_deliveries,
    session::Session,
    values::{Key, Moment, corrupt},
};
use diesel::{dsl::exists, dsl::not, prelude::*};
use events::{Delivery, DeliveryRepository, DeliveryState, Event, Failure};
use kernel::{AgentId, DeliveryId, Instant, Page, PageRequest, RepositoryError, Scope, WebhookId};
use uuid::Uuid;

diesel::alias!(webhook_deliveries as earlier: Earlier);

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct DeliveryRow {
    agent_id: Key,
    id: Key,
    webhook_id: Key,
    event_id: Key,
    event_agent_id: Key,
    aggregate_id: Key,
    aggregate_version: i64,
    occurred_at: Moment,
    fact: serde_json::Value,
    attempts: i32,
    last_failure: Option<String>,
    next_attempt_at: Option<Moment>,
    dead_at: Option<Moment>,
}

/// When it is tried next, and since when it is dead.
fn times(state: DeliveryState) -> (Option<Moment>, Option<Moment>) {
    match state {
        DeliveryState::Waiting { next_attempt_at } => (Some(Moment(next_attempt_at)), None),
        DeliveryState::Dead { at } => (None, Some(Moment(at))),
    }
}

fn to_row(delivery: &Delivery) -> Result<DeliveryRow, RepositoryError> {
    let event = &delivery.event;
    let (next_attempt_at, dead_at) = times(delivery.state);
    Ok(DeliveryRow {
        agent_id: delivery.agent_id.into(),
        id: delivery.id.into(),
        webhook_id: delivery.webhook_id.into(),
        event_id: event.id.into(),
        event_agent_id: event.agent_id.into(),
        aggregate_id: Key(event.aggregate_id),
        aggregate_version: event.aggregate_version,
        occurred_at: event.occurred_at.into(),
        fact: serde_json::to_value(&event.fact)
            .map_err(|error| RepositoryError::Refused(error.to_string()))?,
        attempts: delivery.attempts.into(),
        last_failure: delivery.last_failure.map(Failure::name),
        next_attempt_at,
        dead_at,
    })
}

fn to_delivery(row: DeliveryRow) -> Result<Delivery, RepositoryError> {
    let unusable =
        |column, reason: &dyn std::fmt::Display| corrupt("webhook_deliveries", column, row.id, reason);
    let state = match (row.next_attempt_at, row.dead_at) {
        (Some(at), None) => DeliveryState::Waiting {
            next_attempt_at: at.0,
        },
        (None, Some(at)) => DeliveryState::Dead { at: at.0 },
        _ => return Err(unusable("dead_at", &"does not go with next_attempt_at")),
    };
    let last_failure = match row.last_failure.as_deref() {
        Some(name) => Some(Failure::from_name(name).ok_or_else(|| unusable("last_failure", &"unknown"))?),
        None => None,
    };
    Ok(Delivery {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        webhook_id: row.webhook_id.into(),
        event: Event {
            id: row.event_id.into(),
            agent_id: row.event_agent_id.into(),
            aggregate_id: row.aggregate_id.0,
            aggregate_version: row.aggregate_version,
            occurred_at: row.occurred_at.0,
            fact: serde_json::from_value(row.fact).map_err(|error| unusable("fact", &error))?,
        },
        state,
        attempts: u16::try_from(row.attempts).map_err(|error| unusable("attempts", &error))?,
        last_failure,
    })
}

/// A filter for deliveries that are due: their time has come, nobody has them, and none before them waits.
macro_rules! due {
    ($now:expr) => {
        webhook_deliveries::dead_at
            .is_null()
            .and(
                webhook_deliveries::next_attempt_at
                    .le(Some(Moment($now)))
                    .assume_not_null(),
            )
            .and(
                webhook_deliveries::leased_until
                    .is_null()
                    .or(webhook_deliveries::leased_until
                        .le(Some(Moment($now)))
                        .assume_not_null()),
            )
    };
}

/// The dead letters of a scope, which `None` reaches none of.
macro_rules! dead_letters {
    ($scope:expr) => {{
        let dead = webhook_deliveries::table
            .filter(webhook_deliveries::dead_at.is_not_null())
            .into_boxed();
        match $scope {
            Scope::All => Some(dead),
            Scope::Agent(agent_id) => Some(dead.filter(webhook_deliveries::agent_id.eq(Key::from(agent_id)))),
            Scope::Courier { .. } | Scope::Customer(_) => None,
        }
    }};
}

impl DeliveryRepository for Session {
    fn insert_deliveries(&mut self, deliveries: &[Delivery]) -> Result<(), RepositoryError> {
        for batch in deliveries.chunks(BATCH_ROWS) {
            let rows = batch.iter().map(to_row).collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(webhook_deliveries::table)
                .values(&rows)
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_due_deliveries(
        &mut self,
        now: Instant,
        without: &[WebhookId],
        limit: u16,
    ) -> Result<Vec<Delivery>, RepositoryError> {
        let without: Vec<_> = without.iter().copied().map(Key::from).collect();
        let before = earlier
            .filter(earlier.field(webhook_deliveries::dead_at).is_null())
            .filter(
                earlier
                    .field(webhook_deliveries::agent_id)
                    .eq(webhook_deliveries::agent_id),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::webhook_id)
                    .eq(webhook_deliveries::webhook_id),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::aggregate_id)
                    .eq(webhook_deliveries::aggregate_id),
            )
            .filter(
                earlier
                    .field(webhook_deliveries::aggregate_version)
                    .lt(webhook_deliveries::aggregate_version)
                    .or(earlier
                        .field(webhook_deliveries::aggregate_version)
                        .eq(webhook_deliveries::aggregate_version)
                        .and(earlier.field(webhook_deliveries::id).lt(webhook_deliveries::id))),
            );
        webhook_deliveries::table
            .filter(due!(now))
            .filter(webhook_deliveries::webhook_id.ne_all(without))
            .filter(not(exists(before)))
            .order((webhook_deliveries::next_attempt_at, webhook_deliveries::id))
            .limit(limit.into())
            .select(DeliveryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_delivery)
            .collect()
    }

    fn lease_delivery(
        &mut self,
        delivery: &Delivery,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError> {
        let leased = diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::agent_id.eq(Key::from(delivery.agent_id)))
            .filter(webhook_deliveries::id.eq(Key::from(delivery.id)))
            .filter(due!(now))
            .set((
                webhook_deliveries::leased_by.eq(Some(Key(holder))),
                webhook_deliveries::leased_until.eq(Some(Moment(until))),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(leased == 1)
    }

    fn remove_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError> {
        let held = webhook_deliveries::table
            .filter(webhook_deliveries::agent_id.eq(Key::from(delivery.agent_id)))
            .filter(webhook_deliveries::id.eq(Key::from(delivery.id)))
            .filter(webhook_deliveries::leased_by.eq(Some(Key(holder))));
        diesel::delete(held)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn save_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError> {
        let (next_attempt_at, dead_at) = times(delivery.state);
        diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::agent_id.eq(Key::from(delivery.agent_id)))
            .filter(webhook_deliveries::id.eq(Key::from(delivery.id)))
            .filter(webhook_deliveries::leased_by.eq(Some(Key(holder))))
            .set((
                webhook_deliveries::attempts.eq(i32::from(delivery.attempts)),
                webhook_deliveries::last_failure.eq(delivery.last_failure.map(Failure::name)),
                webhook_deliveries::next_attempt_at.eq(next_attempt_at),
                webhook_deliveries::dead_at.eq(dead_at),
                webhook_deliveries::leased_by.eq(None::<Key>),
                webhook_deliveries::leased_until.eq(None::<Moment>),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn end_deliveries(
        &mut self,
        agent_id: AgentId,
        webhook_id: WebhookId,
        at: Instant,
        failure: Failure,
    ) -> Result<(), RepositoryError> {
        diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::agent_id.eq(Key::from(agent_id)))
            .filter(webhook_deliveries::webhook_id.eq(Key::from(webhook_id)))
            .filter(webhook_deliveries::dead_at.is_null())
            .set((
                webhook_deliveries::last_failure.eq(Some(failure.name())),
                webhook_deliveries::next_attempt_at.eq(None::<Moment>),
                webhook_deliveries::dead_at.eq(Some(Moment(at))),
                webhook_deliveries::leased_by.eq(None::<Key>),
                webhook_deliveries::leased_until.eq(None::<Moment>),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn list_dead_letters(
        &mut self,
        scope: Scope,
        page: &PageRequest<DeliveryId>,
    ) -> Result<Page<Delivery, DeliveryId>, RepositoryError> {
        let mut fetched = Vec::new();
        if let Some(mut dead) = dead_letters!(scope) {
            if let Some(after) = page.after {
                dead = dead.filter(webhook_deliveries::id.lt(Key::from(after)));
            }
            fetched = dead
                .order(webhook_deliveries::id.desc())
                .limit(page.fetch_limit())
                .select(DeliveryRow::as_select())
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?
                .into_iter()
                .map(to_delivery)
                .collect::<Result<_, _>>()?;
        }
        Ok(Page::cut(fetched, page, |delivery: &Delivery| delivery.id))
    }

    fn find_dead_letter(
        &mut self,
        scope: Scope,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, RepositoryError> {
        let Some(dead) = dead_letters!(scope) else {
            return Ok(None);
        };
        dead.filter(webhook_deliveries::id.eq(Key::from(id)))
            .select(DeliveryRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(to_delivery)
            .transpose()
    }

    fn revive_dead_letter(&mut self, letter: &Delivery, at: Instant) -> Result<(), RepositoryError> {
        let revived = diesel::update(webhook_deliveries::table)
            .filter(webhook_deliveries::agent_id.eq(Key::from(letter.agent_id)))
            .filter(webhook_deliveries::id.eq(Key::from(letter.id)))
            .filter(webhook_deliveries::dead_at.is_not_null())
            .set((
                webhook_deliveries::attempts.eq(0),
                webhook_deliveries::next_attempt_at.eq(Some(Moment(at))),
                webhook_deliveries::dead_at.eq(None::<Moment>),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(revived, 1, "dead letter")
    }

    fn count_deliveries(&mut self) -> Result<(u64, u64), RepositoryError> {
        let waiting: i64 = webhook_deliveries::table
            .filter(webhook_deliveries::dead_at.is_null())
            .count()
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let dead: i64 = webhook_deliveries::table
            .filter(webhook_deliveries::dead_at.is_not_null())
            .count()
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let natural =
            |count: i64| u64::try_from(count).map_err(|error| RepositoryError::Refused(error.to_string()));
        Ok((natural(waiting)?, natural(dead)?))
    }
}
