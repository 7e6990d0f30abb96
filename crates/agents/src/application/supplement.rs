//! What an applicant does with an open application: answer a request, take it back.

use super::attach::{parse_attachments, refuse_unattachable};
use super::deadline::Deadlines;
use super::finding::ReviewSession;
use super::form::MAXIMUM_ATTACHMENTS;
use super::rivals::lock_rivals;
use super::submit::save_advanced;
use super::{
    Act, Application, ApplicationAction, ApplicationRepository, ApplicationScope, ApplicationState, Reason,
    TransitionError,
};
use crate::Applicant;
use attachments::AttachmentRepository;
use events::{Fact, OutboxRepository};
use kernel::{
    AccountId, ApplicationId, EmailAddress, FieldError, IdSource, Instant, Invalid, MobileNumber,
    RepositoryError, Validation,
};
use regions::DivisionTree;
use thiserror::Error;

/// An applicant answers a request. At least one part is needed; who applies, and for what, cannot be changed: that is
/// another application.
#[derive(Clone, Debug)]
pub struct SupplementApplication {
    /// Which application.
    pub application_id: ApplicationId,
    /// The applicant's account.
    pub account_id: AccountId,
    /// An answer in words.
    pub note: Option<String>,
    /// The ids of pictures to add.
    pub attachments: Vec<String>,
    /// A corrected mobile number.
    pub mobile: Option<String>,
    /// A corrected e-mail address.
    pub email: Option<String>,
    /// How long headquarters is given.
    pub deadlines: Deadlines,
}

/// An applicant takes its application back.
#[derive(Clone, Copy, Debug)]
pub struct WithdrawApplication {
    /// Which application.
    pub application_id: ApplicationId,
    /// The applicant's account.
    pub account_id: AccountId,
}

/// Why an application is left as it was.
#[derive(Debug, Error)]
pub enum SupplementApplicationError {
    /// The account has no such application.
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

/// Adds the answer and hands the application back to headquarters, reviewed anew.
pub fn supplement_application(
    session: &mut (impl ReviewSession + AttachmentRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &SupplementApplication,
) -> Result<Application, SupplementApplicationError> {
    let application = find(session, command.account_id, command.application_id)?;
    let already = application.attachments.len();
    let (application, note) = command
        .add_to(application)
        .map_err(SupplementApplicationError::Invalid)?;
    let added = application.attachments.get(already..).unwrap_or_default();
    let wrong = refuse_unattachable(session, command.account_id, added)?;
    if !wrong.is_empty() {
        return Err(SupplementApplicationError::Invalid(wrong));
    }
    let findings = application.review_again(session, tree, now)?;
    let act = Act {
        reason: note,
        ..Act::new(now, command.account_id, ApplicationAction::Supplement)
    };
    let advanced = Application {
        findings,
        deadline: Some(command.deadlines.of_review(now)),
        ..application
    }
    .advance(ApplicationState::Submitted, act)?;
    let fact = Fact::ApplicationSupplemented {
        application_id: command.application_id,
    };
    Ok(save_advanced(session, ids, advanced, Some(fact))?)
}

/// Closes the application without a decision; those that want the same divisions move up.
pub fn withdraw_application(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &WithdrawApplication,
) -> Result<Application, SupplementApplicationError> {
    let application = find(session, command.account_id, command.application_id)?;
    let spans = application.own_spans();
    let (application, rivals) = lock_rivals(session, application, &spans)?;
    let act = Act::new(now, command.account_id, ApplicationAction::Withdraw);
    let advanced = application.advance(ApplicationState::Withdrawn, act)?;
    let fact = Fact::ApplicationWithdrawn {
        application_id: command.application_id,
    };
    let withdrawn = save_advanced(session, ids, advanced, Some(fact))?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(withdrawn)
}

impl SupplementApplication {
    /// The application with the corrections in it, and the note for its history.
    fn add_to(&self, application: Application) -> Result<(Application, Option<Reason>), Vec<FieldError>> {
        let mut validation = Validation::default();
        let note = validation.take_optional("note", self.note.as_deref().map(Reason::parse));
        let room = MAXIMUM_ATTACHMENTS.saturating_sub(application.attachments.len());
        let added = parse_attachments(&self.attachments, room, &mut validation);
        let mobile = validation.take_optional("mobile", self.mobile.as_deref().map(MobileNumber::parse));
        let email = validation.take_optional("email", self.email.as_deref().map(EmailAddress::parse));
        let nothing = self.note.is_none()
            && self.attachments.is_empty()
            && self.mobile.is_none()
            && self.email.is_none();
        if nothing {
            validation.refuse("note", Invalid::required());
        }
        let supplemented = (|| {
            let Applicant {
                name,
                identity_number,
                company,
                mobile: old_mobile,
                email: old_email,
            } = application.applicant;
            let applicant = Applicant {
                name,
                identity_number,
                company,
                mobile: mobile?.unwrap_or(old_mobile),
                email: email?.unwrap_or(old_email),
            };
            let attachments = application.attachments.into_iter().chain(added?).collect();
            Some((
                Application {
                    applicant,
                    attachments,
                    ..application
                },
                note?,
            ))
        })();
        validation.finish_with(supplemented)
    }
}

fn find(
    session: &mut (impl ApplicationRepository + ?Sized),
    account_id: AccountId,
    id: ApplicationId,
) -> Result<Application, SupplementApplicationError> {
    session
        .find_application(ApplicationScope::Own(account_id), id)?
        .ok_or(SupplementApplicationError::NotFound)
}
