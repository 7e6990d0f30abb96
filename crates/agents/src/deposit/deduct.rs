//! Taking from a deposit.

use super::{
    DepositEntry, DepositEntryKind, MAXIMUM_EVIDENCE,
    account::{DepositAccount, EntryDraft},
    parse_amount,
    repository::DepositSession,
};
use crate::{
    Reason,
    application::attach::{parse_attachments, refuse_unattachable},
};
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, FieldError, IdSource, Instant, Invalid, Money, RepositoryError,
    Validation,
};
use thiserror::Error;

/// Headquarters takes from a deposit.
#[derive(Clone, Debug)]
pub struct DeductDeposit {
    /// The agent.
    pub agent_id: AgentId,
    /// Which of its contracts.
    pub contract_id: ContractId,
    /// Who takes.
    pub actor: AccountId,
    /// How much.
    pub amount_fen: i64,
    /// Why.
    pub reason: String,
    /// The actor's own pictures that prove it, 1 to [`MAXIMUM_EVIDENCE`].
    pub evidence: Vec<String>,
}

/// Why nothing is taken.
#[derive(Debug, Error)]
pub enum DeductDepositError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
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

/// Takes from a deposit what is there, for a reason that pictures prove.
pub fn deduct_deposit(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &DeductDeposit,
) -> Result<DepositEntry, DeductDepositError> {
    let account = DepositAccount::lock(session, command.agent_id, command.contract_id)?
        .ok_or(DeductDepositError::NotFound)?;
    let mut validation = Validation::default();
    let amount = validation.take("amount_fen", parse_amount(command.amount_fen));
    let note = validation.take("reason", Reason::parse(&command.reason));
    if command.evidence.is_empty() {
        validation.refuse("attachments", Invalid::required());
    }
    let evidence = parse_attachments(&command.evidence, MAXIMUM_EVIDENCE, &mut validation);
    let ((amount, note), evidence) = validation
        .finish_with(amount.zip(note).zip(evidence))
        .map_err(DeductDepositError::Invalid)?;
    let refused = refuse_unattachable(session, command.actor, &evidence)?;
    if !refused.is_empty() {
        return Err(DeductDepositError::Invalid(refused));
    }

    let balance = account.balance()?;
    if amount > balance {
        return Err(DeductDepositError::BalanceTooSmall { balance });
    }
    let draft = EntryDraft {
        kind: DepositEntryKind::Deducted,
        amount,
        note,
        evidence,
        actor: command.actor,
    };
    let (agent_id, contract_id) = (command.agent_id, command.contract_id);
    let fact = |entry_id| Fact::DepositDeducted {
        agent_id,
        contract_id,
        entry_id,
    };
    Ok(account.enter(session, ids, now, draft, fact)?)
}
