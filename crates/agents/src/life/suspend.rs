//! Suspending an agent, and resuming: new orders go up at once, or from a date on, while the territories stay claimed.

use super::history::AgentAction;
use super::standing::Standing;
use super::{AgentLifeSession, Deed, find_living, record_deed};
use crate::{Reason, contract::instant_or_day};
use events::Fact;
use kernel::{AccountId, AgentId, FieldError, IdSource, Instant, Invalid, RepositoryError, Validation};
use regions::Suspension;
use thiserror::Error;

/// Headquarters suspends an agent.
#[derive(Clone, Debug)]
pub struct SuspendAgent {
    /// Whom.
    pub agent_id: AgentId,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
    /// From when on: an instant, or a business day for its first instant; at once where absent.
    pub from: Option<String>,
    /// Up to, and not including, when; until further notice where absent.
    pub until: Option<String>,
}

/// Headquarters ends a suspension.
#[derive(Clone, Debug)]
pub struct ResumeAgent {
    /// Whose.
    pub agent_id: AgentId,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
    /// From when on orders come to it again; at once where absent.
    pub at: Option<String>,
}

/// Why an agent goes on as it was.
#[derive(Debug, Error)]
pub enum SuspendAgentError {
    /// There is no such agent; headquarters is none.
    #[error("there is no such agent")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// It is gone.
    #[error("the agent is gone")]
    Terminated,
    /// It is suspended then already.
    #[error("the agent is suspended from {}", suspension.from)]
    AlreadySuspended {
        /// By this.
        suspension: Suspension,
    },
    /// It is not suspended, now or later.
    #[error("the agent is not suspended")]
    NotSuspended,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Suspends the agent from that instant on.
pub fn suspend_agent(
    session: &mut (impl AgentLifeSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &SuspendAgent,
) -> Result<Suspension, SuspendAgentError> {
    let (reason, from, until) = command.check(now).map_err(SuspendAgentError::Invalid)?;
    let (agent, standing) =
        find_living(session, command.agent_id, now)?.ok_or(SuspendAgentError::NotFound)?;
    if let Standing::Terminated { .. } = standing {
        return Err(SuspendAgentError::Terminated);
    }
    let suspension = Suspension {
        agent_id: agent.id,
        from,
        until,
    };
    let others = session.list_suspensions(&[agent.id])?;
    let meets = |other: &Suspension| {
        other.is_ahead(from) && until.is_none_or(|until| other.from < until) && other.is_ahead(now)
    };
    if let Some(suspension) = others.into_iter().find(meets) {
        return Err(SuspendAgentError::AlreadySuspended { suspension });
    }
    session.save_suspension(&suspension)?;
    let deed = Deed::new(command.actor, AgentAction::Suspended, reason, from);
    let fact = Fact::AgentSuspended {
        agent_id: agent.id,
        effective_at: from,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    Ok(suspension)
}

/// Ends the suspension that is in force, or calls off the next one.
pub fn resume_agent(
    session: &mut (impl AgentLifeSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ResumeAgent,
) -> Result<Suspension, SuspendAgentError> {
    let (reason, at) = command.check(now).map_err(SuspendAgentError::Invalid)?;
    let (agent, _) = find_living(session, command.agent_id, now)?.ok_or(SuspendAgentError::NotFound)?;
    let suspensions = session.list_suspensions(&[agent.id])?;
    let ahead = suspensions.into_iter().find(|suspension| suspension.is_ahead(at));
    let suspension = ahead.ok_or(SuspendAgentError::NotSuspended)?;
    let ended = Suspension {
        until: Some(at.max(suspension.from)),
        ..suspension
    };
    session.save_suspension(&ended)?;
    let deed = Deed::new(command.actor, AgentAction::Resumed, reason, at);
    let fact = Fact::AgentResumed {
        agent_id: agent.id,
        effective_at: at,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    Ok(ended)
}

impl SuspendAgent {
    fn check(&self, now: Instant) -> Result<(Reason, Instant, Option<Instant>), Vec<FieldError>> {
        let mut validation = Validation::default();
        let reason = validation.take("reason", Reason::parse(&self.reason));
        let from = validation.take("from", effective_at(self.from.as_deref(), now));
        let until = validation.take_optional("until", self.until.as_deref().map(instant_or_day));
        if let Some((from, Some(until))) = from.zip(until)
            && until <= from
        {
            let invalid = Invalid::new(
                "period_is_empty",
                "必须晚于开始时间",
                "must be after the beginning",
            );
            validation.refuse("until", invalid);
        }
        validation.finish_with((|| Some((reason?, from?, until?)))())
    }
}

impl ResumeAgent {
    fn check(&self, now: Instant) -> Result<(Reason, Instant), Vec<FieldError>> {
        let mut validation = Validation::default();
        let reason = validation.take("reason", Reason::parse(&self.reason));
        let at = validation.take("at", effective_at(self.at.as_deref(), now));
        validation.finish_with(reason.zip(at))
    }
}

/// From when on something takes effect: now, or a date that is not over.
pub(crate) fn effective_at(text: Option<&str>, now: Instant) -> Result<Instant, Invalid> {
    let Some(text) = text else {
        return Ok(now);
    };
    let at = instant_or_day(text)?;
    if at < now {
        return Err(Invalid::new(
            "in_the_past",
            "不能早于现在",
            "must not be in the past",
        ));
    }
    Ok(at)
}
