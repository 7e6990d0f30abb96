//! Uploading, and what nobody attached.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use attachments::{
    AttachmentRepository, AttachmentScope, AttachmentState, BeginUpload, ContentKey, MAXIMUM_UNATTACHED,
    MediaType, ORPHAN_AGE, Picture, UploadError, begin_upload, discard_orphaned_attachments, finish_upload,
};
use kernel::{Instant, RepositoryError};
use std::time::Duration;
use testing::{
    Memory, SeededIds,
    build::{
        agents::account_id,
        attachments::{attachment_id, png, upload},
    },
    instant,
};

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn command(account: u16) -> BeginUpload {
    BeginUpload {
        account_id: account_id(account),
        content_key: ContentKey::from_bytes([7; 32]),
    }
}

#[test]
fn an_upload_is_its_own_accounts_once_it_is_finished() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let picture = Picture::read(&png(40, 30)).unwrap().description();
    let begun = begin_upload(&mut memory, &ids, now(), picture, &command(1)).unwrap();
    assert_eq!(
        (begun.media_type, begun.width, begun.height, begun.bytes),
        (MediaType::Png, 40, 30, picture.bytes)
    );
    assert_eq!(
        (begun.state, begun.created_at),
        (AttachmentState::Uploading, now())
    );
    assert!(!format!("{begun:?}").contains("7, 7"), "the key is hidden");
    let own = AttachmentScope::Own(account_id(1));
    assert_eq!(memory.find_attachment(own, begun.id).unwrap(), None);
    finish_upload(&mut memory, begun.id).unwrap();
    let found = memory.find_attachment(own, begun.id).unwrap().unwrap();
    assert_eq!(found.state, AttachmentState::Stored);
    let twice = finish_upload(&mut memory, begun.id);
    assert!(matches!(twice, Err(RepositoryError::LostRace(_))), "{twice:?}");
}

#[test]
fn an_account_has_so_many_pictures_that_are_part_of_nothing() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let picture = Picture::read(&png(4, 3)).unwrap().description();
    for _ in 0..MAXIMUM_UNATTACHED {
        begin_upload(&mut memory, &ids, now(), picture, &command(1)).unwrap();
    }
    let refused = begin_upload(&mut memory, &ids, now(), picture, &command(1));
    assert!(
        matches!(refused, Err(UploadError::TooManyUnattached)),
        "{refused:?}"
    );
    begin_upload(&mut memory, &ids, now(), picture, &command(2)).unwrap();
    let later = now() + ORPHAN_AGE + Duration::from_secs(1);
    discard_orphaned_attachments(&mut memory, later, 1).unwrap();
    begin_upload(&mut memory, &ids, now(), picture, &command(1)).unwrap();
}

#[test]
fn an_orphan_goes_after_its_day_and_is_told_until_it_is_deleted() {
    let mut memory = Memory::default();
    for number in [1, 2, 3] {
        upload(&mut memory, number, 1);
    }
    let mut discard = |now, limit| discard_orphaned_attachments(&mut memory, now, limit).unwrap();
    // They began a microsecond after eight.
    assert_eq!(discard(now() + ORPHAN_AGE, 9), []);
    let later = now() + ORPHAN_AGE + Duration::from_secs(1);
    assert_eq!(discard(later, 2), [attachment_id(1), attachment_id(2)]);
    // A run that was broken off is taken up, before more is begun.
    assert_eq!(discard(later, 2), [attachment_id(1), attachment_id(2)]);
    assert_eq!(
        memory
            .delete_discarded(&[attachment_id(1), attachment_id(2)])
            .unwrap(),
        2
    );
    assert_eq!(
        discard_orphaned_attachments(&mut memory, later, 2).unwrap(),
        [attachment_id(3)]
    );
}
