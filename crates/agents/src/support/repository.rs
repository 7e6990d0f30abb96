//! The port of market support.

use super::{SupportRequest, SupportSpending, SupportTotals};
use crate::AgentRepository;
use attachments::AttachmentRepository;
use events::OutboxRepository;
use kernel::{AgentId, ContractId, Page, PageRequest, ReachedAgent, RepositoryError, SupportRequestId};
use std::collections::BTreeMap;

/// Requests for market support. Whoever changes one has locked its contract.
pub trait SupportRepository {
    /// What the requests of each contract of an agent sum to; a contract without any is absent.
    fn list_support_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, SupportTotals>, RepositoryError>;

    /// An agent's request, `None` where it is not there or another agent's.
    fn find_support_request(
        &mut self,
        agent: ReachedAgent,
        id: SupportRequestId,
    ) -> Result<Option<SupportRequest>, RepositoryError>;

    /// An agent's requests, newest first, of one contract where it is named.
    fn list_support_requests(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<SupportRequestId>,
    ) -> Result<Page<SupportRequest, SupportRequestId>, RepositoryError>;

    /// Adds a request, without its pictures and with nothing spent.
    fn insert_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError>;

    /// Saves the state of a request under its next version. [`RepositoryError::LostRace`] where it was changed since.
    fn save_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError>;

    /// Adds a spending to a request, without its pictures.
    fn insert_support_spending(
        &mut self,
        agent_id: AgentId,
        request_id: SupportRequestId,
        spending: &SupportSpending,
    ) -> Result<(), RepositoryError>;
}

/// What everything about market support works with.
pub trait SupportSession:
    AgentRepository + AttachmentRepository + OutboxRepository + SupportRepository
{
}

impl<S> SupportSession for S where
    S: AgentRepository + AttachmentRepository + OutboxRepository + SupportRepository + ?Sized
{
}
