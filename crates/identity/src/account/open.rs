//! Opening an account, with its first membership.

use super::{Account, AccountRepository, PrivacyPolicyVersion};
use crate::{
    Consent, ConsentOccasion, ConsentRepository, Membership, MembershipRepository, PasswordHash, Position,
    Username,
};
use kernel::{AccountId, IdSource, Instant, MembershipId, PersonName, RepositoryError};
use thiserror::Error;

/// Whom the account is for. The password is hashed beforehand: that is too slow for a transaction.
#[derive(Clone, Debug)]
pub struct OpenAccount {
    /// Its id, fresh: what the holder is may have to name it before it is there.
    pub id: AccountId,
    /// What it signs in as.
    pub username: Username,
    /// What is kept of its password.
    pub password_hash: PasswordHash,
    /// The holder's name.
    pub name: PersonName,
    /// The privacy policy the holder agreed to; absent for headquarters' own people.
    pub privacy_policy_version: Option<PrivacyPolicyVersion>,
    /// What the holder is at first.
    pub position: Position,
}

/// Why no account was opened.
#[derive(Debug, Error)]
pub enum OpenAccountError {
    /// Somebody has that user name.
    #[error("the user name {0} is taken")]
    UsernameTaken(Username),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Opens an account under a user name that nobody has, and keeps what its holder agreed to.
pub fn open_account(
    session: &mut (impl AccountRepository + ConsentRepository + MembershipRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: OpenAccount,
) -> Result<(Account, Membership), OpenAccountError> {
    if session.find_account_by_username(&command.username)?.is_some() {
        return Err(OpenAccountError::UsernameTaken(command.username));
    }
    let account = Account {
        username: Some(command.username),
        password_hash: Some(command.password_hash),
        ..Account::fresh(command.id, command.name, command.privacy_policy_version, now)
    };
    Ok(begin_account(session, ids, account, command.position)?)
}

impl Account {
    /// An account as it begins, with no way to sign in yet.
    pub(super) const fn fresh(
        id: AccountId,
        name: PersonName,
        privacy_policy_version: Option<PrivacyPolicyVersion>,
        now: Instant,
    ) -> Self {
        Self {
            id,
            username: None,
            name,
            password_hash: None,
            privacy_policy_version,
            disabled_at: None,
            created_at: now,
            version: 1,
        }
    }
}

/// Keeps a fresh account, its first membership and what its holder agreed to.
pub(super) fn begin_account(
    session: &mut (impl AccountRepository + ConsentRepository + MembershipRepository + ?Sized),
    ids: &dyn IdSource,
    account: Account,
    position: Position,
) -> Result<(Account, Membership), RepositoryError> {
    let now = account.created_at;
    let membership = Membership {
        id: MembershipId::from_uuid(ids.next_uuid(now)),
        account_id: account.id,
        position,
        created_at: now,
        ended_at: None,
    };
    session.insert_accounts(std::slice::from_ref(&account))?;
    session.insert_memberships(std::slice::from_ref(&membership))?;
    if let Some(version) = account.privacy_policy_version.clone() {
        let consent = Consent::new(ids, now, account.id, version, ConsentOccasion::Registration);
        session.insert_consents(&[consent])?;
    }
    Ok((account, membership))
}
