//! Which pictures an application or another record may take.

use super::form::too_many;
use attachments::AttachmentRepository;
use kernel::{AccountId, AttachmentId, FieldError, Invalid, RepositoryError, Validation};

/// Takes at most `maximum` ids, each once; errors are on `attachments[i]`.
pub(crate) fn parse_attachments(
    texts: &[String],
    maximum: usize,
    validation: &mut Validation,
) -> Option<Vec<AttachmentId>> {
    if texts.len() > maximum {
        validation.refuse("attachments", too_many(maximum));
        return None;
    }
    let mut ids = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let id = text.parse().map_err(|_| unknown_attachment()).and_then(|id| {
            if ids.contains(&id) {
                Err(Invalid::new("duplicate", "附件重复", "is there twice"))
            } else {
                Ok(id)
            }
        });
        ids.extend(validation.take(format!("attachments[{index}]"), id));
    }
    (ids.len() == texts.len()).then_some(ids)
}

/// An error for each of the pictures that the account may not attach. One that is somebody else's is refused like one
/// that is not there.
pub(crate) fn refuse_unattachable(
    session: &mut (impl AttachmentRepository + ?Sized),
    account_id: AccountId,
    ids: &[AttachmentId],
) -> Result<Vec<FieldError>, RepositoryError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let attachable = session.list_attachable(account_id, ids)?;
    let mut validation = Validation::default();
    for (index, id) in ids.iter().enumerate() {
        if !attachable.contains(id) {
            validation.refuse(format!("attachments[{index}]"), unknown_attachment());
        }
    }
    Ok(validation.finish(|| ()).err().unwrap_or_default())
}

const fn unknown_attachment() -> Invalid {
    Invalid::new(
        "unknown_attachment",
        "没有这个附件，或已用于他处",
        "is no picture of yours that is free to be attached",
    )
}
