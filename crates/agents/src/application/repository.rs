//! The port of applications.

use super::finding::{FindingCode, Severity};
use super::{Application, HistoryEntry, StateName};
use crate::AgentLevel;
use kernel::{
    AccountId, ApplicationId, DivisionCode, DivisionSpan, IdentityNumber, Instant, Page, PageRequest,
    RepositoryError,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Whose applications a caller may see. Applications belong to accounts, not to agents: an application outside is
/// answered as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationScope {
    /// Every one: headquarters.
    All,
    /// Those that this account submitted.
    Own(AccountId),
}

impl ApplicationScope {
    /// Whether an application that `account_id` submitted is inside.
    pub fn contains(self, account_id: AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Own(own) => own == account_id,
        }
    }
}

/// Which applications a list shows; conditions combine. Findings are those that were noted when an application last
/// changed, or something that it was reviewed again for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationFilter {
    /// Only those in one of these states; empty for any.
    pub states: BTreeSet<StateName>,
    /// Only those for this level.
    pub level: Option<AgentLevel>,
    /// Only those that want a division inside this run of codes.
    pub span: Option<DivisionSpan>,
    /// Only those about which this was found.
    pub finding: Option<FindingCode>,
    /// Only those whose deadline was over at this instant.
    pub overdue_at: Option<Instant>,
    /// Only those submitted at this instant or later.
    pub submitted_from: Option<Instant>,
    /// Only those submitted before this instant.
    pub submitted_until: Option<Instant>,
}

/// In which order a list of applications comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApplicationOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Those with the most blocking findings first, of these those with the most advisory ones, of these the oldest.
    Findings,
}

impl ApplicationOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::Findings];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Findings => "findings",
        }
    }

    /// The order of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// Where an application stands in a list of any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ApplicationKey {
    /// How many blocking findings it has.
    pub blocking: u16,
    /// How many advisory ones.
    pub advisory: u16,
    /// Its id, which sorts by submission.
    pub id: ApplicationId,
}

impl ApplicationKey {
    /// The key of an application as it was stored.
    pub fn of(application: &Application) -> Self {
        let count = |severity| {
            let findings = application.findings.iter();
            let counted = findings
                .filter(|finding| finding.code.severity() == severity)
                .count();
            u16::try_from(counted).unwrap_or(u16::MAX)
        };
        Self {
            blocking: count(Severity::Blocking),
            advisory: count(Severity::Advisory),
            id: application.id,
        }
    }
}

/// A division that is on hold for an application: only that one may be approved for it without a reason. A division is
/// on hold for one application at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which division.
    pub division_code: DivisionCode,
    /// For which application.
    pub application_id: ApplicationId,
    /// Until when.
    pub until: Instant,
}

/// Applications with their history.
///
/// Saving an application also puts its divisions on hold until [`Application::on_hold_until`], where that is after the
/// instant of its line of history, and otherwise ends its hold: [`RepositoryError::LostRace`] where one of them is on hold
/// for another application at that instant, since a use case asks [`Self::list_holds`] first. A hold that is over is in
/// nobody's way.
///
/// Saving an application also makes the pictures it names part of it, in its order, and never takes one away:
/// [`RepositoryError::LostRace`] where one of them is not a stored picture of the application's account that is part of
/// nothing else, since a use case asks `AttachmentRepository::list_attachable` first.
pub trait ApplicationRepository {
    /// Adds a new application with the first line of its history. [`RepositoryError::LostRace`] where the same identity
    /// has an open application for one of the divisions, since a use case asks
    /// [`Self::find_open_application_of`] first.
    fn insert_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError>;

    /// Saves a loaded application under its next version, with the line of history that led to it.
    /// [`RepositoryError::LostRace`] where the stored version is not the loaded one. Account, identity, level and
    /// divisions never change.
    fn save_application(
        &mut self,
        application: &Application,
        entry: &HistoryEntry,
    ) -> Result<(), RepositoryError>;

    /// The application of that id, `None` where there is none in `scope`.
    fn find_application(
        &mut self,
        scope: ApplicationScope,
        id: ApplicationId,
    ) -> Result<Option<Application>, RepositoryError>;

    /// What happened to an application that the caller has found in its scope, oldest first.
    fn list_application_history(
        &mut self,
        application: &Application,
    ) -> Result<Vec<HistoryEntry>, RepositoryError>;

    /// A page of the applications in `scope` that pass the filter, in that order.
    fn list_applications(
        &mut self,
        scope: ApplicationScope,
        filter: &ApplicationFilter,
        order: ApplicationOrder,
        page: &PageRequest<ApplicationKey>,
    ) -> Result<Page<Application, ApplicationKey>, RepositoryError>;

    /// An open application of that identity for one of the divisions, the oldest of several.
    fn find_open_application_of(
        &mut self,
        identity: &IdentityNumber,
        division_codes: &[DivisionCode],
    ) -> Result<Option<ApplicationId>, RepositoryError>;

    /// How many open applications want each of the divisions; one that nobody wants is absent from the map. With
    /// `through`, only that application and those submitted before it are counted: what is counted is its place.
    fn count_waiting(
        &mut self,
        division_codes: &[DivisionCode],
        through: Option<ApplicationId>,
    ) -> Result<BTreeMap<DivisionCode, u64>, RepositoryError>;

    /// The holds of those divisions that last at `now`, in the order of the codes.
    fn list_holds(
        &mut self,
        division_codes: &[DivisionCode],
        now: Instant,
    ) -> Result<Vec<Hold>, RepositoryError>;

    /// All holds that last at `now`, in the order of the codes: no more than there are open applications.
    fn list_all_holds(&mut self, now: Instant) -> Result<Vec<Hold>, RepositoryError>;

    /// The applications whose hold was over at `now` and is not noted as such, those that ended first first, at most
    /// `limit`.
    fn find_lapsed_holds(&mut self, now: Instant, limit: u16) -> Result<Vec<Application>, RepositoryError>;

    /// The open applications whose deadline is at that instant or before and of which nobody was reminded, the earliest
    /// deadline first, at most `limit`.
    fn find_unreminded_applications(
        &mut self,
        until: Instant,
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError>;

    /// The open applications that want a division inside one of the spans, oldest first and at most `limit`, as they are
    /// once all of them are locked until the end of the transaction, one after the other in that order.
    fn lock_open_applications(
        &mut self,
        spans: &[DivisionSpan],
        limit: u16,
    ) -> Result<Vec<Application>, RepositoryError>;
}
