//! A signed URL is a key to its object, so nobody between sees one: no proxy that the environment names is asked.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use contents::{Place, S3, S3Settings};
use kernel::AttachmentId;
use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener},
    process::Command,
    thread,
};
use uuid::Uuid;

/// Set for the second process, which is the one whose environment names a proxy.
const ENDPOINT: &str = "CATCHMENT_TEST_ENDPOINT";

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[test]
fn no_proxy_of_the_environment_sees_a_signed_url() {
    #[allow(
        clippy::disallowed_methods,
        reason = "a switch of the test run, not of the application"
    )]
    let endpoint = std::env::var(ENDPOINT);
    if let Ok(endpoint) = endpoint {
        let bucket = S3::new(&S3Settings {
            endpoint,
            region: "us-east-1".to_owned(),
            bucket: "pictures".to_owned(),
            access_key: "visible-id".to_owned(),
            secret_key: "hidden-secret".to_owned().into(),
        });
        let id = AttachmentId::from_uuid(Uuid::from_u128(1));
        bucket.unwrap().put(id, b"sealed").unwrap();
        return;
    }
    let (store, endpoint) = listener();
    let (proxy, proxy_address) = listener();
    proxy.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        for stream in store.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"sealed") {
                let mut part = [0; 1_024];
                let read = stream.read(&mut part).unwrap();
                request.extend_from_slice(part.get(..read).unwrap());
            }
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).unwrap();
        }
    });
    let mut second = Command::new(std::env::current_exe().unwrap());
    second.args(["--exact", "no_proxy_of_the_environment_sees_a_signed_url"]);
    second.env(ENDPOINT, format!("http://{endpoint}"));
    second.env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "http_proxy"] {
        second.env(name, format!("http://{proxy_address}"));
    }
    let mut second = second.spawn().unwrap();
    let ended = loop {
        if let Some(ended) = second.try_wait().unwrap() {
            break ended;
        }
        match proxy.accept() {
            Ok(_) => {
                second.kill().unwrap();
                panic!("the proxy was asked");
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(ended.success());
}
