//! The server's own TLS.

use crate::support::TestApp;
use app::{
    server::ServerOptions,
    tls::{TlsError, TlsFiles, load},
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring, pki_types::CertificateDer,
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
};

/// Writes a certificate for localhost and its key; the certificate, and where both are.
fn issue(folder: &Path, name: &str) -> (CertificateDer<'static>, TlsFiles) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.join(format!("{name}.crt")),
        key: folder.join(format!("{name}.key")),
    };
    fs::write(&files.certificate, cert.pem()).unwrap();
    fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    (cert.der().clone(), files)
}

fn get_healthz(app: &TestApp, trusted: CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(app.address).unwrap());
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_server_speaks_tls_itself_and_tells_browsers_to_stay_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, files) = issue(folder.path(), "own");
    let (strange, _) = issue(folder.path(), "strange");
    let app = TestApp::start_with(ServerOptions {
        tls: Some(load(&files).unwrap()),
        ..ServerOptions::default()
    });
    let answer = get_healthz(&app, certificate).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age=31536000"),
        "{answer}"
    );
    assert!(get_healthz(&app, strange).is_err());

    let mut plain = TcpStream::connect(app.address).unwrap();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "nothing is answered in the clear");
}

#[test]
fn files_that_make_no_tls_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (_, own) = issue(folder.path(), "own");
    let (_, other) = issue(folder.path(), "other");
    let mixed = TlsFiles {
        key: other.key,
        ..own.clone()
    };
    assert!(matches!(load(&mixed), Err(TlsError::Unusable(_))));
    let swapped = TlsFiles {
        certificate: own.certificate.clone(),
        key: own.certificate.clone(),
    };
    assert!(load(&swapped).unwrap_err().to_string().contains("own.crt"));
    let missing = TlsFiles {
        certificate: folder.path().join("missing.crt"),
        ..own
    };
    assert!(load(&missing).unwrap_err().to_string().contains("missing.crt"));
}
