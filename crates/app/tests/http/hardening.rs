//! What every answer tells browsers, whom the server believes, and when it has had enough.

use crate::support::{Answer, TestApp};
use app::{edge::EdgeOptions, floods::FloodLimits, server::ServerOptions};
use serde_json::json;
use std::num::NonZeroU32;

const SHOP: &str = "https://shop.example";

fn edge(edge: EdgeOptions) -> TestApp {
    TestApp::start_with(ServerOptions {
        edge,
        ..ServerOptions::default()
    })
}

fn shedding(flood_limits: FloodLimits, trusted_proxies: &str) -> TestApp {
    edge(EdgeOptions {
        flood_limits,
        trusted_proxies: trusted_proxies.parse().unwrap_or_default(),
        ..EdgeOptions::default()
    })
}

fn preflight(app: &TestApp, origin: &str, method: &str) -> Answer {
    app.client()
        .with("Origin", origin)
        .with("Access-Control-Request-Method", method)
        .with("Access-Control-Request-Headers", "authorization,idempotency-key")
        .send("OPTIONS", "/api/v1/orders", b"")
}

#[test]
fn every_answer_tells_browsers_to_run_and_keep_nothing() {
    let app = TestApp::start();
    let (customer, _) = app.customer("zhang");
    let client = app.client();
    for (what, answer) in [
        ("a page of one's own", customer.get("/api/v1/me")),
        ("nobody", client.get("/api/v1/me")),
        ("no path", client.get("/nowhere")),
        ("no file", client.get("/docs/nowhere.js")),
        ("a wrong method", client.send("DELETE", "/healthz", b"")),
        ("a wrong body", client.post("/api/v1/auth/login", &json!({}))),
        ("a wrong parameter", client.get("/api/v1/divisions?x=1")),
        ("an odd path", client.get("/%ff")),
    ] {
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("strict-transport-security", ""),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{what}"
        );
    }
}

#[test]
fn the_reference_page_runs_its_own_files_only() {
    let app = TestApp::start();
    let page = app.client().get("/docs/index.html");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; "),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    // So the page must not have a script in it, or it would not work.
    let text = page.text();
    for script in text.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains("src="), "{script}");
        assert!(
            script.split('>').nth(1).unwrap().trim().starts_with("</script"),
            "{script}"
        );
    }
    assert!(!text.contains(" onload=") && !text.contains("javascript:"));
}

#[test]
fn what_is_the_same_for_everybody_may_be_kept_and_nothing_else() {
    let app = TestApp::start();
    for path in ["/api/v1/divisions", "/api/v1/openapi.json", "/docs/index.html"] {
        let answer = app.client().get(path);
        assert_eq!(answer.header("cache-control"), "public, max-age=300", "{path}");
    }
    for path in ["/metrics", "/healthz", "/api/v1/divisions/110000/responsible"] {
        let answer = app.client().get(path);
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "no-store"),
            "{path}"
        );
    }
}

#[test]
fn behind_tls_browsers_are_told_to_stay_there() {
    let app = edge(EdgeOptions {
        behind_tls: true,
        ..EdgeOptions::default()
    });
    for path in ["/healthz", "/nowhere", "/docs"] {
        let answer = app.client().get(path);
        assert_eq!(
            answer.header("strict-transport-security"),
            "max-age=31536000",
            "{path}"
        );
    }
}

#[test]
fn pages_of_other_origins_are_shut_out_by_default() {
    let app = TestApp::start();
    preflight(&app, SHOP, "POST").problem(405, "method_not_allowed");
    let answer = app.client().with("Origin", SHOP).get("/api/v1/divisions");
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, "")
    );
}

#[test]
fn a_listed_page_may_call_with_credentials_and_another_may_not() {
    let app = edge(EdgeOptions {
        allowed_origins: SHOP.parse().unwrap(),
        ..EdgeOptions::default()
    });
    let answer = preflight(&app, SHOP, "POST");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), SHOP);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert!(answer.header("vary").contains("Origin"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");

    for path in ["/api/v1/divisions", "/api/v1/me"] {
        let answer = app.client().with("Origin", SHOP).get(path);
        assert_eq!(answer.header("access-control-allow-origin"), SHOP, "{path}");
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            "true",
            "{path}"
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("retry-after")
        );
    }

    for other in [
        "https://shop.example.evil",
        "http://shop.example",
        "https://shop.example:8443",
        "null",
    ] {
        preflight(&app, other, "POST").problem(400, "bad_request");
        for answer in [
            preflight(&app, other, "POST"),
            app.client().with("Origin", other).get("/api/v1/divisions"),
        ] {
            for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
                assert_eq!(answer.header(name), "", "{other}: {name}");
            }
        }
    }
    preflight(&app, SHOP, "TRACE").problem(400, "bad_request");
}

#[test]
fn who_tries_to_sign_in_too_often_waits() {
    let limits = FloodLimits {
        sign_ins_per_minute: NonZeroU32::new(2),
        ..FloodLimits::default()
    };
    let app = shedding(limits, "");
    let wrong = json!({ "username": "nobody", "password": "wrong horse" });
    for _ in 0..2 {
        app.client()
            .post("/api/v1/auth/login", &wrong)
            .problem(401, "wrong_credentials");
    }
    let answer = app.client().post("/api/v1/auth/login", &wrong);
    answer.problem(429, "too_many_requests");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=31).contains(&seconds), "{seconds}");
    // A header that anybody may write makes nobody somebody else.
    let forged = app.client().with("X-Forwarded-For", "198.51.100.1");
    forged
        .post("/api/v1/auth/login", &wrong)
        .problem(429, "too_many_requests");
    // Another kind of traffic has a share of its own, and whoever refreshes has signed in before.
    assert_ne!(forged.post("/api/v1/auth/refresh", &json!({})).status, 429);
    assert_eq!(app.client().get("/api/v1/divisions").status, 200);
}

#[test]
fn behind_a_trusted_proxy_each_client_has_a_share() {
    let limits = FloodLimits {
        sign_ins_per_minute: NonZeroU32::new(1),
        ..FloodLimits::default()
    };
    let app = shedding(limits, "127.0.0.1");
    let wrong = json!({ "username": "nobody", "password": "wrong horse" });
    let from = |address: &str| {
        let client = app.client().with("X-Forwarded-For", address);
        client.post("/api/v1/auth/login", &wrong).status
    };
    assert_eq!((from("198.51.100.1"), from("198.51.100.1")), (401, 429));
    assert_eq!((from("198.51.100.2"), from("1.1.1.1, 198.51.100.2")), (401, 429));
    // Who has one address of a /64 has them all.
    assert_eq!(
        (from("2001:db8::1"), from("2001:db8::2"), from("2001:db8:0:1::1")),
        (401, 429, 401)
    );
}

#[test]
fn a_flood_is_shed_before_anybody_asks_who_it_is_and_what_watches_still_sees() {
    let limits = FloodLimits {
        writes_per_second: NonZeroU32::new(1),
        reads_per_second: NonZeroU32::new(1),
        ..FloodLimits::default()
    };
    let app = shedding(limits, "");
    let flood = |method: &str, path: &str| -> Vec<u16> {
        (0..20)
            .map(|_| app.client().send(method, path, b"").status)
            .collect()
    };
    for (method, path) in [("POST", "/api/v1/orders"), ("GET", "/api/v1/orders")] {
        let answers = flood(method, path);
        assert_eq!(answers[0], 401);
        assert!(answers.contains(&429), "{method}: {answers:?}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(flood("GET", path), [200; 20], "{path}");
    }
}

#[test]
fn an_account_places_so_many_orders_a_minute_from_wherever() {
    let limits = FloodLimits {
        orders_per_minute: NonZeroU32::new(2),
        ..FloodLimits::default()
    };
    let app = shedding(limits, "127.0.0.1");
    let ((zhang, _), (li, _)) = (app.customer("zhang"), app.customer("li"));
    for address in ["198.51.100.1", "198.51.100.2"] {
        let answer = zhang
            .with("X-Forwarded-For", address)
            .post("/api/v1/orders", &json!({}));
        answer.problem(422, "idempotency_key_required");
    }
    zhang
        .post("/api/v1/orders", &json!({}))
        .problem(429, "too_many_requests");
    assert_eq!(zhang.get("/api/v1/orders").status, 200);
    li.post("/api/v1/orders", &json!({}))
        .problem(422, "idempotency_key_required");
}
