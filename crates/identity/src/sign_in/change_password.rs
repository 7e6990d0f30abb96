//! Changing one's password: [`ask_password`] reads, [`super::Credentials::admit`] verifies the present one,
//! [`change_password`] writes and checks again.

use super::{Admitted, Attempt, CountAttemptError, Credentials, WrongCredentials, count_attempt};
use crate::{
    AccountRepository, AttemptedName, PasswordHash, SessionRepository, SignInAttemptRepository, TokenDigest,
};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use std::net::IpAddr;
use thiserror::Error;

/// Why somebody signed in is not asked for the present password.
#[derive(Debug, Error)]
pub enum AskPasswordError {
    /// The account signs in some other way.
    #[error("the account has no password")]
    NoPassword,
    /// Too many were wrong, or the database could not do it.
    #[error(transparent)]
    Count(#[from] CountAttemptError),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What the present password of an account is to be verified against. It counts as an attempt to sign in, or a stolen token
/// would be a way to guess the password behind it.
pub fn ask_password(
    session: &mut (impl AccountRepository + SignInAttemptRepository + ?Sized),
    now: Instant,
    account_id: AccountId,
    address: IpAddr,
) -> Result<(Attempt, Credentials), AskPasswordError> {
    let account = session
        .find_account(account_id)?
        .filter(|account| account.password_hash.is_some())
        .ok_or(AskPasswordError::NoPassword)?;
    let name = account.username.as_ref().ok_or(AskPasswordError::NoPassword)?;
    let attempt = count_attempt(session, now, AttemptedName::of(name.as_str()), address)?;
    Ok((attempt, Credentials::of(account)))
}

/// Why the password stays as it was.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The account was disabled, or its password changed, since it was verified.
    #[error(transparent)]
    WrongCredentials(#[from] WrongCredentials),
    /// No sign-in of the account stands behind the token.
    #[error("not signed in")]
    NotSignedIn,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives an account whose present password was verified another one, and ends every sign-in but the one of the token: who
/// else knew the old password is out. Answers which ended.
pub fn change_password(
    session: &mut (impl AccountRepository + SessionRepository + ?Sized),
    now: Instant,
    presented: &TokenDigest,
    Admitted(admitted): &Admitted,
    new: &PasswordHash,
) -> Result<Vec<SessionId>, ChangePasswordError> {
    let mut account = session
        .lock_account(admitted.id)?
        .filter(|account| account.disabled_at.is_none() && account.password_hash == admitted.password_hash)
        .ok_or(WrongCredentials)?;
    let (_, kept) = session
        .find_token(presented)?
        .filter(|(_, sign_in)| sign_in.account_id == account.id)
        .ok_or(ChangePasswordError::NotSignedIn)?;
    account.password_hash = Some(new.clone());
    session.save_account(&account)?;
    Ok(session.end_other_sessions(account.id, kept.id, now)?)
}
