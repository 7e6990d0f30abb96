//! Uploaded pictures, without their contents.

use super::{
    schema::attachments,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::ATTACHMENTS};
use ::agents::Application;
use ::attachments::{
    Attachment, AttachmentRepository, AttachmentScope, AttachmentState, ContentKey, MediaType,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::prelude::*;
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, Instant, Invalid, RepositoryError};
use std::collections::BTreeMap;
use uuid::Uuid;
use zeroize::Zeroizing;

const UPLOADING: &str = "uploading";
const STORED: &str = "stored";
const ATTACHED: &str = "attached";
const RECORDED: &str = "recorded";
const DISCARDED: &str = "discarded";
const UNATTACHED: [&str; 2] = [UPLOADING, STORED];

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = attachments, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct AttachmentRow {
    id: Key,
    account_id: Key,
    media_type: String,
    bytes: i32,
    width: i32,
    height: i32,
    content_key_sealed: Option<Envelope>,
    state: String,
    application_id: Option<Key>,
    agent_id: Option<Key>,
    record_id: Option<Key>,
    created_at: Moment,
}

fn sealed_row(vault: &Vault, id: AttachmentId) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &ATTACHMENTS,
        key: RowKey::id(Key::from(id)),
    }
}

fn to_row(vault: &Vault, attachment: &Attachment) -> Result<AttachmentRow, RepositoryError> {
    let number = |number: u32| {
        i32::try_from(number).map_err(|error| RepositoryError::Refused(format!("attachments: {error}")))
    };
    let key = Zeroizing::new(BASE64_STANDARD.encode(attachment.content_key.expose()));
    Ok(AttachmentRow {
        id: attachment.id.into(),
        account_id: attachment.account_id.into(),
        media_type: attachment.media_type.name().to_owned(),
        bytes: number(attachment.bytes)?,
        width: number(attachment.width)?,
        height: number(attachment.height)?,
        content_key_sealed: Some(sealed_row(vault, attachment.id).seal("content_key_sealed", &key)?),
        state: UPLOADING.to_owned(),
        application_id: None,
        agent_id: None,
        record_id: None,
        created_at: attachment.created_at.into(),
    })
}

/// An attachment that is not discarded: of one that is, the key is gone, and nobody asks for it.
fn to_attachment(vault: &Vault, row: &AttachmentRow) -> Result<Attachment, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("attachments", column, row.id, reason);
    let number =
        |column, number: i32| u32::try_from(number).map_err(|_| unusable(column, "a negative number"));
    let id = AttachmentId::from(row.id);
    let record = row.agent_id.zip(row.record_id);
    let state = match (row.state.as_str(), row.application_id, record) {
        (UPLOADING, None, None) => AttachmentState::Uploading,
        (STORED, None, None) => AttachmentState::Stored,
        (ATTACHED, Some(application_id), None) => AttachmentState::Attached {
            application_id: application_id.into(),
        },
        (RECORDED, None, Some((agent_id, record_id))) => AttachmentState::Recorded {
            agent_id: agent_id.into(),
            record_id: record_id.0,
        },
        _ => return Err(unusable("state", "unknown, or not whole")),
    };
    let content_key = row
        .content_key_sealed
        .as_ref()
        .ok_or_else(|| unusable("content_key_sealed", "missing"))?;
    Ok(Attachment {
        id,
        account_id: row.account_id.into(),
        media_type: MediaType::from_name(&row.media_type).ok_or_else(|| unusable("media_type", "unknown"))?,
        bytes: number("bytes", row.bytes)?,
        width: number("width", row.width)?,
        height: number("height", row.height)?,
        content_key: sealed_row(vault, id).open("content_key_sealed", content_key, parse_key)?,
        state,
        created_at: row.created_at.0,
    })
}

fn parse_key(text: &str) -> Result<ContentKey, Invalid> {
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).unwrap_or_default());
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(ContentKey::from_bytes)
        .map_err(|_| Invalid::new("no_key", "不是密钥", "is not a key"))
}

fn keys(ids: &[AttachmentId]) -> Vec<Key> {
    ids.iter().copied().map(Key::from).collect()
}

impl Session {
    /// Makes pictures of the application's account part of it, those that are not yet. [`RepositoryError::LostRace`] where
    /// one of them cannot be: a use case asks [`AttachmentRepository::list_attachable`] first.
    pub(super) fn attach(&mut self, application: &Application) -> Result<(), RepositoryError> {
        if application.attachments.is_empty() {
            return Ok(());
        }
        let attached = self.list_attached(&[application.id])?;
        let attached = attached.get(&application.id).map_or(&[][..], Vec::as_slice);
        let mut position = i32::try_from(attached.len()).unwrap_or(i32::MAX);
        for id in application.attachments.iter().filter(|id| !attached.contains(id)) {
            let written = diesel::update(attachments::table)
                .filter(attachments::id.eq(Key::from(*id)))
                .filter(attachments::account_id.eq(Key::from(application.account_id)))
                .filter(attachments::state.eq(STORED))
                .set((
                    attachments::state.eq(ATTACHED),
                    attachments::application_id.eq(Key::from(application.id)),
                    attachments::position.eq(position),
                ))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(written, 1, "attachments")?;
            position = position.saturating_add(1);
        }
        Ok(())
    }
}

/// What a discarded row says: it is part of nothing, and its content is unreadable from now on.
macro_rules! discarded {
    () => {
        (
            attachments::state.eq(DISCARDED),
            attachments::application_id.eq(None::<Key>),
            attachments::agent_id.eq(None::<Key>),
            attachments::record_id.eq(None::<Key>),
            attachments::position.eq(None::<i32>),
            attachments::content_key_sealed.eq(None::<Envelope>),
        )
    };
}

impl Session {
    /// Discards what the account uploaded and attached to nothing.
    pub(super) fn discard_unattached(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        diesel::update(attachments::table)
            .filter(attachments::account_id.eq(Key::from(account_id)))
            .filter(attachments::state.eq_any(UNATTACHED))
            .set(discarded!())
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    /// Discards what is part of those applications.
    pub(super) fn discard_attached(&mut self, application_ids: &[Key]) -> Result<(), RepositoryError> {
        diesel::update(attachments::table)
            .filter(attachments::application_id.eq_any(application_ids))
            .set(discarded!())
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }
}

impl AttachmentRepository for Session {
    fn insert_attachment(&mut self, attachment: &Attachment) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, attachment)?;
        diesel::insert_into(attachments::table)
            .values(row)
            .execute(&mut self.connection)
            .map(drop)
            .map_err(|error| self.faults.of(error))
    }

    fn mark_attachment_stored(&mut self, id: AttachmentId) -> Result<bool, RepositoryError> {
        diesel::update(attachments::table)
            .filter(attachments::id.eq(Key::from(id)))
            .filter(attachments::state.eq(UPLOADING))
            .set(attachments::state.eq(STORED))
            .execute(&mut self.connection)
            .map(|written| written == 1)
            .map_err(|error| self.faults.of(error))
    }

    fn find_attachment(
        &mut self,
        scope: AttachmentScope,
        id: AttachmentId,
    ) -> Result<Option<Attachment>, RepositoryError> {
        let row: Option<AttachmentRow> = attachments::table
            .filter(attachments::id.eq(Key::from(id)))
            .filter(attachments::state.ne(DISCARDED))
            .select(AttachmentRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        let found = row
            .map(|row| to_attachment(&self.shared.vault, &row))
            .transpose()?;
        Ok(found.filter(|attachment| scope.contains(attachment)))
    }

    fn list_attachments(&mut self, account_id: AccountId) -> Result<Vec<Attachment>, RepositoryError> {
        attachments::table
            .filter(attachments::account_id.eq(Key::from(account_id)))
            .filter(attachments::state.ne(DISCARDED))
            .order(attachments::id)
            .select(AttachmentRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_attachment(&self.shared.vault, row))
            .collect()
    }

    fn list_attachable(
        &mut self,
        account_id: AccountId,
        ids: &[AttachmentId],
    ) -> Result<Vec<AttachmentId>, RepositoryError> {
        let found: Vec<Key> = attachments::table
            .filter(attachments::id.eq_any(keys(ids)))
            .filter(attachments::account_id.eq(Key::from(account_id)))
            .filter(attachments::state.eq(STORED))
            .select(attachments::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(ids
            .iter()
            .copied()
            .filter(|id| found.contains(&Key::from(*id)))
            .collect())
    }

    fn list_attached(
        &mut self,
        application_ids: &[ApplicationId],
    ) -> Result<BTreeMap<ApplicationId, Vec<AttachmentId>>, RepositoryError> {
        let wanted: Vec<_> = application_ids.iter().copied().map(Key::from).collect();
        let rows: Vec<(Option<Key>, Key)> = attachments::table
            .filter(attachments::application_id.eq_any(wanted))
            .order((attachments::application_id, attachments::position))
            .select((attachments::application_id, attachments::id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut attached: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (application_id, id) in rows {
            if let Some(application_id) = application_id {
                attached.entry(application_id.into()).or_default().push(id.into());
            }
        }
        Ok(attached)
    }

    fn attach_to_record(
        &mut self,
        account_id: AccountId,
        agent_id: AgentId,
        record_id: Uuid,
        ids: &[AttachmentId],
    ) -> Result<(), RepositoryError> {
        for (position, id) in (0_i32..).zip(ids) {
            let written = diesel::update(attachments::table)
                .filter(attachments::id.eq(Key::from(*id)))
                .filter(attachments::account_id.eq(Key::from(account_id)))
                .filter(attachments::state.eq(STORED))
                .set((
                    attachments::state.eq(RECORDED),
                    attachments::agent_id.eq(Key::from(agent_id)),
                    attachments::record_id.eq(Key(record_id)),
                    attachments::position.eq(position),
                ))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(written, 1, "attachments")?;
        }
        Ok(())
    }

    fn list_attached_to_records(
        &mut self,
        agent_id: AgentId,
        record_ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Vec<AttachmentId>>, RepositoryError> {
        let rows: Vec<(Option<Key>, Key)> = attachments::table
            .filter(attachments::agent_id.eq(Key::from(agent_id)))
            .filter(attachments::record_id.eq_any(record_ids.iter().copied().map(Key)))
            .order((attachments::record_id, attachments::position))
            .select((attachments::record_id, attachments::id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut attached: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (record_id, id) in rows {
            if let Some(record_id) = record_id {
                attached.entry(record_id.0).or_default().push(id.into());
            }
        }
        Ok(attached)
    }

    fn count_unattached(&mut self, account_id: AccountId) -> Result<u64, RepositoryError> {
        let count: i64 = attachments::table
            .filter(attachments::account_id.eq(Key::from(account_id)))
            .filter(attachments::state.eq_any(UNATTACHED))
            .count()
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(count.unsigned_abs())
    }

    fn discard_unattached_before(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError> {
        let old: Vec<Key> = attachments::table
            .filter(attachments::state.eq_any(UNATTACHED))
            .filter(attachments::created_at.lt(Moment::from(before)))
            .order((attachments::created_at, attachments::id))
            .limit(limit.into())
            .select(attachments::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        // Whoever attached one of them meanwhile keeps it.
        diesel::update(attachments::table)
            .filter(attachments::id.eq_any(old))
            .filter(attachments::state.eq_any(UNATTACHED))
            .set(discarded!())
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))
    }

    fn discard_attachments_of(&mut self, account_id: AccountId) -> Result<usize, RepositoryError> {
        diesel::update(attachments::table)
            .filter(attachments::account_id.eq(Key::from(account_id)))
            .filter(attachments::state.ne(DISCARDED))
            .set(discarded!())
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))
    }

    fn list_discarded(&mut self, limit: u16) -> Result<Vec<AttachmentId>, RepositoryError> {
        let ids: Vec<Key> = attachments::table
            .filter(attachments::state.eq(DISCARDED))
            .order(attachments::id)
            .limit(limit.into())
            .select(attachments::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(ids.into_iter().map(AttachmentId::from).collect())
    }

    fn delete_discarded(&mut self, ids: &[AttachmentId]) -> Result<usize, RepositoryError> {
        diesel::delete(attachments::table)
            .filter(attachments::id.eq_any(keys(ids)))
            .filter(attachments::state.eq(DISCARDED))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))
    }
}
