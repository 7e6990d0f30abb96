//! Pictures, their rows, and their contents in memory.

use crate::build::agents::account_id;
use agents::ApplicationForm;
use attachments::{
    Attachment, AttachmentRepository, AttachmentState, ContentError, ContentKey, ContentStore, MediaType,
};
use image::{ImageFormat, RgbImage};
use kernel::{AccountId, AttachmentId};
use std::{collections::BTreeMap, io::Cursor, sync::Mutex};
use uuid::Uuid;

/// A slope of colours, so that every pixel differs from its neighbours.
pub fn pixels(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let shade = |value: u32, all: u32| u8::try_from(value * 255 / all).unwrap();
        image::Rgb([shade(x, width), shade(y, height), shade(x + y, width + height)])
    })
}

fn write(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels(width, height).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A PNG file of that size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    write(width, height, ImageFormat::Png)
}

/// A JPEG file of that size.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    write(width, height, ImageFormat::Jpeg)
}

/// The id of the attachment with that number. Greater ids are newer.
pub fn attachment_id(number: u16) -> AttachmentId {
    AttachmentId::from_uuid(Uuid::from_u128(u128::from(number)))
}

/// An attachment of the account, whose content is still to come.
pub fn attachment(number: u16, account: u16) -> Attachment {
    Attachment {
        id: attachment_id(number),
        account_id: account_id(account),
        media_type: MediaType::Png,
        bytes: 1_234,
        width: 40,
        height: 30,
        content_key: ContentKey::from_bytes([u8::try_from(number % 251).unwrap(); 32]),
        state: AttachmentState::Uploading,
        created_at: crate::instant("2026-11-22T08:00:00.000001Z"),
    }
}

/// Adds an attachment of the account, content and all, and answers its id as a form names it.
pub fn upload(session: &mut (impl AttachmentRepository + ?Sized), number: u16, account: u16) -> String {
    let attachment = attachment(number, account);
    session.insert_attachment(&attachment).unwrap();
    assert!(session.mark_attachment_stored(attachment.id).unwrap());
    attachment.id.to_string()
}

/// Uploads for the account what the form names and what is not there yet.
pub fn upload_attachments_of(
    session: &mut (impl AttachmentRepository + ?Sized),
    form: &ApplicationForm,
    account_id: AccountId,
) {
    for id in &form.attachments {
        let attachment = Attachment {
            id: id.parse().unwrap(),
            account_id,
            ..attachment(1, 1)
        };
        if session.insert_attachment(&attachment).is_ok() {
            session.mark_attachment_stored(attachment.id).unwrap();
        }
    }
}

/// Contents in memory, unsealed.
#[derive(Debug, Default)]
pub struct MemoryContents(Mutex<BTreeMap<AttachmentId, Vec<u8>>>);

impl MemoryContents {
    /// Whose contents are there.
    pub fn ids(&self) -> Vec<AttachmentId> {
        self.0.lock().unwrap().keys().copied().collect()
    }
}

impl ContentStore for MemoryContents {
    fn put_content(&self, id: AttachmentId, _: &ContentKey, content: &[u8]) -> Result<(), ContentError> {
        self.0.lock().unwrap().insert(id, content.to_vec());
        Ok(())
    }

    fn get_content(&self, id: AttachmentId, _: &ContentKey) -> Result<Vec<u8>, ContentError> {
        let reason = "not there";
        self.0
            .lock()
            .unwrap()
            .get(&id)
            .cloned()
            .ok_or(ContentError::Corrupt { id, reason })
    }

    fn delete_content(&self, id: AttachmentId) -> Result<(), ContentError> {
        self.0.lock().unwrap().remove(&id);
        Ok(())
    }
}
