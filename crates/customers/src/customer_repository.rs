//! The port of customers and their addresses.

use crate::{Address, Customer, CustomerFilter};
use kernel::{AccountId, AddressId, CustomerId, Page, PageRequest, RepositoryError, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Customers and their addresses. Rows of no tenant: who may see one is decided by [`crate::find_customer_in_scope`].
pub trait CustomerRepository {
    /// Adds customers.
    fn insert_customers(&mut self, customers: &[Customer]) -> Result<(), RepositoryError>;

    /// The customers of those ids; one that is not there is absent from the map. For commands over sets, which hold each
    /// against the scope of whoever sent it; whoever shows one asks [`crate::find_customer_in_scope`].
    fn find_customers(
        &mut self,
        ids: &BTreeSet<CustomerId>,
    ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError>;

    /// The customer that the account orders for, `None` where the account is nobody's. The account is the scope.
    fn find_customer_by_account(
        &mut self,
        account_id: AccountId,
    ) -> Result<Option<Customer>, RepositoryError>;

    /// A page of the customers inside the scope, the newest first: all for headquarters, itself for a customer. An
    /// agent's office has none here; it has rows of its own, [`crate::AgentCustomerRepository::list_agent_customers`].
    fn list_customers(
        &mut self,
        scope: Scope,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<Customer, CustomerId>, RepositoryError>;

    /// Saves a loaded customer under its next version. [`RepositoryError::LostRace`] where the stored version is not
    /// the loaded one.
    fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError>;

    /// Adds addresses of customers that are there.
    fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError>;

    /// The addresses of those ids; one that is not there is absent from the map. For commands over sets, which hold each
    /// against its customer.
    fn find_addresses(
        &mut self,
        ids: &BTreeSet<AddressId>,
    ) -> Result<BTreeMap<AddressId, Address>, RepositoryError>;

    /// The addresses of a customer that the caller has found in its scope, oldest first; at most [`crate::MAXIMUM_ADDRESSES`], so there are no pages.
    fn list_addresses(&mut self, customer: &Customer) -> Result<Vec<Address>, RepositoryError>;
}
