//! What belongs to an order and never changes: its history and its rating. And the port of orders, whole.

use super::{
    BATCH_ROWS,
    schema::{order_history, order_ratings},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{
    RowKey, Vault,
    sealed_tables::{ORDER_HISTORY, ORDER_RATINGS},
};
use diesel::prelude::*;
use kernel::{AgentId, BusinessDay, OrderId, Page, PageRequest, RepositoryError, Scope, Text};
use orders::{Order, OrderFilter, OrderHistoryEntry, OrderRepository, OrderState, Rating, Score};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = order_history, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct HistoryRow {
    agent_id: Key,
    order_id: Key,
    version: i64,
    at: Moment,
    actor: Option<Key>,
    from_state: Option<String>,
    to_state: String,
    reason_sealed: Option<Envelope>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = order_ratings, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct RatingRow {
    agent_id: Key,
    order_id: Key,
    customer_id: Key,
    courier_id: Key,
    score: i16,
    words_sealed: Option<Envelope>,
    rated_at: Moment,
}

/// What is sealed of a rating: the customer's own words, absent where there are none.
#[derive(Serialize, Deserialize)]
struct Words {
    comment: Option<Text<500>>,
    tags: Vec<Text<20>>,
}

fn sealed_rating(vault: &Vault, agent_id: Key, order_id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &ORDER_RATINGS,
        key: RowKey::ids(agent_id, order_id),
    }
}

fn sealed_entry(vault: &Vault, agent_id: Key, order_id: Key, version: i64) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &ORDER_HISTORY,
        key: RowKey::ids(agent_id, order_id).and_number(version),
    }
}

fn state_name(text: &str) -> Option<&'static str> {
    OrderState::NAMES.into_iter().find(|name| *name == text)
}

fn to_history_row(vault: &Vault, entry: &OrderHistoryEntry) -> Result<HistoryRow, RepositoryError> {
    let (agent_id, order_id) = (entry.agent_id.into(), entry.order_id.into());
    let sealed_row = sealed_entry(vault, agent_id, order_id, entry.version);
    Ok(HistoryRow {
        agent_id,
        order_id,
        version: entry.version,
        at: entry.at.into(),
        actor: entry.actor.map(Key::from),
        from_state: entry.from_state.map(str::to_owned),
        to_state: entry.to_state.to_owned(),
        reason_sealed: entry
            .reason
            .as_ref()
            .map(|reason| sealed_row.seal("reason_sealed", reason.as_str()))
            .transpose()?,
    })
}

fn to_entry(vault: &Vault, row: &HistoryRow) -> Result<OrderHistoryEntry, RepositoryError> {
    let sealed_row = sealed_entry(vault, row.agent_id, row.order_id, row.version);
    let state = |column, text: &str| {
        state_name(text).ok_or_else(|| sealed_row.corrupt(column, format!("`{text}` is no state")))
    };
    Ok(OrderHistoryEntry {
        agent_id: row.agent_id.into(),
        order_id: row.order_id.into(),
        version: row.version,
        at: row.at.0,
        actor: row.actor.map(Into::into),
        from_state: row
            .from_state
            .as_deref()
            .map(|text| state("from_state", text))
            .transpose()?,
        to_state: state("to_state", &row.to_state)?,
        reason: row
            .reason_sealed
            .as_ref()
            .map(|sealed| sealed_row.open("reason_sealed", sealed, Text::parse))
            .transpose()?,
    })
}

fn to_rating_row(vault: &Vault, rating: &Rating) -> Result<RatingRow, RepositoryError> {
    let (agent_id, order_id) = (rating.agent_id.into(), rating.order_id.into());
    let words = Words {
        comment: rating.comment.clone(),
        tags: rating.tags.clone(),
    };
    let words_sealed = if words.comment.is_none() && words.tags.is_empty() {
        None
    } else {
        let words =
            serde_json::to_vec(&words).map_err(|error| RepositoryError::Refused(error.to_string()))?;
        Some(sealed_rating(vault, agent_id, order_id).seal_bytes("words_sealed", &words)?)
    };
    Ok(RatingRow {
        agent_id,
        order_id,
        customer_id: rating.customer_id.into(),
        courier_id: rating.courier_id.into(),
        score: rating.score.get().into(),
        words_sealed,
        rated_at: rating.rated_at.into(),
    })
}

fn to_rating(vault: &Vault, row: &RatingRow) -> Result<Rating, RepositoryError> {
    let sealed_row = sealed_rating(vault, row.agent_id, row.order_id);
    let words = match &row.words_sealed {
        Some(sealed) => serde_json::from_slice(&sealed_row.open_bytes("words_sealed", sealed)?)
            // The parser's message may quote what it stopped at.
            .map_err(|_| sealed_row.corrupt("words_sealed", "not whole"))?,
        None => Words {
            comment: None,
            tags: Vec::new(),
        },
    };
    Ok(Rating {
        agent_id: row.agent_id.into(),
        order_id: row.order_id.into(),
        customer_id: row.customer_id.into(),
        courier_id: row.courier_id.into(),
        score: Score::parse(row.score.into()).map_err(|error| sealed_row.corrupt("score", error))?,
        comment: words.comment,
        tags: words.tags,
        rated_at: row.rated_at.0,
    })
}

impl OrderRepository for Session {
    fn take_order_numbers(
        &mut self,
        wanted: &BTreeMap<(AgentId, BusinessDay), u32>,
    ) -> Result<BTreeMap<(AgentId, BusinessDay), u32>, RepositoryError> {
        self.take_numbers(wanted)
    }

    fn insert_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError> {
        self.add_orders(orders)
    }

    fn lock_orders(&mut self, ids: &BTreeSet<OrderId>) -> Result<BTreeMap<OrderId, Order>, RepositoryError> {
        self.lock(ids)
    }

    fn save_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError> {
        self.save_states(orders)
    }

    fn insert_order_history(&mut self, entries: &[OrderHistoryEntry]) -> Result<(), RepositoryError> {
        for batch in entries.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|entry| to_history_row(&self.shared.vault, entry))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(order_history::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_order(&mut self, scope: Scope, id: OrderId) -> Result<Option<Order>, RepositoryError> {
        self.find_in_scope(scope, id)
    }

    fn list_orders(
        &mut self,
        scope: Scope,
        filter: &OrderFilter,
        page: &PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, RepositoryError> {
        self.list(scope, filter, page)
    }

    fn list_order_history(&mut self, order: &Order) -> Result<Vec<OrderHistoryEntry>, RepositoryError> {
        order_history::table
            .filter(order_history::agent_id.eq(Key::from(order.agent_id)))
            .filter(order_history::order_id.eq(Key::from(order.id)))
            .order(order_history::version)
            .select(HistoryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_entry(&self.shared.vault, &row))
            .collect()
    }

    fn insert_ratings(&mut self, ratings: &[Rating]) -> Result<(), RepositoryError> {
        for batch in ratings.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|rating| to_rating_row(&self.shared.vault, rating))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(order_ratings::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_ratings(
        &mut self,
        orders: &BTreeSet<(AgentId, OrderId)>,
    ) -> Result<BTreeMap<OrderId, Rating>, RepositoryError> {
        let mut found = BTreeMap::new();
        let keys: Vec<_> = orders
            .iter()
            .map(|(agent_id, order_id)| (Key::from(*agent_id), Key::from(*order_id)))
            .collect();
        for batch in keys.chunks(BATCH_ROWS) {
            let rows: Vec<RatingRow> = order_ratings::table
                .filter(
                    order_ratings::agent_id.eq_any(
                        batch
                            .iter()
                            .map(|(agent_id, _)| *agent_id)
                            .collect::<BTreeSet<_>>(),
                    ),
                )
                .filter(order_ratings::order_id.eq_any(batch.iter().map(|(_, order_id)| *order_id)))
                .select(RatingRow::as_select())
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            for row in rows {
                let rating = to_rating(&self.shared.vault, &row)?;
                found.insert(rating.order_id, rating);
            }
        }
        Ok(found)
    }
}
