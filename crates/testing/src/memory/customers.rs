//! Customers, their addresses, and what agents know of them.

use super::Memory;
use customers::{
    Address, AgentCustomer, AgentCustomerRepository, Customer, CustomerFilter, CustomerRepository,
};
use kernel::{
    AccountId, AddressId, AgentId, CustomerId, MobileNumber, Page, PageRequest, PersonName, ReachedAgent,
    RepositoryError, Scope,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) customers: BTreeMap<CustomerId, Customer>,
    pub(super) addresses: BTreeMap<AddressId, Address>,
    agent_customers: BTreeMap<(AgentId, CustomerId), AgentCustomer>,
}

impl CustomerRepository for Memory {
    fn insert_customers(&mut self, customers: &[Customer]) -> Result<(), RepositoryError> {
        let rows = customers.iter().map(|customer| (customer.id, customer.clone()));
        self.customers.customers.extend(rows);
        Ok(())
    }

    fn find_customers(
        &mut self,
        ids: &BTreeSet<CustomerId>,
    ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.customers.customers.get(id));
        Ok(found.map(|customer| (customer.id, customer.clone())).collect())
    }

    fn find_customer_by_account(
        &mut self,
        account_id: AccountId,
    ) -> Result<Option<Customer>, RepositoryError> {
        let mut customers = self.customers.customers.values();
        Ok(customers
            .find(|customer| customer.account_id == Some(account_id))
            .cloned())
    }

    fn list_customers(
        &mut self,
        scope: Scope,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<Customer, CustomerId>, RepositoryError> {
        let fetched = self
            .customers
            .customers
            .values()
            .rev()
            .filter(|customer| match scope {
                Scope::All => true,
                Scope::Customer(own) => customer.id == own,
                Scope::Agent(_) | Scope::Courier { .. } => false,
            })
            .filter(|customer| page.after.is_none_or(|after| customer.id < after))
            .filter(|customer| filter.matches(&customer.name, customer.phone.as_ref()))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |customer: &Customer| customer.id))
    }

    fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError> {
        match self.customers.customers.get_mut(&customer.id) {
            Some(stored) if stored.version == customer.version => {
                *stored = Customer {
                    version: customer.version + 1,
                    ..customer.clone()
                };
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("customers")),
        }
    }

    fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError> {
        let rows = addresses.iter().map(|address| (address.id, address.clone()));
        self.customers.addresses.extend(rows);
        Ok(())
    }

    fn find_addresses(
        &mut self,
        ids: &BTreeSet<AddressId>,
    ) -> Result<BTreeMap<AddressId, Address>, RepositoryError> {
        let found = ids.iter().filter_map(|id| self.customers.addresses.get(id));
        Ok(found.map(|address| (address.id, address.clone())).collect())
    }

    fn list_addresses(&mut self, customer: &Customer) -> Result<Vec<Address>, RepositoryError> {
        let addresses = self.customers.addresses.values();
        Ok(addresses
            .filter(|address| address.customer_id == customer.id)
            .cloned()
            .collect())
    }
}

impl AgentCustomerRepository for Memory {
    fn insert_agent_customers(
        &mut self,
        rows: &[AgentCustomer],
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError> {
        let mut new = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for row in rows {
            let pair = (row.agent_id, row.customer_id);
            if !seen.insert(pair) {
                continue;
            }
            let known = self.customers.agent_customers.entry(pair);
            let known = known.or_insert_with(|| AgentCustomer {
                first_order: None,
                ..row.clone()
            });
            if known.first_order.is_none() && row.first_order.is_some() {
                known.first_order = row.first_order;
                new.insert(pair);
            }
        }
        Ok(new)
    }

    fn find_known_customers(
        &mut self,
        pairs: &BTreeSet<(AgentId, CustomerId)>,
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError> {
        let known = pairs
            .iter()
            .filter(|pair| self.customers.agent_customers.contains_key(pair));
        Ok(known.copied().collect())
    }

    fn list_agent_customers(
        &mut self,
        agent: ReachedAgent,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<AgentCustomer, CustomerId>, RepositoryError> {
        let fetched = self
            .customers
            .agent_customers
            .values()
            .rev()
            .filter(|row| row.agent_id == agent.id())
            .filter(|row| page.after.is_none_or(|after| row.customer_id < after))
            .filter(|row| filter.matches(&row.name, row.phone.as_ref()))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |row: &AgentCustomer| row.customer_id))
    }

    fn list_agents_of_customer(&mut self, customer_id: CustomerId) -> Result<Vec<AgentId>, RepositoryError> {
        let pairs = self.customers.agent_customers.keys();
        Ok(pairs
            .filter(|(_, known)| *known == customer_id)
            .map(|(agent_id, _)| *agent_id)
            .collect())
    }

    fn rename_agent_customers(
        &mut self,
        customer_id: CustomerId,
        name: &PersonName,
        phone: Option<&MobileNumber>,
    ) -> Result<(), RepositoryError> {
        for row in self.customers.agent_customers.values_mut() {
            if row.customer_id == customer_id {
                row.name = name.clone();
                row.phone = phone.cloned();
            }
        }
        Ok(())
    }
}
