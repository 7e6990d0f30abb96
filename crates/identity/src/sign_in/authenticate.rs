//! Who stands behind a token.

use crate::{Principal, SessionRepository, TokenDigest};
use kernel::{Instant, RepositoryError};

/// Who stands behind an access token right now; `None` if nobody does any more. A read asks once; a command asks again
/// in its own transaction, so that no write outlives a right. A set of commands asks
/// [`SessionRepository::find_callers`] for all of them at once.
pub fn authenticate(
    session: &mut (impl SessionRepository + ?Sized),
    presented: &TokenDigest,
    now: Instant,
) -> Result<Option<Principal>, RepositoryError> {
    Ok(session.find_callers(&[*presented], now)?.remove(presented))
}
