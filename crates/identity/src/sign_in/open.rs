//! From user name and password to tokens.

use super::SignedIn;
use crate::{
    Account, AccountRepository, Membership, MembershipRepository, Password, PasswordHasher, Principal,
    SecretSource, SessionRepository, SignIn, TokenPair, Username,
};
use kernel::{IdSource, Instant, RepositoryError, SessionId};
use thiserror::Error;

/// What is known of the user name that somebody wants to sign in by. Whether there is an account is nobody's business
/// until the password is right.
#[derive(Debug)]
pub struct Credentials(Option<Account>);

/// An account whose password was verified, as it was when it was read.
#[derive(Debug)]
pub struct Admitted(Account);

/// No such account, another password, or an account that may not sign in: the same answer for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the user name or the password is wrong")]
pub struct WrongCredentials;

/// Reads the account of a user name; a text that cannot be one has none.
pub fn find_credentials(
    session: &mut (impl AccountRepository + ?Sized),
    username: &str,
) -> Result<Credentials, RepositoryError> {
    match Username::parse(username) {
        Ok(username) => session.find_account_by_username(&username).map(Credentials),
        Err(_) => Ok(Credentials(None)),
    }
}

impl Credentials {
    /// Verifies the password, outside any transaction, with the same effort whether there is an account or not.
    pub fn admit(self, hasher: &dyn PasswordHasher, password: String) -> Result<Admitted, WrongCredentials> {
        // What is too short or too long for a password is nobody's.
        let password = Password::parse(password).map_err(|_| WrongCredentials)?;
        let hash = self.0.as_ref().and_then(|account| account.password_hash.as_ref());
        let right = hasher.verify(&password, hash);
        match self.0 {
            Some(account) if right && account.disabled_at.is_none() => Ok(Admitted(account)),
            _ => Err(WrongCredentials),
        }
    }
}

impl Admitted {
    /// An account that was opened in the same transaction needs no password again.
    pub fn newly_opened(account: Account) -> Self {
        Self(account)
    }
}

/// Why somebody with the right password is not signed in.
#[derive(Debug, Error)]
pub enum OpenSessionError {
    /// The account was disabled, or its password changed, since it was verified.
    #[error(transparent)]
    WrongCredentials(#[from] WrongCredentials),
    /// Every membership of the account has ended.
    #[error("the account has no membership that lasts")]
    NoMembership,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Starts a sign-in of an admitted account, in its [`Membership::first_choice`].
pub fn open_session(
    session: &mut (impl AccountRepository + MembershipRepository + SessionRepository + ?Sized),
    ids: &dyn IdSource,
    secrets: &dyn SecretSource,
    now: Instant,
    Admitted(admitted): &Admitted,
) -> Result<SignedIn, OpenSessionError> {
    let account = session
        .find_account(admitted.id)?
        .filter(|account| account.disabled_at.is_none() && account.password_hash == admitted.password_hash)
        .ok_or(WrongCredentials)?;
    let memberships = session.list_memberships(account.id)?;
    let membership = Membership::first_choice(&memberships).ok_or(OpenSessionError::NoMembership)?;
    let sign_in = SignIn {
        id: SessionId::from_uuid(ids.next_uuid(now)),
        account_id: account.id,
        started_at: now,
        ended_at: None,
    };
    let (tokens, rows) = TokenPair::issue(secrets, now, account.id, sign_in.id, membership.id);
    session.insert_session(&sign_in)?;
    session.insert_tokens(&rows)?;
    Ok(SignedIn {
        tokens,
        principal: Principal::of(&account, membership),
    })
}
