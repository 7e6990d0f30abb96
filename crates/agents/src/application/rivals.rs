//! The applications that want what another one wants: what happens to the one changes what is found about the others, and
//! moves them up.

use super::finding::{ReviewSession, review_all};
use super::submit::save_advanced;
use super::{Act, Application, ApplicationAction, ApplicationRepository};

use events::{Fact, OutboxRepository};
use kernel::{ApplicationId, DivisionSpan, IdSource, Instant, RepositoryError};
use regions::{DivisionTree, Territory};

/// How many are reviewed again in the transaction of what changed their findings, the oldest first: the work of one
/// decision has a bound. Those behind are reviewed like all others whenever somebody looks at them.
pub const MAXIMUM_REVIEWED_AGAIN: u16 = 100;

/// The others, locked: nobody decides about one of them before this transaction ends.
pub(crate) struct Rivals(Vec<Application>);

/// Locks the application together with the others that want a division inside the spans, in the one order that everybody
/// keeps, and answers it as it is now.
pub(super) fn lock_rivals(
    session: &mut (impl ApplicationRepository + ?Sized),
    application: Application,
    spans: &[DivisionSpan],
) -> Result<(Application, Rivals), RepositoryError> {
    let locked = session.lock_open_applications(spans, MAXIMUM_REVIEWED_AGAIN)?;
    let is_own = |other: &Application| other.id == application.id;
    let (own, others): (Vec<_>, Vec<_>) = locked.into_iter().partition(is_own);
    // One that is not among them is saved by its version, whatever happened to it meanwhile.
    let application = own.into_iter().next().unwrap_or(application);
    Ok((application, Rivals(others)))
}

impl Application {
    /// The spans of its divisions alone: what is decided about them concerns nobody else.
    pub(super) fn own_spans(&self) -> Vec<DivisionSpan> {
        self.division_codes
            .iter()
            .copied()
            .map(DivisionSpan::only)
            .collect()
    }
}

impl Rivals {
    /// Locks those that wait inside the territories, which somebody is about to change.
    pub(crate) fn waiting_for(
        session: &mut (impl ApplicationRepository + ?Sized),
        territories: &[Territory],
    ) -> Result<Self, RepositoryError> {
        let spans: Vec<_> = territories
            .iter()
            .map(|territory| territory.division_code.span())
            .collect();
        Ok(Self(
            session.lock_open_applications(&spans, MAXIMUM_REVIEWED_AGAIN)?,
        ))
    }

    /// Reviews them as things stand now, once the change is stored. Those about whom something else is found are saved,
    /// and their history and an event tell of it.
    pub(crate) fn review_again(
        self,
        session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
        ids: &dyn IdSource,
        tree: &DivisionTree,
        now: Instant,
    ) -> Result<(), RepositoryError> {
        let subjects: Vec<_> = self.0.iter().map(Application::subject).collect();
        let reviewed = review_all(session, tree, now, &subjects)?;
        for (application, findings) in self.0.into_iter().zip(reviewed) {
            if application.findings == findings {
                continue;
            }
            let fact = findings_changed(application.id);
            let changed = Application {
                findings,
                ..application
            };
            let act = Act::of_nobody(now, ApplicationAction::ReviewAgain);
            save_advanced(session, ids, changed.remain(act), Some(fact))?;
        }
        Ok(())
    }
}

const fn findings_changed(application_id: ApplicationId) -> Fact {
    Fact::ApplicationFindingsChanged { application_id }
}
