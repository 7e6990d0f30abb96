//! The one handle on the database, whichever it is.

use crate::{Options, Session, Vault, postgres, sqlite};
use chrono::NaiveDate;
use kernel::{Instant, RepositoryError};
use std::sync::Arc;
use thiserror::Error;

/// How often a command that lost a race runs again before the caller hears of it. Races are won by somebody each time,
/// so a few rounds let even a crowd through.
const ATTEMPTS: u32 = 10;

/// A database, opened. Clones share its connections.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    vault: Arc<Vault>,
}

#[derive(Clone)]
enum Engine {
    Postgres(Arc<postgres::Engine>),
    Sqlite(Arc<sqlite::Engine>),
}

/// Why a database cannot be opened or migrated.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The URL names no database this knows.
    #[error("the database URL must begin with sqlite:// or postgres://")]
    UnknownScheme,
    /// It cannot be reached or is not what the URL says.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
    /// A migration failed.
    #[error("the schema cannot be migrated: {0}")]
    Migration(String),
}

impl Database {
    /// Opens `sqlite://PATH` or `postgres://…`. The schema may still have to be migrated.
    pub fn open(url: &str, options: Options, vault: Vault) -> Result<Self, OpenError> {
        let vault = Arc::new(vault);
        let engine = if let Some(path) = url.strip_prefix("sqlite://") {
            Engine::Sqlite(Arc::new(sqlite::Engine::open(path, options, Arc::clone(&vault))?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(Arc::new(postgres::Engine::open(
                url,
                options,
                Arc::clone(&vault),
            )?))
        } else {
            return Err(OpenError::UnknownScheme);
        };
        Ok(Self { engine, vault })
    }

    /// Brings the schema up to this program's; tells the names of the migrations that ran.
    pub fn migrate(&self) -> Result<Vec<String>, OpenError> {
        match &self.engine {
            Engine::Postgres(engine) => engine.migrate(),
            Engine::Sqlite(engine) => engine.migrate(),
        }
    }

    /// The names of the migrations that have yet to run.
    pub fn pending_migrations(&self) -> Result<Vec<String>, OpenError> {
        match &self.engine {
            Engine::Postgres(engine) => engine.pending_migrations(),
            Engine::Sqlite(engine) => engine.pending_migrations(),
        }
    }

    /// Makes what orders of the business days from `first` to `last` are kept in, where the database keeps them by month:
    /// PostgreSQL's partitions. Those that are there stay as they are, so every node may call this at any time. Answers how
    /// many tables were made. [`RepositoryError::Unavailable`] where running commands would have had to wait for too
    /// long: come again later.
    pub fn prepare_months(&self, first: NaiveDate, last: NaiveDate) -> Result<usize, RepositoryError> {
        match &self.engine {
            Engine::Postgres(engine) => engine.prepare_months(first, last),
            Engine::Sqlite(_) => Ok(0),
        }
    }

    /// Runs one command in one transaction: commits on `Ok`, rolls back on `Err`. A command that lost a race runs again,
    /// a bounded number of times, so it touches nothing outside its session that must not happen twice.
    pub fn write<T, E: From<RepositoryError>>(
        &self,
        mut command: impl FnMut(&mut (dyn Session + 'static)) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            let ran = match &self.engine {
                Engine::Postgres(engine) => engine.write(&mut command),
                Engine::Sqlite(engine) => engine.write(&mut command),
            };
            match ran {
                Ran::Done(result) => return result,
                Ran::LostRace(_) if attempt < ATTEMPTS => {
                    tracing::debug!(attempt, "a command lost a race and runs again");
                    attempt += 1;
                }
                Ran::LostRace(error) => return Err(error),
            }
        }
    }

    /// Runs one query in one read-only transaction.
    pub fn read<T, E: From<RepositoryError>>(
        &self,
        mut query: impl FnMut(&mut (dyn Session + 'static)) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.engine {
            Engine::Postgres(engine) => engine.read(&mut query),
            Engine::Sqlite(engine) => engine.read(&mut query),
        }
    }

    /// Whether the database answers.
    pub fn ping(&self) -> Result<(), RepositoryError> {
        self.read(|_| Ok(()))
    }

    /// The time on the database's machine; `None` where that is this one.
    pub fn now(&self) -> Result<Option<Instant>, RepositoryError> {
        match &self.engine {
            Engine::Postgres(engine) => engine.now().map(Some),
            Engine::Sqlite(_) => Ok(None),
        }
    }

    /// Why this database is not fit for production, each reason with its cure; empty when it is.
    pub fn production_faults(&self) -> Result<Vec<String>, RepositoryError> {
        match &self.engine {
            Engine::Postgres(engine) => engine.production_faults(),
            Engine::Sqlite(engine) => Ok(engine.production_faults()),
        }
    }

    /// How many transactions can write at once: one on SQLite, as many as there are connections on PostgreSQL.
    pub fn writers(&self) -> u32 {
        match &self.engine {
            Engine::Postgres(engine) => engine.writers(),
            Engine::Sqlite(_) => 1,
        }
    }

    /// Connections in use and connections open, for the metrics.
    pub fn connections(&self) -> (u32, u32) {
        match &self.engine {
            Engine::Postgres(engine) => engine.connections(),
            Engine::Sqlite(engine) => engine.connections(),
        }
    }

    /// What seals and blinds, for cursors and other values that leave the database.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }
}

/// How one run of a command ended.
pub(crate) enum Ran<T, E> {
    /// It committed, or was refused and rolled back.
    Done(Result<T, E>),
    /// It was rolled back because another transaction was faster.
    LostRace(E),
}
