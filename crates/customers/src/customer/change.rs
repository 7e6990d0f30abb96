//! Changes a customer's name or phone.

use crate::{AgentCustomerRepository, Customer, CustomerRepository, find_customer_in_scope};
use events::{Event, Fact, OutboxRepository};
use kernel::{
    AgentId, CustomerId, EventId, FieldError, IdSource, Instant, MobileNumber, PersonName, RepositoryError,
    Scope, Validation,
};
use thiserror::Error;

/// What to change, unchecked; `None` leaves a field as it is.
#[derive(Clone, PartialEq)]
pub struct ChangeCustomer {
    /// Who changes it.
    pub scope: Scope,
    /// The customer.
    pub customer_id: CustomerId,
    /// The version that the person saw; `None` to change whatever is there.
    pub version: Option<i64>,
    /// The new name.
    pub name: Option<String>,
    /// The new phone.
    pub phone: Option<String>,
}

/// Why a customer was not changed.
#[derive(Debug, Error)]
pub enum ChangeCustomerError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such customer, it was erased, or the caller has nothing to do with it.
    #[error("customer {0} is not there")]
    NotFound(CustomerId),
    /// Somebody else changed it since the person saw it.
    #[error("the customer is at version {current} already")]
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Changes a customer and answers with it as it is then, or reports every field that is wrong. What agents know of the
/// customer follows, through [`crate::refresh_agent_customers`].
pub fn change_customer(
    session: &mut (impl CustomerRepository + AgentCustomerRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ChangeCustomer,
) -> Result<Customer, ChangeCustomerError> {
    let mut customer = find_customer_in_scope(session, command.scope, command.customer_id)?
        .filter(|customer| !customer.is_erased())
        .ok_or(ChangeCustomerError::NotFound(command.customer_id))?;
    if command.version.is_some_and(|version| version != customer.version) {
        return Err(ChangeCustomerError::Stale {
            current: customer.version,
        });
    }
    let mut validation = Validation::default();
    let name = validation.take_optional("name", command.name.as_deref().map(PersonName::parse));
    let phone = validation.take_optional("phone", command.phone.as_deref().map(MobileNumber::parse));
    let (name, phone) = validation
        .finish_with((|| Some((name?, phone?)))())
        .map_err(ChangeCustomerError::Invalid)?;

    customer.name = name.unwrap_or(customer.name);
    customer.phone = phone.or(customer.phone);
    session.save_customer(&customer)?;
    customer.version += 1;
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: customer.id.as_uuid(),
        aggregate_version: customer.version,
        occurred_at: now,
        fact: Fact::CustomerChanged {
            customer_id: customer.id,
        },
    }])?;
    Ok(customer)
}
