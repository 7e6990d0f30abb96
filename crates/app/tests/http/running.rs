//! Health, readiness, numbers and the reference page.

use crate::support::TestApp;
use kernel::{Clock, SystemClock};

#[test]
fn a_server_is_alive_and_ready() {
    let app = TestApp::start();
    assert_eq!(app.client().get("/healthz").text(), "ok\n");
    assert_eq!(app.client().get("/readyz").text(), "ready\n");
}

#[test]
fn a_server_whose_clock_is_not_the_databases_is_alive_and_not_ready() {
    let Some(app) = TestApp::start_on_postgres() else {
        return;
    };
    assert_eq!(app.client().get("/healthz").text(), "ok\n");
    let answer = app.client().get("/readyz");
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    app.clock.set(SystemClock.now());
    assert_eq!(app.client().get("/readyz").text(), "ready\n");
}

#[test]
fn requests_are_counted_by_the_routes_path_and_never_by_the_clients() {
    let app = TestApp::start();
    app.client().get("/docs/index.html");
    app.client().get("/made-up-by-a-client");
    let numbers = app.client().get("/metrics").text();
    assert!(numbers.contains(r#"http_requests_total{method="GET",path="/docs/{file}",status="200"}"#));
    assert!(numbers.contains(r#"path="unmatched""#));
    assert!(numbers.contains("http_request_duration_seconds_bucket"));
    assert!(numbers.contains("database_connections_open"));
    assert!(!numbers.contains("made-up"));
}

#[test]
fn the_reference_page_and_all_it_names_come_from_the_program() {
    let app = TestApp::start();
    let moved = app.client().get("/docs");
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, "/docs/index.html")
    );
    let page = app.client().get("/docs/index.html");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let page = page.text();
    let names = page
        .split(['"', '\''])
        .filter(|part| part.starts_with("./") || part.contains(".css"));
    let mut loaded = 0;
    for name in names {
        let name = name.trim_start_matches("./");
        assert!(!name.contains("//"), "{name} is loaded from elsewhere");
        let file = app.client().get(&format!("/docs/{name}"));
        assert_eq!(file.status, 200, "{name}");
        assert!(!file.body.is_empty());
        loaded += 1;
    }
    assert!(loaded >= 4, "{page}");
    let script = app.client().get("/docs/swagger-initializer.js").text();
    assert!(script.contains("/api/v1/openapi.json"), "{script}");
    app.client().get("/docs/absent.js").problem(404, "not_found");
}
