//! One writer and several readers on an SQLite file.

use super::{
    Connection,
    session::{Session, Shared, run},
};
use crate::{OpenError, Options, Vault, database::Ran};
use diesel::{
    connection::SimpleConnection,
    r2d2::{ConnectionManager, CustomizeConnection, Pool},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use kernel::RepositoryError;
use std::sync::Arc;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// An SQLite database, opened. SQLite has one writer at a time; a pool of one makes the others wait in line instead of
/// failing, and `BEGIN IMMEDIATE` guards against writers of other processes.
pub(crate) struct Engine {
    writer: Pool<ConnectionManager<Connection>>,
    readers: Pool<ConnectionManager<Connection>>,
    shared: Arc<Shared>,
    durable: bool,
}

#[derive(Debug)]
struct Settings {
    durable: bool,
    read_only: bool,
}

impl CustomizeConnection<Connection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        // What is deleted is overwritten with zeros, so that an erased value is not left in a free page. Only pages that
        // become free cost a write more, and orders free none.
        // With synchronous=NORMAL a power loss takes acknowledged rows; with FULL it takes none.
        let synchronous = if self.durable { "FULL" } else { "OFF" };
        let query_only = if self.read_only { "ON" } else { "OFF" };
        connection
            .batch_execute(&format!(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
                 PRAGMA foreign_keys = ON; PRAGMA query_only = {query_only}; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; \
                 PRAGMA secure_delete = ON"
            ))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Engine {
    pub(crate) fn open(path: &str, options: Options, vault: Arc<Vault>) -> Result<Self, OpenError> {
        let pool = |size: u32, read_only: bool| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(options.connection_timeout)
                .test_on_check_out(false)
                .connection_customizer(Box::new(Settings {
                    durable: options.durable,
                    read_only,
                }))
                .build(ConnectionManager::new(path))
                .map_err(|error| OpenError::Unreachable(error.to_string()))
        };
        // The writer first: it turns the file to write-ahead logging, which readers cannot.
        Ok(Self {
            writer: pool(1, false)?,
            readers: pool(options.connections, true)?,
            shared: Arc::new(Shared::new(vault, options)),
            durable: options.durable,
        })
    }

    fn session(&self, pool: &Pool<ConnectionManager<Connection>>) -> Result<Session, RepositoryError> {
        let connection = pool
            .get()
            .map_err(|error| RepositoryError::Unavailable(error.to_string()))?;
        Ok(Session {
            connection,
            faults: super::faults::Faults::default(),
            shared: Arc::clone(&self.shared),
            territories_changed: false,
        })
    }

    pub(crate) fn migrate(&self) -> Result<Vec<String>, OpenError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
        let mut connection = self
            .writer
            .get()
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let ran = connection.run_pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(ran.iter().map(ToString::to_string).collect())
    }

    pub(crate) fn pending_migrations(&self) -> Result<Vec<String>, OpenError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
        let mut connection = self
            .writer
            .get()
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let pending = connection.pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(pending
            .iter()
            .map(|migration| migration.name().to_string())
            .collect())
    }

    pub(crate) fn write<T, E: From<RepositoryError>>(
        &self,
        command: &mut dyn FnMut(&mut (dyn crate::Session + 'static)) -> Result<T, E>,
    ) -> Ran<T, E> {
        match self.session(&self.writer) {
            Ok(session) => run(session, "BEGIN IMMEDIATE", command),
            Err(error) => Ran::Done(Err(error.into())),
        }
    }

    pub(crate) fn read<T, E: From<RepositoryError>>(
        &self,
        query: &mut dyn FnMut(&mut (dyn crate::Session + 'static)) -> Result<T, E>,
    ) -> Result<T, E> {
        match run(self.session(&self.readers)?, "BEGIN DEFERRED", query) {
            Ran::Done(result) => result,
            Ran::LostRace(error) => Err(error),
        }
    }

    pub(crate) fn production_faults(&self) -> Vec<String> {
        if self.durable {
            Vec::new()
        } else {
            vec!["SQLite runs below synchronous=FULL".to_owned()]
        }
    }

    pub(crate) fn connections(&self) -> (u32, u32) {
        let (writer, readers) = (self.writer.state(), self.readers.state());
        let open = writer.connections + readers.connections;
        (open - writer.idle_connections - readers.idle_connections, open)
    }
}
