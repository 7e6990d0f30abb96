//! How PostgreSQL locks and saves a set of stock rows: one statement each, over arrays.

use super::{Connection, columns, stock::StockRow, values::Key};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt},
};
use inventory::StockKey;
use std::collections::BTreeSet;

/// The rows of those keys, locked in key order: the sort happens below the locking.
pub(super) fn lock_stock_rows(
    connection: &mut Connection,
    keys: &BTreeSet<StockKey>,
) -> QueryResult<Vec<StockRow>> {
    sql_query(
        "SELECT item.agent_id, item.product_id, item.on_hand, item.reserved, item.threshold, item.version \
         FROM unnest($1, $2) AS wanted (agent_id, product_id) \
         JOIN stock_items AS item USING (agent_id, product_id) \
         ORDER BY item.agent_id, item.product_id FOR UPDATE OF item",
    )
    .bind::<Array<columns::Id>, _>(keys.iter().map(|key| Key::from(key.agent_id)).collect::<Vec<_>>())
    .bind::<Array<columns::Id>, _>(
        keys.iter()
            .map(|key| Key::from(key.product_id))
            .collect::<Vec<_>>(),
    )
    .load(connection)
}

/// Saves each row whose version is still the stored one, under the next version; answers how many those were.
pub(super) fn update_stock_rows(connection: &mut Connection, rows: &[StockRow]) -> QueryResult<usize> {
    let keys = |key: fn(&StockRow) -> Key| rows.iter().map(key).collect::<Vec<_>>();
    let numbers = |number: fn(&StockRow) -> i64| rows.iter().map(number).collect::<Vec<_>>();
    sql_query(
        "UPDATE stock_items AS item \
         SET on_hand = saved.on_hand, reserved = saved.reserved, threshold = saved.threshold, version = item.version + 1 \
         FROM unnest($1, $2, $3, $4, $5, $6) AS saved (agent_id, product_id, on_hand, reserved, threshold, version) \
         WHERE item.agent_id = saved.agent_id AND item.product_id = saved.product_id AND item.version = saved.version",
    )
    .bind::<Array<columns::Id>, _>(keys(|row| row.agent_id))
    .bind::<Array<columns::Id>, _>(keys(|row| row.product_id))
    .bind::<Array<BigInt>, _>(numbers(|row| row.on_hand))
    .bind::<Array<BigInt>, _>(numbers(|row| row.reserved))
    .bind::<Array<BigInt>, _>(numbers(|row| row.threshold))
    .bind::<Array<BigInt>, _>(numbers(|row| row.version))
    .execute(connection)
}
