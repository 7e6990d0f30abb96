//! A connection inside one open transaction.

use super::{Connection, faults::Faults};
use crate::{Options, Vault, database::Ran};
use diesel::{
    connection::{AnsiTransactionManager, TransactionManager},
    r2d2::{ConnectionManager, PooledConnection},
};
use kernel::{Instant, RepositoryError};
use regions::TerritoryMap;
use std::sync::{Arc, Mutex};

/// Implements every port; each file beside this one implements those of its aggregate.
pub(super) struct Session {
    pub(super) connection: PooledConnection<ConnectionManager<Connection>>,
    pub(super) faults: Faults,
    pub(super) shared: Arc<Shared>,
    /// Whether this transaction has granted territories: what it then reads is nobody else's yet.
    pub(super) territories_changed: bool,
}

/// What all sessions of one engine share.
pub(super) struct Shared {
    pub(super) vault: Arc<Vault>,
    /// Events from before are stored as delivered.
    pub(super) past_until: Option<Instant>,
    /// The last committed map that was read.
    pub(super) territory_map: Mutex<Option<Arc<TerritoryMap>>>,
}

impl Shared {
    pub(super) const fn new(vault: Arc<Vault>, options: Options) -> Self {
        Self {
            vault,
            past_until: options.past_until,
            territory_map: Mutex::new(None),
        }
    }
}

impl crate::Session for Session {
    fn vault(&self) -> &Vault {
        &self.shared.vault
    }
}

/// Opens a transaction with `begin`, runs the command, commits or rolls back.
pub(super) fn run<T, E: From<RepositoryError>>(
    mut session: Session,
    begin: &str,
    command: &mut dyn FnMut(&mut (dyn crate::Session + 'static)) -> Result<T, E>,
) -> Ran<T, E> {
    if let Err(error) = AnsiTransactionManager::begin_transaction_sql(&mut *session.connection, begin) {
        return ended(&session, Err(session.faults.of(error).into()));
    }
    let result = command(&mut session);
    let closed = match &result {
        Ok(_) => AnsiTransactionManager::commit_transaction(&mut *session.connection),
        Err(_) => AnsiTransactionManager::rollback_transaction(&mut *session.connection),
    };
    match (result, closed) {
        (Ok(_), Err(error)) => ended(&session, Err(session.faults.of(error).into())),
        // A failed roll-back leaves a broken connection, which the pool drops; the command's own error says more.
        (result, _) => ended(&session, result),
    }
}

fn ended<T, E>(session: &Session, result: Result<T, E>) -> Ran<T, E> {
    match result {
        Err(error) if session.faults.race_was_lost() => Ran::LostRace(error),
        result => Ran::Done(result),
    }
}
