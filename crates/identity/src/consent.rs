//! What people agreed to: each agreement to a privacy policy is kept, and only the policy in force can be agreed to.

use crate::{AccountRepository, PrivacyPolicyVersion};
use kernel::{AccountId, ConsentId, IdSource, Instant, Invalid, RepositoryError};
use thiserror::Error;

/// The privacy policy that is in force, known by its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInForce(PrivacyPolicyVersion);

impl PolicyInForce {
    /// The policy of that version.
    pub const fn new(version: PrivacyPolicyVersion) -> Self {
        Self(version)
    }

    /// Its version.
    pub const fn version(&self) -> &PrivacyPolicyVersion {
        &self.0
    }

    /// Takes the version that somebody agreed to. Nobody can agree to an old one: what they read is not what holds.
    pub fn require_current(&self, agreed: &str) -> Result<PrivacyPolicyVersion, Invalid> {
        let agreed = PrivacyPolicyVersion::parse(agreed)?;
        if agreed == self.0 {
            return Ok(agreed);
        }
        let current = self.0.as_str();
        Err(Invalid {
            code: "outdated_policy",
            message_zh: format!("现行隐私政策的版本是 {current}，请阅读并同意").into(),
            message_en: format!("the privacy policy in force is {current}: read it and agree to it").into(),
        })
    }
}

/// What somebody was doing when they agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentOccasion {
    /// Opening an account.
    Registration,
    /// Applying to become an agent.
    Application,
    /// Agreeing anew, to a policy that had changed.
    Renewal,
}

impl ConsentOccasion {
    /// Every occasion.
    pub const ALL: [Self; 3] = [Self::Registration, Self::Application, Self::Renewal];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Application => "application",
            Self::Renewal => "renewal",
        }
    }

    /// The occasion of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}

/// One agreement. It is never changed or removed: it proves what the account's holder agreed to, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose.
    pub account_id: AccountId,
    /// To which policy.
    pub version: PrivacyPolicyVersion,
    /// When.
    pub at: Instant,
    /// While doing what.
    pub occasion: ConsentOccasion,
}

impl Consent {
    /// A fresh one.
    pub fn new(
        ids: &dyn IdSource,
        at: Instant,
        account_id: AccountId,
        version: PrivacyPolicyVersion,
        occasion: ConsentOccasion,
    ) -> Self {
        Self {
            id: ConsentId::from_uuid(ids.next_uuid(at)),
            account_id,
            version,
            at,
            occasion,
        }
    }
}

/// The agreements, append-only.
pub trait ConsentRepository {
    /// Adds agreements.
    fn insert_consents(&mut self, consents: &[Consent]) -> Result<(), RepositoryError>;

    /// Every agreement of an account, oldest first.
    fn list_consents(&mut self, account_id: AccountId) -> Result<Vec<Consent>, RepositoryError>;
}

/// Why an agreement was not taken.
#[derive(Debug, Error)]
pub enum AgreeAnewError {
    /// It is to a policy that is not in force.
    #[error(transparent)]
    Invalid(Invalid),
    /// There is no such account.
    #[error("account {0} is not there")]
    NotFound(AccountId),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// An account's holder agrees to the policy in force, which is not the one they agreed to before.
pub fn agree_anew(
    session: &mut (impl AccountRepository + ConsentRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    policy: &PolicyInForce,
    account_id: AccountId,
    agreed: &str,
) -> Result<Consent, AgreeAnewError> {
    let version = policy.require_current(agreed).map_err(AgreeAnewError::Invalid)?;
    let mut account = session
        .find_account(account_id)?
        .ok_or(AgreeAnewError::NotFound(account_id))?;
    account.privacy_policy_version = Some(version.clone());
    session.save_account(&account)?;
    let consent = Consent::new(ids, now, account_id, version, ConsentOccasion::Renewal);
    session.insert_consents(std::slice::from_ref(&consent))?;
    Ok(consent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_policy_in_force_is_taken_and_the_refusal_names_it() {
        let policy = PolicyInForce::new(PrivacyPolicyVersion::parse("2026-11").unwrap());
        assert_eq!(policy.require_current("2026-11").unwrap(), *policy.version());
        assert_eq!(policy.require_current("").unwrap_err().code, "empty");
        for other in ["2026-10", "2026-12", "2026-11-01"] {
            let refused = policy.require_current(other).unwrap_err();
            assert_eq!(refused.code, "outdated_policy");
            assert!(refused.message_zh.contains("2026-11") && refused.message_en.contains("2026-11"));
        }
    }

    #[test]
    fn occasions_come_back_by_their_names() {
        for occasion in ConsentOccasion::ALL {
            assert_eq!(ConsentOccasion::from_name(occasion.name()), Some(occasion));
        }
        assert_eq!(ConsentOccasion::from_name("other"), None);
    }
}
