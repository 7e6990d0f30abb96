//! The port of customers and their addresses.

use crate::{Address, Customer, CustomerFilter};
use kernel::{AccountId, AddressId, CustomerId, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// Customers and their addresses. Rows of no tenant: a use case decides who may see one, by
/// [`crate::find_customer_in_scope`].
pub trait CustomerRepository {
    /// Adds customers.
    fn insert_customers(&mut self, customers: &[Customer]) -> Result<(), RepositoryError>;

    /// The customers of those ids; one that is not there is absent from the map.
    fn find_customers(
        &mut self,
        ids: &BTreeSet<CustomerId>,
    ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError>;

    /// The customer that the account orders for, `None` where the account is nobody's.
    fn find_customer_by_account(
        &mut self,
        account_id: AccountId,
    ) -> Result<Option<Customer>, RepositoryError>;

    /// A page of all customers, the newest first. For headquarters only.
    fn list_customers(
        &mut self,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<Customer, CustomerId>, RepositoryError>;

    /// Saves a loaded customer under its next version. [`RepositoryError::LostRace`] where the stored version is not
    /// the loaded one.
    fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError>;

    /// Adds addresses of customers that are there.
    fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError>;

    /// The addresses of those ids; one that is not there is absent from the map.
    fn find_addresses(
        &mut self,
        ids: &BTreeSet<AddressId>,
    ) -> Result<BTreeMap<AddressId, Address>, RepositoryError>;

    /// A customer's addresses, oldest first; at most [`crate::MAXIMUM_ADDRESSES`], so there are no pages.
    fn list_addresses(&mut self, customer_id: CustomerId) -> Result<Vec<Address>, RepositoryError>;
}
