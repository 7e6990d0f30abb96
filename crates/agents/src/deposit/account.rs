//! The deposit of one contract, locked: how an entry comes into its ledger.

use super::{DepositEntry, DepositEntryKind, DepositTotals, repository::DepositSession};
use crate::{Contract, Reason};
use events::{Event, Fact};
use kernel::{
    AccountId, AgentId, AttachmentId, ContractId, DepositEntryId, EventId, IdSource, Instant, Money,
    RepositoryError,
};

/// A contract and what its ledger sums to. Nobody else writes into it before this transaction ends.
pub(super) struct DepositAccount {
    pub(super) contract: Contract,
    pub(super) totals: DepositTotals,
}

/// What an entry says.
pub(super) struct EntryDraft {
    pub(super) kind: DepositEntryKind,
    pub(super) amount: Money,
    pub(super) note: Reason,
    pub(super) evidence: Vec<AttachmentId>,
    pub(super) actor: AccountId,
}

impl DepositAccount {
    /// Locks the deposit of an agent's contract; `None` where the agent has no such contract.
    pub(super) fn lock(
        session: &mut (impl DepositSession + ?Sized),
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<Option<Self>, RepositoryError> {
        let Some(contract) = session.lock_contract(agent_id, contract_id)? else {
            return Ok(None);
        };
        let totals = session.find_deposit_totals(agent_id, contract_id)?;
        Ok(Some(Self { contract, totals }))
    }

    /// What is there.
    pub(super) fn balance(&self) -> Result<Money, RepositoryError> {
        self.totals.balance().ok_or_else(does_not_fit)
    }

    /// Appends an entry that the balance allows, with its evidence and the event that tells of it.
    pub(super) fn enter(
        &self,
        session: &mut (impl DepositSession + ?Sized),
        ids: &dyn IdSource,
        now: Instant,
        draft: EntryDraft,
        fact: impl FnOnce(DepositEntryId) -> Fact,
    ) -> Result<DepositEntry, RepositoryError> {
        let totals = self.totals.plus(draft.kind, draft.amount);
        let totals = totals.ok_or_else(does_not_fit)?;
        let entry = DepositEntry {
            id: DepositEntryId::from_uuid(ids.next_uuid(now)),
            agent_id: self.contract.agent_id,
            contract_id: self.contract.id,
            number: totals.entries,
            kind: draft.kind,
            amount: draft.amount,
            balance_after: totals.balance().ok_or_else(does_not_fit)?,
            note: draft.note,
            evidence: draft.evidence,
            at: now,
            actor: draft.actor,
            appeal: None,
        };
        session.insert_deposit_entry(&entry)?;
        session.attach_to_record(draft.actor, entry.agent_id, entry.id.as_uuid(), &entry.evidence)?;
        tell(session, ids, now, &entry, 1, fact(entry.id))?;
        Ok(entry)
    }
}

/// Tells what happened to an entry: it comes first, its appeal second, the decision third.
pub(super) fn tell(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    entry: &DepositEntry,
    version: i64,
    fact: Fact,
) -> Result<(), RepositoryError> {
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: entry.agent_id,
        aggregate_id: entry.id.as_uuid(),
        aggregate_version: version,
        occurred_at: now,
        fact,
    }])
}

fn does_not_fit() -> RepositoryError {
    RepositoryError::Refused("a deposit does not fit".to_owned())
}
