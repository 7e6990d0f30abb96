//! The port of contents: where the pictures themselves are kept.

use kernel::AttachmentId;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// The key of one content: 256 random bits. It stands, sealed, in the attachment's row, so that a new key of the whole
/// installation touches rows alone, and content is unreadable once its row is discarded, which takes the key.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// Takes bytes that are fresh from a secret source, or read from a row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for a cipher or for storage.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ContentKey(hidden)")
    }
}

/// Why a content could not be kept, read or removed.
#[derive(Debug, Error)]
pub enum ContentError {
    /// The store cannot be reached, or did not answer in time. Trying again later may succeed.
    #[error("the store of contents is not available: {0}")]
    Unavailable(String),
    /// There is no room left to write to.
    #[error("the store of contents is full")]
    Full,
    /// What is there is not what was kept, or nothing is there.
    #[error("the content of attachment {id} is unusable: {reason}")]
    Corrupt {
        /// Whose.
        id: AttachmentId,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The store refused for a reason that no caller can act on: it is not set up as the configuration says.
    #[error("the store of contents refused: {0}")]
    Refused(String),
}

/// Keeps contents by id. Calls block, on a disk or on a network: never call one inside a transaction or on an async thread.
///
/// Contents are pictures of licences and identity cards, so an implementation seals them before anything leaves the
/// process.
pub trait ContentStore: Send + Sync {
    /// Keeps a content; when this answers, it is on the disk. A content of the same id is replaced.
    fn put_content(&self, id: AttachmentId, key: &ContentKey, content: &[u8]) -> Result<(), ContentError>;

    /// The content as it was kept. [`ContentError::Corrupt`] where it is not there, was altered, or was kept under another
    /// id or key.
    fn get_content(&self, id: AttachmentId, key: &ContentKey) -> Result<Vec<u8>, ContentError>;

    /// Removes a content and whatever a broken upload of it left behind. One that is not there is removed already.
    fn delete_content(&self, id: AttachmentId) -> Result<(), ContentError>;
}
