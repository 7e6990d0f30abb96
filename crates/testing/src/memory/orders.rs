//! Orders, their history and ratings, and couriers.

use super::Memory;
use kernel::{AgentId, BusinessDay, CourierId, OrderId, Page, PageRequest, RepositoryError, Scope};
use orders::{
    Actor, Courier, CourierRepository, Order, OrderFilter, OrderHistoryEntry, OrderRepository, Rating,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    counters: BTreeMap<(AgentId, BusinessDay), u32>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) history: Vec<OrderHistoryEntry>,
    pub(super) ratings: BTreeMap<OrderId, Rating>,
    couriers: BTreeMap<CourierId, Courier>,
}

impl Memory {
    /// Every order, oldest first, for assertions.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.orders.values()
    }

    /// How many couriers of the agent are on duty.
    pub(super) fn couriers_on_duty(&self, agent_id: AgentId) -> usize {
        let all = self.orders.couriers.values();
        all.filter(|courier| courier.agent_id == agent_id && courier.on_duty)
            .count()
    }
}

fn sees(scope: Scope, order: &Order) -> bool {
    Actor {
        account_id: None,
        scope,
    }
    .sees(order)
}

fn passes(filter: &OrderFilter, order: &Order) -> bool {
    filter.agent_id.is_none_or(|agent_id| order.agent_id == agent_id)
        && filter.state.is_none_or(|state| order.state.name() == state)
        && filter
            .courier_id
            .is_none_or(|courier_id| order.state.courier_id() == Some(courier_id))
        && filter
            .customer_id
            .is_none_or(|customer_id| order.customer_id == customer_id)
        && filter
            .span
            .is_none_or(|span| span.contains(order.address.division_code))
        && filter
            .placed
            .is_none_or(|range| range.contains(BusinessDay::of(order.placed_at)))
        && filter.number.is_none_or(|number| order.number == number)
}

impl OrderRepository for Memory {
    fn take_order_numbers(
        &mut self,
        wanted: &BTreeMap<(AgentId, BusinessDay), u32>,
    ) -> Result<BTreeMap<(AgentId, BusinessDay), u32>, RepositoryError> {
        let take = |(key, count): (&(AgentId, BusinessDay), &u32)| {
            let last = self.orders.counters.entry(*key).or_default();
            *last += count;
            (*key, *last - count + 1)
        };
        Ok(wanted.iter().map(take).collect())
    }

    fn insert_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError> {
        for order in orders {
            assert!(
                self.orders.orders.insert(order.id, order.clone()).is_none(),
                "{} is taken",
                order.id
            );
        }
        Ok(())
    }

    fn lock_orders(&mut self, ids: &BTreeSet<OrderId>) -> Result<BTreeMap<OrderId, Order>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.orders.orders.get(id));
        Ok(found.map(|order| (order.id, order.clone())).collect())
    }

    fn save_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError> {
        for order in orders {
            let stored = self.orders.orders.get_mut(&order.id);
            let stored = stored.ok_or(RepositoryError::LostRace("the order is not there"))?;
            // An order may change more than once in one set; what counts is that the stored one is older.
            if stored.version >= order.version {
                return Err(RepositoryError::LostRace("the order changed"));
            }
            stored.state = order.state.clone();
            stored.version = order.version;
        }
        Ok(())
    }

    fn insert_order_history(&mut self, entries: &[OrderHistoryEntry]) -> Result<(), RepositoryError> {
        self.orders.history.extend_from_slice(entries);
        Ok(())
    }

    fn find_order(&mut self, scope: Scope, id: OrderId) -> Result<Option<Order>, RepositoryError> {
        Ok(self
            .orders
            .orders
            .get(&id)
            .filter(|order| sees(scope, order))
            .cloned())
    }

    fn list_orders(
        &mut self,
        scope: Scope,
        filter: &OrderFilter,
        page: &PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, RepositoryError> {
        let rows = self
            .orders
            .orders
            .values()
            .rev()
            .filter(|order| sees(scope, order) && passes(filter, order))
            .filter(|order| page.after.is_none_or(|after| order.id < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(rows, page, |order| order.id))
    }

    fn list_order_history(&mut self, order: &Order) -> Result<Vec<OrderHistoryEntry>, RepositoryError> {
        let mut entries: Vec<_> = self
            .orders
            .history
            .iter()
            .filter(|entry| entry.order_id == order.id)
            .cloned()
            .collect();
        entries.sort_by_key(|entry| entry.version);
        Ok(entries)
    }

    fn insert_ratings(&mut self, ratings: &[Rating]) -> Result<(), RepositoryError> {
        for rating in ratings {
            if self
                .orders
                .ratings
                .insert(rating.order_id, rating.clone())
                .is_some()
            {
                return Err(RepositoryError::LostRace("the order was rated"));
            }
        }
        Ok(())
    }

    fn find_ratings(
        &mut self,
        orders: &BTreeSet<(AgentId, OrderId)>,
    ) -> Result<BTreeMap<OrderId, Rating>, RepositoryError> {
        let found = orders.iter().filter_map(|(_, id)| self.orders.ratings.get(id));
        Ok(found.map(|rating| (rating.order_id, rating.clone())).collect())
    }
}

fn employs(scope: Scope, courier: &Courier) -> bool {
    match scope {
        Scope::All => true,
        Scope::Agent(agent_id) => courier.agent_id == agent_id,
        Scope::Courier { courier_id, .. } => courier.id == courier_id,
        Scope::Customer(_) => false,
    }
}

impl CourierRepository for Memory {
    fn insert_couriers(&mut self, couriers: &[Courier]) -> Result<(), RepositoryError> {
        self.orders
            .couriers
            .extend(couriers.iter().map(|courier| (courier.id, courier.clone())));
        Ok(())
    }

    fn find_couriers(
        &mut self,
        keys: &BTreeSet<(AgentId, CourierId)>,
    ) -> Result<BTreeMap<CourierId, Courier>, RepositoryError> {
        let found = keys.iter().filter_map(|(agent_id, id)| {
            self.orders
                .couriers
                .get(id)
                .filter(|courier| courier.agent_id == *agent_id)
        });
        Ok(found.map(|courier| (courier.id, courier.clone())).collect())
    }

    fn find_courier(&mut self, scope: Scope, id: CourierId) -> Result<Option<Courier>, RepositoryError> {
        Ok(self
            .orders
            .couriers
            .get(&id)
            .filter(|courier| employs(scope, courier))
            .cloned())
    }

    fn list_couriers(
        &mut self,
        scope: Scope,
        agent_id: Option<AgentId>,
        page: &PageRequest<CourierId>,
    ) -> Result<Page<Courier, CourierId>, RepositoryError> {
        let rows = self
            .orders
            .couriers
            .values()
            .filter(|courier| employs(scope, courier))
            .filter(|courier| agent_id.is_none_or(|agent_id| courier.agent_id == agent_id))
            .filter(|courier| page.after.is_none_or(|after| courier.id > after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(rows, page, |courier| courier.id))
    }

    fn save_courier(&mut self, courier: &Courier) -> Result<(), RepositoryError> {
        let stored = self.orders.couriers.get_mut(&courier.id);
        let stored = stored.filter(|stored| stored.version + 1 == courier.version);
        *stored.ok_or(RepositoryError::LostRace("the courier changed"))? = courier.clone();
        Ok(())
    }
}
