//! Verifying the password of an attempt that was counted.

use crate::{problem::Problem, state::State};
use identity::{
    Attempt, Credentials, Origin, PasswordHasher, WrongCredentials, record_limit, withdraw_attempt,
};
use std::sync::Arc;

/// Runs `work` with the hasher. An attempt that could not be verified counts for nothing; one that fails and reaches its
/// limit is told by the audit log.
pub async fn verify<T: Send + 'static>(
    state: &State,
    attempt: &Attempt,
    credentials: Credentials,
    origin: &Origin,
    work: impl FnOnce(Credentials, &dyn PasswordHasher) -> Result<T, WrongCredentials> + Send + 'static,
) -> Result<Result<T, WrongCredentials>, Problem> {
    let account_id = credentials.account_id();
    let verified = match state.passwords.run(move |hasher| work(credentials, hasher)).await {
        Ok(verified) => verified,
        Err(busy) => {
            let attempt = attempt.clone();
            state
                .write(move |session, now| withdraw_attempt(session, now, &attempt))
                .await?;
            return Err(busy);
        }
    };
    if verified.is_err() && attempt.reaches_limit() {
        let (ids, origin) = (Arc::clone(&state.ids), origin.clone());
        state
            .write(move |session, now| record_limit(session, ids.as_ref(), now, account_id, &origin))
            .await?;
    }
    Ok(verified)
}
