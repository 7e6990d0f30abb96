//! The port of deposits.

use super::{Appeal, AppealDecision, DepositEntry, DepositTotals};
use crate::{AgentLifeRepository, AgentRepository};
use attachments::AttachmentRepository;
use events::OutboxRepository;
use kernel::{AgentId, ContractId, DepositEntryId, Page, PageRequest, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;

/// The ledgers of deposits. Whoever writes into one has locked its contract.
pub trait DepositRepository {
    /// What the ledger of a contract sums to; all zero where it has no entry. For commands, whose contract was found
    /// under its agent.
    fn find_deposit_totals(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<DepositTotals, RepositoryError>;

    /// The same of every contract of an agent; one without entries is absent.
    fn list_deposit_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, DepositTotals>, RepositoryError>;

    /// An agent's entry, `None` where it is not there or another agent's.
    fn find_deposit_entry(
        &mut self,
        agent: ReachedAgent,
        id: DepositEntryId,
    ) -> Result<Option<DepositEntry>, RepositoryError>;

    /// An agent's entries, newest first, of one contract where it is named.
    fn list_deposit_entries(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<DepositEntryId>,
    ) -> Result<Page<DepositEntry, DepositEntryId>, RepositoryError>;

    /// Appends to a ledger, without evidence and appeal. [`RepositoryError::LostRace`] where the number is another
    /// entry's.
    fn insert_deposit_entry(&mut self, entry: &DepositEntry) -> Result<(), RepositoryError>;

    /// Notes an appeal that is not decided. [`RepositoryError::LostRace`] where there is one.
    fn insert_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        appeal: &Appeal,
    ) -> Result<(), RepositoryError>;

    /// Notes what was made of an appeal. [`RepositoryError::LostRace`] where none is open.
    fn decide_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        decision: &AppealDecision,
    ) -> Result<(), RepositoryError>;
}

/// What everything about deposits works with.
pub trait DepositSession:
    AgentLifeRepository + AgentRepository + AttachmentRepository + DepositRepository + OutboxRepository
{
}

impl<S> DepositSession for S where
    S: AgentLifeRepository
        + AgentRepository
        + AttachmentRepository
        + DepositRepository
        + OutboxRepository
        + ?Sized
{
}
