//! Contracts as a notice leaves them.

use super::repository::AgentLifeRepository;
use super::terminate::{Termination, TerminationState};
use crate::{AgentRepository, Contract, ContractTerms};
use kernel::{Instant, Period, ReachedAgent, RepositoryError};

/// Every contract of the agent, oldest first, up to where a notice ended it; one that would not have begun by then is left
/// out. What an agent owes is judged by these.
pub fn list_contracts_in_force(
    session: &mut (impl AgentRepository + AgentLifeRepository + ?Sized),
    agent: ReachedAgent,
) -> Result<Vec<Contract>, RepositoryError> {
    let terminations = session.list_terminations(&[agent.id()])?;
    let contracts = session.list_contracts(&[agent])?;
    Ok(contracts
        .into_iter()
        .filter_map(|contract| {
            let from = contract.terms.validity.from();
            let validity = Period::new(from, end_of_contract(&contract, &terminations))?;
            let terms = ContractTerms {
                validity,
                ..contract.terms
            };
            Some(Contract { terms, ..contract })
        })
        .collect())
}

/// When a contract ends: as agreed, or with the first notice that was given while it was there and not taken back.
pub fn end_of_contract(contract: &Contract, terminations: &[Termination]) -> Instant {
    let stands = |one: &&Termination| {
        !matches!(one.state, TerminationState::Withdrawn { .. }) && contract.signed_at <= one.given_at
    };
    let ended = terminations.iter().filter(stands).map(|one| one.effective_at);
    let agreed = contract.terms.validity.until();
    ended.fold(agreed, Instant::min)
}
