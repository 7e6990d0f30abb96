//! The port of what agents know of customers.

use crate::{AgentCustomer, CustomerFilter};
use kernel::{
    AgentId, CustomerId, MobileNumber, Page, PageRequest, PersonName, ReachedAgent, RepositoryError,
};
use std::collections::BTreeSet;

/// Each agent's rows about its customers, and for each customer the agents that have one.
pub trait AgentCustomerRepository {
    /// Makes customers known to agents, and answers with the pairs whose first order this is: the agent's new
    /// customers. A pair that is known already keeps its row; a first order is written into it where there was none.
    /// Of several rows for one pair the first counts.
    fn insert_agent_customers(
        &mut self,
        rows: &[AgentCustomer],
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;

    /// Those of `pairs` whose agent knows the customer. The agent in each pair is the scope.
    fn find_known_customers(
        &mut self,
        pairs: &BTreeSet<(AgentId, CustomerId)>,
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;

    /// A page of an agent's customers, the newest customer first.
    fn list_agent_customers(
        &mut self,
        agent: ReachedAgent,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<AgentCustomer, CustomerId>, RepositoryError>;

    /// The agents that know the customer, in the order of their ids.
    fn list_agents_of_customer(&mut self, customer_id: CustomerId) -> Result<Vec<AgentId>, RepositoryError>;

    /// Writes a customer's name and phone into the row of every agent that knows it.
    fn rename_agent_customers(
        &mut self,
        customer_id: CustomerId,
        name: &PersonName,
        phone: Option<&MobileNumber>,
    ) -> Result<(), RepositoryError>;
}
