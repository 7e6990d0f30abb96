//! Personal values as sealed columns.

use super::values::Envelope;
use crate::{Vault, vault::Place};
use kernel::{Invalid, RepositoryError};
use uuid::Uuid;

/// A row with sealed columns. Its id is part of what each of them is sealed for.
#[derive(Clone, Copy)]
pub(super) struct SealedRow<'vault> {
    pub(super) vault: &'vault Vault,
    pub(super) table: &'static str,
    pub(super) row: Uuid,
}

impl SealedRow<'_> {
    const fn place(self, column: &'static str) -> Place {
        Place {
            table: self.table,
            column,
            row: self.row,
        }
    }

    /// Seals text for a column of this row.
    pub(super) fn seal(self, column: &'static str, plain: &str) -> Result<Envelope, RepositoryError> {
        self.vault
            .seal(self.place(column), plain.as_bytes())
            .map(Envelope)
    }

    /// Opens a column of this row and parses what is in it.
    pub(super) fn open<T, E: Into<Invalid>>(
        self,
        column: &'static str,
        sealed: &Envelope,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, RepositoryError> {
        let plain = self.vault.open_text(self.place(column), &sealed.0)?;
        parse(&plain).map_err(|error| RepositoryError::Corrupt {
            table: self.table,
            column,
            row: self.row.to_string(),
            reason: error.into().code.to_owned(),
        })
    }
}
