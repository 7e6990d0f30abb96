//! The holder of an exclusive territory consents to others inside it, and takes that back.

use crate::application::{finding::ReviewSession, rivals::Rivals};
use crate::life::{AgentLifeSession, Deed, find_living, history::AgentAction, record_deed};
use crate::{Reason, contract::parse_validity};
use events::Fact;
use kernel::{
    AccountId, DivisionCode, FieldError, HolderConsentId, IdSource, Instant, Invalid, Period, ReachedAgent,
    RepositoryError, TerritoryId, Validation,
};
use regions::{Division, DivisionTree, Exclusivity, HolderConsent, Territory};
use thiserror::Error;

/// The most consents that one territory may have.
pub const MAXIMUM_HOLDER_CONSENTS: usize = 100;

/// A holder lets others in.
#[derive(Clone, Debug)]
pub struct GiveConsent {
    /// The holder, which alone can.
    pub holder: ReachedAgent,
    /// Into which of its territories.
    pub territory_id: TerritoryId,
    /// Who acts for it.
    pub actor: AccountId,
    /// Where inside it.
    pub division_code: String,
    /// From when on: an instant, or a business day for its first instant.
    pub valid_from: String,
    /// Up to, and not including, when.
    pub valid_until: String,
    /// Why; required.
    pub reason: String,
}

/// A holder takes its consent back.
#[derive(Clone, Debug)]
pub struct WithdrawConsent {
    /// The holder.
    pub holder: ReachedAgent,
    /// In which of its territories.
    pub territory_id: TerritoryId,
    /// Which consent.
    pub consent_id: HolderConsentId,
    /// Who acts for it.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// Why a consent is not given or not taken back.
#[derive(Debug, Error)]
pub enum HolderConsentError {
    /// The holder has no such territory, or the territory no such consent.
    #[error("there is no such territory or consent")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Others are let in without a consent.
    #[error("the territory is open to agents of lower levels")]
    NotExclusive,
    /// It is over, or was revoked.
    #[error("the territory is over")]
    TerritoryOver,
    /// There are so many already.
    #[error("a territory has at most {MAXIMUM_HOLDER_CONSENTS} consents")]
    TooMany,
    /// Somebody was appointed there.
    #[error("{} territories stand in the way", conflicts.len())]
    TerritoryConflict {
        /// Their territories.
        conflicts: Vec<Territory>,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Opens a division inside the territory to others for a time.
pub fn give_consent(
    session: &mut (impl AgentLifeSession + ReviewSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &GiveConsent,
) -> Result<Territory, HolderConsentError> {
    let territory = find_own(session, command.holder, command.territory_id)?;
    if territory.revoked_at.is_some() || territory.validity.until() <= now {
        return Err(HolderConsentError::TerritoryOver);
    }
    if territory.exclusivity != Exclusivity::Exclusive {
        return Err(HolderConsentError::NotExclusive);
    }
    if territory.consents.len() >= MAXIMUM_HOLDER_CONSENTS {
        return Err(HolderConsentError::TooMany);
    }
    let (division, validity, reason) = command
        .check(tree, now, &territory)
        .map_err(HolderConsentError::Invalid)?;
    let mut changed = territory;
    changed.consents.push(HolderConsent {
        id: HolderConsentId::from_uuid(ids.next_uuid(now)),
        division_code: division.code,
        level: division.level,
        validity,
        given_at: now,
    });
    let deed = Deed {
        division_codes: vec![division.code],
        contract_id: Some(changed.contract_id),
        ..Deed::new(command.actor, AgentAction::ConsentGiven, reason, validity.from())
    };
    save(session, ids, tree, now, changed, deed)
}

/// Ends the consent now; one that has not begun was never given. Nobody who was appointed under it is put out: while
/// somebody is there, or will be, it stays.
pub fn withdraw_consent(
    session: &mut (impl AgentLifeSession + ReviewSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &WithdrawConsent,
) -> Result<Territory, HolderConsentError> {
    let mut validation = Validation::default();
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let reason = validation
        .finish_with(reason)
        .map_err(HolderConsentError::Invalid)?;
    let territory = find_own(session, command.holder, command.territory_id)?;
    let is_it = |consent: &HolderConsent| consent.id == command.consent_id && now < consent.validity.until();
    let consent = territory.consents.iter().copied().find(is_it);
    let consent = consent.ok_or(HolderConsentError::NotFound)?;
    let mut changed = territory;
    changed.consents.retain(|other| other.id != consent.id);
    let ended =
        Period::new(consent.validity.from(), now).map(|validity| HolderConsent { validity, ..consent });
    changed.consents.extend(ended);
    let mut conflicts = session.find_territory_conflicts(&changed.claims())?;
    conflicts.retain(|other| other.id != changed.id);
    if !conflicts.is_empty() {
        return Err(HolderConsentError::TerritoryConflict { conflicts });
    }
    let deed = Deed {
        division_codes: vec![consent.division_code],
        contract_id: Some(changed.contract_id),
        ..Deed::new(command.actor, AgentAction::ConsentWithdrawn, reason, now)
    };
    save(session, ids, tree, now, changed, deed)
}

/// Saves the territory, and reviews those who wait inside it: what stood in their way may be gone, or there again.
fn save(
    session: &mut (impl AgentLifeSession + ReviewSession + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    changed: Territory,
    deed: Deed,
) -> Result<Territory, HolderConsentError> {
    let (agent, _) = find_living(session, changed.agent_id, now)?.ok_or(HolderConsentError::NotFound)?;
    let rivals = Rivals::waiting_for(session, std::slice::from_ref(&changed))?;
    session.save_territories(std::slice::from_ref(&changed))?;
    let fact = Fact::HolderConsentChanged {
        agent_id: agent.id,
        territory_id: changed.id,
    };
    record_deed(session, ids, now, &agent, deed, fact)?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(Territory {
        version: changed.version + 1,
        ..changed
    })
}

fn find_own(
    session: &mut (impl AgentLifeSession + ?Sized),
    holder: ReachedAgent,
    id: TerritoryId,
) -> Result<Territory, HolderConsentError> {
    let found = session.find_territory(id)?;
    found
        .filter(|territory| territory.agent_id == holder.id())
        .ok_or(HolderConsentError::NotFound)
}

impl GiveConsent {
    fn check<'tree>(
        &self,
        tree: &'tree DivisionTree,
        now: Instant,
        territory: &Territory,
    ) -> Result<(&'tree Division, Period, Reason), Vec<FieldError>> {
        let mut validation = Validation::default();
        let division = self.division_code.parse::<DivisionCode>().and_then(|code| {
            let division = tree.grantable(code).map_err(Invalid::from)?;
            let mut above = tree.path(division.code).skip(1);
            if above.any(|outer| outer.code == territory.division_code) {
                Ok(division)
            } else {
                Err(Invalid::new(
                    "not_inside",
                    "不在该代理区域之内",
                    "does not lie inside the territory",
                ))
            }
        });
        let division = validation.take("division_code", division);
        let validity = parse_validity("", &self.valid_from, &self.valid_until, now, &mut validation);
        if let Some(validity) = validity
            && (validity.from() < territory.validity.from() || territory.validity.until() < validity.until())
        {
            let invalid = Invalid::new(
                "outside_territory_validity",
                "不在该代理区域的有效期之内",
                "is not within the territory's own period",
            );
            validation.refuse("valid_until", invalid);
        }
        let reason = validation.take("reason", Reason::parse(&self.reason));
        validation.finish_with((|| Some((division?, validity?, reason?)))())
    }
}
