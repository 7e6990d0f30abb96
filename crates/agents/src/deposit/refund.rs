//! Giving a deposit back.

use super::{
    DepositEntry, DepositEntryKind, DepositTotals,
    account::{DepositAccount, EntryDraft},
    parse_amount,
    repository::DepositSession,
};
use crate::{Reason, life::contracts::end_of_contract};
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, FieldError, IdSource, Instant, Money, RepositoryError, Validation,
};
use thiserror::Error;

/// Headquarters gives back.
#[derive(Clone, Debug)]
pub struct RefundDeposit {
    /// The agent.
    pub agent_id: AgentId,
    /// Which of its contracts.
    pub contract_id: ContractId,
    /// Who gives.
    pub actor: AccountId,
    /// How much.
    pub amount_fen: i64,
    /// What finds the transfer again, or why.
    pub reference: String,
}

/// What is not settled between headquarters and an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unsettled {
    /// The contract has not ended.
    ContractRuns,
    /// An appeal against a deduction is not decided.
    AppealOpen,
}

impl Unsettled {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ContractRuns => "contract_runs",
            Self::AppealOpen => "appeal_open",
        }
    }
}

/// What is known when somebody asks whether a contract is settled. Whatever else has to be settled before a deposit goes
/// back becomes one more field, and one more line of [`find_unsettled`].
#[derive(Clone, Copy, Debug)]
pub struct ClearanceFacts<'a> {
    /// When the contract ends, by its terms or by a notice.
    pub ended_at: Instant,
    /// What its deposit's ledger sums to.
    pub deposit: &'a DepositTotals,
    /// The moment it is asked at.
    pub now: Instant,
}

/// What has to be settled first; the contract is cleared where that is nothing.
pub fn find_unsettled(facts: &ClearanceFacts<'_>) -> Vec<Unsettled> {
    let runs = facts.ended_at > facts.now;
    let appeals = facts.deposit.open_appeals > 0;
    [(runs, Unsettled::ContractRuns), (appeals, Unsettled::AppealOpen)]
        .into_iter()
        .filter_map(|(unsettled, what)| unsettled.then_some(what))
        .collect()
}

/// Why nothing is given back.
#[derive(Debug, Error)]
pub enum RefundDepositError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Not everything is settled.
    #[error("{} things are not settled", unsettled.len())]
    NotCleared {
        /// What is not.
        unsettled: Vec<Unsettled>,
    },
    /// Less is there.
    #[error("only {} fen are there", .balance.fen())]
    BalanceTooSmall {
        /// What is there.
        balance: Money,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives back of a deposit what is there, once everything is settled.
pub fn refund_deposit(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &RefundDeposit,
) -> Result<DepositEntry, RefundDepositError> {
    let account = DepositAccount::lock(session, command.agent_id, command.contract_id)?
        .ok_or(RefundDepositError::NotFound)?;
    let mut validation = Validation::default();
    let amount = validation.take("amount_fen", parse_amount(command.amount_fen));
    let reference = validation.take("reference", Reason::parse(&command.reference));
    let (amount, note) = validation
        .finish_with(amount.zip(reference))
        .map_err(RefundDepositError::Invalid)?;

    let terminations = session.list_terminations(&[command.agent_id])?;
    let unsettled = find_unsettled(&ClearanceFacts {
        ended_at: end_of_contract(&account.contract, &terminations),
        deposit: &account.totals,
        now,
    });
    if !unsettled.is_empty() {
        return Err(RefundDepositError::NotCleared { unsettled });
    }
    let balance = account.balance()?;
    if amount > balance {
        return Err(RefundDepositError::BalanceTooSmall { balance });
    }
    let draft = EntryDraft {
        kind: DepositEntryKind::Refunded,
        amount,
        note,
        evidence: Vec::new(),
        actor: command.actor,
    };
    let (agent_id, contract_id) = (command.agent_id, command.contract_id);
    let fact = |entry_id| Fact::DepositRefunded {
        agent_id,
        contract_id,
        entry_id,
    };
    Ok(account.enter(session, ids, now, draft, fact)?)
}
