//! Refreshing: one refresh token buys one new pair.

use super::SignedIn;
use crate::{MembershipRepository, SecretSource, SessionRepository, TokenDigest, TokenKind, TokenPair};
use kernel::{Instant, RepositoryError};

/// What became of a refresh. All of them commit: a re-used token has ended its sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Here are the next tokens.
    Renewed(SignedIn),
    /// The token had been used before, so somebody else has it: the whole sign-in ended.
    Reused,
    /// The token is not, or no longer, good for anything.
    Refused,
}

/// Exchanges a refresh token for a new pair in the same membership.
pub fn refresh(
    session: &mut (impl SessionRepository + MembershipRepository + ?Sized),
    secrets: &dyn SecretSource,
    now: Instant,
    presented: &TokenDigest,
) -> Result<Refresh, RepositoryError> {
    let Some((token, sign_in)) = session.find_token(presented)? else {
        return Ok(Refresh::Refused);
    };
    if token.kind != TokenKind::Refresh || token.expires_at <= now || sign_in.ended_at.is_some() {
        return Ok(Refresh::Refused);
    }
    // Who may do nothing for a while uses nothing up, and goes on with the same token after that.
    let Some(principal) = session
        .find_principals(&[token.membership_id])?
        .remove(&token.membership_id)
    else {
        return Ok(Refresh::Refused);
    };
    if !session.use_refresh_token(presented, now)? {
        session.end_session(sign_in.account_id, sign_in.id, now)?;
        return Ok(Refresh::Reused);
    }
    let (tokens, rows) = TokenPair::issue(secrets, now, sign_in.account_id, sign_in.id, token.membership_id);
    session.insert_tokens(&rows)?;
    session.refresh_session(sign_in.account_id, sign_in.id, now)?;
    Ok(Refresh::Renewed(SignedIn { tokens, principal }))
}
