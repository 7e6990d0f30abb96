//! The audit log: who did what to whom, when, and why. Entries are written in the transaction of what they tell of, so
//! that neither is there without the other; none is ever changed or removed.

use crate::{Principal, Role};
use kernel::{
    AccountId, AgentId, AuditEntryId, IdSource, Instant, Page, PageRequest, Period, RepositoryError, Text,
};
use std::net::IpAddr;
use uuid::Uuid;

/// Why somebody did it, in their own words.
pub type AuditReason = Text<500>;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// What was done. What `subject` names follows from it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $variant,)*
        }

        impl AuditAction {
            /// Every action, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as stored and as the API tells it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

actions! {
    /// An application was approved; the subject is the application.
    ApplicationApproved "application_approved"
    /// An application was rejected; the subject is the application.
    ApplicationRejected "application_rejected"
    /// Somebody signed in; the subject is the sign-in.
    SignedIn "signed_in"
    /// Somebody signed out; the subject is the account.
    SignedOut "signed_out"
}

impl AuditAction {
    /// The action of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

/// Where a request came from, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The id it has in the logs; absent for what no request stands behind, such as a command line.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<IpAddr>,
}

/// Who did it, in the role they acted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditActor {
    /// The account.
    pub account_id: AccountId,
    /// The role.
    pub role: Role,
    /// The agent that the role is held for, if it is for one.
    pub agent_id: Option<AgentId>,
}

impl From<&Principal> for AuditActor {
    fn from(principal: &Principal) -> Self {
        Self {
            account_id: principal.account_id,
            role: principal.role,
            agent_id: principal.agent_id,
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id, which sorts by time.
    pub id: AuditEntryId,
    /// When.
    pub at: Instant,
    /// What.
    pub action: AuditAction,
    /// Who; absent for the system itself and the command line.
    pub actor: Option<AuditActor>,
    /// To what.
    pub subject: Option<Uuid>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// From where.
    pub origin: Origin,
}

impl AuditEntry {
    /// An entry without subject and reason.
    pub fn new(
        ids: &dyn IdSource,
        at: Instant,
        action: AuditAction,
        actor: Option<AuditActor>,
        origin: &Origin,
    ) -> Self {
        Self {
            id: AuditEntryId::from_uuid(ids.next_uuid(at)),
            at,
            action,
            actor,
            subject: None,
            reason: None,
            origin: origin.clone(),
        }
    }

    /// The same about that subject.
    #[must_use]
    pub fn about(self, subject: Uuid) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }

    /// The same for that reason.
    #[must_use]
    pub fn because(self, reason: AuditReason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }
}

/// Which entries a list shows; conditions combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this action.
    pub action: Option<AuditAction>,
    /// Only by this account.
    pub actor: Option<AccountId>,
    /// Only about this subject.
    pub subject: Option<Uuid>,
    /// Only in this period.
    pub period: Option<Period>,
}

/// The log.
pub trait AuditRepository {
    /// Appends entries.
    fn insert_audit_entries(&mut self, entries: &[AuditEntry]) -> Result<(), RepositoryError>;

    /// A page of the entries that pass the filter, newest first.
    fn list_audit_entries(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEntryId>,
    ) -> Result<Page<AuditEntry, AuditEntryId>, RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_stand_once() {
        for &action in AuditAction::ALL {
            assert_eq!(AuditAction::from_name(action.name()), Some(action));
        }
        assert_eq!(AuditAction::from_name("other"), None);
    }
}
