//! Applications and their history.

use super::Memory;
use agents::{Application, ApplicationFilter, ApplicationRepository, ApplicationScope, HistoryEntry};
use attachments::AttachmentRepository;
use kernel::{ApplicationId, DivisionCode, IdentityNumber, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) applications: BTreeMap<ApplicationId, Application>,
    pub(super) history: BTreeMap<ApplicationId, Vec<HistoryEntry>>,
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

impl Memory {
    /// Pictures may have been discarded since it was saved.
    fn with_what_is_attached(&mut self, application: Application) -> Result<Application, RepositoryError> {
        let mut attached = self.list_attached(&[application.id])?;
        Ok(Application {
            attachments: attached.remove(&application.id).unwrap_or_default(),
            ..application
        })
    }
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
        self.attach(application.id, application.account_id, &application.attachments)?;
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
        let stored = self.applications.applications.get(&application.id);
        if stored.is_none_or(|stored| stored.version != application.version) {
            return Err(RepositoryError::LostRace("applications"));
        }
        self.attach(application.id, application.account_id, &application.attachments)?;
        let saved = Application {
            version: application.version + 1,
            ..application.clone()
        };
        let rows = &mut self.applications;
        rows.applications.insert(application.id, saved);
        rows.history
            .entry(application.id)
            .or_default()
            .push(entry.clone());
        Ok(())
    }

    fn find_application(
        &mut self,
        scope: ApplicationScope,
        id: ApplicationId,
    ) -> Result<Option<Application>, RepositoryError> {
        let found = self.applications.applications.get(&id);
        let seen = found
            .filter(|application| scope.contains(application.account_id))
            .cloned();
        seen.map(|application| self.with_what_is_attached(application))
            .transpose()
    }

    fn list_application_history(
        &mut self,
        application: &Application,
    ) -> Result<Vec<HistoryEntry>, RepositoryError> {
        let history = &self.applications.history;
        Ok(history.get(&application.id).cloned().unwrap_or_default())
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
            .collect::<Vec<_>>()
            .into_iter()
            .map(|application| self.with_what_is_attached(application))
            .collect::<Result<_, _>>()?;
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
