//! What a port answers when it cannot do its work. Expected outcomes are values of the port's own, never these.

use thiserror::Error;

/// Why a port could not do what it was asked. The same for every port and every database.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// The database cannot be reached, or did not answer in time. Trying again later may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another transaction changed what this one had read, or took a key it wanted. The whole command runs again.
    #[error("another transaction was faster: {0}")]
    LostRace(&'static str),
    /// There is no room left to write to.
    #[error("the disk is full")]
    DiskFull,
    /// A row holds what no rule allows. It names the place, never the value.
    #[error("row {row} of {table} has an unusable {column}: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A statement was refused for a reason that no caller can act on: a defect of the adapter or of the schema.
    #[error("the database refused a statement: {0}")]
    Refused(String),
}
