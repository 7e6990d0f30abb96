//! Reading applications.
//!
//! What is found about an open one depends on the clock too: holds and territories begin and end by it. So findings are
//! never shown as they were stored, but reviewed when they are read, a page of them at once. A job instead would have to
//! run at every such instant, and what it had not reached yet would be told wrongly.

use super::finding::{ReviewSession, review_all};
use super::repository::{ApplicationFilter, ApplicationKey, ApplicationOrder};
use super::{Application, ApplicationRepository, ApplicationScope, HistoryEntry, StateName};

use kernel::{ApplicationId, DivisionCode, Instant, Page, PageRequest, RepositoryError};
use regions::DivisionTree;

/// Where an application stands among those that wait for a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// The division.
    pub division_code: DivisionCode,
    /// Its place by submission, from 1.
    pub position: u64,
    /// How many wait, itself among them.
    pub waiting: u64,
}

/// An application as somebody looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewedApplication {
    /// The application. An open one shows what the review finds now, a decided one what was found when it was decided.
    pub application: Application,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Where it waits, in the order of its divisions; nowhere once it is decided.
    pub queue: Vec<QueuePlace>,
}

/// The application with its history, `None` where there is none in `scope`.
pub fn find_reviewed_application(
    session: &mut (impl ReviewSession + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    scope: ApplicationScope,
    id: ApplicationId,
) -> Result<Option<ReviewedApplication>, RepositoryError> {
    let Some(mut application) = session.find_application(scope, id)? else {
        return Ok(None);
    };
    let mut queue = Vec::new();
    if application.state.name().is_open() {
        application.findings = application.review_again(session, tree, now)?;
        queue = find_queue(session, &application)?;
    }
    let history = session.list_application_history(&application)?;
    Ok(Some(ReviewedApplication {
        application,
        history,
        queue,
    }))
}

/// A page of applications, the open ones with what the review finds now.
pub fn list_reviewed_applications(
    session: &mut (impl ReviewSession + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    scope: ApplicationScope,
    filter: &ApplicationFilter,
    order: ApplicationOrder,
    page: &PageRequest<ApplicationKey>,
) -> Result<Page<Application, ApplicationKey>, RepositoryError> {
    let mut page = session.list_applications(scope, filter, order, page)?;
    let is_open = |application: &&Application| application.state.name().is_open();
    let open = page.items.iter().filter(is_open);
    let subjects: Vec<_> = open.map(Application::subject).collect();
    let reviewed = review_all(session, tree, now, &subjects)?;
    let open = page
        .items
        .iter_mut()
        .filter(|application| application.state.name().is_open());
    for (application, findings) in open.zip(reviewed) {
        application.findings = findings;
    }
    Ok(page)
}

/// The next application for an operator who goes through those that pass the filter one after the other, `None` after the
/// last one: those that wait for headquarters, unless the filter names states. It follows the application `after` in that
/// order, whatever has become of that one, and is the first one where there is none of that id.
pub fn find_next_application(
    session: &mut (impl ReviewSession + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    filter: &ApplicationFilter,
    order: ApplicationOrder,
    after: Option<ApplicationId>,
) -> Result<Option<Application>, RepositoryError> {
    let mut filter = filter.clone();
    if filter.states.is_empty() {
        filter.states.extend([StateName::Submitted, StateName::Reviewing]);
    }
    let after = match after {
        None => None,
        Some(id) => session.find_application(ApplicationScope::All, id)?,
    };
    let page = PageRequest {
        limit: 1,
        after: after.as_ref().map(ApplicationKey::of),
    };
    let scope = ApplicationScope::All;
    let page = list_reviewed_applications(session, tree, now, scope, &filter, order, &page)?;
    Ok(page.items.into_iter().next())
}

fn find_queue(
    session: &mut (impl ApplicationRepository + ?Sized),
    application: &Application,
) -> Result<Vec<QueuePlace>, RepositoryError> {
    let codes = &application.division_codes;
    let waiting = session.count_waiting(codes, None)?;
    let positions = session.count_waiting(codes, Some(application.id))?;
    let places = codes.iter().filter_map(|code| {
        Some(QueuePlace {
            division_code: *code,
            position: *positions.get(code)?,
            waiting: *waiting.get(code)?,
        })
    });
    Ok(places.collect())
}
