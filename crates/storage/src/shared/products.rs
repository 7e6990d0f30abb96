//! Products.

use super::{
    BATCH_ROWS,
    schema::products,
    session::Session,
    values::{Key, Moment, corrupt},
};
use diesel::prelude::*;
use inventory::{Container, Product, ProductRepository, check_unit_price};
use kernel::{Money, Page, PageRequest, ProductId, RepositoryError, Text};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ProductRow {
    id: Key,
    name: String,
    unit: String,
    unit_price_fen: i64,
    container: String,
    listed: bool,
    version: i64,
    created_at: Moment,
}

fn to_row(product: &Product) -> ProductRow {
    ProductRow {
        id: product.id.into(),
        name: product.name.as_str().to_owned(),
        unit: product.unit.as_str().to_owned(),
        unit_price_fen: product.unit_price.fen(),
        container: product.container.name().to_owned(),
        listed: product.listed,
        version: product.version,
        created_at: product.created_at.into(),
    }
}

fn to_product(row: &ProductRow) -> Result<Product, RepositoryError> {
    let unusable = |column, reason: &dyn std::fmt::Display| corrupt("products", column, row.id, reason);
    Ok(Product {
        id: row.id.into(),
        name: Text::parse(&row.name).map_err(|error| unusable("name", &error))?,
        unit: Text::parse(&row.unit).map_err(|error| unusable("unit", &error))?,
        unit_price: check_unit_price(Money::from_fen(row.unit_price_fen))
            .map_err(|error| unusable("unit_price_fen", &error))?,
        container: Container::from_name(&row.container)
            .ok_or_else(|| unusable("container", &"is not known"))?,
        listed: row.listed,
        version: row.version,
        created_at: row.created_at.0,
    })
}

impl ProductRepository for Session {
    fn insert_products(&mut self, added: &[Product]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch.iter().map(to_row).collect();
            diesel::insert_into(products::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_products(
        &mut self,
        ids: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, Product>, RepositoryError> {
        products::table
            .filter(products::id.eq_any(ids.iter().copied().map(Key::from)))
            .select(ProductRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| Ok((row.id.into(), to_product(row)?)))
            .collect()
    }

    fn list_products(
        &mut self,
        listed_only: bool,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<Product, ProductId>, RepositoryError> {
        let mut query = products::table
            .order(products::id)
            .limit(page.fetch_limit())
            .select(ProductRow::as_select())
            .into_boxed();
        if listed_only {
            query = query.filter(products::listed.eq(true));
        }
        if let Some(after) = page.after {
            query = query.filter(products::id.gt(Key::from(after)));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_product)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |product: &Product| product.id))
    }

    fn save_product(&mut self, product: &Product) -> Result<(), RepositoryError> {
        let written = diesel::update(products::table)
            .filter(products::id.eq(Key::from(product.id)))
            .filter(products::version.eq(product.version))
            .set((
                products::name.eq(product.name.as_str()),
                products::unit.eq(product.unit.as_str()),
                products::unit_price_fen.eq(product.unit_price.fen()),
                products::listed.eq(product.listed),
                products::version.eq(product.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "products")
    }
}
