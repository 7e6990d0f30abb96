//! Telling what approved support was spent on.

use super::{
    MAXIMUM_SPENDINGS, MAXIMUM_SUPPORT_PICTURES, SupportRequest, SupportSpending, SupportState,
    SupportStateName, SupportTransitionError,
    decide::{ChangeSupportError, lock_request, save},
    repository::SupportSession,
};
use crate::{
    Reason,
    application::attach::{parse_attachments, refuse_unattachable},
    deposit::parse_amount,
};
use events::Fact;
use kernel::{
    AccountId, IdSource, Instant, Money, ReachedAgent, RepositoryError, SupportRequestId, SupportSpendingId,
    Validation,
};

/// An agent tells what some of the money went into.
#[derive(Clone, Debug)]
pub struct SpendSupport {
    /// The agent.
    pub agent: ReachedAgent,
    /// The approved request.
    pub request_id: SupportRequestId,
    /// Who tells it.
    pub actor: AccountId,
    /// How much.
    pub amount_fen: i64,
    /// Into what.
    pub purpose: String,
    /// The actor's own pictures, at most [`MAXIMUM_SUPPORT_PICTURES`].
    pub attachments: Vec<String>,
}

/// Notes a spending. All of them together never pass what was approved.
pub fn spend_support(
    session: &mut (impl SupportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &SpendSupport,
) -> Result<SupportRequest, ChangeSupportError> {
    let (_, mut request) = lock_request(session, command.agent, command.request_id)?;
    let mut validation = Validation::default();
    let amount = validation.take("amount_fen", parse_amount(command.amount_fen));
    let purpose = validation.take("purpose", Reason::parse(&command.purpose));
    let attachments = parse_attachments(&command.attachments, MAXIMUM_SUPPORT_PICTURES, &mut validation);
    let ((amount, purpose), attachments) = validation
        .finish_with(amount.zip(purpose).zip(attachments))
        .map_err(ChangeSupportError::Invalid)?;
    let refused = refuse_unattachable(session, command.actor, &attachments)?;
    if !refused.is_empty() {
        return Err(ChangeSupportError::Invalid(refused));
    }

    let SupportState::Approved { amount: approved, .. } = request.state else {
        let transition = SupportTransitionError {
            from: request.state.name(),
            to: SupportStateName::Approved,
        };
        return Err(transition.into());
    };
    if request.spendings.len() >= MAXIMUM_SPENDINGS {
        return Err(ChangeSupportError::TooManySpendings);
    }
    let left = request.spent().and_then(|spent| approved.minus(spent));
    let left = left.ok_or_else(|| RepositoryError::Refused("what was spent does not fit".to_owned()))?;
    if amount > left.max(Money::ZERO) {
        return Err(ChangeSupportError::Overspent { left });
    }
    let spending = SupportSpending {
        id: SupportSpendingId::from_uuid(ids.next_uuid(now)),
        amount,
        purpose,
        attachments,
        at: now,
        actor: command.actor,
    };
    session.insert_support_spending(request.agent_id, request.id, &spending)?;
    session.attach_to_record(
        command.actor,
        request.agent_id,
        spending.id.as_uuid(),
        &spending.attachments,
    )?;
    request.spendings.push(spending);
    let fact = Fact::SupportSpent {
        agent_id: request.agent_id,
        contract_id: request.contract_id,
        request_id: request.id,
    };
    Ok(save(session, ids, now, request, fact)?)
}
