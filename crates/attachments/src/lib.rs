//! Uploaded pictures, such as those of licences: what is taken, whose it is, and how long it is kept.
//!
//! A picture is its row (port [`AttachmentRepository`]) and its content (port [`ContentStore`], outside the database). The
//! row is written first and marked when the content is there, so that whatever a crash leaves behind has a row, and the
//! clean-up finds it without listing any store. The content's key stands in the row until that is discarded: content without
//! its key is unreadable, before it is deleted and wherever a copy of it is.
//!
//! This crate knows no database, no HTTP and no disk.
//!
//! ```
//! use attachments::{BeginUpload, ContentKey, Picture, begin_upload, finish_upload};
//! use kernel::AccountId;
//! use testing::{Memory, SeededIds, build::attachments::png, instant};
//!
//! let (mut session, ids) = (Memory::default(), SeededIds::new(1));
//! let now = instant("2026-11-22T08:00:00Z");
//! let picture = Picture::read(&png(40, 30)).unwrap();
//! let command = BeginUpload {
//!     account_id: AccountId::from_uuid(uuid::Uuid::from_u128(7)),
//!     content_key: ContentKey::from_bytes([7; 32]),
//! };
//! let attachment = begin_upload(&mut session, &ids, now, picture.description(), &command).unwrap();
//! // Here the content goes to its store, outside any transaction.
//! finish_upload(&mut session, attachment.id).unwrap();
//! ```

mod attachment;
mod content;
mod discard;
mod picture;
mod repository;
mod upload;

pub use attachment::{Attachment, AttachmentState, MediaType};
pub use content::{ContentError, ContentKey, ContentStore};
pub use discard::{ORPHAN_AGE, discard_orphaned_attachments};
pub use picture::{MAXIMUM_CONTENT_BYTES, MAXIMUM_UPLOAD_BYTES, Picture, PictureDescription, PictureError};
pub use repository::{AttachmentRepository, AttachmentScope};
pub use upload::{BeginUpload, MAXIMUM_UNATTACHED, UploadError, begin_upload, finish_upload};
