//! An agent's appeal against a deduction, and what headquarters makes of it.

use super::{
    Appeal, AppealDecision, AppealOutcome, DepositEntry, DepositEntryKind,
    account::{DepositAccount, EntryDraft, tell},
    repository::DepositSession,
};
use crate::{Reason, contract::not_one_of};
use events::Fact;
use kernel::{
    AccountId, DepositEntryId, FieldError, IdSource, Instant, ReachedAgent, RepositoryError, Validation,
};
use thiserror::Error;

/// An agent appeals against a deduction.
#[derive(Clone, Debug)]
pub struct AppealDeduction {
    /// The agent.
    pub agent: ReachedAgent,
    /// The deduction.
    pub entry_id: DepositEntryId,
    /// Who appeals for it.
    pub actor: AccountId,
    /// Why the deduction is wrong.
    pub text: String,
}

/// Headquarters decides an appeal.
#[derive(Clone, Debug)]
pub struct DecideAppeal {
    /// The agent.
    pub agent: ReachedAgent,
    /// The deduction that it appealed against.
    pub entry_id: DepositEntryId,
    /// Who decides.
    pub actor: AccountId,
    /// `upheld` or `reversed`.
    pub outcome: String,
    /// Why.
    pub reason: String,
}

/// Why an appeal is not taken, or not decided; nothing has changed.
#[derive(Debug, Error)]
pub enum AppealError {
    /// The agent has no such entry.
    #[error("the agent has no such entry")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The entry is no deduction.
    #[error("the entry is no deduction")]
    NotADeduction,
    /// The time for it is over.
    #[error("the time to appeal was over at {until}")]
    TooLate {
        /// Since when.
        until: Instant,
    },
    /// There was one already.
    #[error("there is an appeal already")]
    AlreadyAppealed,
    /// There is none that waits for a decision.
    #[error("no appeal is open")]
    NoOpenAppeal,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// The agent says why a deduction is wrong: once, and in time.
pub fn appeal_deduction(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &AppealDeduction,
) -> Result<DepositEntry, AppealError> {
    let (_, entry) = lock_deduction(session, command.agent, command.entry_id)?;
    let mut validation = Validation::default();
    let text = validation.take("text", Reason::parse(&command.text));
    let text = validation.finish_with(text).map_err(AppealError::Invalid)?;
    if entry.kind != DepositEntryKind::Deducted {
        return Err(AppealError::NotADeduction);
    }
    if entry.appeal.is_some() {
        return Err(AppealError::AlreadyAppealed);
    }
    let until = entry.appealable_until();
    if until <= now {
        return Err(AppealError::TooLate { until });
    }
    let appeal = Appeal {
        text,
        at: now,
        actor: command.actor,
        decision: None,
    };
    session.insert_deposit_appeal(entry.agent_id, entry.id, &appeal)?;
    let fact = Fact::DeductionAppealed {
        agent_id: entry.agent_id,
        contract_id: entry.contract_id,
        entry_id: entry.id,
    };
    tell(session, ids, now, &entry, 2, fact)?;
    Ok(DepositEntry {
        appeal: Some(appeal),
        ..entry
    })
}

/// Headquarters lets the deduction stand, or undoes it by an entry of its own.
pub fn decide_appeal(
    session: &mut (impl DepositSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &DecideAppeal,
) -> Result<DepositEntry, AppealError> {
    let (account, entry) = lock_deduction(session, command.agent, command.entry_id)?;
    let mut validation = Validation::default();
    let outcome = AppealOutcome::from_name(&command.outcome);
    let outcome = validation.take("outcome", outcome.ok_or_else(|| not_one_of("upheld, reversed")));
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let (outcome, reason) = validation
        .finish_with(outcome.zip(reason))
        .map_err(AppealError::Invalid)?;
    let Some(appeal) = entry.appeal.clone().filter(|appeal| appeal.decision.is_none()) else {
        return Err(AppealError::NoOpenAppeal);
    };
    let decision = AppealDecision {
        outcome,
        reason: reason.clone(),
        at: now,
        actor: command.actor,
    };
    session.decide_deposit_appeal(entry.agent_id, entry.id, &decision)?;
    let fact = |entry_id| Fact::DeductionAppealDecided {
        agent_id: entry.agent_id,
        contract_id: entry.contract_id,
        entry_id,
        reversed: outcome == AppealOutcome::Reversed,
    };
    tell(session, ids, now, &entry, 3, fact(entry.id))?;
    if outcome == AppealOutcome::Reversed {
        let draft = EntryDraft {
            kind: DepositEntryKind::Reversed {
                deduction_id: entry.id,
            },
            amount: entry.amount,
            note: reason,
            evidence: Vec::new(),
            actor: command.actor,
        };
        let fact = |entry_id| Fact::DeductionReversed {
            agent_id: entry.agent_id,
            contract_id: entry.contract_id,
            entry_id,
        };
        account.enter(session, ids, now, draft, fact)?;
    }
    Ok(DepositEntry {
        appeal: Some(Appeal {
            decision: Some(decision),
            ..appeal
        }),
        ..entry
    })
}

/// The entry as it stands once its ledger is locked.
fn lock_deduction(
    session: &mut (impl DepositSession + ?Sized),
    agent: ReachedAgent,
    id: DepositEntryId,
) -> Result<(DepositAccount, DepositEntry), AppealError> {
    let entry = session
        .find_deposit_entry(agent, id)?
        .ok_or(AppealError::NotFound)?;
    let account =
        DepositAccount::lock(session, entry.agent_id, entry.contract_id)?.ok_or(AppealError::NotFound)?;
    // Whoever was faster has changed its appeal; the entry itself never changes.
    let entry = session
        .find_deposit_entry(agent, id)?
        .ok_or(AppealError::NotFound)?;
    Ok((account, entry))
}
