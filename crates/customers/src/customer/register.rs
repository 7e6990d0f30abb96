//! The record of somebody who registered to order for itself.

use crate::{Customer, CustomerRepository};
use kernel::{AccountId, CustomerId, IdSource, Instant, PersonName, RepositoryError};

/// Adds the customer that a newly opened account is. No agent knows of it before its first order.
pub fn register_customer(
    session: &mut (impl CustomerRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    account_id: AccountId,
    name: PersonName,
) -> Result<Customer, RepositoryError> {
    let customer = Customer {
        id: CustomerId::from_uuid(ids.next_uuid(now)),
        account_id: Some(account_id),
        name,
        phone: None,
        created_at: now,
        erased_at: None,
        version: 1,
    };
    session.insert_customers(std::slice::from_ref(&customer))?;
    Ok(customer)
}
