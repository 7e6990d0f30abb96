//! What nobody attached goes.

use crate::AttachmentRepository;
use kernel::{AttachmentId, Instant, RepositoryError};
use std::time::Duration;

/// How long a picture may be part of nothing: long enough to fill in a form, even with a night in between.
pub const ORPHAN_AGE: Duration = Duration::from_hours(24);

/// Discards orphans, and answers at most `limit` of all that is discarded, from this run or one that was broken off: next
/// their contents are deleted, outside this transaction, and then their rows, with
/// [`AttachmentRepository::delete_discarded`]. From now on nobody can read or attach them.
pub fn discard_orphaned_attachments(
    session: &mut (impl AttachmentRepository + ?Sized),
    now: Instant,
    limit: u16,
) -> Result<Vec<AttachmentId>, RepositoryError> {
    session.discard_unattached_before(now - ORPHAN_AGE, limit)?;
    session.list_discarded(limit)
}
