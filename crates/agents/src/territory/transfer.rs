//! Territories pass to other contracts at a date: handed on, split, merged, or given up. What is thought of can be looked
//! at first, with all that it concerns.

use crate::application::{finding::ReviewSession, form::MAXIMUM_DIVISIONS, rivals::Rivals};
use crate::life::history::AgentAction;
use crate::life::matters::{Concerned, MatterSession, OpenMatter, find_open_matters};
use crate::life::{
    AgentLifeSession, Deed, find_living, record_deed, standing::Standing, suspend::effective_at,
};
use crate::rates::{Change, RatesExceedWhole, check_rates};
use crate::{Agent, Contract, Reason};
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, DivisionCode, FieldError, IdSource, Instant, Invalid, Period,
    RepositoryError, TerritoryId, Validation,
};
use regions::{Division, DivisionTree, Territory};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Headquarters lets territories pass to other contracts.
#[derive(Clone, Debug)]
pub struct TransferTerritories {
    /// Which end.
    pub territory_ids: Vec<TerritoryId>,
    /// What begins in their place: inside them, around them, or the same divisions. Nothing where they are given up.
    pub to: Vec<TransferTarget>,
    /// When: an instant, or a business day for its first instant; at once where absent.
    pub effective_at: Option<String>,
    /// Who decides.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// What begins in the place of a territory.
#[derive(Clone, Debug)]
pub struct TransferTarget {
    /// Over which division.
    pub division_code: String,
    /// Whose it is then.
    pub agent_id: AgentId,
    /// Under which of its contracts; it lasts as long.
    pub contract_id: ContractId,
}

/// A transfer as it would happen, with what it concerns.
#[derive(Clone, Debug)]
pub struct TransferPlan {
    /// From when on.
    pub effective_at: Instant,
    /// The territories that end, as they will be.
    pub ended: Vec<Territory>,
    /// Those that begin.
    pub granted: Vec<Territory>,
    /// The largest divisions that nobody of these holds any more: whoever holds above them answers, or headquarters.
    pub uncovered: Vec<DivisionCode>,
    /// Territories of others that stand in the way.
    pub conflicts: Vec<Territory>,
    /// A chain of agents that would earn more than there is.
    pub rates: Option<RatesExceedWhole>,
    /// What it concerns of each agent that gives something up, in the order of the agents.
    pub concerned: Vec<ConcernedAgent>,
    agents: BTreeMap<AgentId, Agent>,
    reason: Reason,
}

/// What a transfer concerns of an agent that gives something up.
#[derive(Clone, Debug)]
pub struct ConcernedAgent {
    /// The agent.
    pub agent_id: AgentId,
    /// What of it lies in the territories that end.
    pub there: Concerned,
    /// How many other territories it holds from then on, those of this transfer included.
    pub remaining_territories: usize,
    /// What is open of it altogether: stock, people and money are not a division's.
    pub open: Vec<OpenMatter>,
}

/// Why territories stay as they are.
#[derive(Debug, Error)]
pub enum TransferTerritoriesError {
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Territories of others stand in the way.
    #[error("{} territories stand in the way", conflicts.len())]
    TerritoryConflict {
        /// Those territories.
        conflicts: Vec<Territory>,
    },
    /// The rates along a chain of agents would pass the whole.
    #[error(transparent)]
    RatesExceedWhole(#[from] RatesExceedWhole),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What the transfer would do. Writes nothing, so it may run in a read.
pub fn plan_transfer(
    session: &mut (impl AgentLifeSession + MatterSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &TransferTerritories,
) -> Result<TransferPlan, TransferTerritoriesError> {
    let mut validation = Validation::default();
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let at = validation.take("effective_at", effective_at(command.effective_at.as_deref(), now));
    // Which territories and contracts last is a question of the date.
    let at_or_now = at.unwrap_or(now);
    let ending = find_ending(session, command, at_or_now, &mut validation)?;
    let targets = find_targets(session, command, at_or_now, now, &mut validation)?;
    let granted: Vec<_> = command
        .to
        .iter()
        .enumerate()
        .filter_map(|(index, target)| {
            let division = check_division(target, index, tree, &ending, command, &mut validation)?;
            let (agent, contract) = targets.get(&(target.agent_id, target.contract_id))?;
            check_level(contract, division, index, &mut validation)?;
            Some(Territory {
                id: TerritoryId::from_uuid(ids.next_uuid(now)),
                agent_id: agent.id,
                agent_number: agent.number,
                contract_id: contract.id,
                division_code: division.code,
                level: division.level,
                exclusivity: contract.terms.exclusivity,
                validity: Period::new(at_or_now, contract.terms.validity.until())?,
                consents: Vec::new(),
                revoked_at: None,
                version: 1,
                granted_at: now,
            })
        })
        .collect();
    let (reason, effective_at) = validation
        .finish_with(reason.zip(at))
        .map_err(TransferTerritoriesError::Invalid)?;

    let ended: Vec<_> = ending
        .into_iter()
        .map(|held| held.ending(effective_at, now))
        .collect();
    let claims: Vec<_> = granted.iter().flat_map(Territory::claims).collect();
    let mut conflicts = session.find_territory_conflicts(&claims)?;
    conflicts.retain(|held| {
        let as_it_will_be = ended.iter().find(|ended| ended.id == held.id);
        as_it_will_be.unwrap_or(held).conflicts_with(&claims)
    });
    let contracts: Vec<_> = targets.values().map(|(_, contract)| contract.clone()).collect();
    let change = Change {
        granted: &granted,
        under: &contracts,
        ended: &ended,
    };
    let rates = check_rates(session, &change)?;
    let concerned = find_concerned(session, (now, effective_at), &ended, &granted)?;
    let involved = ended.iter().chain(&granted).map(|territory| territory.agent_id);
    let involved: Vec<_> = involved.collect::<BTreeSet<_>>().into_iter().collect();
    Ok(TransferPlan {
        effective_at,
        uncovered: uncovered(tree, &ended, &granted),
        conflicts,
        rates,
        concerned,
        agents: session.find_agents(&involved)?,
        reason,
        ended,
        granted,
    })
}

/// Does it: at that instant the old ones end and the new ones begin, by the clock alone.
pub fn transfer_territories(
    session: &mut (impl AgentLifeSession + ReviewSession + MatterSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &TransferTerritories,
) -> Result<TransferPlan, TransferTerritoriesError> {
    let plan = plan_transfer(session, ids, tree, now, command)?;
    if !plan.conflicts.is_empty() {
        return Err(TransferTerritoriesError::TerritoryConflict {
            conflicts: plan.conflicts,
        });
    }
    if let Some(exceeded) = plan.rates {
        return Err(exceeded.into());
    }
    let touched: Vec<_> = plan.ended.iter().chain(&plan.granted).cloned().collect();
    let rivals = Rivals::waiting_for(session, &touched)?;
    session.save_territories(&plan.ended)?;
    session.insert_territories(&plan.granted)?;
    // In the order of the agents, in which everybody takes their versions.
    for agent in plan.agents.values() {
        let mut agent = agent.clone();
        for (action, territories) in [
            (AgentAction::TerritoriesGivenUp, &plan.ended),
            (AgentAction::TerritoriesReceived, &plan.granted),
        ] {
            let own: Vec<_> = territories.iter().filter(|of| of.agent_id == agent.id).collect();
            if own.is_empty() {
                continue;
            }
            let deed = Deed::new(command.actor, action, plan.reason.clone(), plan.effective_at).over(own);
            let fact = Fact::TerritoriesTransferred {
                agent_id: agent.id,
                effective_at: plan.effective_at,
            };
            record_deed(session, ids, now, &agent, deed, fact)?;
            agent.version += 1;
        }
    }
    rivals.review_again(session, ids, tree, now)?;
    Ok(plan)
}

/// The territories that are to end, in the order they were named.
fn find_ending(
    session: &mut (impl AgentLifeSession + ?Sized),
    command: &TransferTerritories,
    at: Instant,
    validation: &mut Validation,
) -> Result<Vec<Territory>, RepositoryError> {
    if !(1..=MAXIMUM_DIVISIONS).contains(&command.territory_ids.len()) {
        validation.refuse("territory_ids", out_of_range(1));
        return Ok(Vec::new());
    }
    let mut found = session.find_territories(&command.territory_ids)?;
    let mut ending = Vec::new();
    for (index, id) in command.territory_ids.iter().enumerate() {
        let lasts = |held: &Territory| held.revoked_at.is_none() && at < held.validity.until();
        // One that is named twice is not found a second time.
        match found.remove(id).filter(lasts) {
            Some(territory) => ending.push(territory),
            None => validation.refuse(
                format!("territory_ids[{index}]"),
                Invalid::new(
                    "no_lasting_territory",
                    "没有此代理区域，或届时已失效，或重复",
                    "is no territory that lasts until then, or stands twice",
                ),
            ),
        }
    }
    Ok(ending)
}

type Targets = BTreeMap<(AgentId, ContractId), (Agent, Contract)>;

/// The agents and contracts that take over.
fn find_targets(
    session: &mut (impl AgentLifeSession + ?Sized),
    command: &TransferTerritories,
    at: Instant,
    now: Instant,
    validation: &mut Validation,
) -> Result<Targets, RepositoryError> {
    if command.to.len() > MAXIMUM_DIVISIONS {
        validation.refuse("to", out_of_range(0));
        return Ok(BTreeMap::new());
    }
    let named: BTreeSet<_> = command
        .to
        .iter()
        .map(|to| (to.agent_id, to.contract_id))
        .collect();
    let named: Vec<_> = named.into_iter().collect();
    let contracts = session.find_contracts(&named)?;
    let mut targets = BTreeMap::new();
    for (index, target) in command.to.iter().enumerate() {
        let key = (target.agent_id, target.contract_id);
        if targets.contains_key(&key) {
            continue;
        }
        let living = find_living(session, target.agent_id, now)?;
        let stays = |standing| matches!(standing, Standing::Active | Standing::Suspended { .. });
        let agent = living
            .filter(|(_, standing)| stays(*standing))
            .map(|(agent, _)| agent);
        let in_force = |contract: &&Contract| contract.terms.validity.contains(at);
        match agent.zip(contracts.get(&target.contract_id).filter(in_force)) {
            Some((agent, contract)) => {
                targets.insert(key, (agent, contract.clone()));
            }
            None => validation.refuse(
                format!("to[{index}].contract_id"),
                Invalid::new(
                    "contract_not_in_force",
                    "届时不是此代理商的有效合同，或代理商将离任",
                    "is no contract of that agent that is in force then, or the agent is leaving",
                ),
            ),
        }
    }
    Ok(targets)
}

/// The division of a target: one of those that end, inside or around one, or what took the place of one that the edition
/// has no more; beside the other targets.
fn check_division<'tree>(
    target: &TransferTarget,
    index: usize,
    tree: &'tree DivisionTree,
    ending: &[Territory],
    command: &TransferTerritories,
    validation: &mut Validation,
) -> Option<&'tree Division> {
    let field = || format!("to[{index}].division_code");
    let parsed = target.division_code.parse::<DivisionCode>();
    let division = parsed.and_then(|code| tree.grantable(code).map_err(Invalid::from));
    let division = validation.take(field(), division)?;
    let belongs = |held: &Territory| {
        held.division_code.span().overlaps(division.code.span())
            || tree.successors(held.division_code).contains(&division.code)
    };
    if !ending.iter().any(belongs) {
        let invalid = Invalid::new(
            "not_in_transfer",
            "与将结束的代理区域无关",
            "has nothing to do with the territories that end",
        );
        validation.refuse(field(), invalid);
    }
    let mut earlier = command.to.iter().take(index);
    let overlaps = |other: &TransferTarget| {
        let code = other.division_code.parse::<DivisionCode>();
        code.is_ok_and(|code| code.span().overlaps(division.code.span()))
    };
    if earlier.any(overlaps) {
        let invalid = Invalid::new("overlapping", "与前面的区划重叠", "overlaps one before it");
        validation.refuse(field(), invalid);
    }
    Some(division)
}

/// A contract may hold divisions of its own level, and narrower ones by narrowing or splitting.
fn check_level(
    contract: &Contract,
    division: &Division,
    index: usize,
    validation: &mut Validation,
) -> Option<()> {
    if contract.level.may_receive(division.level) {
        return Some(());
    }
    let invalid = Invalid::new(
        "level_mismatch",
        "高于合同的代理级别",
        "is of a wider level than the contract",
    );
    validation.refuse(format!("to[{index}].division_code"), invalid);
    None
}

fn out_of_range(least: usize) -> Invalid {
    Invalid {
        code: "out_of_range",
        message_zh: format!("应为 {least} 至 {MAXIMUM_DIVISIONS} 个").into(),
        message_en: format!("must be {least} to {MAXIMUM_DIVISIONS}").into(),
    }
}

/// The largest divisions of the ended territories that no granted one covers.
fn uncovered(tree: &DivisionTree, ended: &[Territory], granted: &[Territory]) -> Vec<DivisionCode> {
    let mut uncovered = Vec::new();
    let mut left = Vec::new();
    for territory in ended.iter().rev() {
        let next = tree.successors(territory.division_code);
        if next.is_empty() {
            left.push(territory.division_code);
        }
        left.extend(next);
    }
    while let Some(code) = left.pop() {
        let covers = |to: &Territory| to.division_code.span().contains(code);
        let lies_inside = |to: &Territory| code.span().contains(to.division_code);
        if granted.iter().any(covers) {
        } else if granted.iter().any(lies_inside) {
            let children: Vec<_> = tree.children(Some(code)).map(|division| division.code).collect();
            left.extend(children.into_iter().rev());
        } else {
            uncovered.push(code);
        }
    }
    uncovered
}

fn find_concerned(
    session: &mut (impl AgentLifeSession + MatterSession + ?Sized),
    (now, effective_at): (Instant, Instant),
    ended: &[Territory],
    granted: &[Territory],
) -> Result<Vec<ConcernedAgent>, RepositoryError> {
    let givers: BTreeSet<_> = ended.iter().map(|territory| territory.agent_id).collect();
    let mut concerned = Vec::new();
    for agent_id in givers {
        let own = ended.iter().filter(|territory| territory.agent_id == agent_id);
        let spans: Vec<_> = own.map(|territory| territory.division_code.span()).collect();
        let mut remaining = session.list_agent_territories(agent_id, effective_at)?;
        remaining.retain(|held| ended.iter().all(|ended| ended.id != held.id));
        let received = granted.iter().filter(|to| to.agent_id == agent_id).count();
        concerned.push(ConcernedAgent {
            agent_id,
            there: session.count_concerned(agent_id, &spans)?,
            remaining_territories: remaining.len() + received,
            open: find_open_matters(session, agent_id, now)?,
        });
    }
    Ok(concerned)
}
