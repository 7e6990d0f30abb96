//! Sealed values of any table, by statements made from the list of sealed columns.

use super::{
    Backend, columns,
    schema::key_rotations,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, corrupt_at},
};
use crate::{ResealingRepository, RowKey, SealedPage, SealedTable, SealedUnder, SealedValue, vault};
use diesel::{
    prelude::*,
    query_builder::BoxedSqlQuery,
    sql_query,
    sql_types::{BigInt, Binary, Nullable, Text},
    upsert::excluded,
};
use kernel::RepositoryError;

#[derive(QueryableByName)]
struct StoredRow {
    #[diesel(sql_type = columns::Id)]
    key_first: Key,
    #[diesel(sql_type = Nullable<columns::Id>)]
    key_second: Option<Key>,
    #[diesel(sql_type = Nullable<BigInt>)]
    key_number: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    key_text: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    wanted: Option<Envelope>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(Insertable)]
#[diesel(table_name = key_rotations, check_for_backend(Backend))]
struct PositionRow {
    version: i64,
    table_name: &'static str,
    column_name: &'static str,
    last_key: String,
}

/// The parts of a row's key, each under its name or absent.
fn selected_key(table: &SealedTable) -> String {
    let part = |column: Option<&'static str>, kind: &str, name: &str| {
        let value = column.map_or_else(|| format!("CAST(NULL AS {kind})"), str::to_owned);
        format!("{value} AS {name}")
    };
    let mut ids = table.ids.iter().copied();
    [
        part(ids.next(), "uuid", "key_first"),
        part(ids.next(), "uuid", "key_second"),
        part(table.number, "bigint", "key_number"),
        part(table.text, "text", "key_text"),
    ]
    .join(", ")
}

fn bind_key<'query, Inner>(
    mut query: BoxedSqlQuery<'query, Backend, Inner>,
    key: &RowKey,
) -> BoxedSqlQuery<'query, Backend, Inner> {
    query = query.bind::<columns::Id, _>(Key(key.first));
    if let Some(second) = key.second {
        query = query.bind::<columns::Id, _>(Key(second));
    }
    if let Some(number) = key.number {
        query = query.bind::<BigInt, _>(number);
    }
    if let Some(text) = &key.text {
        query = query.bind::<Text, _>(text.clone());
    }
    query
}

/// `$from, …`, one for each of the key's columns.
fn placeholders(table: &SealedTable, from: usize) -> Vec<String> {
    (from..)
        .zip(table.key_columns())
        .map(|(number, _)| format!("${number}"))
        .collect()
}

impl ResealingRepository for Session {
    fn count_sealed_rows(&mut self, table: &'static SealedTable) -> Result<u64, RepositoryError> {
        let count: Count = sql_query(format!("SELECT count(*) AS rows FROM {}", table.name))
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(count.rows.unsigned_abs())
    }

    fn find_sealed(
        &mut self,
        table: &'static SealedTable,
        column: &'static str,
        under: SealedUnder,
        after: Option<&RowKey>,
        limit: u16,
    ) -> Result<SealedPage, RepositoryError> {
        let (comparison, version) = match under {
            SealedUnder::Version(version) => ("=", version),
            SealedUnder::AnotherThan(version) => ("<>", version),
        };
        let (name, keys) = (table.name, table.key_columns().collect::<Vec<_>>().join(", "));
        let header = vault::header(version).to_vec();
        let header_bytes = header.len();
        let further = after.map_or_else(String::new, |_| {
            format!("WHERE ({keys}) > ({})", placeholders(table, 2).join(", "))
        });
        // Each statement looks at so many rows and no more, however few are wanted.
        let mut query = sql_query(format!(
            "SELECT {}, CASE WHEN substr({column}, 1, {header_bytes}) {comparison} $1 THEN {column} END AS wanted \
             FROM {name} {further} ORDER BY {keys} LIMIT {limit}",
            selected_key(table)
        ))
        .into_boxed::<Backend>()
        .bind::<Binary, _>(header);
        if let Some(after) = after {
            query = bind_key(query, after);
        }
        let rows: Vec<StoredRow> = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut page = SealedPage {
            rows: rows.len(),
            ..SealedPage::default()
        };
        let full = rows.len() == usize::from(limit);
        for row in rows {
            let key = RowKey {
                first: row.key_first.0,
                second: row.key_second.map(|second| second.0),
                number: row.key_number,
                text: row.key_text,
            };
            if let Some(envelope) = row.wanted {
                page.found.push(SealedValue {
                    key: key.clone(),
                    sealed: envelope.into(),
                });
            }
            page.last = full.then_some(key);
        }
        Ok(page)
    }

    fn reseal_values(
        &mut self,
        table: &'static SealedTable,
        column: &'static str,
        values: &[SealedValue],
    ) -> Result<usize, RepositoryError> {
        let conditions: Vec<_> = (2..)
            .zip(table.key_columns())
            .map(|(number, key)| format!("{key} = ${number} AND "))
            .collect();
        let statement = format!(
            "UPDATE {} SET {column} = $1 WHERE {}{column} = ${}",
            table.name,
            conditions.concat(),
            conditions.len() + 2
        );
        let mut replaced = 0;
        for value in values {
            let row = SealedRow {
                vault: &self.shared.vault,
                table,
                key: value.key.clone(),
            };
            let older = Envelope::from(value.sealed.clone());
            let newer = row.reseal(column, &older)?;
            let query = sql_query(statement.as_str())
                .into_boxed::<Backend>()
                .bind::<Binary, _>(newer);
            replaced += bind_key(query, &value.key)
                .bind::<Binary, _>(older)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(replaced)
    }

    fn find_rotation_position(
        &mut self,
        version: u32,
        table: &'static SealedTable,
        column: &'static str,
    ) -> Result<Option<RowKey>, RepositoryError> {
        key_rotations::table
            .find((i64::from(version), table.name, column))
            .select(key_rotations::last_key)
            .first::<String>(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|key| {
                serde_json::from_str(&key)
                    .map_err(|error| corrupt_at("key_rotations", "last_key", table.name, error))
            })
            .transpose()
    }

    fn save_rotation_position(
        &mut self,
        version: u32,
        table: &'static SealedTable,
        column: &'static str,
        key: &RowKey,
    ) -> Result<(), RepositoryError> {
        let row = PositionRow {
            version: version.into(),
            table_name: table.name,
            column_name: column,
            last_key: serde_json::to_string(key)
                .map_err(|error| RepositoryError::Refused(error.to_string()))?,
        };
        let saved = diesel::insert_into(key_rotations::table)
            .values(row)
            .on_conflict((
                key_rotations::version,
                key_rotations::table_name,
                key_rotations::column_name,
            ))
            .do_update()
            .set(key_rotations::last_key.eq(excluded(key_rotations::last_key)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(saved, 1, "key rotation")
    }

    fn forget_rotation_positions(&mut self) -> Result<(), RepositoryError> {
        diesel::delete(key_rotations::table)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }
}
