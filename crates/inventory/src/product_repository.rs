//! The port of products.

use crate::Product;
use kernel::{Page, PageRequest, ProductId, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// Products, which every agent shares.
pub trait ProductRepository {
    /// Adds products.
    fn insert_products(&mut self, products: &[Product]) -> Result<(), RepositoryError>;

    /// The products of those ids; one that is not there is absent from the map.
    fn find_products(
        &mut self,
        ids: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, Product>, RepositoryError>;

    /// Products in the order they were added, all of them or the listed ones only.
    fn list_products(
        &mut self,
        listed_only: bool,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<Product, ProductId>, RepositoryError>;

    /// Saves a loaded product under its next version. [`RepositoryError::LostRace`] where the stored version is not the
    /// loaded one.
    fn save_product(&mut self, product: &Product) -> Result<(), RepositoryError>;
}
