//! Signing out.

use crate::{SessionRepository, TokenDigest};
use kernel::{Instant, RepositoryError, SessionId};

/// Ends the sign-in of a token, whatever kind it is, and tells which; `None` where it had ended or none stood behind the
/// token. Signing out twice is signing out.
pub fn sign_out(
    session: &mut (impl SessionRepository + ?Sized),
    now: Instant,
    presented: &TokenDigest,
) -> Result<Option<SessionId>, RepositoryError> {
    let Some((_, sign_in)) = session.find_token(presented)? else {
        return Ok(None);
    };
    let ended = session.end_session(sign_in.account_id, sign_in.id, now)?;
    Ok(ended.then_some(sign_in.id))
}
