//! Clients that take their time, or send more than anybody reads.

use crate::support::TestApp;
use app::server::{ServerLimits, ServerOptions};
use image::{ImageFormat, RgbImage};
use socket2::{Domain, Socket, Type};
use std::{
    io::{Cursor, ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use testing::build::attachments::png;

/// Sends the beginning and then a byte now and again, until the server has had enough; what it answered, and when.
fn trickle(app: &TestApp, beginning: &[u8], filler: u8) -> (String, Duration) {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(app.address).unwrap();
    stream.write_all(beginning).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(250))).unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0; 4_096];
    while begun.elapsed() < Duration::from_secs(25) {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&chunk[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if stream.write_all(&[filler]).is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

fn answer_to(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address).unwrap();
    // A server that has read enough closes while the rest is still being sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn headers_that_never_end_are_cut_after_five_seconds() {
    let app = TestApp::start();
    let (answer, took) = trickle(&app, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ", b'a');
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
    assert!((4..10).contains(&took.as_secs()), "{took:?}");
}

#[test]
fn a_body_that_never_ends_is_a_408_after_ten_seconds() {
    let app = TestApp::start();
    let (answer, took) = trickle(
        &app,
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
        b' ',
    );
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request_timeout"), "{answer}");
    assert!((9..16).contains(&took.as_secs()), "{took:?}");
}

#[test]
fn a_file_that_comes_slowly_is_taken_though_no_answer_may_take_so_long() {
    let app = TestApp::start_with(ServerOptions {
        limits: ServerLimits {
            answer_timeout: Duration::from_secs(1),
            ..ServerLimits::default()
        },
        ..ServerOptions::default()
    });
    let (_, signed_in) = app.customer("wang.xiaoming");
    let file = png(40, 30);
    let (token, bytes) = (signed_in["access_token"].as_str().unwrap(), file.len());
    let head = format!(
        "POST /api/v1/attachments HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: image/png\r\nContent-Length: {bytes}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(app.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    for part in file.chunks(bytes / 3) {
        std::thread::sleep(Duration::from_millis(800));
        stream.write_all(part).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn a_head_larger_than_anybody_needs_is_refused() {
    let app = TestApp::start();
    let large = "a".repeat(200_000);
    for (what, request) in [
        (
            "a header",
            format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Large: {large}\r\n\r\n"),
        ),
        ("an address", format!("GET /{large} HTTP/1.1\r\nHost: a\r\n\r\n")),
        (
            "many headers",
            format!(
                "GET /healthz HTTP/1.1\r\nHost: a\r\n{}\r\n",
                "X-Many: 1\r\n".repeat(200)
            ),
        ),
    ] {
        let answer = answer_to(&app, request.as_bytes());
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{what}: {answer}"
        );
    }
    assert_eq!(app.client().get("/healthz").status, 200);
}

/// Only Linux has the option.
#[cfg(target_os = "linux")]
#[test]
fn a_client_that_takes_nothing_of_its_answer_is_cut() {
    const REQUESTS: usize = 400;
    let app = TestApp::start_with(ServerOptions {
        limits: ServerLimits {
            stalled_reader_timeout: Duration::from_secs(1),
            ..ServerLimits::default()
        },
        ..ServerOptions::default()
    });
    let one = app.client().get("/api/v1/openapi.json").body.len();
    let mut stream = TcpStream::connect(app.address).unwrap();
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(REQUESTS);
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_secs(5));
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut answers = Vec::new();
    let ended = stream.read_to_end(&mut answers);
    assert!(
        ended.is_ok()
            || ended
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
        "the server still held on: {ended:?}"
    );
    assert!(answers.len() < one * REQUESTS, "all was sent");
}

/// Nearly five megabytes that no compression makes smaller: more than the buffers of a connection take.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(1_250, 1_250, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [red, green, blue, _] = state.to_le_bytes();
        image::Rgb([red, green, blue])
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Asks for it, and takes nothing of the answer but its beginning.
fn begin_reading(app: &TestApp, path: &str, token: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(&app.address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut beginning = [0; 12];
    stream.read_exact(&mut beginning).unwrap();
    assert_eq!(&beginning, b"HTTP/1.1 200");
    stream
}

#[test]
fn an_account_reads_so_many_pictures_at_once_until_they_are_sent() {
    let app = TestApp::start();
    let (owner, signed_in) = app.customer("wang.xiaoming");
    let upload = owner.with("Content-Type", "image/png");
    let picture = upload.send("POST", "/api/v1/attachments", &noise()).expect(201);
    let path = format!("/api/v1/attachments/{}", picture["id"].as_str().unwrap());
    let token = signed_in["access_token"].as_str().unwrap();
    let mut readers: Vec<_> = (0..6).map(|_| begin_reading(&app, &path, token)).collect();
    let refused = owner.get(&path);
    refused.problem(429, "too_many_downloads");
    assert_eq!(refused.header("retry-after"), "2");

    readers.pop();
    let gone = Instant::now();
    while owner.get(&path).status != 200 {
        assert!(
            gone.elapsed() < Duration::from_secs(20),
            "its place was not given back"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
