//! Somewhere that keeps bytes by id.

use attachments::ContentError;
use kernel::AttachmentId;

/// Keeps bytes, which are sealed already, by id.
pub trait Place: Send + Sync {
    /// Keeps bytes; when this answers, they last.
    fn put(&self, id: AttachmentId, sealed: &[u8]) -> Result<(), ContentError>;

    /// The bytes, at most `maximum_bytes` of them; `None` where there are none.
    fn get(&self, id: AttachmentId, maximum_bytes: usize) -> Result<Option<Vec<u8>>, ContentError>;

    /// Removes them, and what a broken [`Self::put`] left behind. What is not there is removed already.
    fn delete(&self, id: AttachmentId) -> Result<(), ContentError>;
}
