//! Opening an account for somebody whom WeChat vouches for.

use super::open::begin_account;
use super::{Account, AccountRepository, LoginKey, PrivacyPolicyVersion};
use crate::{ConsentRepository, Membership, MembershipRepository, OpenId, PolicyInForce, Position};
use kernel::{AccountId, FieldError, IdSource, Instant, PersonName, RepositoryError, Validation};
use thiserror::Error;

/// What somebody is called who did not say: WeChat tells no names.
pub const WECHAT_DEFAULT_NAME: &str = "微信用户";

/// What somebody sends along with a code, in case there is no account yet.
#[derive(Clone, Debug)]
pub struct WechatRegistration {
    /// The holder's name.
    pub name: PersonName,
    /// The privacy policy agreed to; whoever has an account need not say it again.
    pub privacy_policy_version: Option<PrivacyPolicyVersion>,
}

impl WechatRegistration {
    /// Checks what was sent; the errors are those of all fields. The policy agreed to is the one in force.
    pub fn parse(
        name: Option<&str>,
        privacy_policy_version: Option<&str>,
        policy: &PolicyInForce,
    ) -> Result<Self, Vec<FieldError>> {
        let mut validation = Validation::default();
        let name = validation.take("name", PersonName::parse(name.unwrap_or(WECHAT_DEFAULT_NAME)));
        let version = validation.take_optional(
            "privacy_policy_version",
            privacy_policy_version.map(|version| policy.require_current(version)),
        );
        validation.finish_with((|| {
            Some(Self {
                name: name?,
                privacy_policy_version: version?,
            })
        })())
    }
}

/// Whom the account is for.
#[derive(Clone, Debug)]
pub struct OpenWechatAccount {
    /// Its id, fresh: what the holder is may have to name it before it is there.
    pub id: AccountId,
    /// Who WeChat says the holder is.
    pub openid: OpenId,
    /// What the holder sent along.
    pub registration: WechatRegistration,
    /// What the holder is at first.
    pub position: Position,
}

/// Why no account was opened.
#[derive(Debug, Error)]
pub enum OpenWechatAccountError {
    /// The holder agreed to no privacy policy. Consent comes before data, so nothing is kept.
    #[error("the holder agreed to no privacy policy")]
    NoConsent,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Opens an account without user name and password, found by an openid that [`crate::admit_with_wechat`] found nobody
/// by in the same transaction. A rival that opens one meanwhile makes it a [`RepositoryError::LostRace`].
pub fn open_wechat_account(
    session: &mut (impl AccountRepository + ConsentRepository + MembershipRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: OpenWechatAccount,
) -> Result<(Account, Membership), OpenWechatAccountError> {
    let WechatRegistration {
        name,
        privacy_policy_version,
    } = command.registration;
    if privacy_policy_version.is_none() {
        return Err(OpenWechatAccountError::NoConsent);
    }
    let account = Account::fresh(command.id, name, privacy_policy_version, now);
    let begun = begin_account(session, ids, account, command.position)?;
    session.set_login_key(command.id, &LoginKey::WechatOpenId(command.openid))?;
    Ok(begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> PolicyInForce {
        PolicyInForce::new(PrivacyPolicyVersion::parse("2026-11").unwrap())
    }

    #[test]
    fn whoever_says_no_name_has_the_usual_one() {
        let registration = WechatRegistration::parse(None, None, &policy()).unwrap();
        assert_eq!(registration.name.as_str(), WECHAT_DEFAULT_NAME);
        assert_eq!(registration.privacy_policy_version, None);
    }

    #[test]
    fn what_is_said_is_checked_all_at_once() {
        let errors = WechatRegistration::parse(Some(" "), Some("2026-10"), &policy()).unwrap_err();
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error.field.as_ref(), error.code))
            .collect();
        assert_eq!(
            told,
            [("name", "empty"), ("privacy_policy_version", "outdated_policy")]
        );
    }
}
