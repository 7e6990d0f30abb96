//! Registering, signing in and out, refreshing, switching.

use crate::support::{Answer, Client, TestApp};
use chrono::TimeDelta;
use identity::{ACCESS_TOKEN_LIFETIME, Account, Membership, Position, REFRESH_TOKEN_LIFETIME, Role};
use kernel::{AccountId, AgentId, Clock, MembershipId, RepositoryError};
use serde_json::{Value, json};

fn form(username: &str) -> Value {
    json!({
        "username": username,
        "password": "correct horse",
        "name": "张三",
        "privacy_policy_version": "2026-11",
    })
}

fn register(app: &TestApp, username: &str) -> Value {
    app.client()
        .post("/api/v1/auth/register", &form(username))
        .expect(201)
}

fn login(app: &TestApp, username: &str, password: &str) -> Answer {
    let credentials = json!({ "username": username, "password": password });
    app.client().post("/api/v1/auth/login", &credentials)
}

fn refresh(app: &TestApp, signed_in: &Value) -> Answer {
    let body = json!({ "refresh_token": signed_in["refresh_token"] });
    app.client().post("/api/v1/auth/refresh", &body)
}

fn bearer(app: &TestApp, signed_in: &Value) -> Client {
    app.client().bearing(signed_in["access_token"].as_str().unwrap())
}

fn account_id(signed_in: &Value) -> AccountId {
    signed_in["principal"]["account_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

fn disable(app: &TestApp, id: AccountId) {
    let now = app.clock.now();
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            let account = session.find_account(id)?.unwrap();
            session.save_account(&Account {
                disabled_at: Some(now),
                ..account
            })
        })
        .unwrap();
}

fn join(app: &TestApp, account_id: AccountId, position: Position) -> Membership {
    let now = app.clock.now();
    let membership = Membership {
        id: MembershipId::from_uuid(app.state.ids.next_uuid(now)),
        account_id,
        position,
        created_at: now,
        ended_at: None,
    };
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_memberships(&[membership]))
        .unwrap();
    membership
}

#[test]
fn whoever_registers_is_signed_in_as_a_customer() {
    let app = TestApp::start();
    let answer = app.client().post("/api/v1/auth/register", &form("Zhang.San"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let signed_in = answer.expect(201);
    assert_eq!(signed_in["token_type"], "Bearer");
    assert_eq!(signed_in["expires_in"], ACCESS_TOKEN_LIFETIME.num_seconds());
    assert_eq!(signed_in["principal"]["role"], "customer");
    assert!(signed_in["principal"]["customer_id"].is_string());

    let me = bearer(&app, &signed_in).get("/api/v1/me").expect(200);
    assert_eq!(me["principal"], signed_in["principal"]);
    assert_eq!(me["principal"]["name"], "张三");
    assert_eq!(me["memberships"][0]["id"], me["principal"]["membership_id"]);
    assert_eq!(me["memberships"].as_array().unwrap().len(), 1);

    let again = login(&app, "zhang.san", "correct horse").expect(200);
    assert_eq!(again["principal"], signed_in["principal"]);
    assert_ne!(again["access_token"], signed_in["access_token"]);
}

#[test]
fn every_wrong_field_of_a_registration_is_told_at_once() {
    let app = TestApp::start();
    let wrong = json!({ "username": "1", "password": "short", "name": " ", "privacy_policy_version": "" });
    let problem = app
        .client()
        .post("/api/v1/auth/register", &wrong)
        .problem(422, "invalid_input");
    let told: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("username", "invalid_username"),
            ("password", "password_too_short"),
            ("name", "empty"),
            ("privacy_policy_version", "empty"),
        ]
    );
}

#[test]
fn missing_and_unknown_fields_are_refused() {
    let app = TestApp::start();
    let mut with_role = form("zhang.san");
    with_role["role"] = json!("hq_admin");
    let (client, empty) = (app.client(), json!({}));
    for (path, body, field) in [
        ("/api/v1/auth/register", &with_role, "role"),
        ("/api/v1/auth/register", &empty, "username"),
        ("/api/v1/auth/login", &empty, "username"),
        ("/api/v1/auth/login", &form("zhang.san"), "name"),
    ] {
        let problem = client.post(path, body).problem(422, "invalid_input");
        assert_eq!(problem["errors"][0]["field"], field, "{path}");
    }
    login(&app, "zhang.san", "correct horse").problem(401, "wrong_credentials");
}

#[test]
fn a_user_name_is_given_once_however_many_ask_at_a_time() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let statuses: Vec<_> = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| app.client().post("/api/v1/auth/register", &form("zhang.san"))))
                .collect();
            asking
                .into_iter()
                .map(|asked| asked.join().unwrap().status)
                .collect()
        });
        let won = statuses.iter().filter(|status| **status == 201).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((won, refused), (1, 7), "{statuses:?}");
        app.client()
            .post("/api/v1/auth/register", &form("ZHANG.SAN"))
            .problem(409, "username_taken");
    }
}

#[test]
fn a_wrong_password_an_unknown_name_and_a_disabled_account_are_answered_alike() {
    let app = TestApp::start();
    let signed_in = register(&app, "zhang.san");
    disable(&app, account_id(&signed_in));
    register(&app, "li.si");
    let details: Vec<_> = [
        ("li.si", "wrong horse"),
        ("li.si", ""),
        ("nobody", "correct horse"),
        ("不是用户名", "correct horse"),
        ("zhang.san", "correct horse"),
    ]
    .into_iter()
    .map(|(username, password)| {
        let answer = login(&app, username, password);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.problem(401, "wrong_credentials")["detail"].clone()
    })
    .collect();
    assert!(details.iter().all(|detail| *detail == details[0]));
}

#[test]
fn a_disabled_account_is_nobody_from_the_next_request_on() {
    let app = TestApp::start();
    let signed_in = register(&app, "zhang.san");
    disable(&app, account_id(&signed_in));
    bearer(&app, &signed_in)
        .get("/api/v1/me")
        .problem(401, "unauthenticated");
    refresh(&app, &signed_in).problem(401, "invalid_refresh_token");
}

#[test]
fn an_access_token_lasts_its_time_and_a_refresh_goes_on() {
    let app = TestApp::start();
    let first = register(&app, "zhang.san");
    app.clock
        .set(app.clock.now() + ACCESS_TOKEN_LIFETIME - TimeDelta::seconds(1));
    bearer(&app, &first).get("/api/v1/me").expect(200);
    app.clock.set(app.clock.now() + TimeDelta::seconds(1));
    bearer(&app, &first)
        .get("/api/v1/me")
        .problem(401, "unauthenticated");
    let second = refresh(&app, &first).expect(200);
    bearer(&app, &second).get("/api/v1/me").expect(200);
    app.clock.set(app.clock.now() + REFRESH_TOKEN_LIFETIME);
    refresh(&app, &second).problem(401, "invalid_refresh_token");
}

#[test]
fn a_refresh_token_used_again_ends_the_sign_in_and_no_other() {
    let app = TestApp::start();
    let elsewhere = register(&app, "zhang.san");
    let first = login(&app, "zhang.san", "correct horse").expect(200);
    let second = refresh(&app, &first).expect(200);
    refresh(&app, &first).problem(401, "refresh_token_reused");
    bearer(&app, &second)
        .get("/api/v1/me")
        .problem(401, "unauthenticated");
    refresh(&app, &second).problem(401, "invalid_refresh_token");
    bearer(&app, &elsewhere).get("/api/v1/me").expect(200);
}

#[test]
fn a_refresh_token_is_used_once_however_many_try_at_a_time() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let signed_in = register(&app, "zhang.san");
        let renewed = std::thread::scope(|scope| {
            let trying: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| refresh(&app, &signed_in).status))
                .collect();
            trying
                .into_iter()
                .map(|tried| tried.join().unwrap())
                .filter(|status| *status == 200)
                .count()
        });
        assert_eq!(renewed, 1);
        bearer(&app, &signed_in)
            .get("/api/v1/me")
            .problem(401, "unauthenticated");
    }
}

#[test]
fn what_is_no_token_is_refused_the_same_way() {
    let app = TestApp::start();
    let signed_in = register(&app, "zhang.san");
    let access_for_refresh = json!({ "refresh_token": signed_in["access_token"] });
    for body in [
        access_for_refresh,
        json!({}),
        json!({ "refresh_token": "" }),
        json!({ "refresh_token": "令牌" }),
    ] {
        app.client()
            .post("/api/v1/auth/refresh", &body)
            .problem(401, "invalid_refresh_token");
    }
    let refresh_for_access = signed_in["refresh_token"].as_str().unwrap();
    for token in ["", "x", refresh_for_access] {
        app.client()
            .bearing(token)
            .get("/api/v1/me")
            .problem(401, "unauthenticated");
    }
    app.client().get("/api/v1/me").problem(401, "unauthenticated");
}

#[test]
fn signing_out_ends_every_token_of_the_sign_in() {
    let app = TestApp::start();
    let signed_in = register(&app, "zhang.san");
    let client = bearer(&app, &signed_in);
    let out = client.send("POST", "/api/v1/auth/logout", b"");
    assert_eq!(out.status, 204);
    client.get("/api/v1/me").problem(401, "unauthenticated");
    refresh(&app, &signed_in).problem(401, "invalid_refresh_token");
    assert_eq!(client.send("POST", "/api/v1/auth/logout", b"").status, 401);
}

#[test]
fn switching_goes_on_in_another_membership_and_leaves_the_first() {
    let app = TestApp::start();
    let signed_in = register(&app, "zhang.san");
    let agent_id = AgentId::HEADQUARTERS;
    let owner = join(&app, account_id(&signed_in), Position::AgentOwner(agent_id));
    let body = json!({ "membership_id": owner.id });
    let switched = bearer(&app, &signed_in)
        .post("/api/v1/auth/switch", &body)
        .expect(200);
    assert_eq!(switched["principal"]["role"], "agent_owner");
    assert_eq!(switched["principal"]["agent_id"], agent_id.to_string());
    bearer(&app, &signed_in)
        .get("/api/v1/me")
        .problem(401, "unauthenticated");
    let me = bearer(&app, &switched).get("/api/v1/me").expect(200);
    assert_eq!(me["memberships"].as_array().unwrap().len(), 2);
}

#[test]
fn nobody_switches_to_what_is_not_theirs() {
    let app = TestApp::start();
    let other = register(&app, "li.si");
    let signed_in = register(&app, "zhang.san");
    let client = bearer(&app, &signed_in);
    let foreign = json!({ "membership_id": other["principal"]["membership_id"] });
    client
        .post("/api/v1/auth/switch", &foreign)
        .problem(404, "not_found");
    let no_id = json!({ "membership_id": "x" });
    client
        .post("/api/v1/auth/switch", &no_id)
        .problem(422, "invalid_input");
    client.get("/api/v1/me").expect(200);
    app.client()
        .post("/api/v1/auth/switch", &foreign)
        .problem(401, "unauthenticated");
}

#[test]
fn headquarters_people_sign_in_with_their_role() {
    let app = TestApp::start();
    let me = app.headquarters(Role::Operator).get("/api/v1/me").expect(200);
    assert_eq!(me["principal"]["role"], "operator");
    assert_eq!(me["principal"]["agent_id"], AgentId::HEADQUARTERS.to_string());
}
