//! What the port of attachments promises.

use crate::{
    Store,
    build::{
        agents::{account_id, application},
        attachments::{attachment, attachment_id, upload},
    },
    instant,
};
use agents::{
    Application, ApplicationAction, ApplicationRepository, ApplicationScope, HistoryEntry, StateName,
};
use attachments::{Attachment, AttachmentRepository, AttachmentScope, AttachmentState};
use kernel::RepositoryError;

fn entry(application: &Application) -> HistoryEntry {
    HistoryEntry {
        at: application.submitted_at,
        actor: Some(application.account_id),
        action: ApplicationAction::Submit,
        from: None,
        to: StateName::Submitted,
        held_until: None,
        reason: None,
    }
}

fn run<S: Store, T>(store: &S, mut command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| command(session)).unwrap()
}

fn states<S: Store>(store: &S, account: u16) -> Vec<&'static str>
where
    S::Session: AttachmentRepository,
{
    let listed = run(store, |session| session.list_attachments(account_id(account)));
    listed.iter().map(|attachment| attachment.state.name()).collect()
}

/// A picture is in nobody's scope until its content is there, then in its own account's; it is marked once.
pub fn an_attachment_is_its_own_accounts_once_it_is_stored<S: Store>(store: &S)
where
    S::Session: AttachmentRepository,
{
    let written = attachment(1, 7);
    run(store, |session| session.insert_attachment(&written));
    let taken: Result<(), RepositoryError> = store.write(|session| session.insert_attachment(&written));
    assert!(matches!(taken, Err(RepositoryError::LostRace(_))), "{taken:?}");
    let seen = |scope| run(store, |session| session.find_attachment(scope, written.id));
    let own = AttachmentScope::Own(account_id(7));
    assert_eq!(seen(own), None);
    assert_eq!(
        run(store, |session| session.list_attachments(account_id(7))),
        std::slice::from_ref(&written)
    );

    let mark = |id| run(store, |session| session.mark_attachment_stored(id));
    assert!(mark(written.id) && !mark(written.id) && !mark(attachment_id(2)));
    let stored = Attachment {
        state: AttachmentState::Stored,
        ..written.clone()
    };
    assert_eq!(seen(own).as_ref(), Some(&stored));
    for foreign in [AttachmentScope::Own(account_id(8)), AttachmentScope::Attached] {
        assert_eq!(seen(foreign), None);
    }
}

/// Saving an application makes its account's stored pictures part of it, in its order, each of one application only; from
/// then on reviewers see them.
pub fn an_applications_pictures_are_attached_when_it_is_saved<S: Store>(store: &S)
where
    S::Session: AttachmentRepository + ApplicationRepository,
{
    run(store, |session| {
        for number in [1, 2, 3] {
            upload(session, number, 7);
        }
        upload(session, 4, 8);
        session.insert_attachment(&attachment(5, 7))
    });
    let ids = |numbers: &[u16]| {
        numbers
            .iter()
            .map(|number| attachment_id(*number))
            .collect::<Vec<_>>()
    };
    let attachable = run(store, |session| {
        session.list_attachable(account_id(7), &ids(&[5, 3, 4, 1, 9]))
    });
    assert_eq!(attachable, ids(&[3, 1]));

    let with = |application: Application, numbers: &[u16]| Application {
        account_id: account_id(7),
        attachments: ids(numbers),
        ..application
    };
    let first = with(application(1, &["330106"]), &[3, 1]);
    run(store, |session| {
        session.insert_application(&first, &entry(&first))
    });
    let find = |id| {
        run(store, |session| {
            session.find_application(ApplicationScope::All, id)
        })
        .unwrap()
    };
    assert_eq!(find(first.id), first);
    let reviewed = run(store, |session| {
        session.find_attachment(AttachmentScope::Attached, attachment_id(3))
    });
    let application_id = first.id;
    assert_eq!(
        reviewed.unwrap().state,
        AttachmentState::Attached { application_id }
    );
    let foreign = run(store, |session| {
        session.find_attachment(AttachmentScope::Own(account_id(8)), attachment_id(3))
    });
    assert_eq!(foreign, None);

    // Taken, foreign, not there yet, not there at all: as if a rival had been faster.
    for number in [3, 4, 5, 9] {
        let second = with(application(2, &["330105"]), &[number]);
        let refused: Result<(), RepositoryError> =
            store.write(|session| session.insert_application(&second, &entry(&second)));
        assert!(
            matches!(refused, Err(RepositoryError::LostRace(_))),
            "{number}: {refused:?}"
        );
    }

    let more = with(first.clone(), &[3, 1, 2]);
    run(store, |session| session.save_application(&more, &entry(&more)));
    assert_eq!(find(first.id).attachments, ids(&[3, 1, 2]));
    let bare = with(application(2, &["330105"]), &[]);
    run(store, |session| session.insert_application(&bare, &entry(&bare)));
    let attached = run(store, |session| session.list_attached(&[first.id, bare.id]));
    assert_eq!(
        attached.into_iter().collect::<Vec<_>>(),
        [(first.id, ids(&[3, 1, 2]))]
    );
    assert_eq!(
        states(store, 7),
        ["attached", "attached", "attached", "uploading"]
    );
}

/// Old pictures that are part of nothing are discarded, the oldest first; then nobody sees them, and only they are deleted.
pub fn what_nobody_attached_is_discarded_and_deleted<S: Store>(store: &S)
where
    S::Session: AttachmentRepository + ApplicationRepository,
{
    let at = |number, account, created_at: &str| Attachment {
        created_at: instant(created_at),
        ..attachment(number, account)
    };
    run(store, |session| {
        session.insert_attachment(&at(3, 7, "2026-11-20T08:00:00Z"))?;
        session.insert_attachment(&at(2, 7, "2026-11-21T08:00:00Z"))?;
        session.insert_attachment(&at(1, 8, "2026-11-21T09:00:00Z"))?;
        session.insert_attachment(&at(4, 7, "2026-11-19T08:00:00Z"))?;
        for number in [2, 3, 4] {
            assert!(session.mark_attachment_stored(attachment_id(number))?);
        }
        let application = Application {
            account_id: account_id(7),
            attachments: vec![attachment_id(4)],
            ..application(1, &["330106"])
        };
        session.insert_application(&application, &entry(&application))
    });
    let count = |account| run(store, |session| session.count_unattached(account_id(account)));
    assert_eq!((count(7), count(8), count(9)), (2, 1, 0));

    let discard = |limit| {
        let before = instant("2026-11-21T09:00:00Z");
        run(store, |session| session.discard_unattached_before(before, limit))
    };
    assert_eq!((discard(1), states(store, 7)), (1, vec!["stored", "attached"]));
    assert_eq!((discard(9), discard(9)), (1, 0));
    assert_eq!((count(7), count(8)), (0, 1));
    let gone = run(store, |session| {
        session.find_attachment(AttachmentScope::Own(account_id(7)), attachment_id(2))
    });
    assert_eq!(gone, None);
    assert!(!run(store, |session| session.mark_attachment_stored(attachment_id(2))));
    assert_eq!(
        run(store, |session| session.list_discarded(9)),
        [attachment_id(2), attachment_id(3)]
    );
    assert_eq!(
        run(store, |session| session.list_discarded(1)),
        [attachment_id(2)]
    );
    let delete = |numbers: &[u16]| {
        let ids: Vec<_> = numbers.iter().map(|number| attachment_id(*number)).collect();
        run(store, |session| session.delete_discarded(&ids))
    };
    assert_eq!((delete(&[1, 2, 4, 9]), delete(&[2, 3])), (1, 1));
    assert_eq!(
        (states(store, 7), states(store, 8)),
        (vec!["attached"], vec!["uploading"])
    );
}

/// All pictures of an account can be discarded at once, also those of its applications, and of no other account.
pub fn all_pictures_of_an_account_are_discarded_together<S: Store>(store: &S)
where
    S::Session: AttachmentRepository + ApplicationRepository,
{
    let application = Application {
        account_id: account_id(7),
        attachments: vec![attachment_id(2), attachment_id(1)],
        ..application(1, &["330106"])
    };
    run(store, |session| {
        for (number, account) in [(1, 7), (2, 7), (3, 7), (4, 8)] {
            upload(session, number, account);
        }
        session.insert_application(&application, &entry(&application))
    });
    let discard = || run(store, |session| session.discard_attachments_of(account_id(7)));
    assert_eq!((discard(), discard()), (3, 0));
    assert_eq!((states(store, 7).len(), states(store, 8)), (0, vec!["stored"]));
    let found = run(store, |session| {
        session.find_application(ApplicationScope::All, application.id)
    });
    assert_eq!(found.unwrap().attachments, []);
    assert_eq!(run(store, |session| session.list_discarded(9)).len(), 3);
}
