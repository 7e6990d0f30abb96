//! What belongs to an order and never changes: its history and its rating. And the port of orders, whole.

use super::{
    BATCH_ROWS,
    schema::{order_history, order_ratings},
    session::Session,
    values::{Envelope, Key, Moment},
};
use crate::vault::Place;
use diesel::prelude::*;
use kernel::{AgentId, BusinessDay, OrderId, Page, PageRequest, RepositoryError, Scope, Text};
use orders::{Order, OrderFilter, OrderHistoryEntry, OrderRepository, OrderState, Rating, Score};
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
    reason: Option<String>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = order_ratings, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct RatingRow {
    agent_id: Key,
    order_id: Key,
    customer_id: Key,
    courier_id: Key,
    score: i16,
    comment: Option<Envelope>,
    tags: serde_json::Value,
    rated_at: Moment,
}

fn comment_place(order_id: Key) -> Place {
    Place {
        table: "order_ratings",
        column: "comment",
        row: order_id.0,
    }
}

fn state_name(text: &str, row: Key) -> Result<&'static str, RepositoryError> {
    OrderState::NAMES
        .into_iter()
        .find(|name| *name == text)
        .ok_or_else(|| RepositoryError::Corrupt {
            table: "order_history",
            column: "to_state",
            row: row.0.to_string(),
            reason: format!("`{text}` is no state"),
        })
}

fn to_entry(row: &HistoryRow) -> Result<OrderHistoryEntry, RepositoryError> {
    let corrupt = |reason: String| RepositoryError::Corrupt {
        table: "order_history",
        column: "reason",
        row: row.order_id.0.to_string(),
        reason,
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
            .map(|text| state_name(text, row.order_id))
            .transpose()?,
        to_state: state_name(&row.to_state, row.order_id)?,
        reason: row
            .reason
            .as_deref()
            .map(Text::parse)
            .transpose()
            .map_err(|error| corrupt(error.to_string()))?,
    })
}

impl Session {
    fn to_rating_row(&self, rating: &Rating) -> Result<RatingRow, RepositoryError> {
        let order_id = Key::from(rating.order_id);
        let seal = |comment: &Text<500>| {
            self.shared
                .vault
                .seal(comment_place(order_id), comment.as_str().as_bytes())
        };
        Ok(RatingRow {
            agent_id: rating.agent_id.into(),
            order_id,
            customer_id: rating.customer_id.into(),
            courier_id: rating.courier_id.into(),
            score: rating.score.get().into(),
            comment: rating.comment.as_ref().map(seal).transpose()?.map(Envelope),
            tags: rating.tags.iter().map(Text::as_str).collect(),
            rated_at: rating.rated_at.into(),
        })
    }

    fn to_rating(&self, row: RatingRow) -> Result<Rating, RepositoryError> {
        let corrupt = |column: &'static str| {
            move |reason: String| RepositoryError::Corrupt {
                table: "order_ratings",
                column,
                row: row.order_id.0.to_string(),
                reason,
            }
        };
        let comment = row
            .comment
            .map(|sealed| {
                self.shared
                    .vault
                    .open_text(comment_place(row.order_id), &sealed.0)
            })
            .transpose()?
            .map(|text| Text::parse(&text))
            .transpose()
            .map_err(|error| corrupt("comment")(error.to_string()))?;
        Ok(Rating {
            agent_id: row.agent_id.into(),
            order_id: row.order_id.into(),
            customer_id: row.customer_id.into(),
            courier_id: row.courier_id.into(),
            score: Score::parse(row.score.into()).map_err(|error| corrupt("score")(error.to_string()))?,
            comment,
            tags: serde_json::from_value(row.tags).map_err(|error| corrupt("tags")(error.to_string()))?,
            rated_at: row.rated_at.0,
        })
    }
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
        let to_row = |entry: &OrderHistoryEntry| HistoryRow {
            agent_id: entry.agent_id.into(),
            order_id: entry.order_id.into(),
            version: entry.version,
            at: entry.at.into(),
            actor: entry.actor.map(Key::from),
            from_state: entry.from_state.map(str::to_owned),
            to_state: entry.to_state.to_owned(),
            reason: entry.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        };
        for batch in entries.chunks(BATCH_ROWS) {
            diesel::insert_into(order_history::table)
                .values(&batch.iter().map(to_row).collect::<Vec<_>>())
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
            .map(|row| to_entry(&row))
            .collect()
    }

    fn insert_ratings(&mut self, ratings: &[Rating]) -> Result<(), RepositoryError> {
        for batch in ratings.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|rating| self.to_rating_row(rating))
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
                let rating = self.to_rating(row)?;
                found.insert(rating.order_id, rating);
            }
        }
        Ok(found)
    }
}
