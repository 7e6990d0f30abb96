//! The account that a courier signs in with.

use crate::{Courier, CourierRepository};
use kernel::{AccountId, CourierId, PersonName, RepositoryError, Scope};
use thiserror::Error;

/// Why a courier's account stays as it was.
#[derive(Debug, Error)]
pub enum CourierAccountError {
    /// There is no such courier in the scope.
    #[error("courier {0} is not there")]
    NotFound(CourierId),
    /// The courier signs in with an account already.
    #[error("courier {0} has an account")]
    HasAccount(CourierId),
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// The courier in the scope, if it has no account yet.
pub fn find_courier_without_account(
    session: &mut (impl CourierRepository + ?Sized),
    scope: Scope,
    courier_id: CourierId,
) -> Result<Courier, CourierAccountError> {
    let courier = session
        .find_courier(scope, courier_id)?
        .ok_or(CourierAccountError::NotFound(courier_id))?;
    match courier.account_id {
        None => Ok(courier),
        Some(_) => Err(CourierAccountError::HasAccount(courier_id)),
    }
}

/// Lets the courier sign in with that account. A courier whom somebody has left is called as the account's holder is.
pub fn link_courier_account(
    session: &mut (impl CourierRepository + ?Sized),
    scope: Scope,
    courier_id: CourierId,
    account_id: AccountId,
    holder: &PersonName,
) -> Result<(), CourierAccountError> {
    let courier = find_courier_without_account(session, scope, courier_id)?;
    let nobody = courier.name == PersonName::erased();
    Ok(session.save_courier(&Courier {
        account_id: Some(account_id),
        name: if nobody { holder.clone() } else { courier.name },
        version: courier.version + 1,
        ..courier
    })?)
}

/// The courier's membership has ended: the person leaves the record, so that somebody else can become it and neither is
/// taken for the other. Without an account, nothing happens.
pub fn leave_courier(
    session: &mut (impl CourierRepository + ?Sized),
    scope: Scope,
    courier_id: CourierId,
) -> Result<(), CourierAccountError> {
    let courier = session
        .find_courier(scope, courier_id)?
        .ok_or(CourierAccountError::NotFound(courier_id))?;
    if courier.account_id.is_none() {
        return Ok(());
    }
    Ok(session.save_courier(&Courier {
        version: courier.version + 1,
        ..courier.without_person()
    })?)
}
