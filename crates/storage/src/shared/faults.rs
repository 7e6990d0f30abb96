//! What a database error means.

use diesel::result::{DatabaseErrorKind, Error};
use kernel::RepositoryError;
use std::cell::Cell;

/// Turns database errors into the ports' own, and remembers whether a race was lost, so that the command runs again
/// whatever the use case made of the error on its way up.
#[derive(Debug, Default)]
pub(super) struct Faults {
    race_lost: Cell<bool>,
}

impl Faults {
    /// Whether a race was lost since the transaction began.
    pub(super) fn race_was_lost(&self) -> bool {
        self.race_lost.get()
    }

    /// Another transaction was faster: told by a row count or by a key that was taken.
    pub(super) fn lost_race(&self, what: &'static str) -> RepositoryError {
        self.race_lost.set(true);
        RepositoryError::LostRace(what)
    }

    /// Answers an error unless exactly the `expected` rows were written: a stale version writes fewer.
    pub(super) fn expect_rows(
        &self,
        written: usize,
        expected: usize,
        what: &'static str,
    ) -> Result<(), RepositoryError> {
        if written == expected {
            Ok(())
        } else {
            Err(self.lost_race(what))
        }
    }

    /// What a failed statement means. Use as `.map_err(|error| self.faults.of(error))`.
    pub(super) fn of(&self, error: Error) -> RepositoryError {
        match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => self.lost_race("a key was taken"),
            Error::DatabaseError(DatabaseErrorKind::ExclusionViolation, _) => {
                self.lost_race("a claim was taken")
            }
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                self.lost_race("serialization failure")
            }
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                cause,
            ) => RepositoryError::Unavailable(cause.message().to_owned()),
            Error::DatabaseError(_, cause) => {
                let message = cause.message();
                // Neither library gives a kind to these; their words are stable.
                if message.contains("deadlock detected") || message.contains("database is locked") {
                    self.lost_race("deadlock")
                } else if message.contains("database or disk is full")
                    || message.contains("No space left on device")
                {
                    RepositoryError::DiskFull
                } else if message.contains("statement timeout")
                    || message.contains("lock timeout")
                    || message.contains("terminating connection")
                    || message.contains("server closed the connection")
                    || message.contains("no connection to the server")
                {
                    RepositoryError::Unavailable(message.to_owned())
                } else {
                    RepositoryError::Refused(message.to_owned())
                }
            }
            Error::BrokenTransactionManager => {
                RepositoryError::Unavailable("the connection broke".to_owned())
            }
            other => RepositoryError::Refused(other.to_string()),
        }
    }
}
