//! What an operator does without deciding, and saying no.

use super::deadline::Deadlines;
use super::finding::ReviewSession;
use super::rivals::lock_rivals;
use super::submit::save_advanced;
use super::{
    Act, Application, ApplicationAction, ApplicationRepository, ApplicationScope, ApplicationState, Reason,
    TransitionError,
};

use events::{Fact, OutboxRepository};
use kernel::{AccountId, ApplicationId, FieldError, IdSource, Instant, RepositoryError, Validation};
use regions::DivisionTree;
use thiserror::Error;

/// An operator opens the review.
#[derive(Clone, Copy, Debug)]
pub struct OpenReview {
    /// Of which application.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
}

/// An operator asks for a supplement.
#[derive(Clone, Debug)]
pub struct RequestSupplement {
    /// To which application.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
    /// What is missing; required.
    pub message: String,
    /// How long the applicant is given.
    pub deadlines: Deadlines,
}

/// An operator says no.
#[derive(Clone, Debug)]
pub struct RejectApplication {
    /// To which application.
    pub application_id: ApplicationId,
    /// The operator.
    pub actor: AccountId,
    /// Why; required.
    pub reason: String,
}

/// Why an application is left as it was.
#[derive(Debug, Error)]
pub enum ReviewApplicationError {
    /// There is no such application.
    #[error("there is no such application")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// Its state does not allow it.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Opens the review, with findings as things stand now.
pub fn open_review(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &OpenReview,
) -> Result<Application, ReviewApplicationError> {
    let application = find(session, command.application_id)?;
    let findings = application.review_again(session, tree, now)?;
    let act = Act::new(now, command.actor, ApplicationAction::OpenReview);
    let advanced = Application {
        findings,
        ..application
    }
    .advance(ApplicationState::Reviewing, act)?;
    Ok(save_advanced(session, ids, advanced, None)?)
}

/// Hands the application back to its applicant, with a request.
pub fn request_supplement(
    session: &mut (impl ApplicationRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &RequestSupplement,
) -> Result<Application, ReviewApplicationError> {
    let request = required("message", &command.message)?;
    let application = find(session, command.application_id)?;
    let act = Act {
        reason: Some(request.clone()),
        ..Act::new(now, command.actor, ApplicationAction::RequestSupplement)
    };
    let advanced = Application {
        deadline: Some(command.deadlines.of_supplement(now)),
        ..application
    }
    .advance(ApplicationState::SupplementRequired { request }, act)?;
    let fact = Fact::SupplementRequested {
        application_id: command.application_id,
    };
    Ok(save_advanced(session, ids, advanced, Some(fact))?)
}

/// Decides against the application; those that want the same divisions move up.
pub fn reject_application(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &RejectApplication,
) -> Result<Application, ReviewApplicationError> {
    let reason = required("reason", &command.reason)?;
    let application = find(session, command.application_id)?;
    let spans = application.own_spans();
    let (application, rivals) = lock_rivals(session, application, &spans)?;
    let act = Act {
        reason: Some(reason.clone()),
        ..Act::new(now, command.actor, ApplicationAction::Reject)
    };
    let advanced = application.advance(ApplicationState::Rejected { reason }, act)?;
    let fact = Fact::ApplicationRejected {
        application_id: command.application_id,
    };
    let rejected = save_advanced(session, ids, advanced, Some(fact))?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(rejected)
}

fn find(
    session: &mut (impl ApplicationRepository + ?Sized),
    id: ApplicationId,
) -> Result<Application, ReviewApplicationError> {
    session
        .find_application(ApplicationScope::All, id)?
        .ok_or(ReviewApplicationError::NotFound)
}

fn required(field: &'static str, text: &str) -> Result<Reason, ReviewApplicationError> {
    let mut validation = Validation::default();
    let reason = validation.take(field, Reason::parse(text));
    validation
        .finish_with(reason)
        .map_err(ReviewApplicationError::Invalid)
}
