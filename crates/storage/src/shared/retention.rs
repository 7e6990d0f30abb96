//! What is due to go.

use super::{
    order_rows::OrderRow,
    schema::{
        agents, application_history, applications, idempotency_keys, inbox, invitations, order_history,
        orders, outbox, sessions, sign_in_attempts, tokens, webhook_deliveries,
    },
    session::Session,
    values::{Key, Moment},
};
use ::orders::Order;
use diesel::prelude::*;
use identity::REFRESH_TOKEN_LIFETIME;
use kernel::{ApplicationId, BusinessDay, Instant, RepositoryError};
use privacy::{ErasureRepository, Kind, RetentionRepository};

/// The states that an order stays in.
const ENDS: [&str; 2] = ["delivered", "cancelled"];
/// The states of an application that led to nothing.
const WITHOUT_CONTRACT: [&str; 2] = ["rejected", "withdrawn"];

/// The orders that are due. The day narrows them by an index; the last line of history decides.
macro_rules! due_orders {
    ($before:expr) => {
        orders::table
            .inner_join(
                order_history::table.on(order_history::agent_id
                    .eq(orders::agent_id)
                    .and(order_history::order_id.eq(orders::id))
                    .and(order_history::version.eq(orders::version))),
            )
            .filter(orders::day.le(BusinessDay::of($before).date()))
            .filter(orders::erased_at.is_null())
            .filter(orders::state.eq_any(ENDS))
            .filter(order_history::at.lt(Moment($before)))
    };
}

/// The sign-ins that `purge_sessions` removes.
macro_rules! due_sign_ins {
    ($before:expr) => {
        sessions::table.filter(
            sessions::ended_at
                .lt(Some(Moment($before)))
                .assume_not_null()
                .or(sessions::refreshed_at.lt(Moment($before - REFRESH_TOKEN_LIFETIME))),
        )
    };
}

macro_rules! due_invitations {
    ($before:expr) => {
        invitations::table.filter(
            invitations::closed_at
                .lt(Some(Moment($before)))
                .assume_not_null()
                .or(invitations::closed_at
                    .is_null()
                    .and(invitations::expires_at.lt(Moment($before)))),
        )
    };
}

macro_rules! due_read_messages {
    ($before:expr) => {
        inbox::table.filter(inbox::read_at.lt(Some(Moment($before))).assume_not_null())
    };
}

macro_rules! due_unread_messages {
    ($before:expr) => {
        inbox::table
            .filter(inbox::read_at.is_null())
            .filter(inbox::occurred_at.lt(Moment($before)))
    };
}

/// Removes so many of what a query of inboxes finds: it is found once more by its keys, whose two lists cross.
macro_rules! remove_messages {
    ($session:ident, $due:expr, $limit:expr) => {{
        let keys: Vec<(Key, i64)> = $due
            .limit($limit.into())
            .select((inbox::account_id, inbox::number))
            .load(&mut $session.connection)
            .map_err(|error| $session.faults.of(error))?;
        let (accounts, numbers): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
        diesel::delete(
            $due.filter(inbox::account_id.eq_any(accounts))
                .filter(inbox::number.eq_any(numbers)),
        )
        .execute(&mut $session.connection)
        .map_err(|error| $session.faults.of(error))
    }};
}

macro_rules! due_applications {
    ($before:expr) => {
        applications::table
            .inner_join(
                application_history::table.on(application_history::application_id
                    .eq(applications::id)
                    .and(application_history::version.eq(applications::version))),
            )
            .filter(applications::state.eq_any(WITHOUT_CONTRACT))
            .filter(application_history::at.lt(Moment($before)))
    };
}

impl RetentionRepository for Session {
    fn count_due(&mut self, kind: Kind, before: Instant) -> Result<u64, RepositoryError> {
        let connection = &mut self.connection;
        let counted: QueryResult<i64> = match kind {
            Kind::IdempotencyRecords => idempotency_keys::table
                .filter(idempotency_keys::created_at.lt(Moment(before)))
                .count()
                .get_result(connection),
            Kind::Tokens => tokens::table
                .filter(tokens::expires_at.lt(Moment(before)))
                .count()
                .get_result(connection),
            Kind::SignIns => due_sign_ins!(before).count().get_result(connection),
            Kind::SignInAttempts => sign_in_attempts::table
                .filter(sign_in_attempts::counted_at.lt(Moment(before)))
                .count()
                .get_result(connection),
            Kind::Invitations => due_invitations!(before).count().get_result(connection),
            Kind::Events => outbox::table
                .filter(outbox::delivered_at.lt(Some(Moment(before))))
                .count()
                .get_result(connection),
            Kind::ReadMessages => due_read_messages!(before).count().get_result(connection),
            Kind::UnreadMessages => due_unread_messages!(before).count().get_result(connection),
            Kind::DeadLetters => webhook_deliveries::table
                .filter(webhook_deliveries::dead_at.lt(Some(Moment(before))))
                .count()
                .get_result(connection),
            Kind::Applications => due_applications!(before).count().get_result(connection),
            Kind::Orders => due_orders!(before).count().get_result(connection),
        };
        let counted = counted.map_err(|error| self.faults.of(error))?;
        u64::try_from(counted).map_err(|error| RepositoryError::Refused(error.to_string()))
    }

    fn remove_due_idempotency_records(
        &mut self,
        before: Instant,
        limit: u16,
    ) -> Result<usize, RepositoryError> {
        let due: Vec<(Key, String)> = idempotency_keys::table
            .filter(idempotency_keys::created_at.lt(Moment(before)))
            .limit(limit.into())
            .select((idempotency_keys::account_id, idempotency_keys::key))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let (accounts, keys): (Vec<_>, Vec<_>) = due.into_iter().unzip();
        // The two lists cross, and what they find too many is due as well.
        diesel::delete(
            idempotency_keys::table
                .filter(idempotency_keys::account_id.eq_any(accounts))
                .filter(idempotency_keys::key.eq_any(keys))
                .filter(idempotency_keys::created_at.lt(Moment(before))),
        )
        .execute(&mut self.connection)
        .map_err(|error| self.faults.of(error))
    }

    fn remove_due_invitations(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let due: Vec<(Key, Key)> = due_invitations!(before)
            .limit(limit.into())
            .select((invitations::agent_id, invitations::id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let (holders, ids): (Vec<_>, Vec<_>) = due.into_iter().unzip();
        diesel::delete(
            invitations::table
                .filter(invitations::agent_id.eq_any(holders))
                .filter(invitations::id.eq_any(ids)),
        )
        .execute(&mut self.connection)
        .map_err(|error| self.faults.of(error))
    }

    fn remove_due_events(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let holders: Vec<Key> = agents::table
            .order(agents::id)
            .select(agents::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut removed = 0;
        // Agent by agent along the primary key, whose ids are in the order of time: what is not due is never looked at.
        for agent_id in holders {
            let room = usize::from(limit).saturating_sub(removed);
            if room == 0 {
                break;
            }
            let due: Vec<Key> = outbox::table
                .filter(outbox::agent_id.eq(agent_id))
                .filter(outbox::id.lt(Key::lowest_at(before)))
                .filter(outbox::delivered_at.lt(Some(Moment(before))))
                .order(outbox::id)
                .limit(i64::try_from(room).unwrap_or_default())
                .select(outbox::id)
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            removed += diesel::delete(
                outbox::table
                    .filter(outbox::agent_id.eq(agent_id))
                    .filter(outbox::id.eq_any(due)),
            )
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        }
        Ok(removed)
    }

    fn remove_due_read_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        remove_messages!(self, due_read_messages!(before), limit)
    }

    fn remove_due_unread_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        remove_messages!(self, due_unread_messages!(before), limit)
    }

    fn remove_due_dead_letters(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let due: Vec<(Key, Key)> = webhook_deliveries::table
            .filter(webhook_deliveries::dead_at.lt(Some(Moment(before))))
            .limit(limit.into())
            .select((webhook_deliveries::agent_id, webhook_deliveries::id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let (holders, ids): (Vec<_>, Vec<_>) = due.into_iter().unzip();
        diesel::delete(
            webhook_deliveries::table
                .filter(webhook_deliveries::agent_id.eq_any(holders))
                .filter(webhook_deliveries::id.eq_any(ids))
                // One that was replayed meanwhile is dead no more.
                .filter(webhook_deliveries::dead_at.is_not_null()),
        )
        .execute(&mut self.connection)
        .map_err(|error| self.faults.of(error))
    }

    fn remove_due_applications(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let due: Vec<Key> = due_applications!(before)
            .order(applications::id)
            .limit(limit.into())
            .select(applications::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let due: Vec<_> = due.into_iter().map(ApplicationId::from).collect();
        self.delete_applications(&due)?;
        Ok(due.len())
    }

    fn find_due_orders(&mut self, before: Instant, limit: u16) -> Result<Vec<Order>, RepositoryError> {
        let rows = due_orders!(before)
            .order((orders::day, orders::agent_id, orders::id))
            .limit(limit.into())
            .select(OrderRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.assemble(rows)
    }
}
