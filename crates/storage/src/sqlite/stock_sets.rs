//! How SQLite reads and saves a set of stock rows: one statement a row, in process. The one writer is the lock.

use super::{Connection, schema::stock_items, stock::StockRow, values::Key};
use diesel::prelude::*;
use inventory::StockKey;
use std::collections::BTreeSet;

/// The rows of those keys.
pub(super) fn lock_stock_rows(
    connection: &mut Connection,
    keys: &BTreeSet<StockKey>,
) -> QueryResult<Vec<StockRow>> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let row = stock_items::table
            .find((Key::from(key.agent_id), Key::from(key.product_id)))
            .select(StockRow::as_select())
            .first(connection)
            .optional()?;
        found.extend(row);
    }
    Ok(found)
}

/// Saves each row whose version is still the stored one, under the next version; answers how many those were.
pub(super) fn update_stock_rows(connection: &mut Connection, rows: &[StockRow]) -> QueryResult<usize> {
    rows.iter().try_fold(0, |written, row| {
        let row_written = diesel::update(stock_items::table)
            .filter(stock_items::agent_id.eq(row.agent_id))
            .filter(stock_items::product_id.eq(row.product_id))
            .filter(stock_items::version.eq(row.version))
            .set((
                stock_items::on_hand.eq(row.on_hand),
                stock_items::reserved.eq(row.reserved),
                stock_items::threshold.eq(row.threshold),
                stock_items::version.eq(row.version + 1),
            ))
            .execute(connection)?;
        Ok(written + row_written)
    })
}
