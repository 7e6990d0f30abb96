//! Headquarters' word on what is proposed.

use super::{Consequence, ConsequenceDecision, repository::ConsequenceRepository};
use crate::{Decided, Reason, contract::not_one_of};
use events::{Event, Fact, OutboxRepository};
use kernel::{
    AccountId, ConsequenceId, EventId, FieldError, IdSource, Instant, ReachedAgent, RepositoryError,
    Validation,
};
use thiserror::Error;

/// Headquarters decides a proposal.
#[derive(Clone, Debug)]
pub struct DecideConsequence {
    /// The agent.
    pub agent: ReachedAgent,
    /// The proposal.
    pub consequence_id: ConsequenceId,
    /// Who decides.
    pub actor: AccountId,
    /// `confirm` or `dismiss`.
    pub decision: String,
    /// Why.
    pub reason: String,
}

/// Why a proposal is not decided.
#[derive(Debug, Error)]
pub enum DecideConsequenceError {
    /// The agent has no such consequence.
    #[error("the agent has no such consequence")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// It is no proposal.
    #[error("it is no proposal")]
    NotAProposal,
    /// It was decided before.
    #[error("it was decided before")]
    AlreadyDecided,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Confirms a proposal or dismisses it. That one is confirmed is recorded, and happens by a command of its own.
pub fn decide_consequence(
    session: &mut (impl ConsequenceRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &DecideConsequence,
) -> Result<Consequence, DecideConsequenceError> {
    let consequence = session
        .find_consequence(command.agent, command.consequence_id)?
        .ok_or(DecideConsequenceError::NotFound)?;
    let mut validation = Validation::default();
    let confirmed = validation.take(
        "decision",
        match command.decision.as_str() {
            "confirm" => Ok(true),
            "dismiss" => Ok(false),
            _ => Err(not_one_of("confirm, dismiss")),
        },
    );
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let (confirmed, reason) = validation
        .finish_with(confirmed.zip(reason))
        .map_err(DecideConsequenceError::Invalid)?;
    if !consequence.step.is_proposal() {
        return Err(DecideConsequenceError::NotAProposal);
    }
    if consequence.decision.is_some() {
        return Err(DecideConsequenceError::AlreadyDecided);
    }
    let decision = ConsequenceDecision {
        confirmed,
        reason,
        decided: Decided {
            at: now,
            actor: command.actor,
        },
    };
    session.decide_consequence(consequence.agent_id, consequence.id, &decision)?;
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: consequence.agent_id,
        aggregate_id: consequence.id.as_uuid(),
        aggregate_version: 2,
        occurred_at: now,
        fact: Fact::ConsequenceDecided {
            agent_id: consequence.agent_id,
            contract_id: consequence.contract_id,
            consequence_id: consequence.id,
            confirmed,
        },
    }])?;
    Ok(Consequence {
        decision: Some(decision),
        ..consequence
    })
}
