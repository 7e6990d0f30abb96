//! How often a person is exported, on the in-memory fake.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use chrono::TimeDelta;
use identity::{AuditAction, AuditActor, AuditEntry, AuditRepository, Origin, Role};
use kernel::{AccountId, Instant};
use privacy::{AdmitExportError, EXPORT_PERIOD, MAXIMUM_EXPORTS, admit_export};
use testing::{Memory, SeededIds, build::agents::account_id, instant};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

/// Asks, and writes the entry where the export is admitted; otherwise answers how long to wait.
fn export(memory: &mut Memory, ids: &SeededIds, at: Instant, by: AccountId, of: Uuid) -> Option<TimeDelta> {
    match admit_export(memory, at, by, of) {
        Err(AdmitExportError::TooMany { wait }) => Some(wait),
        Err(AdmitExportError::Repository(error)) => panic!("{error}"),
        Ok(()) => {
            let actor = AuditActor {
                account_id: by,
                role: Role::Customer,
                agent_id: None,
            };
            let action = AuditAction::PersonalDataExported;
            let entry = AuditEntry::new(ids, at, action, Some(actor), &Origin::default()).about(of);
            memory.insert_audit_entries(&[entry]).unwrap();
            None
        }
    }
}

#[test]
fn an_account_exports_a_subject_so_often_in_a_day_and_again_when_the_oldest_is_a_day_old() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let (own, other) = (account_id(1), account_id(2));
    let mut export = |at, by: AccountId, of: AccountId| export(&mut memory, &ids, at, by, of.as_uuid());
    for hour in 0..i64::from(MAXIMUM_EXPORTS) {
        assert_eq!(export(now() + TimeDelta::hours(hour), own, own), None);
    }
    let later = now() + TimeDelta::hours(6);
    assert_eq!(export(later, own, own), Some(TimeDelta::hours(18)));
    assert_eq!(
        export(later, own, other),
        None,
        "another subject is counted by itself"
    );
    assert_eq!(export(later, other, own), None, "so is another account");

    let almost = now() + EXPORT_PERIOD - TimeDelta::microseconds(1);
    assert_eq!(export(almost, own, own), Some(TimeDelta::microseconds(1)));
    assert_eq!(export(now() + EXPORT_PERIOD, own, own), None);
    assert_eq!(export(now() + EXPORT_PERIOD, own, own), Some(TimeDelta::hours(1)));
}
