//! The sign-ins of an account, and ending all but one's own.

use crate::{REFRESH_TOKEN_LIFETIME, SessionRepository, SignIn, TokenDigest};
use chrono::TimeDelta;
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use thiserror::Error;

/// The sign-ins that somebody could still go on with, oldest first: not ended, and not left alone for longer than a refresh
/// token is good.
pub fn live_sign_ins(
    session: &mut (impl SessionRepository + ?Sized),
    account_id: AccountId,
    now: Instant,
) -> Result<Vec<SignIn>, RepositoryError> {
    session.list_sessions(account_id, now - REFRESH_TOKEN_LIFETIME)
}

/// How lately somebody without a password must have signed in, to do what cannot be undone.
pub const FRESH_SIGN_IN: TimeDelta = TimeDelta::minutes(10);

/// Whether the sign-in behind the token began just now: that is how somebody without a password says that it is them, and
/// not a token that was left lying somewhere.
pub fn signed_in_just_now(
    session: &mut (impl SessionRepository + ?Sized),
    now: Instant,
    presented: &TokenDigest,
) -> Result<bool, RepositoryError> {
    let found = session.find_token(presented)?;
    Ok(found.is_some_and(|(_, sign_in)| sign_in.started_at + FRESH_SIGN_IN > now))
}

/// Why no sign-in ended.
#[derive(Debug, Error)]
pub enum EndOtherSignInsError {
    /// No sign-in stands behind the token.
    #[error("not signed in")]
    NotSignedIn,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Ends every sign-in of the account behind the token but the token's own; answers which ended.
pub fn end_other_sign_ins(
    session: &mut (impl SessionRepository + ?Sized),
    now: Instant,
    presented: &TokenDigest,
) -> Result<Vec<SessionId>, EndOtherSignInsError> {
    let (_, kept) = session
        .find_token(presented)?
        .ok_or(EndOtherSignInsError::NotSignedIn)?;
    Ok(session.end_other_sessions(kept.account_id, kept.id, now)?)
}
