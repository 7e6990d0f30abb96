//! The in-memory fake of every port. One file per aggregate; each keeps its rows in a struct of its own.

mod agents;
mod applications;
mod attachments;
mod audit;
mod consents;
mod consequences;
mod customers;
mod deposits;
mod figures;
mod identity;
mod inbox;
mod inventory;
mod life;
mod obligations;
mod orders;
mod outbox;
mod privacy;
mod reserved_customers;
mod sign_in;
mod support;
mod territories;
mod webhooks;

use crate::Store;
use kernel::{ConsequenceId, RepositoryError};
use std::{collections::BTreeMap, sync::Mutex};

/// Every row of every table. It is its own session: hand `&mut memory` to a use case. [`Store`] is implemented by
/// `Mutex<Memory>`, with rollback.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    agents: agents::Rows,
    applications: applications::Rows,
    attachments: attachments::Rows,
    audit: audit::Rows,
    consents: Vec<::identity::Consent>,
    consequences: BTreeMap<ConsequenceId, ::agents::Consequence>,
    customers: customers::Rows,
    deposits: deposits::Rows,
    figures: figures::Rows,
    identity: identity::Rows,
    inbox: inbox::Rows,
    inventory: inventory::Rows,
    life: life::Rows,
    obligations: obligations::Rows,
    orders: orders::Rows,
    outbox: outbox::Rows,
    privacy: privacy::Rows,
    reserved_customers: reserved_customers::Rows,
    sign_in: sign_in::Rows,
    support: support::Rows,
    territories: territories::Rows,
    webhooks: webhooks::Rows,
}

impl Store for Mutex<Memory> {
    type Session = Memory;

    fn write<T, E: From<RepositoryError>>(
        &self,
        mut command: impl FnMut(&mut Memory) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut committed = self.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut session = committed.clone();
        let result = command(&mut session);
        if result.is_ok() {
            *committed = session;
        }
        result
    }
}
