//! Disabling an account, and enabling it again.

use super::{Account, AccountRepository};
use crate::Principal;
use kernel::{AccountId, Instant, RepositoryError};
use thiserror::Error;

/// Why an account stays as it was.
#[derive(Debug, Error)]
pub enum DisableAccountError {
    /// There is no such account.
    #[error("no account {0}")]
    NotFound(AccountId),
    /// Nobody shuts themselves out.
    #[error("an account cannot disable itself")]
    OwnAccount,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Disables an account, in every role it has: nobody stands behind its tokens from then on. `false` where it is disabled
/// already.
pub fn disable_account(
    session: &mut (impl AccountRepository + ?Sized),
    now: Instant,
    caller: &Principal,
    id: AccountId,
) -> Result<bool, DisableAccountError> {
    if id == caller.account_id {
        return Err(DisableAccountError::OwnAccount);
    }
    set_disabled(session, id, Some(now))
}

/// Enables a disabled account again. `false` where it is not disabled.
pub fn enable_account(
    session: &mut (impl AccountRepository + ?Sized),
    id: AccountId,
) -> Result<bool, DisableAccountError> {
    set_disabled(session, id, None)
}

fn set_disabled(
    session: &mut (impl AccountRepository + ?Sized),
    id: AccountId,
    disabled_at: Option<Instant>,
) -> Result<bool, DisableAccountError> {
    let account = session
        .find_account(id)?
        .ok_or(DisableAccountError::NotFound(id))?;
    let changes = account.disabled_at.is_some() != disabled_at.is_some();
    if changes {
        session.save_account(&Account {
            disabled_at,
            ..account
        })?;
    }
    Ok(changes)
}
