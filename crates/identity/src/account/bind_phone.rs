//! Binding a verified phone to an account.

use super::{AccountRepository, LoginKey};
use kernel::{AccountId, MobileNumber, RepositoryError};
use thiserror::Error;

/// Why no phone was bound.
#[derive(Debug, Error)]
pub enum BindPhoneError {
    /// Another account has that phone.
    #[error("another account has that phone")]
    PhoneTaken,
    /// There is no such account.
    #[error("account {0} is not there")]
    NoAccount(AccountId),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Makes the phone the account's own, in place of an earlier one. The caller has seen it verified.
pub fn bind_phone(
    session: &mut (impl AccountRepository + ?Sized),
    account_id: AccountId,
    phone: &MobileNumber,
) -> Result<(), BindPhoneError> {
    let key = LoginKey::Phone(phone.clone());
    let holder = session.find_account_by_login_key(&key)?;
    if holder.is_some_and(|holder| holder.id != account_id) {
        return Err(BindPhoneError::PhoneTaken);
    }
    let account = session
        .find_account(account_id)?
        .ok_or(BindPhoneError::NoAccount(account_id))?;
    session.set_login_key(account_id, &key)?;
    // Of two that bind a phone to one account at once, the second begins anew and replaces what the first bound.
    session.save_account(&account)?;
    Ok(())
}
