//! Reserved customers: those whom headquarters keeps for itself inside an agent's territory, as a contract names them.

pub(crate) mod release;
pub(crate) mod reserve;

use kernel::{AgentId, ContractId, CustomerId, Instant, ReachedAgent, RepositoryError};
use std::collections::BTreeSet;

/// The most customers that may be reserved under one contract.
pub const MAXIMUM_RESERVED_CUSTOMERS: usize = 200;

/// A customer whose orders, where a territory of that contract would answer for them, are headquarters' own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservedCustomer {
    /// Whose contract.
    pub agent_id: AgentId,
    /// Which contract.
    pub contract_id: ContractId,
    /// Who is reserved.
    pub customer_id: CustomerId,
    /// When that was agreed.
    pub reserved_at: Instant,
}

/// Reserved customers. There are few, and every set of orders asks for those among its customers.
pub trait ReservedCustomerRepository {
    /// Adds one. [`RepositoryError::LostRace`] where it is there.
    fn insert_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError>;

    /// Removes one. [`RepositoryError::LostRace`] where it is not there.
    fn delete_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError>;

    /// Those among these customers who are reserved, with the contracts that say so. For routing.
    fn find_reserved_customers(
        &mut self,
        customers: &BTreeSet<CustomerId>,
    ) -> Result<BTreeSet<(CustomerId, ContractId)>, RepositoryError>;

    /// All that are reserved inside the agent's territories, by contract and customer.
    fn list_reserved_customers(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<Vec<ReservedCustomer>, RepositoryError>;
}
