//! Headquarters' word on a request, and what every change of one has in common.

use super::{Decided, SupportRequest, SupportState, SupportTransitionError, repository::SupportSession};
use crate::{Contract, Reason, deposit::parse_amount};
use events::{Event, Fact};
use kernel::{
    AccountId, EventId, FieldError, IdSource, Instant, Invalid, Money, ReachedAgent, RepositoryError,
    SupportRequestId, Validation,
};
use thiserror::Error;

/// Headquarters pays.
#[derive(Clone, Debug)]
pub struct ApproveSupport {
    /// The agent.
    pub agent: ReachedAgent,
    /// The request.
    pub request_id: SupportRequestId,
    /// Who decides.
    pub actor: AccountId,
    /// How much, not more than was asked for; all of it where absent.
    pub amount_fen: Option<i64>,
    /// What there is to say.
    pub note: Option<String>,
}

/// Headquarters does not pay.
#[derive(Clone, Debug)]
pub struct RejectSupport {
    /// The agent.
    pub agent: ReachedAgent,
    /// The request.
    pub request_id: SupportRequestId,
    /// Who decides.
    pub actor: AccountId,
    /// Why.
    pub reason: String,
}

/// Why a request is not changed; nothing has changed.
#[derive(Debug, Error)]
pub enum ChangeSupportError {
    /// The agent has no such request.
    #[error("the agent has no such request")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Its state does not allow it.
    #[error(transparent)]
    Transition(#[from] SupportTransitionError),
    /// The budget of the contract has less left.
    #[error("only {} fen of the budget are left", .left.fen())]
    BudgetExceeded {
        /// What is left.
        left: Money,
    },
    /// More would be spent than was approved.
    #[error("only {} fen of what was approved are left", .left.fen())]
    Overspent {
        /// What is left.
        left: Money,
    },
    /// It has as many spendings as it may.
    #[error("there are too many spendings")]
    TooManySpendings,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Approves a request, or a part of what it asks for. What is approved never passes the budget of the contract.
pub fn approve_support(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ApproveSupport,
) -> Result<SupportRequest, ChangeSupportError> {
    let (contract, request) = lock_request(session, command.agent, command.request_id)?;
    let mut validation = Validation::default();
    let amount = match command.amount_fen {
        None => Some(request.amount),
        Some(fen) => validation.take(
            "amount_fen",
            parse_amount(fen).and_then(|amount| at_most(amount, request.amount)),
        ),
    };
    let note = validation.take_optional("note", command.note.as_deref().map(Reason::parse));
    let (amount, note) = validation
        .finish_with(amount.zip(note))
        .map_err(ChangeSupportError::Invalid)?;
    let decided = Decided {
        at: now,
        actor: command.actor,
    };
    let approved = request.advance(SupportState::Approved {
        amount,
        note,
        decided,
    })?;

    let totals = session.list_support_totals(command.agent)?;
    let totals = totals.get(&contract.id).copied().unwrap_or_default();
    let left = totals.left(contract.terms.support_budget);
    if amount > left {
        return Err(ChangeSupportError::BudgetExceeded { left });
    }
    let fact = Fact::SupportApproved {
        agent_id: approved.agent_id,
        contract_id: approved.contract_id,
        request_id: approved.id,
    };
    Ok(save(session, ids, now, approved, fact)?)
}

/// Rejects a request.
pub fn reject_support(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &RejectSupport,
) -> Result<SupportRequest, ChangeSupportError> {
    let (_, request) = lock_request(session, command.agent, command.request_id)?;
    let mut validation = Validation::default();
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let reason = validation
        .finish_with(reason)
        .map_err(ChangeSupportError::Invalid)?;
    let decided = Decided {
        at: now,
        actor: command.actor,
    };
    let rejected = request.advance(SupportState::Rejected { reason, decided })?;
    let fact = Fact::SupportRejected {
        agent_id: rejected.agent_id,
        contract_id: rejected.contract_id,
        request_id: rejected.id,
    };
    Ok(save(session, ids, now, rejected, fact)?)
}

fn at_most(amount: Money, most: Money) -> Result<Money, Invalid> {
    if amount <= most {
        return Ok(amount);
    }
    Err(Invalid::new(
        "above_request",
        "不能超过申请的金额",
        "must not be more than was asked for",
    ))
}

/// The request as it stands once its contract is locked.
pub(super) fn lock_request(
    session: &mut (impl SupportSession + ?Sized),
    agent: ReachedAgent,
    id: SupportRequestId,
) -> Result<(Contract, SupportRequest), ChangeSupportError> {
    let found = session.find_support_request(agent, id)?;
    let contract_id = found.ok_or(ChangeSupportError::NotFound)?.contract_id;
    let contract = session
        .lock_contract(agent.id(), contract_id)?
        .ok_or(ChangeSupportError::NotFound)?;
    let request = session
        .find_support_request(agent, id)?
        .ok_or(ChangeSupportError::NotFound)?;
    Ok((contract, request))
}

/// Saves a request as it was changed, with the event that tells of it.
pub(super) fn save(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    request: SupportRequest,
    fact: Fact,
) -> Result<SupportRequest, RepositoryError> {
    session.save_support_request(&request)?;
    let saved = SupportRequest {
        version: request.version + 1,
        ..request
    };
    tell(session, ids, now, &saved, fact)?;
    Ok(saved)
}

/// Tells what happened to a request as it is stored now.
pub(super) fn tell(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    request: &SupportRequest,
    fact: Fact,
) -> Result<(), RepositoryError> {
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: request.agent_id,
        aggregate_id: request.id.as_uuid(),
        aggregate_version: request.version,
        occurred_at: now,
        fact,
    }])
}
