//! Signing in of browsers: cookies that no script reads, and what keeps other sites from using them.

use crate::support::{Answer, Client, PASSWORD, TestApp};
use app::cookies::CookieStyle;
use identity::Position;
use kernel::{AgentId, Clock, MembershipId, RepositoryError};
use serde_json::{Value, json};

/// A page of the server itself, which holds the cookies it was given.
struct Browser<'a> {
    app: &'a TestApp,
    style: CookieStyle,
    cookies: Vec<(String, String)>,
    csrf_token: String,
}

impl<'a> Browser<'a> {
    /// Nobody yet.
    fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            style: app.state.cookies,
            cookies: Vec::new(),
            csrf_token: String::new(),
        }
    }

    fn signed_in(app: &'a TestApp, username: &str) -> Self {
        let mut browser = Self::new(app);
        browser.keep(
            &browser
                .sent_by_own_page()
                .post("/api/v1/auth/login", &credentials(username)),
            200,
        );
        browser
    }

    fn origin(&self) -> String {
        let scheme = match self.style {
            CookieStyle::HostOnly => "https",
            CookieStyle::PlainForLoopback => "http",
        };
        format!("{scheme}://{}", self.app.address)
    }

    /// What it sends by itself, whatever page asks.
    fn sent_by_any_page(&self) -> Client {
        if self.cookies.is_empty() {
            return self.app.client();
        }
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.app.client().with("Cookie", pairs.join("; "))
    }

    fn sent_by_own_page(&self) -> Client {
        self.sent_by_any_page().with("Origin", self.origin())
    }

    /// As our own page asks.
    fn client(&self) -> Client {
        self.sent_by_own_page().with("X-CSRF-Token", &self.csrf_token)
    }

    /// Takes the cookies and the token of an answer.
    fn keep(&mut self, answer: &Answer, status: u16) {
        let body = answer.expect(status);
        assert_eq!(answer.header("cache-control"), "no-store");
        for hidden in ["access_token", "refresh_token", "token_type"] {
            assert_eq!(body[hidden], Value::Null, "{hidden}");
        }
        body["csrf_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.csrf_token);
        self.cookies = set_cookies(answer)
            .iter()
            .map(|cookie| {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        let names: Vec<_> = self.cookies.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [self.style.access(), self.style.refresh()]);
    }
}

fn credentials(username: &str) -> Value {
    json!({ "username": username, "password": PASSWORD, "cookie": true })
}

fn set_cookies(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all("set-cookie").iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The cookies of an answer without their values.
fn attributes(answer: &Answer) -> Vec<String> {
    set_cookies(answer)
        .iter()
        .map(|cookie| {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let mut attributes: Vec<_> = attributes.split("; ").collect();
            attributes.sort_unstable();
            format!("{} {}", pair.split_once('=').unwrap().0, attributes.join(" "))
        })
        .collect()
}

fn plain(app: &TestApp) -> TestApp {
    app.beside(app.state.clone().with_cookies(CookieStyle::PlainForLoopback))
}

#[test]
fn cookies_are_out_of_reach_for_scripts_other_hosts_and_other_sites() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let login = |app: &TestApp| {
        Browser::new(app)
            .sent_by_own_page()
            .post("/api/v1/auth/login", &credentials("zhang.san"))
    };
    assert_eq!(
        attributes(&login(&app)),
        [
            "__Host-catchment-access HttpOnly Max-Age=900 Path=/ SameSite=Strict Secure",
            "__Host-catchment-refresh HttpOnly Max-Age=2592000 Path=/ SameSite=Strict Secure",
        ]
    );
    assert_eq!(
        attributes(&login(&plain(&app))),
        [
            "catchment-access HttpOnly Max-Age=900 Path=/ SameSite=Strict",
            "catchment-refresh HttpOnly Max-Age=2592000 Path=/ SameSite=Strict",
        ]
    );
}

#[test]
fn a_browser_registers_signs_in_acts_and_signs_out() {
    let secure = TestApp::start();
    for app in [&secure, &plain(&secure)] {
        let username = app.state.cookies.access().trim_start_matches('_').to_lowercase();
        let form = json!({
            "username": username,
            "password": PASSWORD,
            "name": "张三",
            "privacy_policy_version": "2026-11",
            "cookie": true,
        });
        let mut browser = Browser::new(app);
        let registered = browser.sent_by_own_page().post("/api/v1/auth/register", &form);
        browser.keep(&registered, 201);
        browser = Browser::signed_in(app, &username);
        // Reading needs the cookie alone, and tells the token to a page that was loaded anew.
        let me = browser.sent_by_any_page().get("/api/v1/me").expect(200);
        assert_eq!(me["csrf_token"], browser.csrf_token);
        let others = browser.client().send("DELETE", "/api/v1/auth/sessions", b"");
        assert_eq!(others.status, 204);
        let out = browser.client().send("POST", "/api/v1/auth/logout", b"");
        assert_eq!(out.status, 204);
        assert!(
            attributes(&out)
                .iter()
                .all(|cookie| cookie.contains("Max-Age=0") && cookie.contains("Path=/"))
        );
        assert_eq!(attributes(&out).len(), 2);
        browser.client().get("/api/v1/me").problem(401, "unauthenticated");
    }
}

#[test]
fn an_unsafe_request_of_a_foreign_page_is_refused() {
    let secure = TestApp::start();
    secure.customer("zhang.san");
    for app in [&secure, &plain(&secure)] {
        let browser = Browser::signed_in(app, "zhang.san");
        let own = browser.origin();
        let other_scheme = if own.starts_with("https") {
            own.replace("https", "http")
        } else {
            own.replace("http", "https")
        };
        let with_token = browser
            .sent_by_any_page()
            .with("X-CSRF-Token", &browser.csrf_token);
        let foreign = [
            "https://evil.example",
            "null",
            "",
            &format!("{own}.evil.example"),
            &other_scheme,
        ]
        .map(|origin| with_token.with("Origin", origin));
        for client in foreign.iter().chain([&with_token]) {
            for (method, path) in [
                ("POST", "/api/v1/auth/logout"),
                ("DELETE", "/api/v1/auth/sessions"),
                ("DELETE", "/api/v1/auth/sessions/x"),
            ] {
                client.send(method, path, b"").problem(403, "cross_origin");
            }
            client
                .send_json("PATCH", "/api/v1/couriers/x", &json!({}))
                .problem(403, "cross_origin");
        }
        browser.client().get("/api/v1/me").expect(200);
    }
}

#[test]
fn an_unsafe_request_without_the_token_of_its_cookie_is_refused() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let browser = Browser::signed_in(&app, "zhang.san");
    let other = Browser::signed_in(&app, "zhang.san");
    let own_page = browser.sent_by_own_page();
    let wrong = ["", "x", &other.csrf_token, &format!("{}x", browser.csrf_token)]
        .map(|token| own_page.with("X-CSRF-Token", token));
    for client in wrong.iter().chain([&own_page]) {
        for path in ["/api/v1/auth/logout", "/api/v1/auth/password", "/api/v1/orders"] {
            client.send("POST", path, b"").problem(403, "csrf_token_required");
        }
    }
    assert_eq!(
        browser.client().send("POST", "/api/v1/auth/logout", b"").status,
        204
    );
    other.client().get("/api/v1/me").expect(200);
}

#[test]
fn a_foreign_page_cannot_sign_a_browser_in() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let form = json!({
        "username": "li.si",
        "password": PASSWORD,
        "name": "李四",
        "privacy_policy_version": "2026-11",
        "cookie": true,
    });
    for (path, body) in [
        ("/api/v1/auth/login", &credentials("zhang.san")),
        ("/api/v1/auth/register", &form),
    ] {
        for client in [app.client(), app.client().with("Origin", "https://evil.example")] {
            let refused = client.post(path, body);
            assert!(set_cookies(&refused).is_empty());
            refused.problem(403, "cross_origin");
        }
    }
    Browser::new(&app)
        .sent_by_own_page()
        .post("/api/v1/auth/login", &credentials("li.si"))
        .problem(401, "wrong_credentials");
}

#[test]
fn whoever_sends_a_bearer_token_needs_none_of_it_and_means_it() {
    let app = TestApp::start();
    let (bearer, signed_in) = app.customer("zhang.san");
    assert!(bearer.get("/api/v1/me").expect(200).get("csrf_token").is_none());
    assert!(signed_in.get("csrf_token").is_none());
    let foreign = bearer.with("Origin", "https://evil.example");
    assert_eq!(foreign.send("DELETE", "/api/v1/auth/sessions", b"").status, 204);
    // A bearer token that is wrong is not made good by a cookie.
    let browser = Browser::signed_in(&app, "zhang.san");
    for wrong in ["Bearer x", "Basic eDp4", ""] {
        browser
            .client()
            .with("Authorization", wrong)
            .get("/api/v1/me")
            .problem(401, "unauthenticated");
    }
    // Signing out with it leaves a browser's cookies alone.
    let out = browser
        .sent_by_any_page()
        .with(
            "Authorization",
            format!("Bearer {}", signed_in["access_token"].as_str().unwrap()),
        )
        .send("POST", "/api/v1/auth/logout", b"");
    assert_eq!((out.status, set_cookies(&out).len()), (204, 0));
    browser.client().get("/api/v1/me").expect(200);
}

#[test]
fn a_browser_refreshes_without_a_body() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let mut browser = Browser::signed_in(&app, "zhang.san");
    let (old_token, old_cookies) = (browser.csrf_token.clone(), browser.cookies.clone());
    let refresh = "/api/v1/auth/refresh";
    for foreign in [
        browser.sent_by_any_page(),
        browser.sent_by_any_page().with("Origin", "https://evil.example"),
    ] {
        foreign.send("POST", refresh, b"").problem(403, "cross_origin");
    }
    browser.keep(&browser.sent_by_own_page().send("POST", refresh, b""), 200);
    assert_ne!(browser.csrf_token, old_token);
    browser.client().get("/api/v1/me").expect(200);
    browser
        .sent_by_own_page()
        .with("X-CSRF-Token", &old_token)
        .send("POST", "/api/v1/auth/logout", b"")
        .problem(403, "csrf_token_required");

    // Used again, the old cookie ends the sign-in, and the browser forgets it.
    let thief = Browser {
        cookies: old_cookies,
        ..Browser::new(&app)
    };
    let reused = thief.sent_by_own_page().send("POST", refresh, b"");
    assert_eq!(attributes(&reused).len(), 2);
    reused.problem(401, "refresh_token_reused");
    browser.client().get("/api/v1/me").problem(401, "unauthenticated");
    browser
        .sent_by_own_page()
        .send("POST", refresh, b"")
        .problem(401, "invalid_refresh_token");
    Browser::new(&app)
        .sent_by_own_page()
        .send("POST", refresh, b"")
        .problem(401, "invalid_refresh_token");
}

#[test]
fn switching_replaces_the_cookies() {
    let app = TestApp::start();
    let (_, registered) = app.customer("zhang.san");
    let mut browser = Browser::signed_in(&app, "zhang.san");
    let membership = identity::Membership {
        id: MembershipId::from_uuid(app.state.ids.next_uuid(app.clock.now())),
        account_id: registered["principal"]["account_id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
        position: Position::AgentOwner(AgentId::HEADQUARTERS),
        created_at: app.clock.now(),
        ended_at: None,
    };
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_memberships(&[membership]))
        .unwrap();
    let before = browser.sent_by_any_page();
    let body = json!({ "membership_id": membership.id });
    browser.keep(&browser.client().post("/api/v1/auth/switch", &body), 200);
    before.get("/api/v1/me").problem(401, "unauthenticated");
    let me = browser.client().get("/api/v1/me").expect(200);
    assert_eq!(me["principal"]["role"], "agent_owner");
}

#[test]
fn a_cookie_of_another_name_or_kind_is_nobodys() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let browser = Browser::signed_in(&app, "zhang.san");
    let [(access_name, access), (_, refresh)] = &browser.cookies[..] else {
        panic!("two cookies");
    };
    for cookie in [
        format!("catchment-access={access}"),
        format!("{access_name}={refresh}"),
        format!("{access_name}="),
        format!("{access_name}=令牌"),
        "=; ;;".to_owned(),
    ] {
        app.client()
            .with("Cookie", cookie)
            .get("/api/v1/me")
            .problem(401, "unauthenticated");
    }
}
