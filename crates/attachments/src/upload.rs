//! Uploading a picture: its row, then its content, then the mark that the content is there.

use crate::{Attachment, AttachmentRepository, AttachmentState, ContentKey, PictureDescription};
use kernel::{AccountId, AttachmentId, IdSource, Instant, RepositoryError};
use thiserror::Error;

/// How many pictures of one account may be part of nothing. It keeps one account from filling the disk; uploads at the
/// same instant may pass it by as many as they are.
pub const MAXIMUM_UNATTACHED: u64 = 50;

/// An account uploads a picture.
#[derive(Clone, Debug)]
pub struct BeginUpload {
    /// The account.
    pub account_id: AccountId,
    /// Fresh randomness, for this content alone.
    pub content_key: ContentKey,
}

/// Why an upload does not begin.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The account has too many pictures that are part of nothing.
    #[error("{MAXIMUM_UNATTACHED} pictures of the account wait to be attached already")]
    TooManyUnattached,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Writes the row of a picture whose content is to be kept next, outside this transaction.
pub fn begin_upload(
    session: &mut (impl AttachmentRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    picture: PictureDescription,
    command: &BeginUpload,
) -> Result<Attachment, UploadError> {
    if session.count_unattached(command.account_id)? >= MAXIMUM_UNATTACHED {
        return Err(UploadError::TooManyUnattached);
    }
    let attachment = Attachment {
        id: AttachmentId::from_uuid(ids.next_uuid(now)),
        account_id: command.account_id,
        media_type: picture.media_type,
        bytes: picture.bytes,
        width: picture.width,
        height: picture.height,
        content_key: command.content_key.clone(),
        state: AttachmentState::Uploading,
        created_at: now,
    };
    session.insert_attachment(&attachment)?;
    Ok(attachment)
}

/// Notes that the content is kept, so that the picture can be read and attached.
/// [`RepositoryError::LostRace`] where the clean-up was faster.
pub fn finish_upload(
    session: &mut (impl AttachmentRepository + ?Sized),
    id: AttachmentId,
) -> Result<(), RepositoryError> {
    if session.mark_attachment_stored(id)? {
        Ok(())
    } else {
        Err(RepositoryError::LostRace("an upload that was discarded"))
    }
}
