//! Where the contents of attachments are kept: a folder of this machine, or a store that speaks S3.
//!
//! Contents are pictures of licences and identity cards. [`Sealed`] is the only [`attachments::ContentStore`] here, and what
//! it hands on to a place is sealed already: neither the disk nor the network ever sees a picture.
//!
//! This crate knows no database and no HTTP server.
//!
//! ```
//! use attachments::{ContentKey, ContentStore};
//! use contents::{Folder, Sealed};
//! use kernel::AttachmentId;
//!
//! let folder = tempfile::tempdir().unwrap();
//! let contents = Sealed::new(Folder::open(folder.path().join("attachments")).unwrap());
//! let (id, key) = (AttachmentId::from_uuid(uuid::Uuid::from_u128(7)), ContentKey::from_bytes([7; 32]));
//! contents.put_content(id, &key, b"a picture").unwrap();
//! assert_eq!(contents.get_content(id, &key).unwrap(), b"a picture");
//! ```

mod folder;
mod place;
mod s3;
mod sealed;

pub use folder::Folder;
pub use place::Place;
pub use s3::{S3, S3Error, S3Settings};
pub use sealed::Sealed;
