//! The list of sealed columns agrees with the schema, and what stands in another row or column does not open there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "support/stored.rs"]
mod support;

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::Text,
};
use kernel::{CustomerId, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};
use storage::SealedTable;
use support::Stored;
use testing::build;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

fn columns(stored: &Stored, sqlite: &str, postgres: &str) -> Vec<(String, String)> {
    let found: Vec<Column> = match stored.url.strip_prefix("sqlite://") {
        Some(path) => sql_query(sqlite)
            .load(&mut SqliteConnection::establish(path).unwrap())
            .unwrap(),
        None => sql_query(postgres)
            .load(&mut PgConnection::establish(&stored.url).unwrap())
            .unwrap(),
    };
    found
        .into_iter()
        .map(|column| (column.table_name, column.column_name))
        .collect()
}

fn execute(stored: &Stored, statements: &str) {
    match stored.url.strip_prefix("sqlite://") {
        Some(path) => SqliteConnection::establish(path)
            .unwrap()
            .batch_execute(statements),
        None => PgConnection::establish(&stored.url)
            .unwrap()
            .batch_execute(statements),
    }
    .unwrap();
}

fn on_both(test: impl Fn(&Stored)) {
    test(&Stored::on_sqlite());
    if let Some(stored) = Stored::on_postgres() {
        test(&stored);
    }
}

/// On SQLite ids are bytes too; `.._by` names whose doing it was.
fn is_id(column: &str) -> bool {
    column == "id"
        || column.ends_with("_id")
        || column.ends_with("_by")
        || ["actor", "holder"].contains(&column)
}

#[test]
fn every_column_of_bytes_is_listed_as_sealed_or_is_an_index_or_a_digest_by_name() {
    on_both(|stored| {
        let bytes = columns(
            stored,
            "SELECT m.name AS table_name, p.name AS column_name FROM sqlite_schema AS m, pragma_table_info(m.name) AS p \
             WHERE m.type = 'table' AND p.type = 'BLOB'",
            "SELECT c.relname::text AS table_name, a.attname::text AS column_name FROM pg_attribute AS a \
             JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace \
             AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped",
        );
        let sealed: BTreeSet<_> = bytes
            .into_iter()
            .filter(|(_, column)| {
                !(is_id(column) || column.ends_with("_index") || column.ends_with("digest"))
            })
            .collect();
        let listed: BTreeSet<_> = SealedTable::ALL
            .iter()
            .flat_map(|table| {
                table
                    .columns()
                    .iter()
                    .map(|column| (table.name().to_owned(), (*column).to_owned()))
            })
            .collect();
        assert_eq!(sealed, listed);
        assert!(listed.iter().all(|(_, column)| column.ends_with("_sealed")));
    });
}

#[test]
fn every_sealed_table_is_listed_with_its_primary_key() {
    on_both(|stored| {
        let keys = columns(
            stored,
            "SELECT m.name AS table_name, p.name AS column_name FROM sqlite_schema AS m, pragma_table_info(m.name) AS p \
             WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk",
            "SELECT c.relname::text AS table_name, a.attname::text AS column_name FROM pg_constraint AS k \
             JOIN pg_class AS c ON c.oid = k.conrelid \
             JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey) \
             WHERE k.contype = 'p' ORDER BY c.relname, array_position(k.conkey, a.attnum)",
        );
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in keys {
            found.entry(table).or_default().push(column);
        }
        for table in SealedTable::ALL {
            let listed: Vec<_> = table.key_columns().collect();
            assert_eq!(found[table.name()], listed, "{}", table.name());
        }
    });
}

#[test]
fn what_was_moved_to_another_row_or_column_is_refused() {
    on_both(|stored| {
        let ids: BTreeSet<CustomerId> = [1, 2].map(|id| build::customers::customer(id).id).into();
        stored
            .database
            .write::<_, RepositoryError>(|session| {
                session.insert_customers(&[1, 2].map(build::customers::customer))
            })
            .unwrap();
        let corrupt_column = || match stored
            .database
            .read::<_, RepositoryError>(|session| session.find_customers(&ids))
        {
            Err(RepositoryError::Corrupt {
                table: "customers",
                column,
                reason,
                ..
            }) => Some((column, reason)),
            Err(other) => panic!("{other}"),
            Ok(found) => {
                assert_eq!(found.len(), 2);
                None
            }
        };
        assert_eq!(corrupt_column(), None);
        let moved = |column| Some((column, "moved or altered".to_owned()));
        execute(
            stored,
            "UPDATE customers SET phone_sealed = \
             (SELECT other.phone_sealed FROM customers AS other WHERE other.id <> customers.id)",
        );
        assert_eq!(corrupt_column(), moved("phone_sealed"));
        // A row's name is opened before its phone.
        execute(stored, "UPDATE customers SET name_sealed = phone_sealed");
        assert_eq!(corrupt_column(), moved("name_sealed"));
    });
}
