//! The program as it is started: what it refuses, and what it says to do.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

fn catchment(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catchment"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("CATCHMENT_DATABASE_URL", "sqlite://catchment.db")
        .env("CATCHMENT_KEY_FILE", "keys.toml")
        .env("CATCHMENT_LISTEN", "127.0.0.1:0");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    catchment(folder, arguments).output().unwrap()
}

/// Runs what must fail, and answers what it said.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn serve_refuses_until_all_is_safe_and_then_serves_until_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let keys = folder.join("keys.toml");

    assert!(refused(folder, &["serve"]).contains("catchment keys generate keys.toml"));
    assert!(run(folder, &["keys", "generate", "keys.toml"]).status.success());
    assert!(refused(folder, &["keys", "generate", "keys.toml"]).contains("cannot be made"));

    let text = fs::read_to_string(&keys).unwrap();
    fs::write(&keys, format!("demo = true\n{text}")).unwrap();
    assert!(refused(folder, &["serve"]).contains("catchment demo"));
    fs::write(&keys, text).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refused(folder, &["serve"]).contains("chmod 600"));
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();

    assert!(refused(folder, &["serve"]).contains("catchment migrate"));
    assert!(run(folder, &["migrate"]).status.success());
    let again = run(folder, &["migrate"]);
    assert!(String::from_utf8(again.stdout).unwrap().contains("up to date"));

    let mut server = catchment(folder, &["serve"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let listening = lines.find(|line| line.contains("\"listening\"")).unwrap();
    let line: serde_json::Value = serde_json::from_str(&listening).unwrap();
    // The port is open before the server minds signals; whoever gets an answer is past that.
    let address = line["address"].as_str().unwrap();
    ureq::get(format!("http://{address}/healthz")).call().unwrap();

    let mut in_flight = TcpStream::connect(address).unwrap();
    in_flight
        .write_all(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
        .unwrap();
    in_flight
        .write_all(b"Content-Length: 2\r\nConnection: close\r\n\r\n{")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));

    let begun = Instant::now();
    let id = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    std::thread::sleep(Duration::from_millis(200));
    in_flight.write_all(b"}").unwrap();
    let mut answer = String::new();
    in_flight.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 422"),
        "what is in flight is answered: {answer}"
    );
    assert!(server.wait().unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(lines.any(|line| line.contains("\"stopped\"")));
}

#[test]
fn a_wrong_configuration_is_told_whole() {
    let folder = tempfile::tempdir().unwrap();
    let output = catchment(folder.path(), &["serve"])
        .env_remove("CATCHMENT_KEY_FILE")
        .env("CATCHMENT_LISTEN", "everywhere")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("CATCHMENT_KEY_FILE") && said.contains("CATCHMENT_LISTEN"),
        "{said}"
    );
}

/// A folder in which everything but what a row of a table changes is as it should be.
fn ready_to_serve() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        run(folder.path(), &["keys", "generate", "keys.toml"])
            .status
            .success()
    );
    assert!(run(folder.path(), &["migrate"]).status.success());
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let stranger = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    for (name, text, mode) in [
        ("tls.crt", cert.pem(), 0o644),
        ("tls.key", signing_key.serialize_pem(), 0o600),
        ("open.key", signing_key.serialize_pem(), 0o640),
        ("stranger.key", stranger.signing_key.serialize_pem(), 0o600),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

#[test]
fn serve_starts_with_no_setting_that_opens_it_to_others() {
    let folder = ready_to_serve();
    for (settings, says) in [
        (&[("ALLOWED_ORIGINS", "*")][..], "ALLOWED_ORIGINS"),
        (&[("ALLOWED_ORIGINS", "https://*.shop.example")], "no pattern"),
        (&[("TRUSTED_PROXIES", "0.0.0.0/0")], "not everybody"),
        (&[("TRUSTED_PROXIES", "proxy")], "TRUSTED_PROXIES"),
        (&[("BEHIND_TLS", "maybe")], "true or false"),
        (&[("SIGN_INS_PER_MINUTE", "many")], "SIGN_INS_PER_MINUTE"),
        (&[("TLS_CERTIFICATE", "tls.crt")], "TLS_KEY"),
        (&[("TLS_KEY", "tls.key")], "TLS_CERTIFICATE"),
        (
            &[("TLS_CERTIFICATE", "tls.crt"), ("TLS_KEY", "open.key")],
            "chmod 600 open.key",
        ),
        (
            &[("TLS_CERTIFICATE", "tls.crt"), ("TLS_KEY", "missing.key")],
            "missing.key",
        ),
        (
            &[("TLS_CERTIFICATE", "tls.crt"), ("TLS_KEY", "stranger.key")],
            "cannot be used",
        ),
        (
            &[("TLS_CERTIFICATE", "keys.toml"), ("TLS_KEY", "tls.key")],
            "cannot be used",
        ),
    ] {
        let mut serve = catchment(folder.path(), &["serve"]);
        for (name, value) in settings {
            serve.env(format!("CATCHMENT_{name}"), value);
        }
        let output = serve.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains(says),
            "{settings:?}: {said}"
        );
    }
}

#[test]
fn the_demo_listens_on_loopback_only() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let said = refused(folder.path(), &["demo", "--listen", address]);
        assert!(said.contains("loopback only"), "{address}: {said}");
        assert!(
            !folder.path().join("catchment-data").exists(),
            "nothing was made for {address}"
        );
    }
}

#[test]
fn each_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(run(folder.path(), &["--help"]).stdout).unwrap();
    for command in ["serve", "migrate", "keys", "user", "openapi"] {
        assert!(help.contains(command), "{command}");
        assert!(run(folder.path(), &[command, "--help"]).status.success());
    }
}

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
    assert!(run(folder, &["keys", "generate", "keys.toml"]).status.success());
    let (done, said) = user_add("hq_admin", "hq", "correct horse");
    assert!(!done && said.contains("catchment migrate"), "{said}");
    assert!(run(folder, &["migrate"]).status.success());
    for (role, username, password, why) in [
        ("customer", "hq", "correct horse", "possible values"),
        ("hq_admin", "h", "correct horse", "--username"),
        ("hq_admin", "hq", "short", "at least 8"),
    ] {
        let (done, said) = user_add(role, username, password);
        assert!(!done && said.contains(why), "{said}");
    }
    let (done, said) = user_add("hq_admin", "hq", "correct horse");
    assert!(done && said.contains("opened hq as hq_admin"), "{said}");
    let (done, said) = user_add("operator", "HQ", "correct horse");
    assert!(!done && said.contains("is taken"), "{said}");
}

#[test]
fn every_command_that_reads_the_key_file_refuses_one_that_others_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(run(folder, &["keys", "generate", "keys.toml"]).status.success());
    assert!(run(folder, &["migrate"]).status.success());
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
    assert!(run(folder, &["keys", "generate", "keys.toml"]).status.success());
    assert!(run(folder, &["migrate"]).status.success());
    let done = |arguments: &[&str]| {
        let output = run(folder, arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(done(&["keys", "add"]).contains("added version 2 to keys.toml"));
    assert!(done(&["keys", "rotate"]).contains("rotated to version 2"));
    assert!(refused(folder, &["keys", "retire", "2"]).contains("version 2 is current"));
    assert!(done(&["keys", "retire", "1"]).contains("removed version 1"));
    assert!(refused(folder, &["keys", "retire", "1"]).contains("no key of version 1"));
}

#[test]
fn keys_of_the_environment_are_served_with_and_changed_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(run(folder, &["keys", "generate", "keys.toml"]).status.success());
    let text = fs::read_to_string(folder.join("keys.toml")).unwrap();
    let with_keys = |arguments: &[&str], text: &str| {
        let output = catchment(folder, arguments)
            .env_remove("CATCHMENT_KEY_FILE")
            .env("CATCHMENT_KEYS", text)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    // The keys are good; what it refuses next is the schema.
    assert!(with_keys(&["serve"], &text).contains("catchment migrate"));
    let short = with_keys(&["serve"], "current = 1\nindex = \"c2hvcnQ=\"\n[sealing]\n");
    assert!(
        short.contains("32 bytes") && !short.contains("c2hvcnQ"),
        "{short}"
    );
    assert!(run(folder, &["migrate"]).status.success());
    for arguments in [
        &["keys", "add"][..],
        &["keys", "rotate"],
        &["keys", "retire", "1"],
    ] {
        let said = with_keys(arguments, &text);
        assert!(said.contains("come from the environment"), "{said}");
    }
}

#[test]
fn what_was_kept_for_long_enough_and_who_was_erased_go_by_hand_too() {
    let folder = ready_to_serve();
    let folder = folder.path();
    let said = |arguments: &[&str]| {
        let output = run(folder, arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let due = said(&["retention", "run", "--dry-run"]);
    assert!(due.contains("orders") && due.contains("0 due"), "{due}");
    assert!(said(&["retention", "run"]).contains("0 removed"));
    let bound = catchment(folder, &["retention", "run"])
        .env("CATCHMENT_RETENTION_ORDERS_DAYS", "1094")
        .output()
        .unwrap();
    assert!(String::from_utf8(bound.stderr).unwrap().contains("at least 1095"));

    assert!(said(&["erasures", "replay"]).contains("0 erased again, 0 added"));
    let log = folder.join("erasures.jsonl");
    let line = "{\"at\":\"2026-11-22T08:00:00Z\",\"kind\":\"account\",\"id\":\"01936f00-0000-7000-8000-000000000001\"}\n";
    fs::write(&log, line).unwrap();
    assert!(said(&["erasures", "replay"]).contains("1 erased again, 0 added"));
    assert!(said(&["erasures", "replay"]).contains("0 erased again, 0 added"));
    // A log that cannot be read in full may name somebody whom nobody would erase.
    fs::write(&log, format!("{line}nonsense\n")).unwrap();
    assert!(refused(folder, &["erasures", "replay"]).contains("line 2"));
    assert!(refused(folder, &["serve"]).contains("line 2"));
}
