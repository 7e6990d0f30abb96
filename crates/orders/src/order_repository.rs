//! The port of orders, their history and their ratings.

use crate::{Order, OrderHistoryEntry, OrderNumber, Rating};
use kernel::{
    AgentId, BusinessDay, BusinessRange, CourierId, CustomerId, DivisionSpan, OrderId, Page, PageRequest,
    RepositoryError, Scope,
};
use std::collections::{BTreeMap, BTreeSet};

/// Orders. Every method is written for sets: one statement a table, whatever the set's size.
pub trait OrderRepository {
    /// Takes as many of the agents' daily numbers as asked for, and answers with the first of each run. Numbers of a
    /// transaction that rolls back are taken again.
    fn take_order_numbers(
        &mut self,
        wanted: &BTreeMap<(AgentId, BusinessDay), u32>,
    ) -> Result<BTreeMap<(AgentId, BusinessDay), u32>, RepositoryError>;

    /// Adds new orders with their lines and numbers.
    fn insert_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError>;

    /// The orders of those ids, locked in key order until the transaction ends; one that is not there is absent.
    /// For commands over sets, which hold each against the scope of its actor.
    fn lock_orders(&mut self, ids: &BTreeSet<OrderId>) -> Result<BTreeMap<OrderId, Order>, RepositoryError>;

    /// Saves the state of locked orders, each under its new version, which is above the stored one;
    /// [`RepositoryError::LostRace`] where it is not.
    fn save_orders(&mut self, orders: &[Order]) -> Result<(), RepositoryError>;

    /// Appends to the orders' history.
    fn insert_order_history(&mut self, entries: &[OrderHistoryEntry]) -> Result<(), RepositoryError>;

    /// The order, `None` where it is not there or outside the scope.
    fn find_order(&mut self, scope: Scope, id: OrderId) -> Result<Option<Order>, RepositoryError>;

    /// A page of the orders inside the scope that pass the filter, newest first.
    fn list_orders(
        &mut self,
        scope: Scope,
        filter: &OrderFilter,
        page: &PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, RepositoryError>;

    /// The whole history of an order that the caller has found in its scope, oldest first.
    fn list_order_history(&mut self, order: &Order) -> Result<Vec<OrderHistoryEntry>, RepositoryError>;

    /// Adds ratings.
    fn insert_ratings(&mut self, ratings: &[Rating]) -> Result<(), RepositoryError>;

    /// The ratings of orders that the caller has found in its scope or locked; an order that was not rated is absent.
    fn find_ratings(
        &mut self,
        orders: &BTreeSet<(AgentId, OrderId)>,
    ) -> Result<BTreeMap<OrderId, Rating>, RepositoryError>;
}

/// Which orders a list shows; what is `None` does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// One agent's.
    pub agent_id: Option<AgentId>,
    /// In the state of that name.
    pub state: Option<&'static str>,
    /// With that courier.
    pub courier_id: Option<CourierId>,
    /// Of that customer.
    pub customer_id: Option<CustomerId>,
    /// Delivered inside that run of codes.
    pub span: Option<DivisionSpan>,
    /// Placed on those business days.
    pub placed: Option<BusinessRange>,
    /// Of that number.
    pub number: Option<OrderNumber>,
}
