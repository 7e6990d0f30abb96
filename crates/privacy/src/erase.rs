//! Erasing a person.

use crate::{
    Erasure, Person, PersonSession, Subject,
    held::{applications_of, couriers_of, orders_of},
};
use agents::{ApplicationState, SupplementApplicationError, WithdrawApplication, withdraw_application};
use chrono::TimeDelta;
use customers::Customer;
use events::{Event, Fact};
use identity::{Account, Membership, Role};
use kernel::{
    AccountId, AgentId, CustomerId, EventId, IdSource, Instant, PersonName, RepositoryError, Scope,
};
use orders::Courier;
use regions::DivisionTree;
use std::collections::BTreeSet;
use thiserror::Error;

/// How many orders are blanked with one call.
const ORDERS_AT_ONCE: usize = 100;

/// What stands in the way of an erasure. Each is ended first, by whoever may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// An order is not delivered or cancelled: somebody has to know where it goes.
    #[error("an order is open")]
    OpenOrders,
    /// The person answers for an agent whose contract runs.
    #[error("a contract runs")]
    HoldsContract,
    /// The person works for headquarters or an agent.
    #[error("the person is employed")]
    Employed,
}

/// Why a person was not erased.
#[derive(Debug, Error)]
pub enum ErasePersonError {
    /// It may not happen yet.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Erases a person: all of it in the caller's one transaction, or nothing. Who is erased already may be erased again.
/// Answers what to write into the erasure log.
pub fn erase_person(
    session: &mut (impl PersonSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    person: &Person,
) -> Result<Vec<Erasure>, ErasePersonError> {
    refuse_before_time(session, now, person)?;
    let erasures: Vec<_> = person
        .subjects()
        .into_iter()
        .map(|subject| Erasure { subject, at: now })
        .collect();
    for erasure in &erasures {
        erase_subject(session, ids, now, erasure)?;
    }
    Ok(erasures)
}

fn refuse_before_time(
    session: &mut (impl PersonSession + ?Sized),
    now: Instant,
    person: &Person,
) -> Result<(), ErasePersonError> {
    let memberships = match person.account_id {
        Some(account_id) => session.list_memberships(account_id)?,
        None => Vec::new(),
    };
    let lasting = |membership: &&Membership| membership.ended_at.is_none();
    for membership in memberships.iter().filter(lasting) {
        let position = membership.position;
        match (position.role(), position.agent_id()) {
            (Role::AgentOwner, Some(agent_id)) => {
                // The owner's own office is asked, as the owner would ask it.
                let own = Scope::Agent(agent_id).own_agent();
                let contracts = session.list_contracts(own.as_slice())?;
                if contracts
                    .iter()
                    .any(|contract| contract.terms.validity.until() > now)
                {
                    return Err(Refused::HoldsContract.into());
                }
            }
            (Role::Customer | Role::Applicant, _) => {}
            _ => return Err(Refused::Employed.into()),
        }
    }
    for customer_id in &person.customer_ids {
        if orders_of(session, *customer_id)?
            .iter()
            .any(|order| order.state.holds_stock())
        {
            return Err(Refused::OpenOrders.into());
        }
    }
    Ok(())
}

/// Erases one subject, whatever stands in the way: what was decided once is done again after a restore. A subject that is not
/// there is noted, and nothing else happens.
pub fn erase_subject(
    session: &mut (impl PersonSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    erasure: &Erasure,
) -> Result<(), RepositoryError> {
    match erasure.subject {
        Subject::Account(id) => erase_account(session, ids, now, id)?,
        Subject::Customer(id) => erase_customer(session, ids, now, id)?,
    }
    session.insert_erasures(std::slice::from_ref(erasure))
}

/// A command that had read the person before it was erased may have written after: within so long, everything it wrote is
/// committed, whatever was slow.
pub const STRAGGLERS_COMMIT_WITHIN: TimeDelta = TimeDelta::hours(2);

/// The erasures that something may have been written past, to be done once more by [`erase_subject`].
pub fn to_be_repeated(erasures: &[Erasure], now: Instant) -> impl Iterator<Item = &Erasure> {
    erasures
        .iter()
        .filter(move |erasure| erasure.at + STRAGGLERS_COMMIT_WITHIN > now)
}

fn erase_customer(
    session: &mut (impl PersonSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    id: CustomerId,
) -> Result<(), RepositoryError> {
    let Some(customer) = session.find_customers(&BTreeSet::from([id]))?.remove(&id) else {
        return Ok(());
    };
    for orders in orders_of(session, id)?.chunks(ORDERS_AT_ONCE) {
        let blank: Vec<_> = orders
            .iter()
            .cloned()
            .map(orders::Order::without_person)
            .collect();
        session.save_erased_orders(&blank, now)?;
    }
    session.delete_addresses(id)?;
    session.rename_agent_customers(id, &PersonName::erased(), None)?;
    if customer.erased_at.is_some() {
        return Ok(());
    }
    let erased = Customer {
        name: PersonName::erased(),
        phone: None,
        erased_at: Some(now),
        ..customer
    };
    session.save_customer(&erased)?;
    // Whoever follows customers from outside hears of it, and finds nothing.
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: id.as_uuid(),
        aggregate_version: erased.version + 1,
        occurred_at: now,
        fact: Fact::CustomerChanged { customer_id: id },
    }])
}

fn erase_account(
    session: &mut (impl PersonSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    id: AccountId,
) -> Result<(), RepositoryError> {
    let Some(account) = session.find_account(id)? else {
        return Ok(());
    };
    for courier in couriers_of(session, id)? {
        session.save_courier(&Courier {
            version: courier.version + 1,
            ..courier.without_person()
        })?;
    }
    let mut gone = Vec::new();
    for application in applications_of(session, id)? {
        // What led to a contract belongs to the contract.
        if matches!(application.state, ApplicationState::Approved { .. }) {
            continue;
        }
        if application.state.name().is_open() {
            let command = WithdrawApplication {
                account_id: id,
                application_id: application.id,
            };
            withdraw_application(session, ids, DivisionTree::embedded(), now, &command)
                .map_err(unexpected)?;
        }
        gone.push(application.id);
    }
    session.delete_applications(&gone)?;
    session.discard_unattached_of(id)?;
    session.delete_invitations_of(id)?;
    session.delete_inbox(id)?;
    session.end_memberships_of(id, now)?;
    session.delete_sign_ins(id)?;
    session.delete_idempotency_records(id)?;
    session.free_login_keys(id)?;
    session.save_account(&Account {
        username: None,
        name: PersonName::erased(),
        password_hash: None,
        disabled_at: account.disabled_at.or(Some(now)),
        ..account
    })
}

/// An application that was just read as open and own can be withdrawn.
fn unexpected(error: SupplementApplicationError) -> RepositoryError {
    match error {
        SupplementApplicationError::Repository(error) => error,
        other => RepositoryError::Refused(other.to_string()),
    }
}
