//! What the audit log and the leases promise.

use crate::{Store, instant};
use identity::{
    AuditAction, AuditActor, AuditChainRepository, AuditEntry, AuditFilter, AuditRepository, ChainDigest,
    ChainLink, Origin, Role, chain_audit_entries,
};
use kernel::{AccountId, AgentId, AuditEntryId, LeaseRepository, PageRequest, Period, RepositoryError, Text};
use uuid::Uuid;

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

/// Entry `number`, by account `number`, an hour after the one before.
fn entry(number: u128) -> AuditEntry {
    let hour = 8 + number;
    let at = instant(&format!("2026-11-22T{hour:02}:00:00Z"));
    let milliseconds = u128::try_from(at.timestamp_millis()).unwrap();
    AuditEntry {
        id: AuditEntryId::from_uuid(Uuid::from_u128(milliseconds << 80 | number)),
        at,
        action: AuditAction::ApplicationApproved,
        actor: Some(AuditActor {
            account_id: AccountId::from_uuid(Uuid::from_u128(number)),
            role: Role::Operator,
            agent_id: Some(AgentId::HEADQUARTERS),
        }),
        subject: Some(Uuid::from_u128(100 + number)),
        reason: Some(Text::parse("资料齐全").unwrap()),
        origin: Origin {
            request_id: Some("request-1".to_owned()),
            address: Some("2001:db8::7".parse().unwrap()),
        },
    }
}

/// An entry reads back as it was written, its absent parts absent.
pub fn an_audit_entry_reads_back_as_it_was_written<S: Store>(store: &S)
where
    S::Session: AuditRepository,
{
    let whole = entry(1);
    let bare = AuditEntry {
        action: AuditAction::SignedIn,
        actor: None,
        subject: None,
        reason: None,
        origin: Origin::default(),
        ..entry(2)
    };
    write(store, |session| {
        session.insert_audit_entries(&[whole.clone(), bare.clone()])
    });
    let page = write(store, |session| {
        session.list_audit_entries(&AuditFilter::default(), &PageRequest::first())
    });
    assert_eq!(page.items, [bare, whole]);
}

/// Lists are paged, newest first, and every condition holds alone.
pub fn audit_entries_are_paged_and_filtered<S: Store>(store: &S)
where
    S::Session: AuditRepository,
{
    let signed_in = AuditEntry {
        action: AuditAction::SignedIn,
        ..entry(3)
    };
    write(store, |session| {
        session.insert_audit_entries(&[entry(1), entry(2), signed_in.clone()])
    });
    let listed = |filter: AuditFilter| {
        let page = write(store, |session| {
            session.list_audit_entries(&filter, &PageRequest::first())
        });
        page.items
    };
    let any = AuditFilter::default();
    let action = Some(AuditAction::SignedIn);
    assert_eq!(
        listed(AuditFilter { action, ..any }),
        std::slice::from_ref(&signed_in)
    );
    let actor = entry(2).actor.map(|actor| actor.account_id);
    assert_eq!(listed(AuditFilter { actor, ..any }), [entry(2)]);
    let subject = entry(1).subject;
    assert_eq!(listed(AuditFilter { subject, ..any }), [entry(1)]);
    let period = Period::new(entry(1).at, entry(2).at);
    assert_eq!(listed(AuditFilter { period, ..any }), [entry(1)]);

    let mut request = PageRequest {
        limit: 2,
        after: None,
    };
    let first = write(store, |session| session.list_audit_entries(&any, &request));
    assert_eq!(first.items, [signed_in, entry(2)]);
    request.after = first.next;
    let second = write(store, |session| session.list_audit_entries(&any, &request));
    assert_eq!((second.items, second.next), (vec![entry(1)], None));
}

/// Adds up the bytes: as good as any digest where nobody forges.
struct Sums;

impl ChainDigest for Sums {
    fn chain_digest(&self, previous: &[u8], entry: &[u8]) -> [u8; 32] {
        let mut digest = [0_u8; 32];
        for (index, byte) in previous.iter().chain(entry).enumerate() {
            let place = &mut digest[index % 32];
            *place = place.wrapping_mul(31).wrapping_add(*byte);
        }
        digest
    }
}

/// Entries are chained once each, in the order of their ids, behind what is chained already.
pub fn audit_entries_are_chained_once_and_in_order<S: Store>(store: &S)
where
    S::Session: AuditRepository + AuditChainRepository,
{
    let chain = |limit| write(store, |session| chain_audit_entries(session, &Sums, limit));
    assert_eq!(chain(10), None);
    write(store, |session| {
        session.insert_audit_entries(&[entry(3), entry(1)])
    });
    let first = ChainLink::following(None, &entry(1), &Sums);
    assert_eq!(chain(1), Some(first));
    write(store, |session| session.insert_audit_entries(&[entry(2)]));
    let waiting = write(store, |session| session.find_unchained_entries(10));
    assert_eq!(waiting, [entry(2), entry(3)]);
    let second = ChainLink::following(Some(&first), &entry(2), &Sums);
    let third = ChainLink::following(Some(&second), &entry(3), &Sums);
    assert_eq!(chain(10), Some(third));
    assert_eq!((third.sequence, third.entry_id), (3, entry(3).id));
    assert_ne!(second.digest, third.digest);
    assert_eq!(write(store, AuditChainRepository::find_chain_head), Some(third));
    assert_eq!(chain(10), None);
}

/// A link is taken once: whoever chains the same entry, or writes the same place, has lost a race.
pub fn a_link_is_taken_once<S: Store>(store: &S)
where
    S::Session: AuditRepository + AuditChainRepository,
{
    write(store, |session| {
        session.insert_audit_entries(&[entry(1), entry(2)])
    });
    let first = ChainLink::following(None, &entry(1), &Sums);
    write(store, |session| session.append_chain(&[first]));
    let second = ChainLink::following(Some(&first), &entry(1), &Sums);
    let in_its_place = ChainLink::following(None, &entry(2), &Sums);
    for rival in [second, in_its_place] {
        let result = store.write(|session| session.append_chain(&[rival]));
        assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    }
    assert_eq!(write(store, AuditChainRepository::find_chain_head), Some(first));
}

/// A lease has one holder until it runs out; the holder renews it.
pub fn a_lease_has_one_holder_until_it_runs_out<S: Store>(store: &S)
where
    S::Session: LeaseRepository,
{
    let (mine, theirs) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let take = |holder, now: &str, until: &str| {
        write(store, |session| {
            session.acquire_lease("a job", holder, instant(now), instant(until))
        })
    };
    assert!(take(mine, "2026-11-22T08:00:00Z", "2026-11-22T08:00:10Z"));
    assert!(!take(theirs, "2026-11-22T08:00:09Z", "2026-11-22T08:00:19Z"));
    assert!(take(mine, "2026-11-22T08:00:09Z", "2026-11-22T08:00:20Z"));
    assert!(!take(theirs, "2026-11-22T08:00:10Z", "2026-11-22T08:00:30Z"));
    assert!(take(theirs, "2026-11-22T08:00:20Z", "2026-11-22T08:00:30Z"));
    assert!(!take(mine, "2026-11-22T08:00:21Z", "2026-11-22T08:00:31Z"));
}
