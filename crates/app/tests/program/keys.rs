//! The key file and the keys in it.

use crate::program::{catchment, done, refused, refused_command};
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn every_command_that_reads_the_key_file_refuses_one_that_others_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["keys", "generate", "keys.toml"]);
    done(folder, &["migrate"]);
    let file = folder.join("keys.toml");
    let before = fs::read_to_string(&file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let user = [
        "user",
        "add",
        "--role",
        "hq_admin",
        "--username",
        "hq",
        "--name",
        "张三",
        "--password-stdin",
    ];
    for arguments in [
        &["serve"][..],
        &user,
        &["keys", "add"],
        &["keys", "rotate"],
        &["keys", "retire", "1"],
    ] {
        let said = refused(folder, arguments);
        assert!(said.contains("chmod 600 keys.toml"), "{arguments:?}: {said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn keys_are_added_rotated_to_and_retired() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["keys", "generate", "keys.toml"]);
    done(folder, &["migrate"]);
    assert!(done(folder, &["keys", "add"]).contains("added version 2 to keys.toml"));
    assert!(done(folder, &["keys", "rotate"]).contains("rotated to version 2"));
    assert!(refused(folder, &["keys", "retire", "2"]).contains("version 2 is current"));
    assert!(done(folder, &["keys", "retire", "1"]).contains("removed version 1"));
    assert!(refused(folder, &["keys", "retire", "1"]).contains("no key of version 1"));
}

#[test]
fn keys_of_the_environment_are_served_with_and_changed_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["keys", "generate", "keys.toml"]);
    let text = fs::read_to_string(folder.join("keys.toml")).unwrap();
    let with_keys = |arguments: &[&str], text: &str| {
        refused_command(
            catchment(folder, arguments)
                .env_remove("CATCHMENT_KEY_FILE")
                .env("CATCHMENT_KEYS", text),
        )
    };
    // The keys are good; what it refuses next is the schema.
    assert!(with_keys(&["serve"], &text).contains("catchment migrate"));
    let short = with_keys(&["serve"], "current = 1\nindex = \"c2hvcnQ=\"\n[sealing]\n");
    assert!(
        short.contains("32 bytes") && !short.contains("c2hvcnQ"),
        "{short}"
    );
    done(folder, &["migrate"]);
    for arguments in [
        &["keys", "add"][..],
        &["keys", "rotate"],
        &["keys", "retire", "1"],
    ] {
        let said = with_keys(arguments, &text);
        assert!(said.contains("come from the environment"), "{said}");
    }
}
