//! Changes a product.

use crate::{Product, ProductRepository, check_unit_price};
use kernel::{FieldError, Money, ProductId, RepositoryError, Text, Validation};
use std::collections::BTreeSet;
use thiserror::Error;

/// What to change, unchecked; `None` leaves a field as it is. The container never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeProduct {
    /// The product.
    pub product_id: ProductId,
    /// The version that the person saw; `None` to change whatever is there.
    pub version: Option<i64>,
    /// The new name.
    pub name: Option<String>,
    /// The new unit.
    pub unit: Option<String>,
    /// The new price of one piece in fen. Placed orders keep theirs.
    pub unit_price_fen: Option<i64>,
    /// Whether it can be ordered from now on.
    pub listed: Option<bool>,
}

/// Why a product was not changed.
#[derive(Debug, Error)]
pub enum ChangeProductError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such product.
    #[error("product {0} is not there")]
    NotFound(ProductId),
    /// Somebody else changed it since the person saw it.
    #[error("the product is at version {current} already")]
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Changes a product and answers with it as it is then, or reports every field that is wrong.
pub fn change_product(
    session: &mut (impl ProductRepository + ?Sized),
    command: &ChangeProduct,
) -> Result<Product, ChangeProductError> {
    let mut product = session
        .find_products(&BTreeSet::from([command.product_id]))?
        .remove(&command.product_id)
        .ok_or(ChangeProductError::NotFound(command.product_id))?;
    if command.version.is_some_and(|version| version != product.version) {
        return Err(ChangeProductError::Stale {
            current: product.version,
        });
    }

    let mut validation = Validation::default();
    let name = validation.take_optional("name", command.name.as_deref().map(Text::parse));
    let unit = validation.take_optional("unit", command.unit.as_deref().map(Text::parse));
    let unit_price = validation.take_optional(
        "unit_price_fen",
        command
            .unit_price_fen
            .map(|fen| check_unit_price(Money::from_fen(fen))),
    );
    let (name, unit, unit_price) = validation
        .finish_with((|| Some((name?, unit?, unit_price?)))())
        .map_err(ChangeProductError::Invalid)?;

    product.name = name.unwrap_or(product.name);
    product.unit = unit.unwrap_or(product.unit);
    product.unit_price = unit_price.unwrap_or(product.unit_price);
    product.listed = command.listed.unwrap_or(product.listed);
    session.save_product(&product)?;
    product.version += 1;
    Ok(product)
}
