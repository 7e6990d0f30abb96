//! Ledgers of deposits.

use super::Memory;
use agents::{Appeal, AppealDecision, DepositEntry, DepositRepository, DepositTotals};
use attachments::AttachmentRepository;
use kernel::{AgentId, ContractId, DepositEntryId, Page, PageRequest, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Without evidence, which is the pictures' to know.
    entries: BTreeMap<DepositEntryId, DepositEntry>,
}

impl Memory {
    fn with_evidence(&mut self, entry: &DepositEntry) -> Result<DepositEntry, RepositoryError> {
        let record = entry.id.as_uuid();
        let mut attached = self.list_attached_to_records(entry.agent_id, &[record])?;
        Ok(DepositEntry {
            evidence: attached.remove(&record).unwrap_or_default(),
            ..entry.clone()
        })
    }

    fn appealed(&mut self, agent_id: AgentId, id: DepositEntryId) -> Option<&mut DepositEntry> {
        let entry = self.deposits.entries.get_mut(&id);
        entry.filter(|entry| entry.agent_id == agent_id)
    }
}

impl DepositRepository for Memory {
    fn find_deposit_totals(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<DepositTotals, RepositoryError> {
        let mut totals = DepositTotals::default();
        for entry in self.deposits.entries.values() {
            if (entry.agent_id, entry.contract_id) == (agent_id, contract_id) {
                totals = totals.plus(entry.kind, entry.amount).unwrap();
                let open = entry
                    .appeal
                    .as_ref()
                    .is_some_and(|appeal| appeal.decision.is_none());
                totals.open_appeals += i64::from(open);
            }
        }
        Ok(totals)
    }

    fn list_deposit_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, DepositTotals>, RepositoryError> {
        let entries = self.deposits.entries.values();
        let contracts: Vec<_> = entries
            .filter(|entry| entry.agent_id == agent.id())
            .map(|entry| entry.contract_id)
            .collect();
        contracts
            .into_iter()
            .map(|id| Ok((id, self.find_deposit_totals(agent.id(), id)?)))
            .collect()
    }

    fn find_deposit_entry(
        &mut self,
        agent: ReachedAgent,
        id: DepositEntryId,
    ) -> Result<Option<DepositEntry>, RepositoryError> {
        let entry = self.appealed(agent.id(), id).cloned();
        entry.map(|entry| self.with_evidence(&entry)).transpose()
    }

    fn list_deposit_entries(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<DepositEntryId>,
    ) -> Result<Page<DepositEntry, DepositEntryId>, RepositoryError> {
        let entries = self.deposits.entries.values().rev();
        let found: Vec<_> = entries
            .filter(|entry| entry.agent_id == agent.id())
            .filter(|entry| contract_id.is_none_or(|id| entry.contract_id == id))
            .filter(|entry| page.after.is_none_or(|after| entry.id < after))
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        let fetched = found
            .iter()
            .map(|entry| self.with_evidence(entry))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |entry: &DepositEntry| entry.id))
    }

    fn insert_deposit_entry(&mut self, entry: &DepositEntry) -> Result<(), RepositoryError> {
        let place = |entry: &DepositEntry| (entry.agent_id, entry.contract_id, entry.number);
        let mut entries = self.deposits.entries.values();
        if entries.any(|held| held.id == entry.id || place(held) == place(entry)) {
            return Err(RepositoryError::LostRace("deposit_entries"));
        }
        let bare = DepositEntry {
            evidence: Vec::new(),
            appeal: None,
            ..entry.clone()
        };
        self.deposits.entries.insert(entry.id, bare);
        Ok(())
    }

    fn insert_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        appeal: &Appeal,
    ) -> Result<(), RepositoryError> {
        let entry = self.appealed(agent_id, id);
        let free = entry.filter(|entry| entry.appeal.is_none());
        let free = free.ok_or(RepositoryError::LostRace("deposit_appeals"))?;
        free.appeal = Some(appeal.clone());
        Ok(())
    }

    fn decide_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        decision: &AppealDecision,
    ) -> Result<(), RepositoryError> {
        let appeal = self
            .appealed(agent_id, id)
            .and_then(|entry| entry.appeal.as_mut());
        let open = appeal.filter(|appeal| appeal.decision.is_none());
        let open = open.ok_or(RepositoryError::LostRace("deposit_appeals"))?;
        open.decision = Some(decision.clone());
        Ok(())
    }
}
