//! The list of one's sign-ins, ending them, and changing one's password.

use crate::support::{Answer, Client as HttpClient, PASSWORD, TestApp};
use chrono::TimeDelta;
use identity::{
    ACCESS_TOKEN_LIFETIME, Account, Admitted, AuditAction, AuditFilter, Client, MAXIMUM_SIGN_INS,
    OpenSessionError, REFRESH_TOKEN_LIFETIME, open_session,
};
use kernel::{AccountId, Clock, PageRequest, RepositoryError};
use serde_json::{Value, json};
use uuid::Uuid;

fn sign_in(app: &TestApp, username: &str) -> Value {
    let credentials = json!({ "username": username, "password": PASSWORD });
    app.client().post("/api/v1/auth/login", &credentials).expect(200)
}

fn refresh(app: &TestApp, signed_in: &Value) -> Answer {
    let body = json!({ "refresh_token": signed_in["refresh_token"] });
    app.client().post("/api/v1/auth/refresh", &body)
}

fn listed(client: &HttpClient) -> Vec<Value> {
    let answer = client.get("/api/v1/auth/sessions");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.expect(200)["items"].as_array().unwrap().clone()
}

fn current(client: &HttpClient) -> String {
    let current: Vec<_> = listed(client)
        .into_iter()
        .filter(|sign_in| sign_in["current"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    current[0]["id"].as_str().unwrap().to_owned()
}

fn end(client: &HttpClient, id: &str) -> Answer {
    client.send("DELETE", &format!("/api/v1/auth/sessions/{id}"), b"")
}

fn change_password(client: &HttpClient, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    client.post("/api/v1/auth/password", &body)
}

fn account_id(signed_in: &Value) -> AccountId {
    signed_in["principal"]["account_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// What was done and to what, oldest first.
fn audited(app: &TestApp, action: AuditAction) -> Vec<(Option<AccountId>, Option<Uuid>)> {
    let filter = AuditFilter {
        action: Some(action),
        ..AuditFilter::default()
    };
    let page = app
        .state
        .database
        .read::<_, RepositoryError>(|session| session.list_audit_entries(&filter, &PageRequest::first()))
        .unwrap();
    let entries = page.items.into_iter().rev();
    entries
        .map(|entry| {
            let actor = entry.actor.map(|actor| actor.account_id);
            assert!(entry.origin.address.is_some() && entry.origin.request_id.is_some());
            (actor, entry.subject)
        })
        .collect()
}

#[test]
fn sign_ins_are_listed_with_what_they_came_from() {
    let app = TestApp::start();
    let (first, _) = app.customer("zhang.san");
    app.clock.set(app.clock.now() + TimeDelta::minutes(1));
    let long = format!("浏览器/{}", "1".repeat(300));
    let credentials = json!({ "username": "zhang.san", "password": PASSWORD });
    let signed_in = app
        .client()
        .with("User-Agent", &long)
        .post("/api/v1/auth/login", &credentials)
        .expect(200);
    let second = app.bearing(&signed_in);

    let sign_ins = listed(&second);
    assert_eq!(sign_ins.len(), 2);
    assert_eq!([&sign_ins[0]["current"], &sign_ins[1]["current"]], [false, true]);
    assert_eq!(sign_ins[0]["started_at"], "2026-11-22T08:00:00Z");
    assert_eq!(sign_ins[1]["started_at"], "2026-11-22T08:01:00Z");
    assert_eq!(sign_ins[1]["refreshed_at"], "2026-11-22T08:01:00Z");
    assert_eq!(sign_ins[1]["address"], "127.0.0.1");
    let agent: String = long.chars().take(200).collect();
    assert_eq!(sign_ins[1]["user_agent"], agent);
    assert_ne!(current(&first), current(&second));

    app.clock.set(app.clock.now() + TimeDelta::minutes(1));
    let refreshed = app.bearing(&refresh(&app, &signed_in).expect(200));
    assert_eq!(listed(&refreshed)[1]["refreshed_at"], "2026-11-22T08:02:00Z");
    assert_eq!(current(&refreshed), sign_ins[1]["id"]);
}

#[test]
fn a_sign_in_that_can_no_longer_be_refreshed_is_listed_no_more() {
    let app = TestApp::start();
    app.customer("zhang.san");
    app.clock
        .set(app.clock.now() + REFRESH_TOKEN_LIFETIME - TimeDelta::seconds(1));
    let later = app.login("zhang.san");
    assert_eq!(listed(&later).len(), 2);
    app.clock.set(app.clock.now() + TimeDelta::seconds(1));
    assert_eq!(listed(&later).len(), 1);
}

#[test]
fn an_ended_sign_in_is_over_at_once() {
    let app = TestApp::start();
    let (mine, _) = app.customer("zhang.san");
    let elsewhere = sign_in(&app, "zhang.san");
    let other = app.bearing(&elsewhere);
    let id = current(&other);
    assert_eq!(end(&mine, &id).status, 204);
    other.get("/api/v1/me").problem(401, "unauthenticated");
    refresh(&app, &elsewhere).problem(401, "invalid_refresh_token");
    assert_eq!(listed(&mine).len(), 1);
    end(&mine, &id).problem(404, "not_found");
    // One's own may be ended too: that is signing out.
    assert_eq!(end(&mine, &current(&mine)).status, 204);
    mine.get("/api/v1/me").problem(401, "unauthenticated");
}

#[test]
fn nobody_ends_a_sign_in_of_somebody_else() {
    let app = TestApp::start();
    let (mine, _) = app.customer("zhang.san");
    let (theirs, _) = app.customer("li.si");
    for id in [current(&theirs), Uuid::from_u128(404).to_string(), "x".to_owned()] {
        end(&mine, &id).problem(404, "not_found");
    }
    theirs.get("/api/v1/me").expect(200);
    assert_eq!(listed(&mine).len(), 1);
    for (method, path) in [
        ("GET", "/api/v1/auth/sessions"),
        ("DELETE", "/api/v1/auth/sessions"),
        ("DELETE", "/api/v1/auth/sessions/x"),
    ] {
        app.client()
            .send(method, path, b"")
            .problem(401, "unauthenticated");
    }
    assert!(audited(&app, AuditAction::SignInEnded).is_empty());
}

#[test]
fn all_other_sign_ins_end_together_and_nobody_elses() {
    let app = TestApp::start();
    let (mine, _) = app.customer("zhang.san");
    let (theirs, _) = app.customer("li.si");
    let others = [app.login("zhang.san"), app.login("zhang.san")];
    assert_eq!(mine.send("DELETE", "/api/v1/auth/sessions", b"").status, 204);
    for other in &others {
        other.get("/api/v1/me").problem(401, "unauthenticated");
    }
    mine.get("/api/v1/me").expect(200);
    theirs.get("/api/v1/me").expect(200);
    assert_eq!(audited(&app, AuditAction::SignInEnded).len(), 2);
}

#[test]
fn one_sign_in_too_many_ends_the_oldest() {
    let app = TestApp::start();
    let (oldest, _) = app.customer("zhang.san");
    let second = app.login("zhang.san");
    for _ in 2..MAXIMUM_SIGN_INS {
        app.login("zhang.san");
    }
    oldest.get("/api/v1/me").expect(200);
    let last = app.login("zhang.san");
    oldest.get("/api/v1/me").problem(401, "unauthenticated");
    second.get("/api/v1/me").expect(200);
    assert_eq!(listed(&last).len(), MAXIMUM_SIGN_INS);
}

#[test]
fn sign_ins_at_once_are_no_more_than_may_be() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (_, registered) = app.customer("zhang.san");
        let (id, now) = (account_id(&registered), app.clock.now());
        let state = &app.state;
        let open = || {
            state
                .database
                .write::<_, OpenSessionError>(|session| {
                    let admitted = Admitted::newly_opened(session.find_account(id)?.unwrap());
                    let (ids, secrets) = (state.ids.as_ref(), state.secrets.as_ref());
                    open_session(session, ids, secrets, now, &admitted, &Client::default())
                })
                .unwrap();
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..8).for_each(|_| open()));
            }
        });
        assert_eq!(listed(&app.login("zhang.san")).len(), MAXIMUM_SIGN_INS);
    }
}

#[test]
fn a_new_password_ends_every_other_sign_in() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (mine, registered) = app.customer("zhang.san");
        let other = app.login("zhang.san");
        assert_eq!(change_password(&mine, PASSWORD, "a better horse").status, 204);
        mine.get("/api/v1/me").expect(200);
        other.get("/api/v1/me").problem(401, "unauthenticated");
        let login = |password: &str| {
            let credentials = json!({ "username": "zhang.san", "password": password });
            app.client().post("/api/v1/auth/login", &credentials)
        };
        login(PASSWORD).problem(401, "wrong_credentials");
        login("a better horse").expect(200);
        let me = account_id(&registered);
        let changed = audited(&app, AuditAction::PasswordChanged);
        assert_eq!(changed, [(Some(me), Some(me.as_uuid()))]);
        assert_eq!(audited(&app, AuditAction::SignInEnded).len(), 1);
    }
}

#[test]
fn a_password_is_not_changed_by_who_does_not_know_it() {
    let app = TestApp::start();
    let (mine, registered) = app.customer("zhang.san");
    let other = app.login("zhang.san");
    for wrong in ["wrong horse", "", "short"] {
        change_password(&mine, wrong, "a better horse").problem(403, "wrong_password");
    }
    let short = change_password(&mine, PASSWORD, "short").problem(422, "invalid_input");
    assert_eq!(short["errors"][0]["field"], "new_password");
    change_password(&app.client(), PASSWORD, "a better horse").problem(401, "unauthenticated");
    other.get("/api/v1/me").expect(200);
    app.login("zhang.san");

    let id = account_id(&registered);
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            let account = session.find_account(id)?.unwrap();
            session.save_account(&Account {
                password_hash: None,
                ..account
            })
        })
        .unwrap();
    change_password(&mine, PASSWORD, "a better horse").problem(409, "no_password");
}

#[test]
fn a_stolen_token_is_no_way_to_guess_the_password() {
    let app = TestApp::start();
    let (mine, _) = app.customer("zhang.san");
    for _ in 0..5 {
        change_password(&mine, "wrong horse", "a better horse").problem(403, "wrong_password");
    }
    let refused = change_password(&mine, PASSWORD, "a better horse");
    assert_eq!(refused.header("retry-after"), "30");
    refused.problem(429, "too_many_attempts");
    app.clock.set(app.clock.now() + TimeDelta::seconds(30));
    assert_eq!(change_password(&mine, PASSWORD, "a better horse").status, 204);
}

#[test]
fn signing_in_and_out_is_in_the_audit_log() {
    let app = TestApp::start();
    let (client, registered) = app.customer("zhang.san");
    let id: Uuid = current(&client).parse().unwrap();
    let me = account_id(&registered);
    assert_eq!(audited(&app, AuditAction::SignedIn), [(Some(me), Some(id))]);
    assert_eq!(client.send("POST", "/api/v1/auth/logout", b"").status, 204);
    assert_eq!(audited(&app, AuditAction::SignedOut), [(Some(me), Some(id))]);
    // An access token that merely ran out is not signed out with.
    let again = app.login("zhang.san");
    app.clock.set(app.clock.now() + ACCESS_TOKEN_LIFETIME);
    again
        .send("POST", "/api/v1/auth/logout", b"")
        .problem(401, "unauthenticated");
    assert_eq!(audited(&app, AuditAction::SignedOut).len(), 1);
    assert_eq!(audited(&app, AuditAction::SignedIn).len(), 2);
}
