//! Asking for market support, and taking it back.

use super::{
    Decided, MAXIMUM_SUPPORT_PICTURES, SupportRequest, SupportState,
    decide::{ChangeSupportError, lock_request, save, tell},
    repository::SupportSession,
};
use crate::{
    Reason,
    application::attach::{parse_attachments, refuse_unattachable},
    deposit::parse_amount,
};
use events::Fact;
use kernel::{
    AccountId, ContractId, FieldError, IdSource, Instant, ReachedAgent, RepositoryError, SupportRequestId,
    Validation,
};
use thiserror::Error;

/// An agent asks for market support.
#[derive(Clone, Debug)]
pub struct RequestSupport {
    /// The agent.
    pub agent: ReachedAgent,
    /// From the budget of which of its contracts.
    pub contract_id: ContractId,
    /// Who asks for it.
    pub actor: AccountId,
    /// How much.
    pub amount_fen: i64,
    /// What for.
    pub purpose: String,
    /// The actor's own pictures, at most [`MAXIMUM_SUPPORT_PICTURES`].
    pub attachments: Vec<String>,
}

/// Why a request is not taken.
#[derive(Debug, Error)]
pub enum RequestSupportError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The contract is over.
    #[error("the contract is over")]
    ContractOver,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// An agent takes its request back.
#[derive(Clone, Copy, Debug)]
pub struct CancelSupport {
    /// The agent.
    pub agent: ReachedAgent,
    /// The request.
    pub request_id: SupportRequestId,
    /// Who takes it back.
    pub actor: AccountId,
}

/// Asks headquarters. Whether the budget has room is found out when it decides.
pub fn request_support(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &RequestSupport,
) -> Result<SupportRequest, RequestSupportError> {
    let agent_id = command.agent.id();
    let contract = session
        .lock_contract(agent_id, command.contract_id)?
        .ok_or(RequestSupportError::NotFound)?;
    let mut validation = Validation::default();
    let amount = validation.take("amount_fen", parse_amount(command.amount_fen));
    let purpose = validation.take("purpose", Reason::parse(&command.purpose));
    let attachments = parse_attachments(&command.attachments, MAXIMUM_SUPPORT_PICTURES, &mut validation);
    let ((amount, purpose), attachments) = validation
        .finish_with(amount.zip(purpose).zip(attachments))
        .map_err(RequestSupportError::Invalid)?;
    let refused = refuse_unattachable(session, command.actor, &attachments)?;
    if !refused.is_empty() {
        return Err(RequestSupportError::Invalid(refused));
    }
    if contract.terms.validity.until() <= now {
        return Err(RequestSupportError::ContractOver);
    }

    let request = SupportRequest {
        id: SupportRequestId::from_uuid(ids.next_uuid(now)),
        agent_id,
        contract_id: contract.id,
        amount,
        purpose,
        attachments,
        requested_at: now,
        requested_by: command.actor,
        state: SupportState::Requested,
        spendings: Vec::new(),
        version: 1,
    };
    session.insert_support_request(&request)?;
    session.attach_to_record(
        command.actor,
        agent_id,
        request.id.as_uuid(),
        &request.attachments,
    )?;
    let fact = Fact::SupportRequested {
        agent_id,
        contract_id: contract.id,
        request_id: request.id,
    };
    tell(session, ids, now, &request, fact)?;
    Ok(request)
}

/// Takes a request back that headquarters has not decided.
pub fn cancel_support(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &CancelSupport,
) -> Result<SupportRequest, ChangeSupportError> {
    let (_, request) = lock_request(session, command.agent, command.request_id)?;
    let decided = Decided {
        at: now,
        actor: command.actor,
    };
    let cancelled = request.advance(SupportState::Cancelled { decided })?;
    let fact = Fact::SupportCancelled {
        agent_id: cancelled.agent_id,
        contract_id: cancelled.contract_id,
        request_id: cancelled.id,
    };
    Ok(save(session, ids, now, cancelled, fact)?)
}
