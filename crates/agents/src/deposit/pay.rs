//! Noting what an agent paid.

use super::{
    DepositEntry, DepositEntryKind,
    account::{DepositAccount, EntryDraft},
    parse_amount,
    repository::DepositSession,
};
use crate::Reason;
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, FieldError, IdSource, Instant, Money, RepositoryError, Validation,
};
use thiserror::Error;

/// Headquarters has seen a payment.
#[derive(Clone, Debug)]
pub struct PayDeposit {
    /// The agent that paid.
    pub agent_id: AgentId,
    /// For which of its contracts.
    pub contract_id: ContractId,
    /// Who notes it.
    pub actor: AccountId,
    /// How much.
    pub amount_fen: i64,
    /// What finds the payment again: a bank's serial number.
    pub reference: String,
}

/// Why a payment is not noted; nothing has changed.
#[derive(Debug, Error)]
pub enum PayDepositError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// More would be there than was agreed.
    #[error("only {} fen are missing", .missing.fen())]
    AboveAgreed {
        /// What the deposit lacks.
        missing: Money,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Notes a payment. The deposit may be filled up to what was agreed, also after a deduction.
pub fn pay_deposit(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &PayDeposit,
) -> Result<DepositEntry, PayDepositError> {
    let account = DepositAccount::lock(session, command.agent_id, command.contract_id)?
        .ok_or(PayDepositError::NotFound)?;
    let mut validation = Validation::default();
    let amount = validation.take("amount_fen", parse_amount(command.amount_fen));
    let reference = validation.take("reference", Reason::parse(&command.reference));
    let (amount, note) = validation
        .finish_with(amount.zip(reference))
        .map_err(PayDepositError::Invalid)?;

    let agreed = account.contract.terms.deposit;
    let missing = agreed
        .minus(account.balance()?)
        .unwrap_or_default()
        .max(Money::ZERO);
    if amount > missing {
        return Err(PayDepositError::AboveAgreed { missing });
    }
    let draft = EntryDraft {
        kind: DepositEntryKind::Paid,
        amount,
        note,
        evidence: Vec::new(),
        actor: command.actor,
    };
    let (agent_id, contract_id) = (command.agent_id, command.contract_id);
    let fact = |entry_id| Fact::DepositPaid {
        agent_id,
        contract_id,
        entry_id,
    };
    Ok(account.enter(session, ids, now, draft, fact)?)
}
