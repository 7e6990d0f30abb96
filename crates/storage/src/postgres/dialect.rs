//! What PostgreSQL writes differently: row locks, and one statement for many rows.

use super::{
    Connection,
    accounts::AccountRow,
    columns,
    figures::{CountyRow, DayRow},
    order_rows::{OrderRow, StateRow},
    schema::{
        accounts, agents, applications, contracts, daily_county_figures, daily_figures, order_counters,
        orders,
    },
    values::{Key, Moment},
};
use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text},
    upsert::excluded,
};

/// The SQL before and after the code of a finding, for applications about which it was found.
pub(super) const HAS_FINDING: (&str, &str) = (
    "applications.findings @> jsonb_build_array(jsonb_build_object('code', ",
    "::text))",
);

/// Locks an account until the transaction ends. Rows that refer to it may come and go meanwhile.
pub(super) fn lock_account(connection: &mut Connection, id: Key) -> QueryResult<Option<AccountRow>> {
    accounts::table
        .filter(accounts::id.eq(id))
        .select(AccountRow::as_select())
        .for_no_key_update()
        .first(connection)
        .optional()
}

/// Locks applications until the transaction ends, one after the other in the order of their ids.
pub(super) fn lock_applications(connection: &mut Connection, ids: &[Key]) -> QueryResult<Vec<Key>> {
    applications::table
        .filter(applications::id.eq_any(ids))
        .order(applications::id)
        .select(applications::id)
        .for_no_key_update()
        .load(connection)
}

/// Locks a contract until the transaction ends. Rows that refer to it may come and go meanwhile.
pub(super) fn lock_contract(connection: &mut Connection, agent_id: Key, id: Key) -> QueryResult<()> {
    contracts::table
        .find((agent_id, id))
        .select(contracts::id)
        .for_no_key_update()
        .first::<Key>(connection)
        .optional()
        .map(drop)
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

/// Locks orders in key order until the transaction ends.
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
        .for_update()
        .load(connection)
}

/// Saves the states of many orders in one statement; answers how many rows were older.
pub(super) fn save_order_states(
    connection: &mut Connection,
    rows: &[(Key, Key, StateRow)],
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE orders SET state = new.state, courier_id = new.courier_id, delivered_at = new.delivered_at, \
         buckets_returned = new.buckets_returned, state_note_sealed = new.state_note_sealed, version = new.version \
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS new \
         (agent_id, id, state, courier_id, delivered_at, buckets_returned, state_note_sealed, version) \
         WHERE orders.agent_id = new.agent_id AND orders.id = new.id AND orders.version < new.version",
    )
    .bind::<Array<columns::Id>, _>(rows.iter().map(|(agent_id, ..)| *agent_id).collect::<Vec<_>>())
    .bind::<Array<columns::Id>, _>(rows.iter().map(|(_, id, _)| *id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|(.., row)| row.state.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<columns::Id>>, _>(rows.iter().map(|(.., row)| row.courier_id).collect::<Vec<_>>())
    .bind::<Array<Nullable<columns::Moment>>, _>(
        rows.iter().map(|(.., row)| row.delivered_at).collect::<Vec<Option<Moment>>>(),
    )
    .bind::<Array<Nullable<Integer>>, _>(rows.iter().map(|(.., row)| row.buckets_returned).collect::<Vec<_>>())
    .bind::<Array<Nullable<Binary>>, _>(
        rows.iter().map(|(.., row)| row.state_note_sealed.as_ref()).collect::<Vec<_>>(),
    )
    .bind::<Array<BigInt>, _>(rows.iter().map(|(.., row)| row.version).collect::<Vec<_>>())
    .execute(connection)
}

/// Adds to both rollups, one statement each; the rows come in key order.
pub(super) fn add_figures(
    connection: &mut Connection,
    days: &[DayRow],
    counties: &[CountyRow],
) -> QueryResult<()> {
    macro_rules! add {
        ($table:ident, $rows:expr, $key:expr) => {
            for batch in $rows.chunks(super::BATCH_ROWS) {
                diesel::insert_into($table::table)
                    .values(batch)
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
