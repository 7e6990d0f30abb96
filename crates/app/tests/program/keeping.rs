//! Retention and erasures by hand.

use crate::program::{catchment, done, refused, refused_command};
use crate::starting::ready_to_serve;
use std::fs;

#[test]
fn what_was_kept_for_long_enough_and_who_was_erased_go_by_hand_too() {
    let folder = ready_to_serve();
    let folder = folder.path();
    let due = done(folder, &["retention", "run", "--dry-run"]);
    assert!(due.contains("orders") && due.contains("0 due"), "{due}");
    assert!(done(folder, &["retention", "run"]).contains("0 removed"));
    let bound = refused_command(
        catchment(folder, &["retention", "run"]).env("CATCHMENT_RETENTION_ORDERS_DAYS", "1094"),
    );
    assert!(bound.contains("at least 1095"));

    assert!(done(folder, &["erasures", "replay"]).contains("0 erased again, 0 added"));
    let log = folder.join("erasures.jsonl");
    let line = "{\"at\":\"2026-11-22T08:00:00Z\",\"kind\":\"account\",\"id\":\"01936f00-0000-7000-8000-000000000001\"}\n";
    fs::write(&log, line).unwrap();
    assert!(done(folder, &["erasures", "replay"]).contains("1 erased again, 0 added"));
    assert!(done(folder, &["erasures", "replay"]).contains("0 erased again, 0 added"));
    // A log that cannot be read in full may name somebody whom nobody would erase.
    fs::write(&log, format!("{line}nonsense\n")).unwrap();
    assert!(refused(folder, &["erasures", "replay"]).contains("line 2"));
    assert!(refused(folder, &["serve"]).contains("line 2"));
}
