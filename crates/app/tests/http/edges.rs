//! What never reaches a handler: every refusal is a problem document.

use crate::support::TestApp;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

#[test]
fn an_unknown_path_is_a_404_in_the_readers_language() {
    let app = TestApp::start();
    let chinese = app.client().get("/nowhere").problem(404, "not_found");
    assert_eq!(chinese["title"], "未找到");
    let answer = app
        .client()
        .with("Accept-Language", "en-US,zh;q=0.5")
        .get("/api/v1/nowhere");
    assert_eq!(answer.problem(404, "not_found")["title"], "Not Found");
    assert_eq!(answer.header("content-language"), "en");
}

#[test]
fn refusals_read_well_in_both_languages() {
    let app = TestApp::start();
    for (language, tag) in [("chinese", "zh-CN"), ("english", "en")] {
        let client = app
            .client()
            .with("Accept-Language", tag)
            .with("X-Request-Id", "a-request");
        let refusals = serde_json::json!({
            "unknown path": client.get("/nowhere").json(),
            "wrong method": client.send("DELETE", "/healthz", b"").json(),
            "unknown parameters": client.get("/healthz?verbose=1&offset=20").json(),
        });
        insta::assert_json_snapshot!(format!("refusals_in_{language}"), refusals);
    }
}

#[test]
fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let app = TestApp::start();
    for method in ["POST", "DELETE", "BREW"] {
        let answer = app.client().send(method, "/healthz", b"");
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}

#[test]
fn a_head_is_a_get_without_its_body() {
    let app = TestApp::start();
    let answer = app.client().send("HEAD", "/healthz", b"");
    assert_eq!(
        (answer.status, answer.header("content-length"), answer.body.len()),
        (200, "3", 0)
    );
}

#[test]
fn an_undocumented_parameter_is_a_422_that_names_it() {
    let app = TestApp::start();
    let problem = app
        .client()
        .get("/healthz?verbose=1&x")
        .problem(422, "invalid_input");
    assert_eq!(problem["errors"][0]["field"], "verbose");
    assert_eq!(problem["errors"][1]["code"], "unknown_parameter");
}

#[test]
fn a_request_id_is_echoed_if_it_is_clean_and_made_otherwise() {
    let app = TestApp::start();
    let echoed = app.client().with("X-Request-Id", "trace-7").get("/nowhere");
    assert_eq!(echoed.header("x-request-id"), "trace-7");
    assert_eq!(echoed.json()["request_id"], "trace-7");
    let made = app.client().with("X-Request-Id", "two words").get("/healthz");
    assert_eq!(made.header("x-request-id").len(), 36);
}

#[test]
fn odd_bytes_never_make_a_5xx() {
    let app = TestApp::start();
    for header in [
        &b"Accept-Language: \xff\xfe;q=\x80"[..],
        b"Authorization: Bearer \xff",
        b"X-Request-Id: \xff",
        b"Cookie: \xff=\xff",
    ] {
        let request = [
            b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
            header,
            b"\r\n\r\n",
        ];
        assert_eq!(raw_status(&app, &request.concat()), 200, "{header:?}");
    }
    for target in [
        "/%ff",
        "/%00",
        "/healthz?%ff=%00",
        "/docs/%2e%2e%2f%2e%2e%2fetc",
        "/docs/%ff%00",
        "//",
        "/%",
        "/healthz?a=%",
        "*",
        "/api/v1/openapi.json?\u{7f}",
    ] {
        let status = raw_status(
            &app,
            format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        assert!((400..500).contains(&status), "{target}: {status}");
    }
    for request in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let status = raw_status(&app, request.as_bytes());
        assert!((400..500).contains(&status), "{request}: {status}");
    }
}

fn raw_status(app: &TestApp, request: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(app.address).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer
        .split(' ')
        .nth(1)
        .unwrap_or_else(|| panic!("{answer}"))
        .parse()
        .unwrap()
}
