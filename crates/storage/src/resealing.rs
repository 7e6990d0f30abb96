//! What the rotation of keys asks of a database: the sealed values of any table, page by page.

use crate::{RowKey, SealedTable, vault::Sealed};
use kernel::RepositoryError;

/// Which envelopes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedUnder {
    /// Those under this version.
    Version(u32),
    /// Those under any other.
    AnotherThan(u32),
}

/// An envelope with the key of its row.
#[derive(Clone, Debug)]
pub struct SealedValue {
    pub(crate) key: RowKey,
    pub(crate) sealed: Sealed,
}

/// Some rows of a table in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct SealedPage {
    /// How many rows were looked at.
    pub rows: usize,
    /// The key of the last of them; `None` at the end of the table.
    pub last: Option<RowKey>,
    /// What was wanted among them.
    pub found: Vec<SealedValue>,
}

/// Finds and replaces sealed values, whatever their table. Columns are those of the table's list.
pub trait ResealingRepository {
    /// How many rows the table has.
    fn count_sealed_rows(&mut self, table: &'static SealedTable) -> Result<u64, RepositoryError>;

    /// Looks at the rows after that key, at most at as many as the limit.
    fn find_sealed(
        &mut self,
        table: &'static SealedTable,
        column: &'static str,
        under: SealedUnder,
        after: Option<&RowKey>,
        limit: u16,
    ) -> Result<SealedPage, RepositoryError>;

    /// Seals the values anew, under the key that is current, each where it still is what was found: what a command has
    /// written since stays. Nothing else of a row changes, its version neither. Answers how many were replaced.
    fn reseal_values(
        &mut self,
        table: &'static SealedTable,
        column: &'static str,
        values: &[SealedValue],
    ) -> Result<usize, RepositoryError>;

    /// How far the rotation to that version has come in the column, where it broke off.
    fn find_rotation_position(
        &mut self,
        version: u32,
        table: &'static SealedTable,
        column: &'static str,
    ) -> Result<Option<RowKey>, RepositoryError>;

    /// Remembers how far the rotation to that version has come in the column.
    fn save_rotation_position(
        &mut self,
        version: u32,
        table: &'static SealedTable,
        column: &'static str,
        key: &RowKey,
    ) -> Result<(), RepositoryError>;

    /// Forgets every position: the rotation is done.
    fn forget_rotation_positions(&mut self) -> Result<(), RepositoryError>;
}
