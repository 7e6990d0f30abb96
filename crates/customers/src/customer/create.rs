//! Adds a customer.

use crate::{
    Address, AddressInput, AgentCustomerRepository, Customer, CustomerRepository, address::intruder,
};
use kernel::{
    AccountId, AddressId, AgentId, CustomerId, DivisionCode, FieldError, IdSource, Instant, Invalid,
    MobileNumber, PersonName, RepositoryError, Scope, Validation,
};
use regions::{DivisionTree, TerritoryRepository};
use thiserror::Error;

/// A customer as a person describes it, unchecked.
#[derive(Clone, PartialEq)]
pub struct CreateCustomer {
    /// Who adds it. An agent's staff has to give an address, inside the agent's own territory.
    pub scope: Scope,
    /// The account that will order for it, `None` where a person of the staff adds it.
    pub account_id: Option<AccountId>,
    /// What it is called.
    pub name: String,
    /// Where it is reached.
    pub phone: Option<String>,
    /// A first address.
    pub address: Option<AddressInput>,
}

/// What was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedCustomer {
    /// The customer.
    pub customer: Customer,
    /// Its first address, where one was given.
    pub address: Option<Address>,
}

/// Why a customer was not added.
#[derive(Debug, Error)]
pub enum CreateCustomerError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// Only headquarters and agents add customers.
    #[error("customers and couriers add no customers")]
    NotAllowed,
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

/// Adds a customer with its first address, and makes it known to the agent whose staff added it; or reports every field
/// that is wrong.
pub fn create_customer(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    ids: &dyn IdSource,
    now: Instant,
    command: &CreateCustomer,
) -> Result<CreatedCustomer, CreateCustomerError> {
    let agent_id = match command.scope {
        Scope::All => None,
        Scope::Agent(agent_id) => Some(agent_id),
        Scope::Courier { .. } | Scope::Customer(_) => return Err(CreateCustomerError::NotAllowed),
    };
    let mut validation = Validation::default();
    let name = validation.take("name", PersonName::parse(&command.name));
    let phone = validation.take_optional("phone", command.phone.as_deref().map(MobileNumber::parse));
    let address = match &command.address {
        Some(input) => input.check(&mut validation, "address.", tree).map(Some),
        None if agent_id.is_some() => {
            validation.refuse("address", Invalid::required());
            None
        }
        None => Some(None),
    };
    let (name, phone, address) = validation
        .finish_with((|| Some((name?, phone?, address?)))())
        .map_err(CreateCustomerError::Invalid)?;
    if let Some(address) = &address {
        let territories = session.territory_map()?;
        let division_code = address.division_code;
        if let Some(agent_id) = intruder(command.scope, &territories, tree, division_code, now) {
            return Err(CreateCustomerError::OutsideTerritory {
                agent_id,
                division_code,
            });
        }
    }

    let customer = Customer {
        id: CustomerId::from_uuid(ids.next_uuid(now)),
        account_id: command.account_id,
        name,
        phone,
        created_at: now,
        erased_at: None,
        version: 1,
    };
    let address = address
        .map(|address| address.into_address(AddressId::from_uuid(ids.next_uuid(now)), customer.id, now));
    session.insert_customers(std::slice::from_ref(&customer))?;
    session.insert_addresses(address.as_slice())?;
    if let Some(agent_id) = agent_id {
        session.insert_agent_customers(&[customer.known_to(agent_id, None)])?;
    }
    Ok(CreatedCustomer { customer, address })
}
