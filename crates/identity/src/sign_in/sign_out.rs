//! Signing out.

use crate::{SessionRepository, TokenDigest};
use kernel::{Instant, RepositoryError};

/// Ends the sign-in of a token, whatever kind it is. Signing out twice is signing out.
pub fn sign_out(
    session: &mut (impl SessionRepository + ?Sized),
    now: Instant,
    presented: &TokenDigest,
) -> Result<(), RepositoryError> {
    match session.find_token(presented)? {
        Some((_, sign_in)) => session.end_session(sign_in.account_id, sign_in.id, now),
        None => Ok(()),
    }
}
