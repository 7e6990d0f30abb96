//! Renewing a contract: another one begins where it ends, over the same divisions.

use crate::application::{finding::ReviewSession, rivals::Rivals};
use crate::life::{
    AgentLifeSession, Deed, find_living, history::AgentAction, record_deed, standing::Standing,
};
use crate::rates::{Change, RatesExceedWhole, check_rates};
use crate::{Contract, ContractTerms, ProposedTerms, Reason};
use events::Fact;
use kernel::{
    AccountId, AgentId, ContractId, FieldError, IdSource, Instant, Invalid, RepositoryError, Scope,
    TerritoryId, Validation,
};
use regions::{DivisionTree, Territory};
use thiserror::Error;

/// Headquarters renews a contract.
#[derive(Clone, Debug)]
pub struct RenewContract {
    /// Whose.
    pub agent_id: AgentId,
    /// Which of its contracts.
    pub contract_id: ContractId,
    /// Who decides.
    pub actor: AccountId,
    /// On which terms; they begin where the contract ends.
    pub terms: ProposedTerms,
    /// Why; required.
    pub reason: String,
}

/// What came to be.
#[derive(Clone, Debug)]
pub struct RenewedContract {
    /// The contract that follows.
    pub contract: Contract,
    /// Its territories, in the order of those that they follow.
    pub territories: Vec<Territory>,
}

/// Why a contract is not renewed; nothing has changed.
#[derive(Debug, Error)]
pub enum RenewContractError {
    /// There is no such agent; headquarters is none.
    #[error("there is no such agent")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The agent was given notice, or is gone.
    #[error("the agent is leaving or gone")]
    Leaving,
    /// It is followed by another already.
    #[error("contract {by} follows already")]
    AlreadyRenewed {
        /// That one.
        by: ContractId,
    },
    /// No territory lasts until its end.
    #[error("no territory lasts until the end of the contract")]
    NothingToRenew,
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

/// Makes the contract that follows, and its territories over the divisions that are held until the end.
pub fn renew_contract(
    session: &mut (impl AgentLifeSession + ReviewSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &RenewContract,
) -> Result<RenewedContract, RenewContractError> {
    let (agent, standing) =
        find_living(session, command.agent_id, now)?.ok_or(RenewContractError::NotFound)?;
    let own = Scope::All.agent(agent.id).ok_or(RenewContractError::NotFound)?;
    let contracts = session.list_contracts(&[own])?;
    let old = contracts
        .iter()
        .find(|contract| contract.id == command.contract_id);
    let (old, terms, reason) = command.check(old, now).map_err(RenewContractError::Invalid)?;
    if matches!(standing, Standing::Leaving { .. } | Standing::Terminated { .. }) {
        return Err(RenewContractError::Leaving);
    }
    if let Some(next) = contracts.iter().find(|contract| contract.renews == Some(old.id)) {
        return Err(RenewContractError::AlreadyRenewed { by: next.id });
    }
    let end = old.terms.validity.until();
    let mut lasting = session.list_agent_territories(agent.id, now)?;
    lasting.retain(|held| held.contract_id == old.id && held.validity.until() == end);
    if lasting.is_empty() {
        return Err(RenewContractError::NothingToRenew);
    }
    let contract = Contract {
        id: ContractId::from_uuid(ids.next_uuid(now)),
        renews: Some(old.id),
        terms,
        version: 1,
        signed_at: now,
        ..old.clone()
    };
    let territories: Vec<_> = lasting
        .iter()
        .map(|held| Territory {
            id: TerritoryId::from_uuid(ids.next_uuid(now)),
            contract_id: contract.id,
            exclusivity: terms.exclusivity,
            validity: terms.validity,
            consents: Vec::new(),
            version: 1,
            granted_at: now,
            ..held.clone()
        })
        .collect();
    let rivals = Rivals::waiting_for(session, &territories)?;
    let claims: Vec<_> = territories.iter().flat_map(Territory::claims).collect();
    let conflicts = session.find_territory_conflicts(&claims)?;
    if !conflicts.is_empty() {
        return Err(RenewContractError::TerritoryConflict { conflicts });
    }
    let change = Change {
        granted: &territories,
        under: std::slice::from_ref(&contract),
        ended: &[],
    };
    if let Some(exceeded) = check_rates(session, &change)? {
        return Err(exceeded.into());
    }
    session.insert_contracts(std::slice::from_ref(&contract))?;
    session.insert_territories(&territories)?;
    let deed = Deed {
        contract_id: Some(contract.id),
        ..Deed::new(command.actor, AgentAction::ContractRenewed, reason, end).over(&territories)
    };
    let fact = Fact::ContractRenewed {
        agent_id: agent.id,
        contract_id: contract.id,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(RenewedContract {
        contract,
        territories,
    })
}

impl RenewContract {
    fn check<'a>(
        &self,
        old: Option<&'a Contract>,
        now: Instant,
    ) -> Result<(&'a Contract, ContractTerms, Reason), Vec<FieldError>> {
        let mut validation = Validation::default();
        let unknown = Invalid::new(
            "no_contract_of_agent",
            "不是此代理商的合同",
            "is no contract of that agent",
        );
        let old = validation.take("contract_id", old.ok_or(unknown));
        let reason = validation.take("reason", Reason::parse(&self.reason));
        let mut errors = Vec::new();
        let terms = self.terms.check(now).map_err(|wrong| errors = wrong).ok();
        let ends = old.map(|old| old.terms.validity.until());
        if ends
            .zip(terms)
            .is_some_and(|(ends, terms)| terms.validity.from() != ends)
        {
            let invalid = Invalid::new(
                "not_where_it_ends",
                "须始于原合同的结束时间",
                "must be where the contract ends",
            );
            validation.refuse("contract.valid_from", invalid);
        }
        match (validation.finish_with(old.zip(reason)), terms) {
            (Ok((old, reason)), Some(terms)) => Ok((old, terms, reason)),
            (Ok(_), None) => Err(errors),
            (Err(others), _) => {
                errors.extend(others);
                Err(errors)
            }
        }
    }
}
