//! The port of applications.

use super::{Application, HistoryEntry, StateName};
use crate::AgentLevel;
use kernel::{
    AccountId, ApplicationId, DivisionCode, DivisionSpan, IdentityNumber, Page, PageRequest, RepositoryError,
};

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

/// Which applications a list shows; conditions combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApplicationFilter {
    /// Only those in this state.
    pub state: Option<StateName>,
    /// Only those for this level.
    pub level: Option<AgentLevel>,
    /// Only those that want a division inside this run of codes.
    pub span: Option<DivisionSpan>,
}

/// Applications with their history.
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

    /// A page of the applications in `scope` that pass the filter, newest first.
    fn list_applications(
        &mut self,
        scope: ApplicationScope,
        filter: &ApplicationFilter,
        page: &PageRequest<ApplicationId>,
    ) -> Result<Page<Application, ApplicationId>, RepositoryError>;

    /// An open application of that identity for one of the divisions, the oldest of several.
    fn find_open_application_of(
        &mut self,
        identity: &IdentityNumber,
        division_codes: &[DivisionCode],
    ) -> Result<Option<ApplicationId>, RepositoryError>;

    /// Those of the divisions that open applications other than `except` want, in the order of the codes.
    fn list_waiting_divisions(
        &mut self,
        division_codes: &[DivisionCode],
        except: Option<ApplicationId>,
    ) -> Result<Vec<DivisionCode>, RepositoryError>;
}
