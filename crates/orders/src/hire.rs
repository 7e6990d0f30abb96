//! Hiring couriers and changing their record.

use crate::{Courier, CourierRepository};
use kernel::{
    AccountId, AgentId, CourierId, FieldError, IdSource, Instant, Invalid, MobileNumber, PersonName,
    RepositoryError, Scope, Validation,
};
use thiserror::Error;

/// A courier to be hired, unchecked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CourierDraft {
    /// At most 50 characters.
    pub name: String,
    /// A mobile number.
    pub phone: String,
}

impl CourierDraft {
    /// Checks every field and notes each error. `None` exactly where one was noted.
    pub fn check(&self, validation: &mut Validation) -> Option<(PersonName, MobileNumber)> {
        let name = validation.take("name", PersonName::parse(&self.name));
        let phone = validation.take("phone", MobileNumber::parse(&self.phone));
        name.zip(phone)
    }
}

/// Why a courier was not hired.
#[derive(Debug, Error)]
pub enum HireCourierError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Hires a courier for an agent, on duty from the start. `account_id` is the account it signs in with, if any.
pub fn hire_courier(
    session: &mut (impl CourierRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    agent_id: AgentId,
    account_id: Option<AccountId>,
    draft: &CourierDraft,
) -> Result<Courier, HireCourierError> {
    let mut validation = Validation::default();
    let checked = draft.check(&mut validation);
    let (name, phone) = validation
        .finish_with(checked)
        .map_err(HireCourierError::Invalid)?;
    let courier = Courier {
        id: CourierId::from_uuid(ids.next_uuid(now)),
        agent_id,
        account_id,
        name,
        phone: Some(phone),
        on_duty: true,
        created_at: now,
        version: 1,
    };
    session.insert_couriers(std::slice::from_ref(&courier))?;
    Ok(courier)
}

/// A change of a courier's record; what is `None` stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChangeCourier {
    /// A new name.
    pub name: Option<String>,
    /// A new phone.
    pub phone: Option<String>,
    /// On or off duty. Orders that the courier has stay with it.
    pub on_duty: Option<bool>,
}

/// Why a courier's record was not changed.
#[derive(Debug, Error)]
pub enum ChangeCourierError {
    /// Fields were not taken.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// There is no such courier in the scope.
    #[error("courier {0} is not there")]
    NotFound(CourierId),
    /// Somebody changed the record since the client read it.
    #[error("the courier is at version {current}")]
    Stale {
        /// The version it is at.
        current: i64,
    },
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Changes a courier's record. With `expected_version`, only if it is still at that version.
pub fn change_courier(
    session: &mut (impl CourierRepository + ?Sized),
    scope: Scope,
    courier_id: CourierId,
    expected_version: Option<i64>,
    change: &ChangeCourier,
) -> Result<Courier, ChangeCourierError> {
    let courier = session
        .find_courier(scope, courier_id)?
        .ok_or(ChangeCourierError::NotFound(courier_id))?;
    if expected_version.is_some_and(|expected| expected != courier.version) {
        return Err(ChangeCourierError::Stale {
            current: courier.version,
        });
    }
    let mut validation = Validation::default();
    if *change == ChangeCourier::default() {
        validation.refuse(
            "name",
            Invalid::new(
                "nothing_to_change",
                "没有要修改的内容",
                "or another field must be given",
            ),
        );
    }
    let name = validation.take_optional("name", change.name.as_deref().map(PersonName::parse));
    let phone = validation.take_optional("phone", change.phone.as_deref().map(MobileNumber::parse));
    let (name, phone) = validation
        .finish_with(name.zip(phone))
        .map_err(ChangeCourierError::Invalid)?;
    let courier = Courier {
        name: name.unwrap_or(courier.name),
        phone: phone.or(courier.phone),
        on_duty: change.on_duty.unwrap_or(courier.on_duty),
        version: courier.version + 1,
        ..courier
    };
    session.save_courier(&courier)?;
    Ok(courier)
}
