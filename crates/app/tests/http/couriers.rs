//! Couriers over HTTP.

use crate::support::TestApp;
use identity::Role;
use serde_json::json;
use testing::build::territories::agent_id;

#[test]
fn a_courier_is_hired_listed_and_changed() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let form = json!({"name": "李送水", "phone": "13900001111"});
    let hired = owner.post("/api/v1/couriers", &form).expect(201);
    assert_eq!(
        (&hired["on_duty"], &hired["has_account"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(hired["agent_id"], json!(agent_id(1)));
    let path = format!("/api/v1/couriers/{}", hired["id"].as_str().unwrap());
    let changed = owner
        .with("If-Match", "\"1\"")
        .send_json("PATCH", &path, &json!({"on_duty": false}));
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.expect(200)["on_duty"], false);
    owner
        .with("If-Match", "\"1\"")
        .send_json("PATCH", &path, &json!({"on_duty": true}))
        .problem(412, "stale_version");
    let listed = owner.get("/api/v1/couriers").expect(200);
    assert_eq!(listed["items"][0]["phone"], "13900001111");
    assert_eq!(listed["items"][0]["version"], 2);
    let seen = app
        .headquarters(Role::Auditor)
        .get("/api/v1/couriers")
        .expect(200);
    assert_eq!(seen["items"][0]["phone"], "139****1111");

    let stranger = app.agent(2, "330108");
    assert_eq!(stranger.get("/api/v1/couriers").expect(200)["items"], json!([]));
    stranger
        .send_json("PATCH", &path, &json!({"on_duty": true}))
        .problem(404, "not_found");
    stranger
        .get(&format!("/api/v1/couriers?agent_id={}", agent_id(1)))
        .problem(404, "not_found");
    app.headquarters(Role::Operator)
        .post("/api/v1/couriers", &form)
        .problem(403, "forbidden");
}

#[test]
fn a_courier_with_an_account_signs_in_and_is_hired_once() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let form = json!({"name": "李送水", "phone": "13900001111", "username": "li.songshui", "password": "correct horse"});
    let keyed = owner.with("Idempotency-Key", "k");
    let hired = keyed.post("/api/v1/couriers", &form);
    let again = keyed.post("/api/v1/couriers", &form);
    assert_eq!(
        (hired.expect(201), again.header("idempotency-replayed")),
        (again.expect(201), "true")
    );
    let me = app.login("li.songshui").get("/api/v1/me").expect(200);
    assert_eq!(me["principal"]["role"], "courier");
    assert_eq!(me["principal"]["agent_id"], json!(agent_id(1)));

    // Nobody is hired where the account cannot be opened.
    owner
        .post("/api/v1/couriers", &form)
        .problem(409, "username_taken");
    let listed = owner.get("/api/v1/couriers").expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[test]
fn every_wrong_field_of_a_courier_is_reported_at_once() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let fields = |form| {
        let problem = owner.post("/api/v1/couriers", &form).expect(422);
        let errors = problem["errors"].as_array().unwrap().iter();
        errors
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let wrong = json!({"name": "", "phone": "1", "username": "X!", "password": "short"});
    assert_eq!(fields(wrong), ["name", "phone", "username", "password"]);
    let half = json!({"name": "李送水", "phone": "13900001111", "username": "li.songshui"});
    assert_eq!(fields(half), ["password"]);
}
