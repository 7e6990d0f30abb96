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
    /// The personal values of an agent's holder were shown in full; the subject is the agent.
    AgentRevealed "agent_revealed"
    /// An agent was suspended; the subject is the agent.
    AgentSuspended "agent_suspended"
    /// An agent's suspension was ended; the subject is the agent.
    AgentResumed "agent_resumed"
    /// An agent was given notice; the subject is the agent.
    AgentTerminationGiven "agent_termination_given"
    /// A notice was taken back; the subject is the agent.
    AgentTerminationWithdrawn "agent_termination_withdrawn"
    /// An agent is gone; the subject is the agent.
    AgentTerminationClosed "agent_termination_closed"
    /// A contract was renewed; the subject is the agent.
    ContractRenewed "contract_renewed"
    /// A customer was reserved for headquarters; the subject is the customer.
    CustomerReserved "customer_reserved"
    /// A customer is reserved no longer; the subject is the customer.
    CustomerReleased "customer_released"
    /// A territory passed to another contract, or was given up; the subject is the territory.
    TerritoryTransferred "territory_transferred"
    /// An account was disabled; the subject is the account.
    AccountDisabled "account_disabled"
    /// An account was enabled again; the subject is the account.
    AccountEnabled "account_enabled"
    /// An application was approved; the subject is the application.
    ApplicationApproved "application_approved"
    /// The divisions of an application were put on hold for it; the subject is the application.
    ApplicationHeld "application_held"
    /// A hold was ended before its time; the subject is the application.
    ApplicationReleased "application_released"
    /// An application was rejected; the subject is the application.
    ApplicationRejected "application_rejected"
    /// An applicant's personal values were shown in full; the subject is the application.
    ApplicationRevealed "application_revealed"
    /// The coverage of territories was taken away as a file; the reason tells of which division.
    CoverageExported "coverage_exported"
    /// A customer's personal values were shown in full; the subject is the customer.
    CustomerRevealed "customer_revealed"
    /// Where an order goes was shown in full; the subject is the order.
    OrderRevealed "order_revealed"
    /// A payment into a deposit was noted; the subject is the entry of the ledger.
    DepositPaid "deposit_paid"
    /// Something was taken from a deposit; the subject is the entry.
    DepositDeducted "deposit_deducted"
    /// An appeal against a deduction was decided; the subject is the deduction's entry.
    DeductionAppealDecided "deduction_appeal_decided"
    /// A deposit was given back; the subject is the entry.
    DepositRefunded "deposit_refunded"
    /// Market support was approved; the subject is the request.
    SupportApproved "support_approved"
    /// Market support was rejected; the subject is the request.
    SupportRejected "support_rejected"
    /// A proposed demotion or termination was decided; the subject is the consequence.
    ConsequenceDecided "consequence_decided"
    /// The key of a version was removed from the key file; the reason tells the version.
    KeyRetired "key_retired"
    /// Everything was sealed anew under another key; the reason tells its version.
    KeysRotated "keys_rotated"
    /// Somebody else than its owner looked at a picture; the subject is the attachment.
    AttachmentRevealed "attachment_revealed"
    /// Somebody was invited; the subject is the invitation.
    MemberInvited "member_invited"
    /// An invitation was accepted; the subject is the invitation.
    InvitationAccepted "invitation_accepted"
    /// An invitation was taken back; the subject is the invitation.
    InvitationWithdrawn "invitation_withdrawn"
    /// A webhook was made; the subject is the webhook.
    WebhookCreated "webhook_created"
    /// A webhook was changed; the subject is the webhook.
    WebhookChanged "webhook_changed"
    /// A webhook was removed; the subject is the webhook.
    WebhookDeleted "webhook_deleted"
    /// A dead letter was let be tried again; the subject is the delivery.
    DeadLetterReplayed "dead_letter_replayed"
    /// An account was opened for somebody in a position; the subject is the account.
    MemberAppointed "member_appointed"
    /// Somebody's membership was ended; the subject is the membership.
    MembershipEnded "membership_ended"
    /// The erasure log named somebody whom the database had not erased, and they were erased again; the subject is the account
    /// or the customer.
    ErasureReplayed "erasure_replayed"
    /// A person was erased; the subject is the account, or the customer where headquarters did it.
    PersonErased "person_erased"
    /// All that is kept about a person was exported; the subject is the account or the customer.
    PersonalDataExported "personal_data_exported"
    /// What had been kept for long enough was removed; there is no subject.
    RetentionRan "retention_ran"
    /// Somebody signed in; the subject is the sign-in.
    SignedIn "signed_in"
    /// A phone that WeChat verified was bound to an account; the subject is the account.
    PhoneBound "phone_bound"
    /// Somebody signed out; the subject is the sign-in.
    SignedOut "signed_out"
    /// Somebody ended another of their sign-ins, themselves or by a new password; the subject is that sign-in.
    SignInEnded "sign_in_ended"
    /// Somebody changed their own password; the subject is the account.
    PasswordChanged "password_changed"
    /// So many sign-ins failed that further ones have to wait; the subject is the account, where the name has one.
    SignInsLimited "sign_ins_limited"
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
    /// Its id, a UUIDv7 made at `at`: whoever looks for a period looks at these ids alone.
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

impl AuditEntry {
    /// Every part of the entry, each behind its length, so that no two entries have the same bytes. Of the values
    /// themselves, not of their envelopes: sealing them anew under another key changes nothing.
    pub(crate) fn canonical_bytes(&self) -> Vec<u8> {
        let actor = self.actor.as_ref();
        let parts: [Option<String>; 10] = [
            Some(self.id.to_string()),
            Some(self.at.timestamp_micros().to_string()),
            Some(self.action.name().to_owned()),
            actor.map(|actor| actor.account_id.to_string()),
            actor.map(|actor| actor.role.name().to_owned()),
            actor.and_then(|actor| actor.agent_id).map(|id| id.to_string()),
            self.subject.map(|subject| subject.to_string()),
            self.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            self.origin.request_id.clone(),
            self.origin.address.map(|address| address.to_string()),
        ];
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                Some(text) => {
                    bytes.push(1);
                    bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                    bytes.extend(text.into_bytes());
                }
                None => bytes.push(0),
            }
        }
        bytes
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
