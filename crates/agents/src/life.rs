//! An agent's life after its appointment: suspended and resumed, given notice and gone; and what happened to it, in order.

pub(crate) mod contracts;
pub(crate) mod history;
pub(crate) mod matters;
pub(crate) mod repository;
pub(crate) mod standing;
pub(crate) mod suspend;
pub(crate) mod terminate;

use self::history::{AgentAction, AgentHistoryEntry};
use self::repository::AgentLifeRepository;
use self::standing::Standing;
use crate::{Agent, AgentRepository, Contract, Reason};
use events::{Event, Fact, OutboxRepository};
use kernel::{
    AccountId, AgentId, ContractId, DivisionCode, EventId, HistoryEntryId, IdSource, Instant, RepositoryError,
};
use regions::{Territory, TerritoryRepository};

/// What every command about an agent reads and writes.
pub trait AgentLifeSession:
    AgentRepository + AgentLifeRepository + TerritoryRepository + OutboxRepository
{
}

impl<Session> AgentLifeSession for Session where
    Session: AgentRepository + AgentLifeRepository + TerritoryRepository + OutboxRepository + ?Sized
{
}

/// What is done to an agent, and why: what its history keeps.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Who decides.
    pub actor: AccountId,
    /// What.
    pub action: AgentAction,
    /// Why.
    pub reason: Reason,
    /// From when on.
    pub effective_at: Instant,
    /// About which contract.
    pub contract_id: Option<ContractId>,
    /// About which divisions.
    pub division_codes: Vec<DivisionCode>,
}

impl Deed {
    /// A deed about the agent as a whole.
    pub const fn new(actor: AccountId, action: AgentAction, reason: Reason, effective_at: Instant) -> Self {
        Self {
            actor,
            action,
            reason,
            effective_at,
            contract_id: None,
            division_codes: Vec::new(),
        }
    }

    /// The same about the divisions of those territories.
    pub(crate) fn over<'a>(self, territories: impl IntoIterator<Item = &'a Territory>) -> Self {
        let codes = territories.into_iter().map(|territory| territory.division_code);
        Self {
            division_codes: codes.collect(),
            ..self
        }
    }
}

/// The agent, if it is one that things are done to; headquarters is not. With its standing.
pub(crate) fn find_living(
    session: &mut (impl AgentLifeSession + ?Sized),
    id: AgentId,
    now: Instant,
) -> Result<Option<(Agent, Standing)>, RepositoryError> {
    let Some(agent) = session.find_agents(&[id])?.remove(&id) else {
        return Ok(None);
    };
    if agent.holder.is_none() {
        return Ok(None);
    }
    let standing = Standing::find(session, &agent, now)?;
    Ok(Some((agent, standing)))
}

/// An agent, if it is one that things are done to, with that one of its contracts, if it has it.
pub fn find_agent_of_contract(
    session: &mut (impl AgentRepository + ?Sized),
    agent_id: AgentId,
    contract_id: ContractId,
) -> Result<Option<(Agent, Option<Contract>)>, RepositoryError> {
    let found = session.find_agents(&[agent_id])?.remove(&agent_id);
    let Some(agent) = found.filter(|agent| agent.holder.is_some()) else {
        return Ok(None);
    };
    let contract = session
        .find_contracts(&[(agent_id, contract_id)])?
        .remove(&contract_id);
    Ok(Some((agent, contract)))
}

/// Takes the agent's next version for the command, so that of two at once one runs again, and writes its history and the
/// event.
pub fn record_deed(
    session: &mut (impl AgentLifeSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    agent: &Agent,
    deed: Deed,
    fact: Fact,
) -> Result<(), RepositoryError> {
    session.raise_agent_version(agent)?;
    session.insert_agent_history(&[AgentHistoryEntry {
        id: HistoryEntryId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id,
        at: now,
        actor: Some(deed.actor),
        action: deed.action,
        effective_at: deed.effective_at,
        reason: Some(deed.reason),
        contract_id: deed.contract_id,
        division_codes: deed.division_codes,
    }])?;
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id,
        aggregate_id: agent.id.as_uuid(),
        aggregate_version: agent.version + 1,
        occurred_at: now,
        fact,
    }])
}
