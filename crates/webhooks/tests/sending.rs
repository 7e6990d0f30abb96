//! Sending to receivers on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use events::{
    AddressPolicy, Failure, MAXIMUM_ANSWER_BYTES, SignedRequest, WebhookPort, WebhookSecret, WebhookUrl,
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    thread::{self, JoinHandle},
};
use uuid::Uuid;
use webhooks::HttpSender;

/// Answers one request with those bytes, and tells what it was sent.
fn receiver(answer: Vec<u8>) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        let (mut said, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            }
            said.push_str(&line);
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        said.push_str(&String::from_utf8(body).unwrap());
        // A sender that has read enough hangs up.
        let _ = connection.write_all(&answer);
        said
    });
    (address, serving)
}

fn request(url: &str) -> SignedRequest {
    let body = br#"{"id":"1"}"#.to_vec();
    SignedRequest {
        url: WebhookUrl::parse(url).unwrap(),
        event_id: Uuid::from_u128(7),
        timestamp_seconds: 1_700_000_000,
        signature: WebhookSecret::of([7; 32]).sign(1_700_000_000, &body),
        body,
    }
}

#[test]
fn a_request_carries_what_its_receiver_verifies_it_by() {
    let (address, serving) = receiver(b"HTTP/1.1 204 Done\r\nContent-Length: 0\r\n\r\n".to_vec());
    let request = request(&format!("http://{address}/hook?key=1"));
    let answer = HttpSender::new(AddressPolicy::Anywhere).send(&request).unwrap();
    assert_eq!((answer.status, answer.body), (204, Vec::new()));
    let said = serving.join().unwrap().to_lowercase();
    assert!(said.starts_with("post /hook?key=1 http/1.1\r\n"), "{said}");
    assert!(said.ends_with("\r\n\r\n{\"id\":\"1\"}"), "{said}");
    for header in [
        "content-type: application/json".to_owned(),
        format!("catchment-event-id: {}", Uuid::from_u128(7)),
        "catchment-timestamp: 1700000000".to_owned(),
        format!("catchment-signature: {}", request.signature),
    ] {
        assert!(said.contains(&format!("\r\n{header}\r\n")), "{header}: {said}");
    }
}

#[test]
fn a_redirect_is_an_answer_and_a_long_one_is_read_at_its_beginning() {
    let sender = HttpSender::new(AddressPolicy::Anywhere);
    let (elsewhere, _never) = receiver(Vec::new());
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n");
    let (address, _serving) = receiver(redirect.into_bytes());
    assert_eq!(
        sender
            .send(&request(&format!("http://{address}/")))
            .unwrap()
            .status,
        302
    );

    let mut long = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_vec();
    long.resize(1_000_000, b'a');
    let (address, _serving) = receiver(long);
    let answer = sender.send(&request(&format!("http://{address}/"))).unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, MAXIMUM_ANSWER_BYTES));
}

#[test]
fn nobody_is_reached_through_us_whom_only_we_can_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let sender = HttpSender::new(AddressPolicy::PublicOnly);
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
    ] {
        let request = request(&format!("https://{host}:{port}/"));
        assert_eq!(
            sender.resolve(&request.url),
            Err(Failure::PrivateAddress),
            "{host}"
        );
        // When it is connected to, whatever it led to before.
        assert_eq!(sender.send(&request), Err(Failure::PrivateAddress), "{host}");
    }
    assert!(listener.accept().is_err(), "nobody knocked");
    // Without encryption not even to the public.
    assert!(sender.send(&request("http://1.1.1.1/")).is_err());
}

#[test]
fn what_cannot_be_reached_is_told_apart() {
    let sender = HttpSender::new(AddressPolicy::Anywhere);
    // Reserved for names that are none (RFC 6761).
    let nowhere = request("http://nowhere.invalid/");
    assert_eq!(sender.resolve(&nowhere.url), Err(Failure::NoSuchHost));
    assert!(sender.send(&nowhere).is_err());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = request(&format!("http://{closed}/"));
    assert_eq!(sender.resolve(&refused.url), Ok(()));
    assert_eq!(sender.send(&refused), Err(Failure::Unreachable));
    let (address, _serving) = receiver(b"nonsense\r\n\r\n".to_vec());
    let nonsense = request(&format!("http://{address}/"));
    assert_eq!(sender.send(&nonsense), Err(Failure::Unreachable));
}
