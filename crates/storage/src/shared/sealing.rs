//! Personal values as sealed columns. Nothing else makes an [`Envelope`].

use super::{Backend, values::corrupt_at};
use crate::{
    RowKey, SealedTable, Vault,
    vault::{Place, Sealed},
};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Binary,
};
use kernel::{Invalid, RepositoryError};

/// A sealed column on either database.
#[derive(AsExpression, FromSqlRow, Clone, Debug)]
#[diesel(sql_type = Binary)]
pub(super) struct Envelope(Sealed);

impl FromSql<Binary, Backend> for Envelope {
    fn from_sql(value: <Backend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Vec<u8> as FromSql<Binary, Backend>>::from_sql(value).map(|bytes| Self(Sealed::from_column(bytes)))
    }
}

impl ToSql<Binary, Backend> for Envelope {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        <[u8] as ToSql<Binary, Backend>>::to_sql(self.0.as_column(), out)
    }
}

impl From<Sealed> for Envelope {
    fn from(sealed: Sealed) -> Self {
        Self(sealed)
    }
}

impl From<Envelope> for Sealed {
    fn from(envelope: Envelope) -> Self {
        envelope.0
    }
}

/// A row with sealed columns. Its table and its key are part of what each of them is sealed for.
pub(super) struct SealedRow<'vault> {
    pub(super) vault: &'vault Vault,
    pub(super) table: &'static SealedTable,
    pub(super) key: RowKey,
}

impl SealedRow<'_> {
    fn place(&self, column: &'static str) -> Result<Place<'_>, RepositoryError> {
        if self.table.columns.contains(&column) {
            Ok(Place {
                table: self.table.name,
                column,
                row: &self.key,
            })
        } else {
            // Whoever seals it must name it in the list, or it would be left behind when keys rotate.
            Err(RepositoryError::Refused(format!(
                "{}.{column} is no sealed column",
                self.table.name
            )))
        }
    }

    /// Seals text for a column of this row.
    pub(super) fn seal(&self, column: &'static str, plain: &str) -> Result<Envelope, RepositoryError> {
        self.seal_bytes(column, plain.as_bytes())
    }

    /// Seals bytes for a column of this row.
    pub(super) fn seal_bytes(&self, column: &'static str, plain: &[u8]) -> Result<Envelope, RepositoryError> {
        self.vault.seal(self.place(column)?, plain).map(Envelope)
    }

    /// Opens a column of this row and parses the text in it.
    pub(super) fn open<T, E: Into<Invalid>>(
        &self,
        column: &'static str,
        sealed: &Envelope,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, RepositoryError> {
        let plain = self.open_bytes(column, sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| self.corrupt(column, "not text"))?;
        parse(text).map_err(|error| self.corrupt(column, error.into().code))
    }

    /// Opens a column of this row.
    pub(super) fn open_bytes(
        &self,
        column: &'static str,
        sealed: &Envelope,
    ) -> Result<Vec<u8>, RepositoryError> {
        self.vault.open(self.place(column)?, &sealed.0)
    }

    /// The column sealed anew, under the key that is current.
    pub(super) fn reseal(
        &self,
        column: &'static str,
        sealed: &Envelope,
    ) -> Result<Envelope, RepositoryError> {
        self.seal_bytes(column, &self.open_bytes(column, sealed)?)
    }

    /// This row holds what no rule allows.
    pub(super) fn corrupt(&self, column: &'static str, reason: impl std::fmt::Display) -> RepositoryError {
        corrupt_at(self.table.name, column, &self.key, reason)
    }
}
