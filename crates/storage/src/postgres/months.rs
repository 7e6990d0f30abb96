//! The monthly partitions of orders and of what belongs to them.

use super::engine::Engine;
use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use diesel::{
    Connection as _, PgConnection,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use kernel::{BusinessDay, RepositoryError};
use std::iter::successors;
use uuid::Uuid;

/// The partitioned tables, in the order that commands lock them.
const TABLES: [&str; 4] = ["orders", "order_lines", "order_history", "order_ratings"];

/// The advisory lock of whoever makes partitions: "months" in ASCII. Nodes that start together take turns.
const MONTHS_LOCK: i64 = 0x006d_6f6e_7468_7300;

/// A partition needs its parent for itself, and whoever waits for that holds up every order behind it: rather give way, and
/// come again.
const GIVE_WAY: &str = "SET LOCAL lock_timeout = '2s'";

#[derive(QueryableByName)]
struct Presence {
    #[diesel(sql_type = Bool)]
    present: bool,
}

impl Engine {
    /// See [`crate::Database::prepare_months`].
    pub(crate) fn prepare_months(&self, first: NaiveDate, last: NaiveDate) -> Result<usize, RepositoryError> {
        let mut session = self.session()?;
        let (connection, faults) = (&mut session.connection, &session.faults);
        let mut made = 0;
        for month in months(first, last) {
            made += connection
                .transaction(|connection| prepare_month(connection, month))
                .map_err(|error| faults.of(error))?;
        }
        Ok(made)
    }
}

/// The first days of the months (UTC) that the business days from `first` to `last` reach into.
fn months(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = BusinessDay::from_date(first).start().date_naive();
    successors(first.with_day(1), |month| {
        month.checked_add_months(Months::new(1))
    })
    .take_while(move |month| *month <= last)
}

/// The least id of a month: its first millisecond in the first 48 bits of a UUIDv7 (RFC 9562, 5.7), zeros behind.
fn least_id(month: NaiveDate) -> Uuid {
    let millis = month.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    Uuid::from_u128(u128::try_from(millis).unwrap_or_default() << 80)
}

/// Makes the partitions of a month that are missing; answers how many those were.
fn prepare_month(connection: &mut PgConnection, month: NaiveDate) -> QueryResult<usize> {
    sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(MONTHS_LOCK)
        .execute(connection)?;
    sql_query(GIVE_WAY).execute(connection)?;
    let from = least_id(month);
    let to = least_id(month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX));
    let mut made = 0;
    for table in TABLES {
        let partition = format!("{table}_{}", month.format("%Y_%m"));
        let Presence { present } = sql_query("SELECT to_regclass($1) IS NOT NULL AS present")
            .bind::<Text, _>(&partition)
            .get_result(connection)?;
        if !present {
            sql_query(format!(
                "CREATE TABLE {partition} PARTITION OF {table} FOR VALUES FROM ('{from}') TO ('{to}')"
            ))
            .execute(connection)?;
            made += 1;
        }
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{IdSource, SystemIds};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_ids_of_a_month_lie_between_its_bounds() {
        let ids = SystemIds::new();
        let (november, december) = (least_id(day("2026-11-01")), least_id(day("2026-12-01")));
        for (at, inside) in [
            ("2026-10-31T23:59:59.999Z", false),
            ("2026-11-01T00:00:00Z", true),
            ("2026-11-30T23:59:59.999Z", true),
            ("2026-12-01T00:00:00Z", false),
        ] {
            let id = ids.next_uuid(at.parse().unwrap());
            assert_eq!(november <= id && id < december, inside, "{at}");
        }
    }

    #[test]
    fn a_business_day_may_begin_in_the_month_before() {
        let found: Vec<_> = months(day("2026-11-01"), day("2027-01-31")).collect();
        assert_eq!(
            found,
            [
                day("2026-10-01"),
                day("2026-11-01"),
                day("2026-12-01"),
                day("2027-01-01")
            ]
        );
        assert_eq!(months(day("2026-11-02"), day("2026-11-30")).count(), 1);
    }
}
