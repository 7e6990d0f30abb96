//! The port of stock and its ledger.

use crate::{StockItem, StockKey, StockMovement};
use kernel::{MovementId, Page, PageRequest, ProductId, ReachedAgent, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// Stock items and their movements, each under its agent.
pub trait StockRepository {
    /// The items of those keys, locked in key order until the transaction ends; one that is not there is absent from
    /// the map.
    fn lock_stock_items(
        &mut self,
        keys: &BTreeSet<StockKey>,
    ) -> Result<BTreeMap<StockKey, StockItem>, RepositoryError>;

    /// Saves each item under its next version: one of version 0 is inserted, any other replaces what was loaded.
    /// [`RepositoryError::LostRace`] where another transaction inserted or changed one in between.
    fn save_stock_items(&mut self, items: &[StockItem]) -> Result<(), RepositoryError>;

    /// Appends to the ledger.
    fn insert_stock_movements(&mut self, movements: &[StockMovement]) -> Result<(), RepositoryError>;

    /// One item as it stands, unlocked; `None` where the agent never had the product. For commands, whose key's agent
    /// was found in the scope of whoever sent them.
    fn find_stock_item(&mut self, key: StockKey) -> Result<Option<StockItem>, RepositoryError>;

    /// An agent's stock, in the order the products were added.
    fn list_stock(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<StockView, ProductId>, RepositoryError>;

    /// An agent's movements, newest first, of one product where `product_id` names it.
    fn list_movements(
        &mut self,
        agent: ReachedAgent,
        product_id: Option<ProductId>,
        page: &PageRequest<MovementId>,
    ) -> Result<Page<StockMovement, MovementId>, RepositoryError>;
}

/// One line of an agent's stock list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockView {
    /// The product.
    pub product_id: ProductId,
    /// What it is called.
    pub product_name: String,
    /// Pieces that are there, promised ones among them.
    pub on_hand: i64,
    /// Pieces promised to placed orders.
    pub reserved: i64,
    /// Pieces that may still be promised.
    pub available: i64,
    /// The number at which the agent is warned.
    pub threshold: i64,
    /// The item's version.
    pub version: i64,
}
