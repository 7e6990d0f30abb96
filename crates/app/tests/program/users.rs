//! Opening accounts by hand.

use crate::program::{catchment, done};
use std::{io::Write, process::Stdio};

#[test]
fn a_user_is_opened_once_with_a_good_password_at_headquarters_only() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let user_add = |role: &str, username: &str, password: &str| {
        let arguments = [
            "user",
            "add",
            "--role",
            role,
            "--username",
            username,
            "--name",
            "张三",
            "--password-stdin",
        ];
        let mut adding = catchment(folder, &arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What is refused before it is read closes the pipe.
        let _ = writeln!(adding.stdin.take().unwrap(), "{password}");
        let output = adding.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    done(folder, &["keys", "generate", "keys.toml"]);
    let (opened, said) = user_add("hq_admin", "hq", "correct horse");
    assert!(!opened && said.contains("catchment migrate"), "{said}");
    done(folder, &["migrate"]);
    for (role, username, password, why) in [
        ("customer", "hq", "correct horse", "possible values"),
        ("hq_admin", "h", "correct horse", "--username"),
        ("hq_admin", "hq", "short", "at least 8"),
    ] {
        let (opened, said) = user_add(role, username, password);
        assert!(!opened && said.contains(why), "{said}");
    }
    let (opened, said) = user_add("hq_admin", "hq", "correct horse");
    assert!(opened && said.contains("opened hq as hq_admin"), "{said}");
    let (opened, said) = user_add("operator", "HQ", "correct horse");
    assert!(!opened && said.contains("is taken"), "{said}");
}
