//! Reading one application.

use super::{Application, ApplicationRepository, ApplicationScope, HistoryEntry};
use crate::AgentRepository;
use kernel::{ApplicationId, Instant, RepositoryError};
use regions::{DivisionTree, TerritoryRepository};

/// The application with its history, `None` where there is none in `scope`. An open one shows what the review finds
/// now; a decided one what was found when it was decided.
pub fn find_reviewed_application(
    session: &mut (impl ApplicationRepository + AgentRepository + TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    scope: ApplicationScope,
    id: ApplicationId,
) -> Result<Option<(Application, Vec<HistoryEntry>)>, RepositoryError> {
    let Some(mut application) = session.find_application(scope, id)? else {
        return Ok(None);
    };
    if application.state.name().is_open() {
        application.findings = application.review_again(session, tree, now)?;
    }
    let history = session.list_application_history(&application)?;
    Ok(Some((application, history)))
}
