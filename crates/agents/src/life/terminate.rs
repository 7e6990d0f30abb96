//! Giving an agent notice, and letting it go: its territories end at a date by the clock alone, and the termination is
//! closed once nothing of it is open.

use super::history::AgentAction;
use super::matters::{MatterSession, OpenMatter, find_open_matters};
use super::standing::Standing;
use super::suspend::effective_at;
use super::{AgentLifeSession, Deed, find_living, record_deed};
use crate::application::{finding::ReviewSession, rivals::Rivals};
use crate::{Agent, Reason};
use events::Fact;
use identity::MembershipRepository;
use kernel::{
    AccountId, AgentId, FieldError, IdSource, Instant, PageRequest, Period, RepositoryError, Scope,
    TerminationId, TerritoryId, Validation,
};
use regions::{DivisionTree, Territory};
use thiserror::Error;

/// How many members are asked for at a time.
const MEMBERS_PER_PAGE: u16 = 100;

/// What ends an agent's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// Its id.
    pub id: TerminationId,
    /// Whose.
    pub agent_id: AgentId,
    /// When notice was given.
    pub given_at: Instant,
    /// From when on the agent holds nothing.
    pub effective_at: Instant,
    /// The territories that it ended earlier than agreed, so that it can be taken back.
    pub ended: Vec<EndedTerritory>,
    /// What came of it.
    pub state: TerminationState,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
}

/// A territory that a termination ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedTerritory {
    /// Which.
    pub territory_id: TerritoryId,
    /// When it would have ended.
    pub agreed_until: Instant,
}

/// What came of a termination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminationState {
    /// It stands.
    Given,
    /// It was taken back.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// The agent is gone.
    Closed {
        /// When.
        at: Instant,
    },
}

impl TerminationState {
    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Closed { .. } => "closed",
        }
    }
}

impl Termination {
    /// When the agent was gone, if it is.
    pub const fn closed_at(&self) -> Option<Instant> {
        match self.state {
            TerminationState::Closed { at } => Some(at),
            TerminationState::Given | TerminationState::Withdrawn { .. } => None,
        }
    }
}

/// Headquarters gives an agent notice.
#[derive(Clone, Debug)]
pub struct TerminateAgent {
    /// Whom.
    pub agent_id: AgentId,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
    /// From when on it holds nothing: an instant, or a business day for its first instant; at once where absent.
    pub effective_at: Option<String>,
}

/// Headquarters takes a notice back, or closes it.
#[derive(Clone, Debug)]
pub struct EndTermination {
    /// Whose.
    pub agent_id: AgentId,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// How far an agent is from being gone: the checklist.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The notice that it was given, if one stands.
    pub termination: Option<Termination>,
    /// What is open of it now.
    pub open: Vec<OpenMatter>,
}

/// Why a termination does not happen.
#[derive(Debug, Error)]
pub enum TerminateAgentError {
    /// There is no such agent; headquarters is none.
    #[error("there is no such agent")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// It was given notice already.
    #[error("the agent leaves at {effective_at}")]
    AlreadyLeaving {
        /// From when on it holds nothing.
        effective_at: Instant,
    },
    /// It is gone already.
    #[error("the agent is gone")]
    AlreadyTerminated,
    /// It was given no notice.
    #[error("the agent was given no notice")]
    NotLeaving,
    /// It has taken effect: there is nothing to take back.
    #[error("the termination took effect at {effective_at}")]
    AlreadyEffective {
        /// When.
        effective_at: Instant,
    },
    /// It has not taken effect: it cannot be closed.
    #[error("the termination takes effect at {effective_at}")]
    NotYetEffective {
        /// When.
        effective_at: Instant,
    },
    /// Something of the agent is open.
    #[error("{} kinds of things are open", open.len())]
    OpenMatters {
        /// What.
        open: Vec<OpenMatter>,
    },
    /// What it would get back was granted to others.
    #[error("{} territories stand in the way", conflicts.len())]
    TerritoryConflict {
        /// Their territories.
        conflicts: Vec<Territory>,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives the agent notice: every territory that would last longer ends at that instant, one that would begin later is
/// revoked, and those who wait for the divisions are reviewed again.
pub fn terminate_agent(
    session: &mut (impl AgentLifeSession + ReviewSession + MatterSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &TerminateAgent,
) -> Result<Departure, TerminateAgentError> {
    let (reason, at) = command.check(now).map_err(TerminateAgentError::Invalid)?;
    let (agent, standing) =
        find_living(session, command.agent_id, now)?.ok_or(TerminateAgentError::NotFound)?;
    match standing {
        Standing::Leaving { effective_at } => {
            return Err(TerminateAgentError::AlreadyLeaving { effective_at });
        }
        Standing::Terminated { .. } => return Err(TerminateAgentError::AlreadyTerminated),
        Standing::Active | Standing::Suspended { .. } => {}
    }
    let lasting = session.list_agent_territories(agent.id, at)?;
    let rivals = Rivals::waiting_for(session, &lasting)?;
    let termination = Termination {
        id: TerminationId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id,
        given_at: now,
        effective_at: at,
        ended: lasting
            .iter()
            .map(|territory| EndedTerritory {
                territory_id: territory.id,
                agreed_until: territory.validity.until(),
            })
            .collect(),
        state: TerminationState::Given,
        version: 1,
    };
    let ended: Vec<_> = lasting
        .into_iter()
        .map(|territory| territory.ending(at, now))
        .collect();
    session.save_territories(&ended)?;
    session.insert_termination(&termination)?;
    let deed = Deed::new(command.actor, AgentAction::TerminationGiven, reason, at).over(&ended);
    let fact = Fact::AgentTerminationGiven {
        agent_id: agent.id,
        effective_at: at,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(Departure {
        termination: Some(termination),
        open: find_open_matters(session, agent.id, now)?,
    })
}

/// The notice that an agent was given, if one stands, and what would keep it from being gone.
pub fn find_departure(
    session: &mut (impl AgentLifeSession + MatterSession + ?Sized),
    agent_id: AgentId,
    now: Instant,
) -> Result<Departure, RepositoryError> {
    Ok(Departure {
        termination: given(session, agent_id)?,
        open: find_open_matters(session, agent_id, now)?,
    })
}

/// Takes a notice back before it takes effect: the territories end when they would have ended.
pub fn withdraw_termination(
    session: &mut (impl AgentLifeSession + ReviewSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &EndTermination,
) -> Result<Termination, TerminateAgentError> {
    let (agent, termination, reason) = find_given(session, now, command)?;
    let effective_at = termination.effective_at;
    if effective_at <= now {
        return Err(TerminateAgentError::AlreadyEffective { effective_at });
    }
    let own: Vec<_> = termination.ended.iter().map(|ended| ended.territory_id).collect();
    let mut found = session.find_territories(&own)?;
    let restored: Vec<_> = termination
        .ended
        .iter()
        .filter_map(|ended| {
            let territory = found.remove(&ended.territory_id)?;
            // Whoever ended it otherwise since meant that.
            let is_as_left = territory.revoked_at.is_some() || territory.validity.until() == effective_at;
            let validity = Period::new(territory.validity.from(), ended.agreed_until)?;
            is_as_left.then_some(Territory {
                validity,
                revoked_at: None,
                ..territory
            })
        })
        .collect();
    let rivals = Rivals::waiting_for(session, &restored)?;
    let claims: Vec<_> = restored.iter().flat_map(Territory::claims).collect();
    let mut conflicts = session.find_territory_conflicts(&claims)?;
    conflicts.retain(|other| !own.contains(&other.id));
    if !conflicts.is_empty() {
        return Err(TerminateAgentError::TerritoryConflict { conflicts });
    }
    session.save_territories(&restored)?;
    let withdrawn = Termination {
        state: TerminationState::Withdrawn { at: now },
        ..termination
    };
    session.save_termination(&withdrawn)?;
    let deed = Deed::new(command.actor, AgentAction::TerminationWithdrawn, reason, now).over(&restored);
    let fact = Fact::AgentTerminationWithdrawn { agent_id: agent.id };
    record_deed(session, ids, now, &agent, deed, fact)?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(withdrawn)
}

/// Closes a termination that has taken effect, once nothing of the agent is open: its people's memberships end.
pub fn close_termination(
    session: &mut (impl AgentLifeSession + MembershipRepository + MatterSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &EndTermination,
) -> Result<Termination, TerminateAgentError> {
    let (agent, termination, reason) = find_given(session, now, command)?;
    let effective_at = termination.effective_at;
    if now < effective_at {
        return Err(TerminateAgentError::NotYetEffective { effective_at });
    }
    // Nothing new comes by itself any more: without territories no order is routed here.
    let open = find_open_matters(session, agent.id, now)?;
    if !open.is_empty() {
        return Err(TerminateAgentError::OpenMatters { open });
    }
    end_memberships(session, agent.id, now)?;
    let closed = Termination {
        state: TerminationState::Closed { at: now },
        ..termination
    };
    session.save_termination(&closed)?;
    let deed = Deed::new(command.actor, AgentAction::TerminationClosed, reason, now);
    let fact = Fact::AgentTerminated { agent_id: agent.id };
    record_deed(session, ids, now, &agent, deed, fact)?;
    Ok(closed)
}

fn end_memberships(
    session: &mut (impl MembershipRepository + ?Sized),
    agent_id: AgentId,
    now: Instant,
) -> Result<(), RepositoryError> {
    let Some(agent) = Scope::All.agent(agent_id) else {
        return Ok(());
    };
    let first = PageRequest {
        limit: MEMBERS_PER_PAGE,
        after: None,
    };
    // Those that ended are not listed again, so each first page is the next one.
    loop {
        let page = session.list_members(agent, &first)?;
        for member in &page.items {
            session.end_membership(&member.membership, now)?;
        }
        if page.next.is_none() {
            return Ok(());
        }
    }
}

fn given(
    session: &mut (impl AgentLifeSession + ?Sized),
    agent_id: AgentId,
) -> Result<Option<Termination>, RepositoryError> {
    let all = session.list_terminations(&[agent_id])?;
    Ok(all.into_iter().find(|one| one.state == TerminationState::Given))
}

fn find_given(
    session: &mut (impl AgentLifeSession + ?Sized),
    now: Instant,
    command: &EndTermination,
) -> Result<(Agent, Termination, Reason), TerminateAgentError> {
    let mut validation = Validation::default();
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let reason = validation
        .finish_with(reason)
        .map_err(TerminateAgentError::Invalid)?;
    let (agent, _) = find_living(session, command.agent_id, now)?.ok_or(TerminateAgentError::NotFound)?;
    let termination = given(session, agent.id)?.ok_or(TerminateAgentError::NotLeaving)?;
    Ok((agent, termination, reason))
}

impl TerminateAgent {
    fn check(&self, now: Instant) -> Result<(Reason, Instant), Vec<FieldError>> {
        let mut validation = Validation::default();
        let reason = validation.take("reason", Reason::parse(&self.reason));
        let at = validation.take("effective_at", effective_at(self.effective_at.as_deref(), now));
        validation.finish_with(reason.zip(at))
    }
}
