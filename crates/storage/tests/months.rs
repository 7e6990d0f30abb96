//! The monthly partitions of orders on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "support/stored.rs"]
mod support;

use chrono::NaiveDate;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query, sql_types::BigInt};
use kernel::{RepositoryError, Scope};
use std::thread;
use support::Stored;
use testing::{SeededIds, build, instant};

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn rows(connection: &mut PgConnection, table: &str) -> i64 {
    let counted: Count = sql_query(format!("SELECT COUNT(*) AS count FROM {table}"))
        .get_result(connection)
        .unwrap();
    counted.count
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn an_order_of_a_prepared_month_lies_in_its_partition() {
    let Some(stored) = Stored::on_postgres() else {
        return;
    };
    let prepare = || {
        stored
            .database
            .prepare_months(day("2026-11-22"), day("2027-01-22"))
            .unwrap()
    };
    assert_eq!(prepare(), 12);
    let order = build::orders::order(
        &SeededIds::new(1),
        instant("2026-11-30T23:59:59.999Z"),
        1,
        build::customers::customer_id(1),
    );
    stored
        .database
        .write(|session| -> Result<(), RepositoryError> {
            session.insert_products(&[build::inventory::product(1)])?;
            session.insert_customers(&[build::customers::customer(1)])?;
            session.insert_orders(std::slice::from_ref(&order))
        })
        .unwrap();
    // Again, with a row there.
    assert_eq!(prepare(), 0);

    let mut connection = PgConnection::establish(&stored.url).unwrap();
    for table in ["orders", "order_lines"] {
        assert_eq!(rows(&mut connection, &format!("{table}_2026_11")), 1);
        assert_eq!(rows(&mut connection, &format!("{table}_2026_12")), 0);
        assert_eq!(rows(&mut connection, &format!("{table}_default")), 0);
    }
    let found = stored
        .database
        .read(|session| session.find_order(Scope::All, order.id))
        .unwrap();
    assert_eq!(found, Some(order));
}

#[test]
fn nodes_that_prepare_the_same_months_at_once_take_turns() {
    let Some(stored) = Stored::on_postgres() else {
        return;
    };
    let made: usize = thread::scope(|scope| {
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    stored
                        .database
                        .prepare_months(day("2026-11-22"), day("2026-12-22"))
                        .unwrap()
                })
            })
            .collect();
        nodes.into_iter().map(|node| node.join().unwrap()).sum()
    });
    assert_eq!(made, 8);
}

#[test]
fn sqlite_has_nothing_to_prepare() {
    let stored = Stored::on_sqlite();
    let made = stored
        .database
        .prepare_months(day("2026-11-22"), day("2027-01-22"))
        .unwrap();
    assert_eq!(made, 0);
}
