//! Attachments.

use super::Memory;
use attachments::{Attachment, AttachmentRepository, AttachmentScope, AttachmentState, ContentKey};
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, Instant, RepositoryError};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) attachments: BTreeMap<AttachmentId, Attachment>,
    pub(super) attached: BTreeMap<ApplicationId, Vec<AttachmentId>>,
    recorded: BTreeMap<(AgentId, Uuid), Vec<AttachmentId>>,
}

impl Memory {
    /// Makes the account's pictures part of its application: what saving an application promises.
    pub(super) fn attach(
        &mut self,
        application_id: ApplicationId,
        account_id: AccountId,
        ids: &[AttachmentId],
    ) -> Result<(), RepositoryError> {
        let mut attached = self
            .attachments
            .attached
            .get(&application_id)
            .cloned()
            .unwrap_or_default();
        let added: Vec<_> = ids.iter().copied().filter(|id| !attached.contains(id)).collect();
        if self.list_attachable(account_id, &added)? != added {
            return Err(RepositoryError::LostRace("attachments"));
        }
        let rows = &mut self.attachments;
        for id in &added {
            let Some(row) = rows.attachments.get_mut(id) else {
                continue;
            };
            row.state = AttachmentState::Attached { application_id };
        }
        attached.extend(added);
        rows.attached.insert(application_id, attached);
        Ok(())
    }

    fn discard(&mut self, ids: &[AttachmentId]) -> usize {
        for id in ids {
            let Some(row) = self.attachments.attachments.get_mut(id) else {
                continue;
            };
            row.state = AttachmentState::Discarded;
            row.content_key = ContentKey::from_bytes([0; 32]);
            for attached in self.attachments.attached.values_mut() {
                attached.retain(|kept| kept != id);
            }
            for recorded in self.attachments.recorded.values_mut() {
                recorded.retain(|kept| kept != id);
            }
        }
        ids.len()
    }
}

impl AttachmentRepository for Memory {
    fn insert_attachment(&mut self, attachment: &Attachment) -> Result<(), RepositoryError> {
        let rows = &mut self.attachments.attachments;
        if rows.contains_key(&attachment.id) {
            return Err(RepositoryError::LostRace("attachments"));
        }
        rows.insert(attachment.id, attachment.clone());
        Ok(())
    }

    fn mark_attachment_stored(&mut self, id: AttachmentId) -> Result<bool, RepositoryError> {
        let row = self.attachments.attachments.get_mut(&id);
        let waiting = row.filter(|row| row.state == AttachmentState::Uploading);
        Ok(waiting.map(|row| row.state = AttachmentState::Stored).is_some())
    }

    fn find_attachment(
        &mut self,
        scope: AttachmentScope,
        id: AttachmentId,
    ) -> Result<Option<Attachment>, RepositoryError> {
        let row = self.attachments.attachments.get(&id);
        Ok(row.filter(|row| scope.contains(row)).cloned())
    }

    fn list_attachments(&mut self, account_id: AccountId) -> Result<Vec<Attachment>, RepositoryError> {
        let rows = self.attachments.attachments.values();
        Ok(rows
            .filter(|row| row.account_id == account_id && row.state != AttachmentState::Discarded)
            .cloned()
            .collect())
    }

    fn list_attachable(
        &mut self,
        account_id: AccountId,
        ids: &[AttachmentId],
    ) -> Result<Vec<AttachmentId>, RepositoryError> {
        let attachable = |id: &&AttachmentId| {
            self.attachments
                .attachments
                .get(id)
                .is_some_and(|row| row.account_id == account_id && row.state == AttachmentState::Stored)
        };
        Ok(ids.iter().filter(attachable).copied().collect())
    }

    fn list_attached(
        &mut self,
        application_ids: &[ApplicationId],
    ) -> Result<BTreeMap<ApplicationId, Vec<AttachmentId>>, RepositoryError> {
        let attached = self.attachments.attached.iter();
        Ok(attached
            .filter(|(id, attached)| application_ids.contains(id) && !attached.is_empty())
            .map(|(id, attached)| (*id, attached.clone()))
            .collect())
    }

    fn attach_to_record(
        &mut self,
        account_id: AccountId,
        agent_id: AgentId,
        record_id: Uuid,
        ids: &[AttachmentId],
    ) -> Result<(), RepositoryError> {
        if self.list_attachable(account_id, ids)? != ids {
            return Err(RepositoryError::LostRace("attachments"));
        }
        let rows = &mut self.attachments;
        for id in ids {
            rows.attachments.get_mut(id).unwrap().state = AttachmentState::Recorded { agent_id, record_id };
        }
        rows.recorded.insert((agent_id, record_id), ids.to_vec());
        Ok(())
    }

    fn list_attached_to_records(
        &mut self,
        agent_id: AgentId,
        record_ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Vec<AttachmentId>>, RepositoryError> {
        let recorded = self.attachments.recorded.iter();
        Ok(recorded
            .filter(|((of, record), ids)| *of == agent_id && record_ids.contains(record) && !ids.is_empty())
            .map(|((_, record), ids)| (*record, ids.clone()))
            .collect())
    }

    fn count_unattached(&mut self, account_id: AccountId) -> Result<u64, RepositoryError> {
        let rows = self.attachments.attachments.values();
        let counted = rows.filter(|row| row.account_id == account_id && row.state.is_unattached());
        Ok(counted.count().try_into().unwrap())
    }

    fn discard_unattached_before(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let rows = self.attachments.attachments.values();
        let mut old: Vec<_> = rows
            .filter(|row| row.state.is_unattached() && row.created_at < before)
            .map(|row| (row.created_at, row.id))
            .collect();
        old.sort_unstable();
        let ids: Vec<_> = old
            .into_iter()
            .map(|(_, id)| id)
            .take(usize::from(limit))
            .collect();
        Ok(self.discard(&ids))
    }

    fn discard_attachments_of(&mut self, account_id: AccountId) -> Result<usize, RepositoryError> {
        let ids: Vec<_> = self
            .list_attachments(account_id)?
            .iter()
            .map(|row| row.id)
            .collect();
        Ok(self.discard(&ids))
    }

    fn list_discarded(&mut self, limit: u16) -> Result<Vec<AttachmentId>, RepositoryError> {
        let rows = self.attachments.attachments.values();
        Ok(rows
            .filter(|row| row.state == AttachmentState::Discarded)
            .map(|row| row.id)
            .take(usize::from(limit))
            .collect())
    }

    fn delete_discarded(&mut self, ids: &[AttachmentId]) -> Result<usize, RepositoryError> {
        let rows = &mut self.attachments.attachments;
        let before = rows.len();
        rows.retain(|id, row| !(ids.contains(id) && row.state == AttachmentState::Discarded));
        Ok(before - rows.len())
    }
}
