//! The audit log over HTTP, and values that are shown in full only once it has them.

use crate::support::{Answer, Client, TestApp};
use identity::Role;
use kernel::RepositoryError;
use serde_json::{Value, json};
use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use testing::build::territories::agent_id;

const PHONE: &str = "13812345678";

fn customer_of(owner: &Client) -> String {
    let form = json!({"name": "张三丰", "phone": PHONE, "address": {
        "division_code": "330106",
        "detail": "文三路 1 号 2 幢 301",
        "contact_name": "张三丰",
        "contact_phone": PHONE,
        "longitude": 120.130_663,
        "latitude": 30.259_924,
    }});
    let added = owner.post("/api/v1/customers", &form).expect(201);
    format!("/api/v1/customers/{}", added["id"].as_str().unwrap())
}

fn reveal(client: &Client, path: &str) -> Answer {
    client.post(&format!("{path}/reveal"), &json!({"reason": "客户来电核对"}))
}

fn entries(client: &Client, query: &str) -> Vec<Value> {
    let listed = client.get(&format!("/api/v1/audit?{query}")).expect(200);
    listed["items"].as_array().unwrap().clone()
}

#[test]
fn a_customer_is_shown_in_full_for_a_reason_that_the_audit_log_keeps() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (owner, foreign) = (app.agent(1, "330106"), app.agent(2, "330105"));
        let auditor = app.headquarters(Role::Auditor);
        let path = customer_of(&owner);
        assert_eq!(owner.get(&path).expect(200)["name"], "张**");

        for reason in [json!(""), json!("x".repeat(501)), Value::Null] {
            let body = json!({ "reason": reason });
            owner
                .post(&format!("{path}/reveal"), &body)
                .problem(422, "invalid_input");
        }
        reveal(&foreign, &path).problem(404, "not_found");
        reveal(&auditor, &path).problem(403, "forbidden");
        assert!(entries(&auditor, "action=customer_revealed").is_empty());

        let answer = reveal(&owner, &path);
        assert_eq!(answer.header("cache-control"), "no-store");
        let shown = answer.expect(200);
        assert_eq!(shown["name"], "张三丰");
        assert_eq!(shown["phone"], PHONE);
        assert_eq!(shown["addresses"][0]["detail"], "文三路 1 号 2 幢 301");
        assert_eq!(shown["addresses"][0]["contact_phone"], PHONE);

        let kept = entries(&auditor, "action=customer_revealed");
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0]["reason"], "客户来电核对");
        assert_eq!(kept[0]["actor"]["role"], "agent_owner");
        assert_eq!(kept[0]["actor"]["agent_id"], agent_id(1).to_string());
        assert_eq!(kept[0]["request_id"], answer.header("x-request-id"));
        assert_eq!(kept[0]["address"], "127.0.0.1");
        let subject = kept[0]["subject_id"].as_str().unwrap();
        assert!(path.ends_with(subject));
        assert_eq!(entries(&auditor, &format!("subject={subject}")), kept);
    }
}

#[test]
fn an_office_is_shown_the_addresses_in_its_own_territories_only() {
    let app = TestApp::start();
    let (owner, hq) = (app.agent(1, "330106"), app.headquarters(Role::HqAdmin));
    app.agent(2, "330105");
    let path = customer_of(&owner);
    let elsewhere = json!({
        "division_code": "330105",
        "detail": "霞湾巷 5 号",
        "contact_name": "张三丰",
        "contact_phone": PHONE,
    });
    hq.post(&format!("{path}/addresses"), &elsewhere).expect(201);
    let shown = |client: &Client| {
        let addresses = reveal(client, &path).expect(200)["addresses"].clone();
        let codes = addresses.as_array().unwrap().iter();
        codes
            .map(|address| address["division_code"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&owner), ["330106"]);
    assert_eq!(shown(&hq), ["330106", "330105"]);
}

#[test]
fn nothing_is_shown_while_the_audit_log_cannot_be_written() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let path = customer_of(&owner);
    let (hold, released) = mpsc::channel::<()>();
    let (ready, is_held) = mpsc::channel();
    let database = app.state.database.clone();
    // Whoever writes keeps SQLite's only writer; reads go on.
    let writer = thread::spawn(move || {
        database.write::<_, RepositoryError>(|_| {
            ready.send(()).unwrap();
            let _ = released.recv();
            Ok(())
        })
    });
    is_held.recv().unwrap();
    owner.get(&path).expect(200);
    let refused = reveal(&owner, &path);
    drop(hold);
    writer.join().unwrap().unwrap();
    refused.problem(503, "unavailable");
    assert!(!refused.text().contains(PHONE));
    reveal(&owner, &path).expect(200);
}

#[test]
fn applicants_and_agents_are_shown_in_full_at_headquarters_only() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let operator = app.headquarters(Role::Operator);
    let path = format!("/api/v1/agents/{}", agent_id(1));
    let shown = reveal(&operator, &path).expect(200);
    assert_eq!(shown["identity_number"].as_str().unwrap().len(), 18);
    assert!(!shown.to_string().contains('*'));
    reveal(&owner, &path).problem(403, "forbidden");
    let headquarters = format!("/api/v1/agents/{}", kernel::AgentId::HEADQUARTERS);
    reveal(&operator, &headquarters).problem(404, "not_found");

    let (applicant, _) = app.customer("wang.xiaoming");
    let form = json!({
        "kind": "person", "name": "王小明", "identity_number": testing::build::agents::identity_number(9),
        "mobile": PHONE, "email": "wang@example.com", "level": "county", "division_codes": ["330108"],
        "privacy_policy_version": "2026-11",
    });
    let submitted = applicant
        .with("Idempotency-Key", "a-key")
        .post("/api/v1/applications", &form)
        .expect(201);
    let path = format!("/api/v1/applications/{}", submitted["id"].as_str().unwrap());
    let shown = reveal(&operator, &path).expect(200);
    assert_eq!(shown["identity_number"], form["identity_number"]);
    assert_eq!(shown["mobile"], PHONE);
    reveal(&applicant, &path).problem(403, "forbidden");
}

#[test]
fn the_audit_log_is_read_by_those_who_look_after_it_and_filtered() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    reveal(&owner, &customer_of(&owner)).expect(200);
    for role in [Role::HqAdmin, Role::Auditor] {
        let reader = app.headquarters(role);
        let revealed = entries(&reader, "action=customer_revealed");
        assert_eq!(revealed.len(), 1);
        let actor = revealed[0]["actor"]["account_id"].as_str().unwrap();
        assert!(
            entries(&reader, &format!("actor={actor}"))
                .iter()
                .any(|entry| *entry == revealed[0])
        );
        assert!(
            entries(
                &reader,
                "action=customer_revealed&from=2026-11-22T08:00:01Z&until=2026-11-23T08:00:00Z"
            )
            .is_empty()
        );
        for (query, field) in [
            ("action=nothing", "action"),
            ("from=2026-11-22T08:00:00Z", "until"),
            ("from=2026-11-23T08:00:00Z&until=2026-11-22T08:00:00Z", "until"),
        ] {
            let problem = reader
                .get(&format!("/api/v1/audit?{query}"))
                .problem(422, "invalid_input");
            assert_eq!(problem["errors"][0]["field"], field, "{query}");
        }
    }
    app.headquarters(Role::Operator)
        .get("/api/v1/audit")
        .problem(403, "forbidden");
    owner.get("/api/v1/audit").problem(403, "forbidden");
}

#[test]
fn an_entry_is_in_the_chain_within_a_second() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let owner = app.agent(1, "330106");
        reveal(&owner, &customer_of(&owner)).expect(200);
        let begun = Instant::now();
        loop {
            let (waiting, head) = app
                .state
                .database
                .read::<_, RepositoryError>(|session| {
                    Ok((session.find_unchained_entries(1)?, session.find_chain_head()?))
                })
                .unwrap();
            if waiting.is_empty() && head.is_some() {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(1), "not chained in time");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
