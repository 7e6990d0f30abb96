//! Keeping divisions for an application while it waits.

use super::finding::ReviewSession;
use super::repository::Hold;
use super::rivals::lock_rivals;
use super::submit::save_advanced;
use super::{
    Act, Application, ApplicationAction, ApplicationRepository, ApplicationScope, Reason, StateName,
};
use crate::contract::instant_or_day;
use events::{Fact, OutboxRepository};
use kernel::{AccountId, ApplicationId, FieldError, IdSource, Instant, Invalid, RepositoryError, Validation};
use regions::DivisionTree;
use std::time::Duration;
use thiserror::Error;

/// The longest that a division may be kept for one application, counted from the moment it is put on hold. A hold may be
/// renewed, and each time somebody says why.
pub const MAXIMUM_HOLD_DAYS: u64 = 90;
const MAXIMUM_HOLD: Duration = Duration::from_hours(MAXIMUM_HOLD_DAYS * 24);

/// An operator puts the divisions of an application on hold for it, or changes until when.
#[derive(Clone, Debug)]
pub struct HoldApplication {
    /// For which application.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
    /// Until when: an instant, or a business day for its first instant.
    pub until: String,
    /// Why; required.
    pub reason: String,
}

/// An operator ends a hold before its time.
#[derive(Clone, Debug)]
pub struct ReleaseApplication {
    /// Of which application.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// Why a hold is left as it was.
#[derive(Debug, Error)]
pub enum HoldApplicationError {
    /// There is no such application.
    #[error("there is no such application")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// It waits for nobody any more.
    #[error("an application that is {} waits for nothing", .0.name())]
    Decided(StateName),
    /// Divisions are on hold for other applications.
    #[error("{} divisions are on hold for others", holds.len())]
    OnHoldForOther {
        /// Those holds.
        holds: Vec<Hold>,
    },
    /// There is no hold to end.
    #[error("the divisions are not on hold for the application")]
    NotOnHold,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Puts all divisions of the application on hold for it; of two applications that want one of them at once, one wins.
pub fn hold_application(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &HoldApplication,
) -> Result<Application, HoldApplicationError> {
    let (until, reason) = command.check(now).map_err(HoldApplicationError::Invalid)?;
    let application = find(session, command.application_id)?;
    let spans = application.own_spans();
    let (application, rivals) = lock_rivals(session, application, &spans)?;
    refuse_decided(&application)?;
    let mut holds = session.list_holds(&application.division_codes, now)?;
    holds.retain(|hold| hold.application_id != application.id);
    if !holds.is_empty() {
        return Err(HoldApplicationError::OnHoldForOther { holds });
    }
    let act = Act {
        held_until: Some(until),
        reason: Some(reason),
        ..Act::new(now, command.actor, ApplicationAction::Hold)
    };
    let held = Application {
        on_hold_until: Some(until),
        ..application
    };
    let fact = Fact::ApplicationHeld {
        application_id: command.application_id,
        until,
    };
    let held = save_advanced(session, ids, held.remain(act), Some(fact))?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(held)
}

/// Ends the hold, so that the divisions are free for all who wait for them.
pub fn release_application(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &ReleaseApplication,
) -> Result<Application, HoldApplicationError> {
    let mut validation = Validation::default();
    let reason = validation.take("reason", Reason::parse(&command.reason));
    let reason = validation
        .finish_with(reason)
        .map_err(HoldApplicationError::Invalid)?;
    let application = find(session, command.application_id)?;
    let spans = application.own_spans();
    let (application, rivals) = lock_rivals(session, application, &spans)?;
    refuse_decided(&application)?;
    if application.held_until(now).is_none() {
        return Err(HoldApplicationError::NotOnHold);
    }
    let act = Act {
        reason: Some(reason),
        ..Act::new(now, command.actor, ApplicationAction::Release)
    };
    let released = Application {
        on_hold_until: None,
        ..application
    };
    let fact = Fact::ApplicationReleased {
        application_id: command.application_id,
    };
    let released = save_advanced(session, ids, released.remain(act), Some(fact))?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(released)
}

impl HoldApplication {
    fn check(&self, now: Instant) -> Result<(Instant, Reason), Vec<FieldError>> {
        let mut validation = Validation::default();
        let until = instant_or_day(&self.until).and_then(|until| {
            if until <= now {
                Err(Invalid::new(
                    "period_is_over",
                    "必须晚于现在",
                    "must be in the future",
                ))
            } else if until > now + MAXIMUM_HOLD {
                Err(Invalid {
                    code: "period_is_too_long",
                    message_zh: format!("最长保留 {MAXIMUM_HOLD_DAYS} 天").into(),
                    message_en: format!("must be within {MAXIMUM_HOLD_DAYS} days").into(),
                })
            } else {
                Ok(until)
            }
        });
        let until = validation.take("until", until);
        let reason = validation.take("reason", Reason::parse(&self.reason));
        validation.finish_with(until.zip(reason))
    }
}

fn refuse_decided(application: &Application) -> Result<(), HoldApplicationError> {
    let state = application.state.name();
    if state.is_open() {
        Ok(())
    } else {
        Err(HoldApplicationError::Decided(state))
    }
}

fn find(
    session: &mut (impl ApplicationRepository + ?Sized),
    id: ApplicationId,
) -> Result<Application, HoldApplicationError> {
    session
        .find_application(ApplicationScope::All, id)?
        .ok_or(HoldApplicationError::NotFound)
}
