//! Who a person is: an account, the customer records that are its own, or a customer without an account.

use crate::{ErasureRepository, Subject};
use agents::{
    ConsequenceRepository, DepositRepository, InspectionRepository, MarketReportRepository, ReviewSession,
    SupportRepository,
};
use attachments::AttachmentRepository;
use customers::{AgentCustomerRepository, CustomerRepository};
use events::{InboxRepository, OutboxRepository};
use identity::{AccountRepository, AuditRepository, ConsentRepository, MembershipRepository};
use kernel::{AccountId, CustomerId, RepositoryError};
use orders::{CourierRepository, OrderRepository};
use std::collections::BTreeSet;

/// The ports behind which a person is spread.
pub trait PersonSession:
    AccountRepository
    + AgentCustomerRepository
    + AttachmentRepository
    + AuditRepository
    + ConsentRepository
    + ConsequenceRepository
    + CourierRepository
    + CustomerRepository
    + DepositRepository
    + ErasureRepository
    + InboxRepository
    + InspectionRepository
    + MarketReportRepository
    + OrderRepository
    + OutboxRepository
    + ReviewSession
    + SupportRepository
{
}

impl<S> PersonSession for S where
    S: AccountRepository
        + AgentCustomerRepository
        + AttachmentRepository
        + AuditRepository
        + ConsentRepository
        + ConsequenceRepository
        + CourierRepository
        + CustomerRepository
        + DepositRepository
        + ErasureRepository
        + InboxRepository
        + InspectionRepository
        + MarketReportRepository
        + OrderRepository
        + OutboxRepository
        + ReviewSession
        + SupportRepository
        + ?Sized
{
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account, where there is one.
    pub account_id: Option<AccountId>,
    /// The customer records.
    pub customer_ids: BTreeSet<CustomerId>,
}

impl Person {
    /// The person behind an account.
    pub fn of_account(
        session: &mut (impl CustomerRepository + MembershipRepository + ?Sized),
        account_id: AccountId,
    ) -> Result<Self, RepositoryError> {
        let memberships = session.list_memberships(account_id)?;
        let mut customer_ids: BTreeSet<_> = memberships
            .iter()
            .filter_map(|membership| membership.position.customer_id())
            .collect();
        customer_ids.extend(
            session
                .find_customer_by_account(account_id)?
                .map(|customer| customer.id),
        );
        Ok(Self {
            account_id: Some(account_id),
            customer_ids,
        })
    }

    /// The person behind a customer's record, with the account if they have one; `None` where there is no such customer.
    pub fn of_customer(
        session: &mut (impl CustomerRepository + MembershipRepository + ?Sized),
        id: CustomerId,
    ) -> Result<Option<Self>, RepositoryError> {
        let Some(customer) = session.find_customers(&BTreeSet::from([id]))?.remove(&id) else {
            return Ok(None);
        };
        let mut person = match customer.account_id {
            Some(account_id) => Self::of_account(session, account_id)?,
            None => Self {
                account_id: None,
                customer_ids: BTreeSet::new(),
            },
        };
        person.customer_ids.insert(id);
        Ok(Some(person))
    }

    /// What is erased of them: the customer records first, so that the account is the last to go.
    pub fn subjects(&self) -> Vec<Subject> {
        let customers = self.customer_ids.iter().copied().map(Subject::Customer);
        customers.chain(self.account_id.map(Subject::Account)).collect()
    }
}
