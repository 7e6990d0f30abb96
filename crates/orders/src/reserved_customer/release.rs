//! Headquarters keeps a customer no longer.

use super::{ReservedCustomer, ReservedCustomerRepository};
use crate::{ReserveCustomer, ReserveCustomerError};
use agents::{AgentAction, AgentLifeSession, Deed, record_deed};
use customers::CustomerRepository;
use events::Fact;
use kernel::{IdSource, Instant, Scope};

/// Lets the customer's new orders come to the agent from now on.
pub fn release_customer(
    session: &mut (impl AgentLifeSession + CustomerRepository + ReservedCustomerRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ReserveCustomer,
) -> Result<ReservedCustomer, ReserveCustomerError> {
    let (agent, reason) = command.check(session)?;
    let own = Scope::All.agent(agent.id).ok_or(ReserveCustomerError::NotFound)?;
    let is_it = |reserved: &ReservedCustomer| {
        reserved.contract_id == command.contract_id && reserved.customer_id == command.customer_id
    };
    let found = session.list_reserved_customers(own)?.into_iter().find(is_it);
    let reserved = found.ok_or(ReserveCustomerError::NotReserved)?;
    session.delete_reserved_customer(&reserved)?;
    let deed = Deed {
        contract_id: Some(command.contract_id),
        ..Deed::new(command.actor, AgentAction::CustomerReleased, reason, now)
    };
    let fact = Fact::CustomerReleased {
        agent_id: agent.id,
        customer_id: command.customer_id,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    Ok(reserved)
}
