//! Headquarters reserves a customer.

use super::{MAXIMUM_RESERVED_CUSTOMERS, ReservedCustomer, ReservedCustomerRepository};
use agents::{AgentAction, AgentLifeSession, Deed, Reason, find_agent_of_contract, record_deed};
use customers::CustomerRepository;
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, CustomerId, FieldError, IdSource, Instant, Invalid, RepositoryError,
    Scope, Validation,
};
use thiserror::Error;

/// Headquarters keeps a customer for itself, or keeps it no longer.
#[derive(Clone, Debug)]
pub struct ReserveCustomer {
    /// Inside whose territories.
    pub agent_id: AgentId,
    /// Those of which contract.
    pub contract_id: ContractId,
    /// Which customer.
    pub customer_id: CustomerId,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// Why nothing has changed.
#[derive(Debug, Error)]
pub enum ReserveCustomerError {
    /// There is no such agent; headquarters is none.
    #[error("there is no such agent")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The customer is reserved under the contract.
    #[error("the customer is reserved already")]
    AlreadyReserved,
    /// The customer is not reserved under the contract.
    #[error("the customer is not reserved")]
    NotReserved,
    /// There are so many already.
    #[error("a contract has at most {MAXIMUM_RESERVED_CUSTOMERS} reserved customers")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Reserves the customer: new orders are headquarters' from now on; those that were placed stay where they are.
pub fn reserve_customer(
    session: &mut (impl AgentLifeSession + CustomerRepository + ReservedCustomerRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ReserveCustomer,
) -> Result<ReservedCustomer, ReserveCustomerError> {
    let (agent, reason) = command.check(session)?;
    let own = Scope::All.agent(agent.id).ok_or(ReserveCustomerError::NotFound)?;
    let mut others = session.list_reserved_customers(own)?;
    others.retain(|reserved| reserved.contract_id == command.contract_id);
    if others
        .iter()
        .any(|reserved| reserved.customer_id == command.customer_id)
    {
        return Err(ReserveCustomerError::AlreadyReserved);
    }
    if others.len() >= MAXIMUM_RESERVED_CUSTOMERS {
        return Err(ReserveCustomerError::TooMany);
    }
    let reserved = ReservedCustomer {
        agent_id: agent.id,
        contract_id: command.contract_id,
        customer_id: command.customer_id,
        reserved_at: now,
    };
    session.insert_reserved_customer(&reserved)?;
    let deed = Deed {
        contract_id: Some(command.contract_id),
        ..Deed::new(command.actor, AgentAction::CustomerReserved, reason, now)
    };
    let fact = Fact::CustomerReserved {
        agent_id: agent.id,
        customer_id: command.customer_id,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    Ok(reserved)
}

impl ReserveCustomer {
    /// The agent, and why; the contract is the agent's, and the customer is one.
    pub(super) fn check(
        &self,
        session: &mut (impl AgentLifeSession + CustomerRepository + ?Sized),
    ) -> Result<(agents::Agent, Reason), ReserveCustomerError> {
        let (agent, contract) = find_agent_of_contract(session, self.agent_id, self.contract_id)?
            .ok_or(ReserveCustomerError::NotFound)?;
        let customers = session.find_customers(&[self.customer_id].into())?;
        let is_there = customers
            .get(&self.customer_id)
            .is_some_and(|one| !one.is_erased());
        let mut validation = Validation::default();
        let unknown = |zh, en| Invalid::new("unknown_reference", zh, en);
        let contract = contract.ok_or(unknown("不是此代理商的合同", "is no contract of that agent"));
        let contract = validation.take("contract_id", contract);
        let customer = is_there
            .then_some(())
            .ok_or(unknown("没有此客户", "is no customer"));
        let customer = validation.take("customer_id", customer);
        let reason = validation.take("reason", Reason::parse(&self.reason));
        let reason = validation
            .finish_with((|| {
                contract?;
                customer?;
                reason
            })())
            .map_err(ReserveCustomerError::Invalid)?;
        Ok((agent, reason))
    }
}
