//! A customer's addresses, as far as the caller has to do with them.

use crate::{
    Address, AgentCustomerRepository, CustomerRepository, address::intruder, find_customer_in_scope,
};
use kernel::{CustomerId, Instant, RepositoryError, Scope};
use regions::{DivisionTree, TerritoryRepository};

/// The customer's addresses, oldest first; for an agent those it answers for at `now`. `None` where the customer is not
/// there for the caller.
pub fn list_addresses_in_scope(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    scope: Scope,
    now: Instant,
    customer_id: CustomerId,
) -> Result<Option<Vec<Address>>, RepositoryError> {
    let Some(customer) = find_customer_in_scope(session, scope, customer_id)? else {
        return Ok(None);
    };
    let territories = session.territory_map()?;
    let mut addresses = session.list_addresses(&customer)?;
    addresses.retain(|address| intruder(scope, &territories, tree, address.division_code, now).is_none());
    Ok(Some(addresses))
}
