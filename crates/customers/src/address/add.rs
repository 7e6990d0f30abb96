//! Adds an address.

use crate::{
    Address, AddressInput, AgentCustomerRepository, CustomerRepository, MAXIMUM_ADDRESSES, address::intruder,
    find_customer_in_scope,
};
use kernel::{
    AddressId, AgentId, CustomerId, DivisionCode, FieldError, IdSource, Instant, RepositoryError, Scope,
    Validation,
};
use regions::{DivisionTree, TerritoryRepository};
use thiserror::Error;

/// An address for a customer, unchecked.
#[derive(Clone, PartialEq)]
pub struct AddAddress {
    /// Who adds it. An agent's staff adds addresses inside the agent's own territory only.
    pub scope: Scope,
    /// The customer.
    pub customer_id: CustomerId,
    /// The address.
    pub address: AddressInput,
}

/// Why an address was not added.
#[derive(Debug, Error)]
pub enum AddAddressError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such customer, it was erased, or the caller has nothing to do with it.
    #[error("customer {0} is not there")]
    NotFound(CustomerId),
    /// The customer has [`MAXIMUM_ADDRESSES`] already.
    #[error("the customer has {MAXIMUM_ADDRESSES} addresses already")]
    TooMany,
    /// The agent does not answer for the address.
    #[error("agent {agent_id} does not answer for {division_code}")]
    OutsideTerritory {
        /// The agent whose staff acted.
        agent_id: AgentId,
        /// The address's division.
        division_code: DivisionCode,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Adds an address, or reports every field that is wrong.
pub fn add_address(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    ids: &dyn IdSource,
    now: Instant,
    command: &AddAddress,
) -> Result<Address, AddAddressError> {
    let customer = find_customer_in_scope(session, command.scope, command.customer_id)?
        .filter(|customer| !customer.is_erased())
        .ok_or(AddAddressError::NotFound(command.customer_id))?;
    let mut validation = Validation::default();
    let address = command.address.check(&mut validation, "", tree);
    let address = validation
        .finish_with(address)
        .map_err(AddAddressError::Invalid)?;
    let (territories, division_code) = (session.territory_map()?, address.division_code);
    if let Some(agent_id) = intruder(command.scope, &territories, tree, division_code, now) {
        return Err(AddAddressError::OutsideTerritory {
            agent_id,
            division_code,
        });
    }
    if session.list_addresses(&customer)?.len() >= MAXIMUM_ADDRESSES {
        return Err(AddAddressError::TooMany);
    }

    let address = address.into_address(AddressId::from_uuid(ids.next_uuid(now)), customer.id, now);
    session.insert_addresses(std::slice::from_ref(&address))?;
    Ok(address)
}
