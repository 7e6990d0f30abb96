//! What a contract needs of a store.

use kernel::RepositoryError;

/// Somewhere that keeps what a committed session wrote: the fake, SQLite or PostgreSQL, each test with one of its own.
pub trait Store: Sync {
    /// What implements the ports inside one open transaction.
    type Session: ?Sized;

    /// Runs `command` in one transaction; commits on `Ok`, rolls back on `Err`. A command that lost a race runs again.
    fn write<T, E: From<RepositoryError>>(
        &self,
        command: impl FnMut(&mut Self::Session) -> Result<T, E>,
    ) -> Result<T, E>;
}
