//! Starting: nothing unsafe starts, and what has started stops when told to.

use crate::program::{catchment, done, listening, refused, refused_command, terminate};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    process::Stdio,
    time::{Duration, Instant},
};

#[test]
fn serve_refuses_until_all_is_safe_and_then_serves_until_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let keys = folder.join("keys.toml");

    assert!(refused(folder, &["serve"]).contains("catchment keys generate keys.toml"));
    done(folder, &["keys", "generate", "keys.toml"]);
    assert!(refused(folder, &["keys", "generate", "keys.toml"]).contains("cannot be made"));

    let text = fs::read_to_string(&keys).unwrap();
    fs::write(&keys, format!("demo = true\n{text}")).unwrap();
    assert!(refused(folder, &["serve"]).contains("catchment demo"));
    fs::write(&keys, text).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refused(folder, &["serve"]).contains("chmod 600"));
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();

    assert!(refused(folder, &["serve"]).contains("catchment migrate"));
    done(folder, &["migrate"]);
    assert!(done(folder, &["migrate"]).contains("up to date"));

    let mut server = catchment(folder, &["serve"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    // The port is open before the server minds signals; whoever gets an answer is past that.
    let address = listening(&mut lines);
    ureq::get(format!("http://{address}/healthz")).call().unwrap();

    let mut in_flight = TcpStream::connect(&address).unwrap();
    in_flight
        .write_all(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
        .unwrap();
    in_flight
        .write_all(b"Content-Length: 2\r\nConnection: close\r\n\r\n{")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));

    let begun = Instant::now();
    terminate(&server);
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
fn a_server_that_streams_events_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["keys", "generate", "keys.toml"]);
    done(folder, &["migrate"]);
    let mut server = catchment(folder, &["serve"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address = listening(&mut lines);
    let form = serde_json::json!({
        "username": "wang.xiaoming", "password": "correct horse", "name": "王小明",
        "privacy_policy_version": "2026-11",
    });
    let signed_in: serde_json::Value = ureq::post(format!("http://{address}/api/v1/auth/register"))
        .send_json(form)
        .unwrap()
        .body_mut()
        .read_json()
        .unwrap();
    let token = signed_in["access_token"].as_str().unwrap();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    .unwrap();
    let mut beginning = [0; 1_024];
    assert!(stream.read(&mut beginning).unwrap() > 0);

    let begun = Instant::now();
    terminate(&server);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(
        rest.ends_with(b"0\r\n\r\n"),
        "the stream is whole, and can be gone on with"
    );
    assert!(server.wait().unwrap().success());
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_wrong_configuration_is_told_whole() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused_command(
        catchment(folder.path(), &["serve"])
            .env_remove("CATCHMENT_KEY_FILE")
            .env("CATCHMENT_LISTEN", "everywhere"),
    );
    assert!(
        said.contains("CATCHMENT_KEY_FILE") && said.contains("CATCHMENT_LISTEN"),
        "{said}"
    );
}

#[test]
fn a_proxy_that_is_not_named_is_told_of_once() {
    const TOLD: &str = "trusted_proxies";
    let folder = ready_to_serve();
    let log_of = |trusted: &str| {
        let mut serve = catchment(folder.path(), &["serve"]);
        if !trusted.is_empty() {
            serve.env("CATCHMENT_TRUSTED_PROXIES", trusted);
        }
        let mut server = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let address = listening(&mut lines);
        for _ in 0..3 {
            let request =
                ureq::get(format!("http://{address}/healthz")).header("X-Forwarded-For", "198.51.100.1");
            request.call().unwrap();
        }
        terminate(&server);
        let log: Vec<_> = lines.filter(|line| line.contains(TOLD)).collect();
        assert!(server.wait().unwrap().success());
        log
    };
    let log = log_of("");
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(!log[0].contains("127.0.0.1") && !log[0].contains("198.51.100.1"));
    assert_eq!(log_of("127.0.0.1"), [""; 0]);
}

/// A folder in which everything but what a row of a table changes is as it should be.
pub fn ready_to_serve() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["keys", "generate", "keys.toml"]);
    done(folder.path(), &["migrate"]);
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
        let said = refused_command(&mut serve);
        assert!(said.contains(says), "{settings:?}: {said}");
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
    let help = done(folder.path(), &["--help"]);
    for command in ["serve", "migrate", "keys", "user", "openapi"] {
        assert!(help.contains(command), "{command}");
        done(folder.path(), &[command, "--help"]);
    }
}
