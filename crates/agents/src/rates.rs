//! Rates along a chain of agents: an agent's share of its own sales, and the overrides of those above it, may not pass the
//! whole together.

use crate::{AgentRepository, Contract};
use kernel::{ContractId, DivisionCode, Rate, RepositoryError};
use regions::{Claim, DivisionLevel, Exclusivity, Territory, TerritoryRepository};
use std::collections::BTreeMap;
use thiserror::Error;

/// A chain of agents would earn more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the rates over division {division_code} would reach {total_bp} basis points")]
pub struct RatesExceedWhole {
    /// The territory at the lower end of the chain.
    pub division_code: DivisionCode,
    /// The sum of its share and all overrides above it, in basis points.
    pub total_bp: u32,
}

/// What is about to be granted.
pub(crate) struct Change<'a> {
    /// The territories that are new.
    pub granted: &'a [Territory],
    /// The contracts that they are granted under, whether they are stored or not.
    pub under: &'a [Contract],
    /// Territories that are stored and end for it, as they will be.
    pub ended: &'a [Territory],
}

/// The worst chain that the change would make, if it passes the whole. Chains through the new territories change only where
/// a territory of theirs begins, so those instants are looked at.
pub(crate) fn check_rates(
    session: &mut (impl AgentRepository + TerritoryRepository + ?Sized),
    change: &Change<'_>,
) -> Result<Option<RatesExceedWhole>, RepositoryError> {
    let mut worst: Option<RatesExceedWhole> = None;
    for new in change.granted {
        // Claims on every level over the division meet whatever lies above it, in it, or is it.
        let probe = Claim::of(
            new.division_code,
            DivisionLevel::Province,
            Exclusivity::Exclusive,
            new.validity,
        );
        let mut chain = session.find_territory_conflicts(&probe)?;
        let ids: Vec<_> = chain
            .iter()
            .map(|other| (other.agent_id, other.contract_id))
            .collect();
        let mut contracts = session.find_contracts(&ids)?;
        contracts.extend(
            change
                .under
                .iter()
                .map(|contract| (contract.id, contract.clone())),
        );
        for held in &mut chain {
            if let Some(ended) = change.ended.iter().find(|ended| ended.id == held.id) {
                *held = ended.clone();
            }
        }
        chain.extend(change.granted.iter().cloned());
        let exceeded = worst_chain(new, &chain, &contracts)
            .filter(|found| found.total_bp > u32::from(Rate::WHOLE_BASIS_POINTS));
        worst = worst
            .into_iter()
            .chain(exceeded)
            .max_by_key(|found| found.total_bp);
    }
    Ok(worst)
}

fn worst_chain(
    new: &Territory,
    chain: &[Territory],
    contracts: &BTreeMap<ContractId, Contract>,
) -> Option<RatesExceedWhole> {
    let inside = |inner: &Territory, outer: &Territory| {
        inner.division_code != outer.division_code && outer.division_code.span().contains(inner.division_code)
    };
    let rate = |territory: &Territory, of: fn(&Contract) -> Rate| {
        contracts
            .get(&territory.contract_id)
            .map_or(0, |contract| u32::from(of(contract).basis_points()))
    };
    let lower_ends = chain.iter().filter(|end| end.id == new.id || inside(end, new));
    let sums = lower_ends.flat_map(|end| {
        let above: Vec<_> = chain.iter().filter(|outer| inside(end, outer)).collect();
        let starts = chain.iter().map(|other| other.validity.from());
        let instants = starts.filter(|at| end.is_active_at(*at) && new.is_active_at(*at));
        // The later of two overlapping periods' beginnings is inside both, and is one of `starts`.
        instants
            .map(|at| {
                let overrides = above
                    .iter()
                    .filter(|outer| outer.is_active_at(at))
                    .map(|outer| rate(outer, |contract| contract.terms.override_rate));
                rate(end, |contract| contract.terms.share_rate) + overrides.sum::<u32>()
            })
            .map(|total_bp| RatesExceedWhole {
                division_code: end.division_code,
                total_bp,
            })
            .collect::<Vec<_>>()
    });
    sums.max_by_key(|sum| sum.total_bp)
}
