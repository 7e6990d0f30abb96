//! Customers whom headquarters keeps for itself.

use super::Memory;
use kernel::{AgentId, ContractId, CustomerId, ReachedAgent, RepositoryError};
use orders::{ReservedCustomer, ReservedCustomerRepository};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
pub(super) type Rows = BTreeMap<(AgentId, ContractId, CustomerId), ReservedCustomer>;

fn key(reserved: &ReservedCustomer) -> (AgentId, ContractId, CustomerId) {
    (reserved.agent_id, reserved.contract_id, reserved.customer_id)
}

impl ReservedCustomerRepository for Memory {
    fn insert_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError> {
        match self.reserved_customers.insert(key(reserved), *reserved) {
            None => Ok(()),
            Some(_) => Err(RepositoryError::LostRace("a reserved customer")),
        }
    }

    fn delete_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError> {
        match self.reserved_customers.remove(&key(reserved)) {
            Some(_) => Ok(()),
            None => Err(RepositoryError::LostRace("a reserved customer")),
        }
    }

    fn find_reserved_customers(
        &mut self,
        customers: &BTreeSet<CustomerId>,
    ) -> Result<BTreeSet<(CustomerId, ContractId)>, RepositoryError> {
        let all = self.reserved_customers.values();
        let named = all.filter(|reserved| customers.contains(&reserved.customer_id));
        Ok(named
            .map(|reserved| (reserved.customer_id, reserved.contract_id))
            .collect())
    }

    fn list_reserved_customers(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<Vec<ReservedCustomer>, RepositoryError> {
        let all = self.reserved_customers.values();
        Ok(all
            .filter(|reserved| reserved.agent_id == agent.id())
            .copied()
            .collect())
    }
}
