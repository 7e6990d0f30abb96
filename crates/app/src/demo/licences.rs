//! Pictures of licences: one drawing for all, kept for each application like any upload.

use super::{DemoError, random::Random};
use crate::secrets::SystemSecrets;
use attachments::{Attachment, AttachmentState, ContentKey, ContentStore, Picture};
use identity::SecretSource;
use kernel::{AccountId, AttachmentId, IdSource, Instant};
use storage::Session;

const DRAWING: &[u8] = include_bytes!("licence.png");

/// Those that are not taken yet.
pub(super) type Licences<'licences> = std::slice::Iter<'licences, Licence>;

/// A picture whose content is kept and that has no row yet.
pub(super) struct Licence(Attachment);

/// Keeps so many contents.
pub(super) fn keep(
    contents: &dyn ContentStore,
    at: Instant,
    count: usize,
) -> Result<Vec<Licence>, DemoError> {
    let picture = Picture::read(DRAWING).map_err(DemoError::refused)?;
    let described = picture.description();
    let ids = Random::seeded("licences");
    let mut licences = Vec::new();
    for _ in 0..count {
        let mut key = [0; 32];
        SystemSecrets.fill(&mut key);
        let attachment = Attachment {
            id: AttachmentId::from_uuid(ids.next_uuid(at)),
            // Nobody's until it is uploaded.
            account_id: AccountId::from_uuid(uuid::Uuid::nil()),
            media_type: described.media_type,
            bytes: described.bytes,
            width: described.width,
            height: described.height,
            content_key: ContentKey::from_bytes(key),
            state: AttachmentState::Uploading,
            created_at: at,
        };
        contents.put_content(attachment.id, &attachment.content_key, picture.content())?;
        licences.push(Licence(attachment));
    }
    Ok(licences)
}

impl Licence {
    /// Adds its row, as the account's, and answers its id as a form names it.
    pub(super) fn upload(
        &self,
        session: &mut dyn Session,
        account_id: AccountId,
        at: Instant,
    ) -> Result<String, DemoError> {
        let attachment = Attachment {
            account_id,
            created_at: at,
            ..self.0.clone()
        };
        session.insert_attachment(&attachment)?;
        session.mark_attachment_stored(attachment.id)?;
        Ok(attachment.id.to_string())
    }
}
