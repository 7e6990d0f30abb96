//! The pool of connections to PostgreSQL.

use super::{
    Connection,
    session::{Session, Shared, run},
};
use crate::{OpenError, Options, Vault, database::Ran};
use diesel::{
    connection::SimpleConnection,
    prelude::*,
    r2d2::{ConnectionManager, CustomizeConnection, Pool},
    sql_types::{Bool, Text, Timestamptz},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use kernel::{Instant, RepositoryError};
use std::sync::Arc;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// A PostgreSQL database, opened.
pub(crate) struct Engine {
    pool: Pool<ConnectionManager<Connection>>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Settings(Options);

impl CustomizeConnection<Connection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        let statement_timeout_ms = self.0.statement_timeout.as_millis();
        let durability = if self.0.durable { "on" } else { "off" };
        connection
            .batch_execute(&format!(
                "SET TIME ZONE 'UTC'; SET statement_timeout = {statement_timeout_ms}; SET synchronous_commit = {durability}"
            ))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct Fitness {
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Bool)]
    superuser: bool,
}

#[derive(QueryableByName)]
struct Time {
    #[diesel(sql_type = Timestamptz)]
    now: Instant,
}

impl Engine {
    pub(crate) fn open(url: &str, options: Options, vault: Arc<Vault>) -> Result<Self, OpenError> {
        let pool = Pool::builder()
            .max_size(options.connections)
            .min_idle(Some(1))
            .connection_timeout(options.connection_timeout)
            .test_on_check_out(false)
            .connection_customizer(Box::new(Settings(options)))
            .build(ConnectionManager::new(url))
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(Self {
            pool,
            shared: Arc::new(Shared::new(vault, options)),
        })
    }

    pub(super) fn session(&self) -> Result<Session, RepositoryError> {
        let connection = self
            .pool
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
            .pool
            .get()
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let ran = connection.run_pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(ran.iter().map(ToString::to_string).collect())
    }

    pub(crate) fn pending_migrations(&self) -> Result<Vec<String>, OpenError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
        let mut connection = self
            .pool
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
        match self.session() {
            Ok(session) => run(
                session,
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                command,
            ),
            Err(error) => Ran::Done(Err(error.into())),
        }
    }

    pub(crate) fn read<T, E: From<RepositoryError>>(
        &self,
        query: &mut dyn FnMut(&mut (dyn crate::Session + 'static)) -> Result<T, E>,
    ) -> Result<T, E> {
        match run(
            self.session()?,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            query,
        ) {
            Ran::Done(result) => result,
            Ran::LostRace(error) => Err(error),
        }
    }

    pub(crate) fn production_faults(&self) -> Result<Vec<String>, RepositoryError> {
        let mut session = self.session()?;
        let Session {
            connection, faults, ..
        } = &mut session;
        let fitness: Fitness = diesel::sql_query(
            "SELECT current_setting('fsync') AS fsync, rolsuper AS superuser FROM pg_roles WHERE rolname = current_user",
        )
        .get_result(connection)
        .map_err(|error| faults.of(error))?;
        let mut found = Vec::new();
        if fitness.fsync != "on" {
            found.push(
                "PostgreSQL runs with fsync=off and may lose what it acknowledged: set fsync = on".to_owned(),
            );
        }
        if fitness.superuser {
            found.push(
                "the database role is a superuser: connect with a role that only owns its database"
                    .to_owned(),
            );
        }
        Ok(found)
    }

    pub(crate) fn now(&self) -> Result<Instant, RepositoryError> {
        let mut session = self.session()?;
        let Session {
            connection, faults, ..
        } = &mut session;
        let time: Time = diesel::sql_query("SELECT clock_timestamp() AS now")
            .get_result(connection)
            .map_err(|error| faults.of(error))?;
        Ok(time.now)
    }

    pub(crate) fn writers(&self) -> u32 {
        self.pool.max_size()
    }

    pub(crate) fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections - state.idle_connections, state.connections)
    }
}
