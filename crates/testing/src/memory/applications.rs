//! Applications and their history.

use super::Memory;
use agents::{
    Application, ApplicationFilter, ApplicationKey, ApplicationOrder, ApplicationRepository,
    ApplicationScope, HistoryEntry, Hold,
};
use attachments::AttachmentRepository;
use kernel::{
    ApplicationId, DivisionCode, DivisionSpan, IdentityNumber, Instant, Page, PageRequest, RepositoryError,
};
use std::collections::BTreeMap;

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

fn passes(application: &Application, filter: &ApplicationFilter) -> bool {
    let state = application.state.name();
    let inside = |span: DivisionSpan| application.division_codes.iter().any(|code| span.contains(*code));
    let found = |wanted| application.findings.iter().any(|finding| finding.code == wanted);
    let overdue = |instant| {
        application
            .deadline
            .is_some_and(|deadline| deadline.is_over(instant))
    };
    (filter.states.is_empty() || filter.states.contains(&state))
        && filter.level.is_none_or(|level| application.level == level)
        && filter.span.is_none_or(inside)
        && filter.finding.is_none_or(found)
        && filter.overdue_at.is_none_or(overdue)
        && filter
            .submitted_from
            .is_none_or(|from| from <= application.submitted_at)
        && filter
            .submitted_until
            .is_none_or(|until| application.submitted_at < until)
}

impl Memory {
    /// Those that have an instant, the earliest first.
    fn earliest(
        &mut self,
        limit: u16,
        instant: impl Fn(&Application) -> Option<Instant>,
    ) -> Result<Vec<Application>, RepositoryError> {
        let rows = self.applications.applications.values();
        let mut found: Vec<_> = rows
            .filter_map(|application| Some((instant(application)?, application.id)))
            .collect();
        found.sort_unstable();
        found.truncate(usize::from(limit));
        let rows = &self.applications.applications;
        let found: Vec<_> = found.iter().filter_map(|(_, id)| rows.get(id).cloned()).collect();
        found
            .into_iter()
            .map(|application| self.with_what_is_attached(application))
            .collect()
    }

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
        let is_held = application.held_until(entry.at).is_some();
        let holds = self.list_holds(&application.division_codes, entry.at)?;
        if is_held && holds.iter().any(|hold| hold.application_id != application.id) {
            return Err(RepositoryError::LostRace("the holds of a division"));
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
        order: ApplicationOrder,
        page: &PageRequest<ApplicationKey>,
    ) -> Result<Page<Application, ApplicationKey>, RepositoryError> {
        let place = |key: ApplicationKey| {
            let ApplicationKey {
                blocking,
                advisory,
                id,
            } = key;
            match order {
                ApplicationOrder::Newest => (0, 0, u128::MAX - id.as_uuid().as_u128()),
                ApplicationOrder::Oldest => (0, 0, id.as_uuid().as_u128()),
                ApplicationOrder::Findings => {
                    (u16::MAX - blocking, u16::MAX - advisory, id.as_uuid().as_u128())
                }
            }
        };
        let mut fetched: Vec<_> = self
            .applications
            .applications
            .values()
            .filter(|application| scope.contains(application.account_id) && passes(application, filter))
            .map(|application| (place(ApplicationKey::of(application)), application.clone()))
            .filter(|(own, _)| page.after.is_none_or(|after| place(after) < *own))
            .collect();
        fetched.sort_by_key(|(place, _)| *place);
        fetched.truncate(usize::from(page.limit) + 1);
        let fetched = fetched
            .into_iter()
            .map(|(_, application)| self.with_what_is_attached(application))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, ApplicationKey::of))
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

    fn count_waiting(
        &mut self,
        division_codes: &[DivisionCode],
        through: Option<ApplicationId>,
    ) -> Result<BTreeMap<DivisionCode, u64>, RepositoryError> {
        let counted = self
            .applications
            .open()
            .filter(|application| through.is_none_or(|through| application.id <= through));
        let mut waiting = BTreeMap::new();
        for code in counted.flat_map(|application| &application.division_codes) {
            if division_codes.contains(code) {
                *waiting.entry(*code).or_default() += 1;
            }
        }
        Ok(waiting)
    }

    fn list_holds(
        &mut self,
        division_codes: &[DivisionCode],
        now: Instant,
    ) -> Result<Vec<Hold>, RepositoryError> {
        let mut holds = self.list_all_holds(now)?;
        holds.retain(|hold| division_codes.contains(&hold.division_code));
        Ok(holds)
    }

    fn list_all_holds(&mut self, now: Instant) -> Result<Vec<Hold>, RepositoryError> {
        let mut holds: Vec<_> = self
            .applications
            .open()
            .filter_map(|application| Some((application, application.held_until(now)?)))
            .flat_map(|(application, until)| {
                application.division_codes.iter().map(move |code| Hold {
                    division_code: *code,
                    application_id: application.id,
                    until,
                })
            })
            .collect();
        holds.sort_by_key(|hold| hold.division_code);
        Ok(holds)
    }

    fn find_lapsed_holds(&mut self, now: Instant, limit: u16) -> Result<Vec<Application>, RepositoryError> {
        self.earliest(limit, |application| {
            application.on_hold_until.filter(|until| *until <= now)
        })
    }

    fn find_unreminded_applications(
        &mut self,
        until: Instant,
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError> {
        self.earliest(limit, |application| {
            let deadline = application.deadline.filter(|deadline| !deadline.reminded)?;
            (deadline.at <= until).then_some(deadline.at)
        })
    }

    fn lock_open_applications(
        &mut self,
        spans: &[DivisionSpan],
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError> {
        let inside = |code: &DivisionCode| spans.iter().any(|span| span.contains(*code));
        let found: Vec<_> = self
            .applications
            .open()
            .filter(|application| application.division_codes.iter().any(inside))
            .take(usize::from(limit))
            .cloned()
            .collect();
        found
            .into_iter()
            .map(|application| self.with_what_is_attached(application))
            .collect()
    }
}
