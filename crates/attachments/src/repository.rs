//! The port of attachments.

use crate::{Attachment, AttachmentState};
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, Instant, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whose pictures a caller may see: an attachment outside is answered as if it were not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentScope {
    /// Those that the account uploaded.
    Own(AccountId),
    /// Everybody's that are part of an application: whoever reviews these, for a reason.
    Attached,
    /// Those that are part of a record that concerns the agent.
    OfAgent(ReachedAgent),
}

impl AttachmentScope {
    /// Whether an attachment is inside. One whose content is not there yet, or is about to go, is in nobody's scope.
    pub fn contains(self, attachment: &Attachment) -> bool {
        match (self, &attachment.state) {
            (_, AttachmentState::Uploading | AttachmentState::Discarded)
            | (Self::Attached, AttachmentState::Stored | AttachmentState::Recorded { .. })
            | (Self::OfAgent(_), AttachmentState::Stored | AttachmentState::Attached { .. }) => false,
            (Self::Own(account_id), _) => attachment.account_id == account_id,
            (Self::OfAgent(agent), AttachmentState::Recorded { agent_id, .. }) => agent.id() == *agent_id,
            (Self::Attached, AttachmentState::Attached { .. }) => true,
        }
    }
}

/// Rows of attachments. A discarded one loses its content's key with it. They become part of an application when that is saved, in `agents::ApplicationRepository`.
pub trait AttachmentRepository {
    /// Adds an attachment whose content is still to come.
    fn insert_attachment(&mut self, attachment: &Attachment) -> Result<(), RepositoryError>;

    /// Notes that the content is there; `false` where the attachment was not waiting for it.
    fn mark_attachment_stored(&mut self, id: AttachmentId) -> Result<bool, RepositoryError>;

    /// The attachment of that id, `None` where there is none in `scope`.
    fn find_attachment(
        &mut self,
        scope: AttachmentScope,
        id: AttachmentId,
    ) -> Result<Option<Attachment>, RepositoryError>;

    /// What the account uploaded and what is not discarded, oldest first.
    fn list_attachments(&mut self, account_id: AccountId) -> Result<Vec<Attachment>, RepositoryError>;

    /// Those of the ids that the account may attach: its own, stored, and part of nothing yet. In the order of the ids.
    fn list_attachable(
        &mut self,
        account_id: AccountId,
        ids: &[AttachmentId],
    ) -> Result<Vec<AttachmentId>, RepositoryError>;

    /// What each of the applications has, in the order in which it was attached; those without any are left out.
    fn list_attached(
        &mut self,
        application_ids: &[ApplicationId],
    ) -> Result<BTreeMap<ApplicationId, Vec<AttachmentId>>, RepositoryError>;

    /// Makes the account's pictures, in that order, part of a record that concerns an agent and has none yet.
    /// [`RepositoryError::LostRace`] where one of them cannot be: a use case asks
    /// [`AttachmentRepository::list_attachable`] first.
    fn attach_to_record(
        &mut self,
        account_id: AccountId,
        agent_id: AgentId,
        record_id: Uuid,
        ids: &[AttachmentId],
    ) -> Result<(), RepositoryError>;

    /// What each of an agent's records has, in the order in which it was attached; those without any are left out.
    fn list_attached_to_records(
        &mut self,
        agent_id: AgentId,
        record_ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Vec<AttachmentId>>, RepositoryError>;

    /// How many pictures of the account are part of nothing, those included whose content is still to come.
    fn count_unattached(&mut self, account_id: AccountId) -> Result<u64, RepositoryError>;

    /// Discards at most `limit` pictures that are part of nothing and whose upload began before that instant, the oldest
    /// first. Answers how many.
    fn discard_unattached_before(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Discards every picture of the account, also those of its applications. Answers how many.
    fn discard_attachments_of(&mut self, account_id: AccountId) -> Result<usize, RepositoryError>;

    /// At most `limit` discarded pictures, in the order of their ids.
    fn list_discarded(&mut self, limit: u16) -> Result<Vec<AttachmentId>, RepositoryError>;

    /// Removes the rows of discarded pictures, once their contents are gone; others stay. Answers how many.
    fn delete_discarded(&mut self, ids: &[AttachmentId]) -> Result<usize, RepositoryError>;
}
