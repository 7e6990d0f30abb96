//! Products, stock and its ledger.

use super::Memory;
use inventory::{Product, ProductRepository, StockItem, StockKey, StockMovement, StockRepository, StockView};
use kernel::{AgentId, MovementId, Page, PageRequest, ProductId, ReachedAgent, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    products: BTreeMap<ProductId, Product>,
    items: BTreeMap<StockKey, StockItem>,
    movements: Vec<StockMovement>,
}

impl Memory {
    /// The whole ledger, in the order it was written, for assertions.
    pub fn stock_movements(&self) -> &[StockMovement] {
        &self.inventory.movements
    }

    /// How many units the agent has on hand, over all products.
    pub(super) fn stock_on_hand(&self, agent_id: AgentId) -> u64 {
        let own = self
            .inventory
            .items
            .values()
            .filter(|item| item.key().agent_id == agent_id);
        let units: i64 = own.map(StockItem::on_hand).sum();
        u64::try_from(units).unwrap_or_default()
    }
}

impl ProductRepository for Memory {
    fn insert_products(&mut self, products: &[Product]) -> Result<(), RepositoryError> {
        let rows = products.iter().map(|product| (product.id, product.clone()));
        self.inventory.products.extend(rows);
        Ok(())
    }

    fn find_products(
        &mut self,
        ids: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, Product>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.inventory.products.get(id));
        Ok(found.map(|product| (product.id, product.clone())).collect())
    }

    fn list_products(
        &mut self,
        listed_only: bool,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<Product, ProductId>, RepositoryError> {
        let fetched = self
            .inventory
            .products
            .values()
            .filter(|product| (product.listed || !listed_only) && Some(product.id) > page.after)
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |product: &Product| product.id))
    }

    fn save_product(&mut self, product: &Product) -> Result<(), RepositoryError> {
        match self.inventory.products.get_mut(&product.id) {
            Some(stored) if stored.version == product.version => {
                *stored = Product {
                    version: product.version + 1,
                    ..product.clone()
                };
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("products")),
        }
    }
}

impl StockRepository for Memory {
    fn lock_stock_items(
        &mut self,
        keys: &BTreeSet<StockKey>,
    ) -> Result<BTreeMap<StockKey, StockItem>, RepositoryError> {
        let found = keys.iter().filter_map(|key| self.inventory.items.get(key));
        Ok(found.map(|item| (item.key(), item.clone())).collect())
    }

    fn save_stock_items(&mut self, items: &[StockItem]) -> Result<(), RepositoryError> {
        for item in items {
            let stored_version = self
                .inventory
                .items
                .get(&item.key())
                .map_or(0, StockItem::version);
            if stored_version != item.version() {
                return Err(RepositoryError::LostRace("stock_items"));
            }
            let saved = StockItem::restore(
                item.key(),
                item.on_hand(),
                item.reserved(),
                item.threshold(),
                item.version() + 1,
            );
            self.inventory.items.insert(item.key(), saved.unwrap());
        }
        Ok(())
    }

    fn insert_stock_movements(&mut self, movements: &[StockMovement]) -> Result<(), RepositoryError> {
        self.inventory.movements.extend_from_slice(movements);
        Ok(())
    }

    fn find_stock_item(&mut self, key: StockKey) -> Result<Option<StockItem>, RepositoryError> {
        Ok(self.inventory.items.get(&key).cloned())
    }

    fn list_stock(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<StockView, ProductId>, RepositoryError> {
        let fetched = self
            .inventory
            .items
            .values()
            .filter(|item| item.key().agent_id == agent.id() && Some(item.key().product_id) > page.after)
            .take(usize::from(page.limit) + 1)
            .map(|item| StockView {
                product_id: item.key().product_id,
                product_name: self.inventory.products[&item.key().product_id]
                    .name
                    .as_str()
                    .to_owned(),
                on_hand: item.on_hand(),
                reserved: item.reserved(),
                available: item.available(),
                threshold: item.threshold(),
                version: item.version(),
            })
            .collect();
        Ok(Page::cut(fetched, page, |view: &StockView| view.product_id))
    }

    fn list_movements(
        &mut self,
        agent: ReachedAgent,
        product_id: Option<ProductId>,
        page: &PageRequest<MovementId>,
    ) -> Result<Page<StockMovement, MovementId>, RepositoryError> {
        let mut fetched: Vec<_> = self
            .inventory
            .movements
            .iter()
            .filter(|movement| {
                movement.key.agent_id == agent.id()
                    && product_id.is_none_or(|product_id| movement.key.product_id == product_id)
                    && page.after.is_none_or(|after| movement.note.id < after)
            })
            .cloned()
            .collect();
        fetched.sort_by_key(|movement| std::cmp::Reverse(movement.note.id));
        fetched.truncate(usize::from(page.limit) + 1);
        Ok(Page::cut(fetched, page, |movement: &StockMovement| {
            movement.note.id
        }))
    }
}
