//! Requests for market support.

use super::Memory;
use agents::{
    SupportRepository, SupportRequest, SupportSpending, SupportState, SupportStateName, SupportTotals,
};
use attachments::AttachmentRepository;
use kernel::{
    AgentId, AttachmentId, ContractId, Page, PageRequest, ReachedAgent, RepositoryError, SupportRequestId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Without pictures, which are the attachments' to know.
    requests: BTreeMap<SupportRequestId, SupportRequest>,
}

impl Memory {
    /// How many of the agent's requests are not decided.
    pub(super) fn undecided_support_requests(&self, agent_id: AgentId) -> usize {
        let own = self
            .support
            .requests
            .values()
            .filter(|request| request.agent_id == agent_id);
        own.filter(|request| request.state.name() == SupportStateName::Requested)
            .count()
    }

    fn pictures(&mut self, agent_id: AgentId, record: Uuid) -> Result<Vec<AttachmentId>, RepositoryError> {
        let mut attached = self.list_attached_to_records(agent_id, &[record])?;
        Ok(attached.remove(&record).unwrap_or_default())
    }

    fn with_pictures(&mut self, mut request: SupportRequest) -> Result<SupportRequest, RepositoryError> {
        request.attachments = self.pictures(request.agent_id, request.id.as_uuid())?;
        for spending in &mut request.spendings {
            spending.attachments = self.pictures(request.agent_id, spending.id.as_uuid())?;
        }
        Ok(request)
    }
}

impl SupportRepository for Memory {
    fn list_support_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, SupportTotals>, RepositoryError> {
        let mut all: BTreeMap<ContractId, SupportTotals> = BTreeMap::new();
        let requests = self.support.requests.values();
        for request in requests.filter(|request| request.agent_id == agent.id()) {
            let totals = all.entry(request.contract_id).or_default();
            match &request.state {
                SupportState::Requested => {
                    totals.requested = totals.requested.plus(request.amount).unwrap();
                }
                SupportState::Approved { amount, .. } => {
                    totals.approved = totals.approved.plus(*amount).unwrap();
                    totals.spent = totals.spent.plus(request.spent().unwrap()).unwrap();
                }
                SupportState::Rejected { .. } | SupportState::Cancelled { .. } => {}
            }
        }
        Ok(all)
    }

    fn find_support_request(
        &mut self,
        agent: ReachedAgent,
        id: SupportRequestId,
    ) -> Result<Option<SupportRequest>, RepositoryError> {
        let request = self.support.requests.get(&id);
        let own = request.filter(|request| request.agent_id == agent.id()).cloned();
        own.map(|request| self.with_pictures(request)).transpose()
    }

    fn list_support_requests(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<SupportRequestId>,
    ) -> Result<Page<SupportRequest, SupportRequestId>, RepositoryError> {
        let requests = self.support.requests.values().rev();
        let found: Vec<_> = requests
            .filter(|request| request.agent_id == agent.id())
            .filter(|request| contract_id.is_none_or(|id| request.contract_id == id))
            .filter(|request| page.after.is_none_or(|after| request.id < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        let fetched = found
            .into_iter()
            .map(|request| self.with_pictures(request))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |request: &SupportRequest| request.id))
    }

    fn insert_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError> {
        self.support.requests.insert(request.id, request.clone());
        Ok(())
    }

    fn save_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError> {
        let stored = self.support.requests.get_mut(&request.id);
        let stored =
            stored.filter(|stored| (stored.agent_id, stored.version) == (request.agent_id, request.version));
        let stored = stored.ok_or(RepositoryError::LostRace("support_requests"))?;
        stored.state = request.state.clone();
        stored.version += 1;
        Ok(())
    }

    fn insert_support_spending(
        &mut self,
        agent_id: AgentId,
        request_id: SupportRequestId,
        spending: &SupportSpending,
    ) -> Result<(), RepositoryError> {
        let request = self.support.requests.get_mut(&request_id).unwrap();
        assert_eq!(request.agent_id, agent_id);
        request.spendings.push(spending.clone());
        Ok(())
    }
}
