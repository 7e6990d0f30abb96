//! Applications and their history.

use super::Memory;
use agents::{Application, ApplicationFilter, ApplicationRepository, ApplicationScope, HistoryEntry};
use kernel::{ApplicationId, DivisionCode, IdentityNumber, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    applications: BTreeMap<ApplicationId, Application>,
    history: BTreeMap<ApplicationId, Vec<HistoryEntry>>,
}

impl Rows {
    fn open(&self) -> impl Iterator<Item = &Application> {
        self.applications
            .values()
            .filter(|application| application.state.name().is_open())
    }
}

fn wants(application: &Application, codes: &[DivisionCode]) -> bool {
    application.division_codes.iter().any(|code| codes.contains(code))
}

impl ApplicationRepository for Memory {
    fn insert_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError> {
        let identity = &application.applicant.identity_number;
        if self
            .find_open_application_of(identity, &application.division_codes)?
            .is_some()
        {
            return Err(RepositoryError::LostRace("the open applications of an identity"));
        }
        let rows = &mut self.applications;
        rows.applications.insert(application.id, application.clone());
        rows.history.insert(application.id, vec![entry.clone()]);
        Ok(())
    }

    fn save_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError> {
        let rows = &mut self.applications;
        match rows.applications.get_mut(&application.id) {
            Some(stored) if stored.version == application.version => {
                *stored = Application {
                    version: application.version + 1,
                    ..application.clone()
                };
                rows.history
                    .entry(application.id)
                    .or_default()
                    .push(entry.clone());
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("applications")),
        }
    }

    fn find_application(
        &mut self,
        scope: ApplicationScope,
        id: ApplicationId,
    ) -> Result<Option<Application>, RepositoryError> {
        let found = self.applications.applications.get(&id);
        Ok(found
            .filter(|application| scope.contains(application.account_id))
            .cloned())
    }

    fn list_application_history(&mut self, id: ApplicationId) -> Result<Vec<HistoryEntry>, RepositoryError> {
        Ok(self.applications.history.get(&id).cloned().unwrap_or_default())
    }

    fn list_applications(
        &mut self,
        scope: ApplicationScope,
        filter: &ApplicationFilter,
        page: &PageRequest<ApplicationId>,
    ) -> Result<Page<Application, ApplicationId>, RepositoryError> {
        let fetched = self
            .applications
            .applications
            .values()
            .rev()
            .filter(|application| scope.contains(application.account_id))
            .filter(|application| page.after.is_none_or(|after| application.id < after))
            .filter(|application| filter.state.is_none_or(|state| application.state.name() == state))
            .filter(|application| filter.level.is_none_or(|level| application.level == level))
            .filter(|application| {
                let inside = |span: kernel::DivisionSpan| {
                    application.division_codes.iter().any(|code| span.contains(*code))
                };
                filter.span.is_none_or(inside)
            })
            .take(usize::from(page.limit) + 1)
            .cloned()
            .collect();
        Ok(Page::cut(fetched, page, |application: &Application| {
            application.id
        }))
    }

    fn find_open_application_of(
        &mut self,
        identity: &IdentityNumber,
        division_codes: &[DivisionCode],
    ) -> Result<Option<ApplicationId>, RepositoryError> {
        let mut own = self
            .applications
            .open()
            .filter(|application| application.applicant.identity_number == *identity);
        Ok(own
            .find(|application| wants(application, division_codes))
            .map(|application| application.id))
    }

    fn list_waiting_divisions(
        &mut self,
        division_codes: &[DivisionCode],
        except: Option<ApplicationId>,
    ) -> Result<Vec<DivisionCode>, RepositoryError> {
        let others = self
            .applications
            .open()
            .filter(|application| Some(application.id) != except);
        let waiting: BTreeSet<_> = others
            .flat_map(|application| &application.division_codes)
            .filter(|code| division_codes.contains(code))
            .copied()
            .collect();
        Ok(waiting.into_iter().collect())
    }
}
