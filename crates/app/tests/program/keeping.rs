//! Retention and erasures by hand.

use crate::program::{catchment, done, refused, refused_command};
use crate::starting::ready_to_serve;
use kernel::RepositoryError;
use std::{
    fs,
    path::{Path, PathBuf},
};
use storage::{Database, KeyFile, KeySource, Options, Vault};
use testing::build::{
    agents::account_id,
    attachments::{attachment, attachment_id},
};

/// A picture that is discarded and whose content is still there, as an erasure leaves it; answers where its content is.
fn discarded_picture(folder: &Path) -> PathBuf {
    let url = format!("sqlite://{}", folder.join("catchment.db").display());
    let keys = KeySource::File(KeyFile::at(folder.join("keys.toml")));
    let database = Database::open(&url, Options::default(), Vault::open_source(keys).unwrap()).unwrap();
    database
        .write::<_, RepositoryError>(|session| {
            session.insert_attachment(&attachment(1, 1))?;
            session.discard_attachments_of(account_id(1))
        })
        .unwrap();
    let content = folder
        .join("catchment-attachments")
        .join(attachment_id(1).to_string());
    fs::write(&content, b"sealed").unwrap();
    content
}

#[test]
fn pictures_that_are_part_of_nothing_go_by_hand_too() {
    let folder = ready_to_serve();
    let folder = folder.path();
    done(folder, &["retention", "run"]);
    for (arguments, says) in [
        (&["retention", "run"][..], "part of nothing: 1 removed"),
        (&["erasures", "replay"], "part of nothing: 1 removed"),
    ] {
        let content = discarded_picture(folder);
        assert!(done(folder, &["retention", "run", "--dry-run"]).contains("due"));
        assert!(content.exists());
        let said = done(folder, arguments);
        assert!(said.contains(says), "{said}");
        assert!(!content.exists(), "{arguments:?}");
    }
    let elsewhere = [
        "retention",
        "run",
        "--database-url",
        "sqlite://catchment.db",
        "--key-file",
        "keys.toml",
    ];
    assert!(done(folder, &elsewhere).contains("left to a server"));
}

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
