//! What SQLite writes differently: its one writer needs no row locks, and a statement in process costs microseconds.

use super::{
    Connection,
    accounts::AccountRow,
    figures::{CountyRow, DayRow},
    order_rows::{OrderRow, StateRow},
    schema::{accounts, agents, daily_county_figures, daily_figures, order_counters, orders},
    values::Key,
};
use chrono::NaiveDate;
use diesel::{prelude::*, upsert::excluded};

/// The SQL before and after the code of a finding, for applications about which it was found.
pub(super) const HAS_FINDING: (&str, &str) = (
    "EXISTS (SELECT 1 FROM json_each(applications.findings) WHERE json_extract(json_each.value, '$.code') = ",
    ")",
);

/// The account; the writer's transaction is its lock.
pub(super) fn lock_account(connection: &mut Connection, id: Key) -> QueryResult<Option<AccountRow>> {
    accounts::table
        .filter(accounts::id.eq(id))
        .select(AccountRow::as_select())
        .first(connection)
        .optional()
}

/// The applications' ids; the writer's transaction is their lock.
#[expect(
    clippy::unnecessary_wraps,
    reason = "on PostgreSQL it is a statement, which may fail"
)]
pub(super) fn lock_applications(_: &mut Connection, ids: &[Key]) -> QueryResult<Vec<Key>> {
    Ok(ids.to_vec())
}

/// Nothing: the writer's transaction is the lock of every contract.
#[expect(
    clippy::unnecessary_wraps,
    reason = "on PostgreSQL it is a statement, which may fail"
)]
pub(super) fn lock_contract(_: &mut Connection, _: Key, _: Key) -> QueryResult<()> {
    Ok(())
}

/// Raises the counter of an agent's day and answers its new value.
pub(super) fn raise_order_counter(
    connection: &mut Connection,
    agent_id: Key,
    day: NaiveDate,
    more: i32,
) -> QueryResult<i32> {
    diesel::insert_into(order_counters::table)
        .values((
            order_counters::agent_id.eq(agent_id),
            order_counters::day.eq(day),
            order_counters::last.eq(more),
        ))
        .on_conflict((order_counters::agent_id, order_counters::day))
        .do_update()
        .set(order_counters::last.eq(order_counters::last + more))
        .returning(order_counters::last)
        .get_result(connection)
}

/// The orders in key order; the writer's transaction is their lock.
pub(super) fn lock_orders(
    connection: &mut Connection,
    agent_numbers: &[i32],
    ids: &[Key],
) -> QueryResult<Vec<OrderRow>> {
    let holders = agents::table
        .filter(agents::number.eq_any(agent_numbers))
        .select(agents::id);
    orders::table
        .filter(orders::agent_id.eq_any(holders))
        .filter(orders::id.eq_any(ids))
        .order((orders::agent_id, orders::id))
        .select(OrderRow::as_select())
        .load(connection)
}

/// Saves the states of many orders; answers how many rows were older.
pub(super) fn save_order_states(
    connection: &mut Connection,
    rows: &[(Key, Key, StateRow)],
) -> QueryResult<usize> {
    let mut written = 0;
    for (agent_id, id, row) in rows {
        written += diesel::update(orders::table)
            .filter(orders::agent_id.eq(*agent_id))
            .filter(orders::id.eq(*id))
            .filter(orders::version.lt(row.version))
            .set(row)
            .execute(connection)?;
    }
    Ok(written)
}

/// Adds to both rollups, row by row.
pub(super) fn add_figures(
    connection: &mut Connection,
    days: &[DayRow],
    counties: &[CountyRow],
) -> QueryResult<()> {
    macro_rules! add {
        ($table:ident, $rows:expr, $key:expr) => {
            for row in $rows {
                diesel::insert_into($table::table)
                    .values(row)
                    .on_conflict($key)
                    .do_update()
                    .set((
                        $table::orders.eq($table::orders + excluded($table::orders)),
                        $table::delivered.eq($table::delivered + excluded($table::delivered)),
                        $table::cancelled.eq($table::cancelled + excluded($table::cancelled)),
                        $table::sales_fen.eq($table::sales_fen + excluded($table::sales_fen)),
                        $table::buckets.eq($table::buckets + excluded($table::buckets)),
                        $table::new_customers.eq($table::new_customers + excluded($table::new_customers)),
                        $table::ratings_1.eq($table::ratings_1 + excluded($table::ratings_1)),
                        $table::ratings_2.eq($table::ratings_2 + excluded($table::ratings_2)),
                        $table::ratings_3.eq($table::ratings_3 + excluded($table::ratings_3)),
                        $table::ratings_4.eq($table::ratings_4 + excluded($table::ratings_4)),
                        $table::ratings_5.eq($table::ratings_5 + excluded($table::ratings_5)),
                    ))
                    .execute(connection)?;
            }
        };
    }
    add!(daily_figures, days, (daily_figures::agent_id, daily_figures::day));
    add!(
        daily_county_figures,
        counties,
        (
            daily_county_figures::agent_id,
            daily_county_figures::day,
            daily_county_figures::county_code
        )
    );
    Ok(())
}
