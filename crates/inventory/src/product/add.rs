//! Adds a product.

use crate::{Container, Product, ProductRepository, check_unit_price};
use kernel::{FieldError, IdSource, Instant, Invalid, Money, ProductId, RepositoryError, Text, Validation};
use thiserror::Error;

/// A product as a person describes it, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddProduct {
    /// What it is called, at most 60 characters.
    pub name: String,
    /// What one piece of it is, at most 10 characters.
    pub unit: String,
    /// The price of one piece in fen.
    pub unit_price_fen: i64,
    /// The name of a [`Container`].
    pub container: String,
    /// Whether it can be ordered at once.
    pub listed: bool,
}

/// Why a product was not added.
#[derive(Debug, Error)]
pub enum AddProductError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Adds a product, or reports every field that is wrong.
pub fn add_product(
    session: &mut (impl ProductRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &AddProduct,
) -> Result<Product, AddProductError> {
    let mut validation = Validation::default();
    let name = validation.take("name", Text::parse(&command.name));
    let unit = validation.take("unit", Text::parse(&command.unit));
    let unit_price = validation.take(
        "unit_price_fen",
        check_unit_price(Money::from_fen(command.unit_price_fen)),
    );
    let container = validation.take(
        "container",
        Container::from_name(&command.container).ok_or(const { UNKNOWN_CONTAINER }),
    );
    let product = validation
        .finish_with((|| {
            Some(Product {
                id: ProductId::from_uuid(ids.next_uuid(now)),
                name: name?,
                unit: unit?,
                unit_price: unit_price?,
                container: container?,
                listed: command.listed,
                version: 1,
                created_at: now,
            })
        })())
        .map_err(AddProductError::Invalid)?;
    session.insert_products(std::slice::from_ref(&product))?;
    Ok(product)
}

const UNKNOWN_CONTAINER: Invalid = Invalid::new(
    "unknown_container",
    "应为 returnable_bucket 或 disposable",
    "must be returnable_bucket or disposable",
);
