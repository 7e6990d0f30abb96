//! Changing the membership that somebody acts in, without signing in again.

use super::{SignedIn, authenticate};
use crate::{MembershipRepository, SecretSource, SessionRepository, TokenDigest, TokenPair};
use kernel::{Instant, MembershipId, RepositoryError};
use thiserror::Error;

/// Why the membership stays as it was.
#[derive(Debug, Error)]
pub enum SwitchError {
    /// The access token is not, or no longer, good for anything.
    #[error("not signed in")]
    NotSignedIn,
    /// The account has no such membership that lasts.
    #[error("the account has no such membership")]
    NoSuchMembership(MembershipId),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Issues tokens for another membership of the caller's account in the same sign-in, and uses up all earlier ones, so
/// that nothing goes on in a membership that was left.
pub fn switch(
    session: &mut (impl SessionRepository + MembershipRepository + ?Sized),
    secrets: &dyn SecretSource,
    now: Instant,
    presented: &TokenDigest,
    membership_id: MembershipId,
) -> Result<SignedIn, SwitchError> {
    let caller = authenticate(session, presented, now)?.ok_or(SwitchError::NotSignedIn)?;
    let (_, sign_in) = session.find_token(presented)?.ok_or(SwitchError::NotSignedIn)?;
    let principal = session
        .find_principals(&[membership_id])?
        .remove(&membership_id)
        .filter(|principal| principal.account_id == caller.account_id)
        .ok_or(SwitchError::NoSuchMembership(membership_id))?;
    let (tokens, rows) = TokenPair::issue(secrets, now, caller.account_id, sign_in.id, membership_id);
    session.use_tokens(caller.account_id, sign_in.id, now)?;
    session.insert_tokens(&rows)?;
    session.refresh_session(caller.account_id, sign_in.id, now)?;
    Ok(SignedIn { tokens, principal })
}
