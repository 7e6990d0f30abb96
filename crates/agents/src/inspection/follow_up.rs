//! What follows an inspection: the agent's answer, and that headquarters is content with it.

use super::{Answer, Findings, FollowUp, Inspection, record::tell, repository::InspectionSession};
use crate::Decided;
use events::Fact;
use kernel::{
    AccountId, FieldError, IdSource, InspectionId, Instant, ReachedAgent, RepositoryError, Validation,
};
use thiserror::Error;

/// An agent tells what it did about what was found.
#[derive(Clone, Debug)]
pub struct AnswerInspection {
    /// The agent.
    pub agent: ReachedAgent,
    /// The inspection.
    pub inspection_id: InspectionId,
    /// Who tells it.
    pub actor: AccountId,
    /// What was done.
    pub text: String,
}

/// Headquarters is content.
#[derive(Clone, Copy, Debug)]
pub struct CloseInspection {
    /// The agent.
    pub agent: ReachedAgent,
    /// The inspection.
    pub inspection_id: InspectionId,
    /// Who closes it.
    pub actor: AccountId,
}

/// Why nothing follows.
#[derive(Debug, Error)]
pub enum FollowInspectionError {
    /// The agent has no such inspection.
    #[error("the agent has no such inspection")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// What follows it is somewhere else.
    #[error("its follow-up is {follow_up}")]
    State {
        /// Where.
        follow_up: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Notes the agent's answer; one that comes late is taken too.
pub fn answer_inspection(
    session: &mut (impl InspectionSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &AnswerInspection,
) -> Result<Inspection, FollowInspectionError> {
    let inspection = find(session, command.agent, command.inspection_id)?;
    let mut validation = Validation::default();
    let text = validation.take("text", Findings::parse(&command.text));
    let text = validation
        .finish_with(text)
        .map_err(FollowInspectionError::Invalid)?;
    let FollowUp::Due { on } = inspection.follow_up else {
        return Err(FollowInspectionError::State {
            follow_up: inspection.follow_up.name(),
        });
    };
    let answer = Answer {
        text,
        at: now,
        actor: command.actor,
    };
    let answered = Inspection {
        follow_up: FollowUp::Answered { on, answer },
        ..inspection
    };
    let fact = Fact::InspectionAnswered {
        agent_id: answered.agent_id,
        contract_id: answered.contract_id,
        inspection_id: answered.id,
    };
    Ok(save(session, ids, now, answered, fact)?)
}

/// Closes what was answered.
pub fn close_inspection(
    session: &mut (impl InspectionSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &CloseInspection,
) -> Result<Inspection, FollowInspectionError> {
    let inspection = find(session, command.agent, command.inspection_id)?;
    let FollowUp::Answered { on, answer } = inspection.follow_up else {
        return Err(FollowInspectionError::State {
            follow_up: inspection.follow_up.name(),
        });
    };
    let closed = Decided {
        at: now,
        actor: command.actor,
    };
    let closed = Inspection {
        follow_up: FollowUp::Closed { on, answer, closed },
        ..inspection
    };
    let fact = Fact::InspectionClosed {
        agent_id: closed.agent_id,
        contract_id: closed.contract_id,
        inspection_id: closed.id,
    };
    Ok(save(session, ids, now, closed, fact)?)
}

fn find(
    session: &mut (impl InspectionSession + ?Sized),
    agent: ReachedAgent,
    id: InspectionId,
) -> Result<Inspection, FollowInspectionError> {
    session
        .find_inspection(agent, id)?
        .ok_or(FollowInspectionError::NotFound)
}

fn save(
    session: &mut (impl InspectionSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    inspection: Inspection,
    fact: Fact,
) -> Result<Inspection, RepositoryError> {
    session.save_inspection(&inspection)?;
    let saved = Inspection {
        version: inspection.version + 1,
        ..inspection
    };
    tell(session, ids, now, &saved, fact)?;
    Ok(saved)
}
