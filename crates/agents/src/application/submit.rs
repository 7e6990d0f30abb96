//! Submitting an application.

use super::attach::refuse_unattachable;
use super::deadline::Deadlines;
use super::finding::{ReviewSession, Subject, review};
use super::{
    Act, Application, ApplicationAction, ApplicationRepository, ApplicationState, HistoryEntry,
    form::ApplicationForm,
};

use attachments::AttachmentRepository;
use events::{Event, Fact, OutboxRepository};
use identity::{Consent, ConsentOccasion, ConsentRepository, PolicyInForce};
use kernel::{
    AccountId, AgentId, ApplicationId, BusinessDay, EventId, FieldError, IdSource, Instant, RepositoryError,
};
use regions::DivisionTree;
use thiserror::Error;

/// An account hands in a form.
#[derive(Clone, Debug)]
pub struct SubmitApplication {
    /// The account.
    pub account_id: AccountId,
    /// What it filled in.
    pub form: ApplicationForm,
    /// The privacy policy that it has to agree to.
    pub policy: PolicyInForce,
    /// How long headquarters is given.
    pub deadlines: Deadlines,
}

/// Why an application is not taken.
#[derive(Debug, Error)]
pub enum SubmitApplicationError {
    /// Fields are wrong; nothing is stored.
    #[error("the form has {} wrong fields", .0.len())]
    Invalid(Vec<FieldError>),
    /// The identity has an open application for one of the divisions.
    #[error("an open application of the same identity wants one of the divisions: {application_id}")]
    DuplicateOpen {
        /// That application.
        application_id: ApplicationId,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Stores the application with the findings of its preliminary review, and what its applicant agreed to.
pub fn submit_application(
    session: &mut (impl ReviewSession + AttachmentRepository + ConsentRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
    command: &SubmitApplication,
) -> Result<Application, SubmitApplicationError> {
    let form = command
        .form
        .check(tree, BusinessDay::of(now), &command.policy)
        .map_err(SubmitApplicationError::Invalid)?;
    let identity = &form.applicant.identity_number;
    if let Some(application_id) = session.find_open_application_of(identity, &form.division_codes)? {
        return Err(SubmitApplicationError::DuplicateOpen { application_id });
    }
    // Whoever sends a form twice is told of the first one, not that its pictures are taken.
    let wrong = refuse_unattachable(session, command.account_id, &form.attachments)?;
    if !wrong.is_empty() {
        return Err(SubmitApplicationError::Invalid(wrong));
    }
    let id = ApplicationId::from_uuid(ids.next_uuid(now));
    let subject = Subject {
        id,
        account_id: command.account_id,
        applicant: &form.applicant,
        level: form.level,
        division_codes: &form.division_codes,
        waits_for: &[],
        has_attachments: !form.attachments.is_empty(),
    };
    let findings = review(session, tree, now, &subject)?;
    let application = Application {
        id,
        account_id: command.account_id,
        applicant: form.applicant,
        level: form.level,
        division_codes: form.division_codes,
        privacy_policy_version: form.privacy_policy_version,
        attachments: form.attachments,
        state: ApplicationState::Submitted,
        findings,
        submitted_at: now,
        on_hold_until: None,
        deadline: Some(command.deadlines.of_review(now)),
        version: 1,
    };
    let act = Act::new(now, command.account_id, ApplicationAction::Submit);
    let entry = act.entry(None, application.state.name());
    session.insert_application(&application, &entry)?;
    let version = application.privacy_policy_version.clone();
    let consent = Consent::new(
        ids,
        now,
        command.account_id,
        version,
        ConsentOccasion::Application,
    );
    session.insert_consents(&[consent])?;
    let fact = Fact::ApplicationSubmitted { application_id: id };
    session.insert_events(&[event(ids, now, &application, fact)])?;
    Ok(application)
}

/// What happened to the application, as it is now: applications belong to headquarters' outbox.
pub(super) fn event(ids: &dyn IdSource, now: Instant, application: &Application, fact: Fact) -> Event {
    Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: application.id.as_uuid(),
        aggregate_version: application.version,
        occurred_at: now,
        fact,
    }
}

/// Saves a loaded application as it was changed, with the line of history and the event that tell of it, and answers it
/// as it is stored now.
pub(super) fn save_advanced(
    session: &mut (impl ApplicationRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    (application, entry): (Application, HistoryEntry),
    fact: Option<Fact>,
) -> Result<Application, RepositoryError> {
    session.save_application(&application, &entry)?;
    let saved = Application {
        version: application.version + 1,
        ..application
    };
    if let Some(fact) = fact {
        session.insert_events(&[event(ids, entry.at, &saved, fact)])?;
    }
    Ok(saved)
}

impl Application {
    /// What the review finds now.
    pub(super) fn review_again(
        &self,
        session: &mut (impl ReviewSession + ?Sized),
        tree: &DivisionTree,
        now: Instant,
    ) -> Result<Vec<super::Finding>, RepositoryError> {
        review(session, tree, now, &self.subject())
    }

    /// What the review of an application that is stored and open looks at.
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            id: self.id,
            account_id: self.account_id,
            applicant: &self.applicant,
            level: self.level,
            division_codes: &self.division_codes,
            waits_for: &self.division_codes,
            has_attachments: !self.attachments.is_empty(),
        }
    }
}
