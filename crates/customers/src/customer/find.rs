//! Finds a customer, where the caller may see it.

use crate::{AgentCustomerRepository, Customer, CustomerRepository};
use kernel::{CustomerId, RepositoryError, Scope};
use std::collections::BTreeSet;

/// The customer, `None` where there is none or the caller has nothing to do with it: headquarters sees every customer,
/// an agent those it knows, a customer itself, a courier none (an order tells it where to go).
pub fn find_customer_in_scope(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + ?Sized),
    scope: Scope,
    id: CustomerId,
) -> Result<Option<Customer>, RepositoryError> {
    let visible = match scope {
        Scope::All => true,
        Scope::Agent(agent_id) => !session
            .find_known_customers(&BTreeSet::from([(agent_id, id)]))?
            .is_empty(),
        Scope::Customer(own_id) => own_id == id,
        Scope::Courier { .. } => false,
    };
    if visible {
        Ok(session.find_customers(&BTreeSet::from([id]))?.remove(&id))
    } else {
        Ok(None)
    }
}
