//! What an agent knows of a customer.

use crate::{AgentCustomerRepository, CustomerRepository};
use events::{Event, Fact};
use kernel::{AgentId, CustomerId, Instant, MobileNumber, OrderId, PersonName, RepositoryError};

/// A customer as one agent knows it: a row of the agent's own, which follows the customer's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCustomer {
    /// The agent.
    pub agent_id: AgentId,
    /// The customer.
    pub customer_id: CustomerId,
    /// The customer's name.
    pub name: PersonName,
    /// The customer's phone.
    pub phone: Option<MobileNumber>,
    /// The first order that the agent had from the customer, `None` while there was none.
    pub first_order: Option<FirstOrder>,
}

/// What made someone a new customer of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstOrder {
    /// The order.
    pub order_id: OrderId,
    /// When it was placed.
    pub ordered_at: Instant,
}

/// Follows every [`Fact::CustomerChanged`] among `events` into the rows of the agents that know the customer. It may
/// run twice over an event: it copies the customer as it is now.
pub fn refresh_agent_customers(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + ?Sized),
    events: &[Event],
) -> Result<(), RepositoryError> {
    let changed = events
        .iter()
        .filter_map(|event| match event.fact {
            Fact::CustomerChanged { customer_id } => Some(customer_id),
            _ => None,
        })
        .collect();
    for customer in session.find_customers(&changed)?.into_values() {
        session.rename_agent_customers(customer.id, &customer.name, customer.phone.as_ref())?;
    }
    Ok(())
}
