//! What a set of commands has decided so far, in memory: stock, ledger, history, figures and events. It is saved at the
//! end, one statement a table, in the lock order that every command keeps: orders, stock, rollups, outbox.

use crate::{Actor, Order, OrderHistoryEntry, OrderLine};
use events::{Event, Fact, OutboxRepository};
use insights::{Counters, DailyDelta, FigureRepository};
use inventory::{MovementNote, StockItem, StockKey, StockMovement, StockRepository};
use kernel::{
    AgentId, BusinessDay, DivisionCode, EventId, IdSource, Instant, MovementId, OrderId, RepositoryError,
    Text,
};
use std::collections::{BTreeMap, BTreeSet};

/// Decisions that are not saved yet.
pub(crate) struct OrderBook<'ids> {
    ids: &'ids dyn IdSource,
    stock: BTreeMap<StockKey, StockItem>,
    changed_stock: BTreeSet<StockKey>,
    movements: Vec<StockMovement>,
    history: Vec<OrderHistoryEntry>,
    figures: BTreeMap<(AgentId, BusinessDay, DivisionCode), Counters>,
    events: Vec<Event>,
}

impl<'ids> OrderBook<'ids> {
    /// A book over stock rows that the transaction has locked.
    pub(crate) fn new(ids: &'ids dyn IdSource, stock: BTreeMap<StockKey, StockItem>) -> Self {
        Self {
            ids,
            stock,
            changed_stock: BTreeSet::new(),
            movements: Vec::new(),
            history: Vec::new(),
            figures: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    /// How many pieces can still be promised.
    pub(crate) fn available(&self, key: StockKey) -> i64 {
        self.stock.get(&key).map_or(0, StockItem::available)
    }

    /// Reserves every line of a new order; the caller has made sure that there is enough of each product.
    pub(crate) fn reserve(&mut self, order: &Order, actor: Actor) -> Result<(), RepositoryError> {
        self.move_stock(order, order.placed_at, actor, |item, line, note| {
            item.reserve(line.quantity, note).ok()
        })
    }

    /// Gives back what was reserved for an order.
    pub(crate) fn release(
        &mut self,
        order: &Order,
        at: Instant,
        actor: Actor,
    ) -> Result<(), RepositoryError> {
        self.move_stock(order, at, actor, |item, line, note| {
            item.release(line.quantity, note).ok()
        })
    }

    /// Takes what was reserved for an order out of stock.
    pub(crate) fn consume(
        &mut self,
        order: &Order,
        at: Instant,
        actor: Actor,
    ) -> Result<(), RepositoryError> {
        self.move_stock(order, at, actor, |item, line, note| {
            item.consume(line.quantity, note).ok()
        })
    }

    /// One movement a line. A line that cannot move means that stock and orders disagree: the row is named.
    fn move_stock(
        &mut self,
        order: &Order,
        at: Instant,
        actor: Actor,
        movement: impl Fn(&mut StockItem, &OrderLine, MovementNote) -> Option<StockMovement>,
    ) -> Result<(), RepositoryError> {
        for line in &order.lines {
            let key = StockKey {
                agent_id: order.agent_id,
                product_id: line.product_id,
            };
            let note = MovementNote {
                id: MovementId::from_uuid(self.ids.next_uuid(at)),
                at,
                actor: actor.account_id,
                order_id: Some(order.id),
                reason: None,
            };
            let corrupt = || RepositoryError::Corrupt {
                table: "stock_items",
                column: "reserved",
                row: format!("{} {}", key.agent_id, key.product_id),
                reason: format!("it disagrees with order {}", order.id),
            };
            let item = self.stock.get_mut(&key).ok_or_else(corrupt)?;
            let available_before = item.available();
            self.movements
                .push(movement(item, line, note).ok_or_else(corrupt)?);
            if item.crossed_threshold(available_before) {
                self.events
                    .push(item.low_event(EventId::from_uuid(self.ids.next_uuid(at)), at));
            }
            self.changed_stock.insert(key);
        }
        Ok(())
    }

    /// Writes an order's change, already made, into its history and the outbox.
    pub(crate) fn record(
        &mut self,
        order: &Order,
        from_state: Option<&'static str>,
        at: Instant,
        actor: Actor,
        reason: Option<Text<200>>,
        fact: Fact,
    ) {
        self.history.push(OrderHistoryEntry {
            agent_id: order.agent_id,
            order_id: order.id,
            version: order.version,
            at,
            actor: actor.account_id,
            from_state,
            to_state: order.state.name(),
            reason,
        });
        self.tell(order.agent_id, order.id, order.version, at, fact);
    }

    /// Writes an event into the outbox.
    pub(crate) fn tell(
        &mut self,
        agent_id: AgentId,
        order_id: OrderId,
        version: i64,
        at: Instant,
        fact: Fact,
    ) {
        self.events.push(Event {
            id: EventId::from_uuid(self.ids.next_uuid(at)),
            agent_id,
            aggregate_id: order_id.as_uuid(),
            aggregate_version: version,
            occurred_at: at,
            fact,
        });
    }

    /// Counts something of an order on the business day of `at`.
    pub(crate) fn count(
        &mut self,
        order: &Order,
        at: Instant,
        counters: Counters,
    ) -> Result<(), RepositoryError> {
        let row = self
            .figures
            .entry((order.agent_id, BusinessDay::of(at), order.county_code))
            .or_default();
        *row = row
            .plus(counters)
            .ok_or_else(|| RepositoryError::Refused("a daily figure does not fit".to_owned()))?;
        Ok(())
    }

    /// Saves everything but the orders themselves, which the caller has saved before.
    pub(crate) fn save(
        self,
        session: &mut (
                 impl crate::OrderRepository + StockRepository + FigureRepository + OutboxRepository + ?Sized
             ),
    ) -> Result<(), RepositoryError> {
        let deltas: Vec<_> = self
            .figures
            .into_iter()
            .map(|((agent_id, day, county_code), counters)| DailyDelta {
                agent_id,
                county_code,
                day,
                counters,
            })
            .collect();
        let changed: Vec<_> = self
            .stock
            .into_iter()
            .filter(|(key, _)| self.changed_stock.contains(key))
            .map(|(_, item)| item)
            .collect();
        session.insert_order_history(&self.history)?;
        session.save_stock_items(&changed)?;
        session.insert_stock_movements(&self.movements)?;
        session.add_daily_figures(&deltas)?;
        session.insert_events(&self.events)
    }
}
