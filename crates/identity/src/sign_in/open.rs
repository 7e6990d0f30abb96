//! From user name and password to tokens.

use super::{Client, SignedIn, live_sign_ins};
use crate::{
    Account, AccountRepository, AuditAction, AuditActor, AuditEntry, AuditRepository, Membership,
    MembershipRepository, Password, PasswordHasher, Principal, SecretSource, SessionRepository, SignIn,
    TokenPair, Username,
};
use kernel::{AccountId, IdSource, Instant, RepositoryError, SessionId};
use thiserror::Error;

/// How many sign-ins of one account are live at a time; one more ends the oldest.
pub const MAXIMUM_SIGN_INS: usize = 50;

/// What is known of the user name that somebody wants to sign in by. Whether there is an account is nobody's business
/// until the password is right.
#[derive(Debug)]
pub struct Credentials(Option<Account>);

/// An account whose password was verified, as it was when it was read.
#[derive(Debug)]
pub struct Admitted(pub(super) Account);

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
    /// The credentials of an account that is known already.
    pub const fn of(account: Account) -> Self {
        Self(Some(account))
    }

    /// The account's id. For the audit log only.
    pub fn account_id(&self) -> Option<AccountId> {
        self.0.as_ref().map(|account| account.id)
    }

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

    /// An account that WeChat vouched for and that is not disabled.
    pub(super) const fn by_wechat(account: Account) -> Self {
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

/// Starts a sign-in of an admitted account, in its [`Membership::first_choice`], and ends the oldest of its sign-ins where
/// there are more than [`MAXIMUM_SIGN_INS`].
pub fn open_session(
    session: &mut (impl AccountRepository + AuditRepository + MembershipRepository + SessionRepository + ?Sized),
    ids: &dyn IdSource,
    secrets: &dyn SecretSource,
    now: Instant,
    Admitted(admitted): &Admitted,
    client: &Client,
) -> Result<SignedIn, OpenSessionError> {
    // Locked, so that a password that changes meanwhile ends this sign-in with the others.
    let account = session
        .lock_account(admitted.id)?
        .filter(|account| account.disabled_at.is_none() && account.password_hash == admitted.password_hash)
        .ok_or(WrongCredentials)?;
    let memberships = session.list_memberships(account.id)?;
    let membership = Membership::first_choice(&memberships).ok_or(OpenSessionError::NoMembership)?;
    let principal = Principal::of(&account, membership);
    make_room(session, account.id, now)?;
    let sign_in = SignIn {
        id: SessionId::from_uuid(ids.next_uuid(now)),
        account_id: account.id,
        user_agent: client.user_agent.clone(),
        address: client.origin.address,
        started_at: now,
        refreshed_at: now,
        ended_at: None,
    };
    let (tokens, rows) = TokenPair::issue(secrets, now, account.id, sign_in.id, membership.id);
    session.insert_session(&sign_in)?;
    session.insert_tokens(&rows)?;
    let actor = AuditActor::from(&principal);
    let entry = AuditEntry::new(ids, now, AuditAction::SignedIn, Some(actor), &client.origin);
    session.insert_audit_entries(&[entry.about(sign_in.id.as_uuid())])?;
    Ok(SignedIn { tokens, principal })
}

/// Ends as many of the oldest sign-ins as it takes for one more to begin.
fn make_room(
    session: &mut (impl SessionRepository + ?Sized),
    account_id: AccountId,
    now: Instant,
) -> Result<(), RepositoryError> {
    let live = live_sign_ins(session, account_id, now)?;
    let surplus = (live.len() + 1).saturating_sub(MAXIMUM_SIGN_INS);
    for oldest in live.iter().take(surplus) {
        session.end_session(account_id, oldest.id, now)?;
    }
    Ok(())
}
