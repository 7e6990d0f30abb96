//! Approving an application: the one transaction in which an agent comes to be.

use super::finding::{FindingCode, ReviewSession, Severity, Subject, owns, review};
use super::form::parse_divisions;
use super::rivals::lock_rivals;
use super::submit::save_advanced;
use super::{
    Act, Application, ApplicationAction, ApplicationScope, ApplicationState, Finding, Reason, TransitionError,
};
use crate::{
    Agent, Contract, ContractTerms, ProposedTerms,
    rates::{Change, RatesExceedWhole, check_rates},
};
use events::{Fact, OutboxRepository};
use identity::{Membership, MembershipRepository, Position};
use kernel::{
    AccountId, AgentId, ApplicationId, ContractId, DivisionCode, FieldError, IdSource, Instant, Invalid,
    MembershipId, RepositoryError, TerritoryId, Validation,
};
use regions::{DivisionTree, Territory};
use thiserror::Error;

/// An operator approves an application.
#[derive(Clone, Debug)]
pub struct ApproveApplication {
    /// Which one.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
    /// On which terms.
    pub terms: ProposedTerms,
    /// Only these divisions; each must be, or lie in, one that was applied for. All of them where absent.
    pub division_codes: Option<Vec<String>>,
    /// Why blocking findings do not stand in the way.
    pub override_reason: Option<String>,
}

/// What came to be.
#[derive(Clone, Debug)]
pub struct ApprovedApplication {
    /// The application, approved.
    pub application: Application,
    /// The agent, new or known by its identity.
    pub agent: Agent,
    /// The contract.
    pub contract: Contract,
    /// The territories, in the order of the divisions.
    pub territories: Vec<Territory>,
}

/// Why an application is not approved; nothing has changed.
#[derive(Debug, Error)]
pub enum ApproveApplicationError {
    /// There is no such application.
    #[error("there is no such application")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Its state does not allow it.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// Territories stand in the way; no reason overrides that.
    #[error("{} territories stand in the way", conflicts.len())]
    TerritoryConflict {
        /// Those territories.
        conflicts: Vec<Territory>,
    },
    /// Blocking findings stand in the way, and no reason was given.
    #[error("{} findings stand in the way and need a reason", findings.len())]
    BlockedByFindings {
        /// Those findings.
        findings: Vec<Finding>,
    },
    /// The rates along a chain of agents would pass the whole.
    #[error(transparent)]
    RatesExceedWhole(#[from] RatesExceedWhole),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Makes the agent, its contract and its territories, and the applicant's account its owner.
pub fn approve_application(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &ApproveApplication,
) -> Result<ApprovedApplication, ApproveApplicationError> {
    let application = session
        .find_application(ApplicationScope::All, command.application_id)?
        .ok_or(ApproveApplicationError::NotFound)?;
    let checked = command
        .check(&application, tree, now)
        .map_err(ApproveApplicationError::Invalid)?;
    let granted = checked.division_codes.iter().map(|code| code.span());
    let spans: Vec<_> = granted.chain(application.own_spans()).collect();
    let (application, rivals) = lock_rivals(session, application, &spans)?;

    let known_agent = session.find_agent_by_identity(&application.applicant.identity_number)?;
    let agent = match &known_agent {
        Some(agent) => agent.clone(),
        None => Agent {
            id: AgentId::from_uuid(ids.next_uuid(now)),
            number: session.next_agent_number()?,
            holder: Some(application.applicant.clone()),
            version: 1,
            created_at: now,
        },
    };
    let contract = Contract {
        id: ContractId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id,
        application_id: application.id,
        renews: None,
        level: application.level,
        terms: checked.terms,
        version: 1,
        signed_at: now,
    };
    let territories = grant(tree, ids, now, &agent, &contract, &checked.division_codes);

    // The state first: a decided application says so, whatever else is wrong.
    let act = Act {
        reason: checked.override_reason.clone(),
        ..Act::new(now, command.actor, ApplicationAction::Approve)
    };
    let subject = Subject {
        id: application.id,
        account_id: application.account_id,
        applicant: &application.applicant,
        level: application.level,
        division_codes: &checked.division_codes,
        waits_for: &application.division_codes,
        has_attachments: !application.attachments.is_empty(),
    };
    let findings = review(session, tree, now, &subject)?;
    let application = Application {
        findings: findings.clone(),
        ..application
    };
    let advanced = application.advance(ApplicationState::Approved { agent_id: agent.id }, act)?;

    let claims: Vec<_> = territories.iter().flat_map(Territory::claims).collect();
    let conflicts = session.find_territory_conflicts(&claims)?;
    if !conflicts.is_empty() {
        return Err(ApproveApplicationError::TerritoryConflict { conflicts });
    }
    // What is held was decided just now, for the very period of the contract.
    let blocking: Vec<_> = findings
        .into_iter()
        .filter(|finding| finding.code.severity() == Severity::Blocking)
        .filter(|finding| finding.code != FindingCode::DivisionHeld)
        .collect();
    if !blocking.is_empty() && checked.override_reason.is_none() {
        return Err(ApproveApplicationError::BlockedByFindings { findings: blocking });
    }
    let change = Change {
        granted: &territories,
        under: std::slice::from_ref(&contract),
        ended: &[],
    };
    if let Some(exceeded) = check_rates(session, &change)? {
        return Err(exceeded.into());
    }

    let fact = Fact::ApplicationApproved {
        application_id: command.application_id,
        agent_id: agent.id,
    };
    let application = save_advanced(session, ids, advanced, Some(fact))?;
    if known_agent.is_none() {
        session.insert_agents(std::slice::from_ref(&agent))?;
    }
    session.insert_contracts(std::slice::from_ref(&contract))?;
    session.insert_territories(&territories)?;
    make_owner(session, ids, now, application.account_id, agent.id)?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(ApprovedApplication {
        application,
        agent,
        contract,
        territories,
    })
}

/// What was approved, once everything in it is right.
struct Checked {
    terms: ContractTerms,
    division_codes: Vec<DivisionCode>,
    override_reason: Option<Reason>,
}

impl ApproveApplication {
    fn check(
        &self,
        application: &Application,
        tree: &DivisionTree,
        now: Instant,
    ) -> Result<Checked, Vec<FieldError>> {
        let mut validation = Validation::default();
        let override_reason = validation.take_optional(
            "override_reason",
            self.override_reason.as_deref().map(Reason::parse),
        );
        let division_codes = match &self.division_codes {
            None => Some(application.division_codes.clone()),
            Some(texts) => parse_divisions(texts, tree, &mut validation),
        };
        for (index, code) in division_codes.iter().flatten().enumerate() {
            let applied_for = || {
                tree.path(*code)
                    .any(|outer| application.division_codes.contains(&outer.code))
            };
            let field = || format!("division_codes[{index}]");
            if self.division_codes.is_some() && !applied_for() {
                let invalid = Invalid::new("not_applied_for", "不在申请的区划之内", "was not applied for");
                validation.refuse(field(), invalid);
            }
            let mut earlier = division_codes.iter().flatten().take(index);
            if earlier.any(|earlier| earlier.span().overlaps(code.span())) {
                let invalid = Invalid::new("overlapping", "与前面的区划重叠", "overlaps one before it");
                validation.refuse(field(), invalid);
            }
        }
        let mut errors = Vec::new();
        let terms = self.terms.check(now).map_err(|wrong| errors = wrong).ok();
        match validation.finish_with(override_reason.zip(division_codes).zip(terms)) {
            Ok(((override_reason, division_codes), terms)) => Ok(Checked {
                terms,
                division_codes,
                override_reason,
            }),
            Err(others) => {
                errors.extend(others);
                Err(errors)
            }
        }
    }
}

fn grant(
    tree: &DivisionTree,
    ids: &dyn IdSource,
    now: Instant,
    agent: &Agent,
    contract: &Contract,
    codes: &[DivisionCode],
) -> Vec<Territory> {
    let divisions = codes.iter().filter_map(|code| tree.find(*code));
    divisions
        .map(|division| Territory {
            id: TerritoryId::from_uuid(ids.next_uuid(now)),
            agent_id: agent.id,
            agent_number: agent.number,
            contract_id: contract.id,
            division_code: division.code,
            level: division.level,
            exclusivity: contract.terms.exclusivity,
            validity: contract.terms.validity,
            consents: Vec::new(),
            revoked_at: None,
            version: 1,
            granted_at: now,
        })
        .collect()
}

fn make_owner(
    session: &mut (impl MembershipRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    account_id: AccountId,
    agent_id: AgentId,
) -> Result<(), RepositoryError> {
    if owns(session, account_id, agent_id)? {
        return Ok(());
    }
    session.insert_memberships(&[Membership {
        id: MembershipId::from_uuid(ids.next_uuid(now)),
        account_id,
        position: Position::AgentOwner(agent_id),
        created_at: now,
        ended_at: None,
    }])
}
