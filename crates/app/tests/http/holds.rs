//! Holds, and the queue behind them.

use crate::support::{Client, TestApp};
use app::deadlines::{Told, tell};
use identity::Role;
use serde_json::{Value, json};
use std::time::Duration;
use testing::{build::agents::identity_number, instant};
use uuid::Uuid;

fn submit(client: &Client, serial: u16, codes: &[&str]) -> String {
    let form = json!({
        "kind": "person",
        "name": "王小明",
        "identity_number": identity_number(serial),
        "mobile": "138 0013 8000",
        "email": "wang@example.com",
        "level": "county",
        "division_codes": codes,
        "privacy_policy_version": "2026-11",
        "attachments": [],
    });
    let submitted = client
        .with("Idempotency-Key", format!("application-{serial}"))
        .post("/api/v1/applications", &form)
        .expect(201);
    submitted["id"].as_str().unwrap().to_owned()
}

fn path(id: &str, verb: &str) -> String {
    format!("/api/v1/applications/{id}{verb}")
}

fn hold() -> Value {
    json!({ "until": "2026-12-01", "reason": "等待仓库验收" })
}

fn release() -> Value {
    json!({ "reason": "不再等待" })
}

fn findings(application: &Value) -> Vec<&str> {
    let findings = application["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .filter(|code| *code != "attachment_missing")
        .collect()
}

#[test]
fn a_division_is_kept_for_one_and_the_others_queue_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (applicant, _) = app.customer("wang.xiaoming");
        let (other, _) = app.customer("li.xiaohong");
        let operator = app.headquarters(Role::Operator);
        let availability = || {
            applicant
                .get("/api/v1/applications/availability?division=330106")
                .expect(200)
        };
        let first = submit(&applicant, 1, &["330106"]);
        let second = submit(&other, 2, &["330106", "330105"]);
        let held = operator.post(&path(&second, "/hold"), &hold()).expect(200);
        assert_eq!(held["on_hold_until"], "2026-11-30T16:00:00Z");
        let answer = availability();
        assert_eq!(
            (&answer["availability"], &answer["until"], &answer["queue_length"]),
            (&json!("on_hold"), &json!("2026-11-30T16:00:00Z"), &json!(2))
        );

        let coverage = operator
            .get("/api/v1/territories/coverage?division=330100")
            .expect(200);
        assert_eq!(coverage["counts"]["on_hold"], 2);
        let ended = operator
            .get("/api/v1/territories/coverage?division=330100&at=2026-11-30T16:00:00Z")
            .expect(200);
        assert_eq!(ended["counts"]["on_hold"], 0);

        // The one who is kept waiting sees why, and not by whom.
        let told = applicant.get(&path(&first, "")).expect(200);
        assert_eq!(findings(&told), ["on_hold_for_other", "pending_for_other"]);
        assert_eq!(
            told["queue"],
            json!([{ "division_code": "330106", "position": 1, "waiting": 2 }])
        );
        assert_eq!(told["history"][1]["action"], "review_again");
        assert_eq!(told["history"][1]["actor"], Value::Null);
        let told = other.get(&path(&second, "")).expect(200);
        assert_eq!(
            told["queue"],
            json!([
                { "division_code": "330106", "position": 2, "waiting": 2 },
                { "division_code": "330105", "position": 1, "waiting": 1 },
            ])
        );
        assert_eq!(
            (&told["history"][1]["action"], &told["history"][1]["held_until"]),
            (&json!("hold"), &json!("2026-11-30T16:00:00Z"))
        );
        assert_eq!(told["history"][1]["reason"], "等待仓库验收");

        let refused = operator
            .post(&path(&first, "/hold"), &hold())
            .problem(409, "on_hold_for_other");
        assert_eq!(
            refused["conflicts"],
            json!([{
                "application_id": second, "division_code": "330106", "until": "2026-11-30T16:00:00Z",
            }])
        );
        let approval = json!({ "contract": {
            "exclusivity": "exclusive",
            "share_rate_bp": 3_000,
            "valid_from": "2026-11-22",
            "valid_until": "2029-11-22",
        } });
        let refused = operator
            .post(&path(&first, "/approve"), &approval)
            .problem(409, "blocking_findings");
        assert_eq!(refused["findings"][0]["code"], "on_hold_for_other");

        // It ends by the clock: nothing else has happened.
        app.clock.set(instant("2026-11-30T16:00:00Z"));
        let operator = app.login("operator");
        let listed = operator.get("/api/v1/applications").expect(200);
        for application in listed["items"].as_array().unwrap() {
            assert_eq!(findings(application), ["pending_for_other"]);
        }
        operator
            .post(&path(&second, "/release"), &release())
            .problem(409, "not_on_hold");
        let next = json!({ "until": "2026-12-15", "reason": "等待仓库验收" });
        operator.post(&path(&first, "/hold"), &next).expect(200);
        operator.post(&path(&first, "/release"), &release()).expect(200);
        let reason = json!({ "reason": "不符" });
        operator.post(&path(&first, "/reject"), &reason).expect(200);
        let told = operator.get(&path(&second, "")).expect(200);
        assert_eq!(findings(&told), Vec::<&str>::new());
        assert_eq!(told["queue"][0]["position"], 1);
    }
}

#[test]
fn a_hold_that_cannot_be_says_why_and_changes_nothing() {
    let app = TestApp::start();
    let (applicant, _) = app.customer("wang.xiaoming");
    let (operator, auditor) = (app.headquarters(Role::Operator), app.headquarters(Role::Auditor));
    let id = submit(&applicant, 1, &["330106"]);
    for verb in ["/hold", "/release"] {
        let body = if verb == "/hold" { hold() } else { release() };
        for client in [&applicant, &auditor] {
            client.post(&path(&id, verb), &body).problem(403, "forbidden");
        }
        let absent = "01940000-0000-7000-8000-0000deadbeef";
        operator
            .post(&path(absent, verb), &body)
            .problem(404, "not_found");
    }
    let wrong = json!({ "until": "2027-11-22", "reason": "" });
    let refused = operator
        .post(&path(&id, "/hold"), &wrong)
        .problem(422, "invalid_input");
    let codes: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["code"])
        .collect();
    assert_eq!(codes, ["period_is_too_long", "empty"]);
    operator
        .post(&path(&id, "/release"), &json!({ "reason": " " }))
        .problem(422, "invalid_input");
    operator
        .post(&path(&id, "/release"), &release())
        .problem(409, "not_on_hold");
    applicant.post(&path(&id, "/withdraw"), &json!({})).expect(200);
    for (verb, body) in [("/hold", hold()), ("/release", release())] {
        let late = operator
            .post(&path(&id, verb), &body)
            .problem(409, "invalid_state");
        assert_eq!(late["state"], "withdrawn");
    }
    let told = operator.get(&path(&id, "")).expect(200);
    assert_eq!(told["history"].as_array().unwrap().len(), 2);
}

#[test]
fn of_many_holds_at_once_exactly_one_wins() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (applicant, _) = app.customer("wang.xiaoming");
        let operator = app.headquarters(Role::Operator);
        let ids: Vec<_> = (0..12_u16)
            .map(|serial| {
                let codes = if serial % 2 == 0 {
                    ["330106", "330105"]
                } else {
                    ["330105", "330106"]
                };
                submit(&applicant, serial, &codes)
            })
            .collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let running: Vec<_> = ids
                .iter()
                .map(|id| {
                    let operator = operator.clone();
                    scope.spawn(move || operator.post(&path(id, "/hold"), &hold()).status)
                })
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won = statuses.iter().filter(|status| **status == 200).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((won, refused), (1, 11), "{statuses:?}");
    }
}

#[test]
fn an_overdue_application_says_so_and_the_clock_is_followed_by_one_node() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (applicant, _) = app.customer("wang.xiaoming");
        let operator = app.headquarters(Role::Operator);
        let first = submit(&applicant, 1, &["330106"]);
        let second = submit(&applicant, 2, &["330106"]);
        let told = applicant.get(&path(&first, "")).expect(200);
        assert_eq!(
            (&told["due_at"], &told["overdue"]),
            (&json!("2026-11-29T16:00:00Z"), &json!(false))
        );
        operator.post(&path(&first, "/hold"), &hold()).expect(200);
        let over = instant("2026-11-30T16:00:00Z");
        let [node, other] = [1, 2].map(Uuid::from_u128);
        let tell = |node, at| tell(&app.state.database, app.state.ids.as_ref(), node, at).unwrap();
        let expected = Told {
            reminders: 2,
            lapsed_holds: 1,
        };
        assert_eq!(tell(node, over), expected);
        assert_eq!(tell(node, over), Told::default());
        app.clock.set(over);
        let operator = app.login("operator");
        let third = submit(&app.login("wang.xiaoming"), 3, &["330106"]);
        assert_eq!(
            tell(other, over + Duration::from_secs(59)),
            Told::default(),
            "another node has the lease"
        );
        let told = operator.get(&path(&first, "")).expect(200);
        assert_eq!(told["overdue"], true);
        let actions: Vec<_> = told["history"].as_array().unwrap().iter().collect();
        let actions: Vec<_> = actions.iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, ["submit", "hold", "lapse", "remind"]);
        let told = operator.get(&path(&second, "")).expect(200);
        assert!(!findings(&told).contains(&"on_hold_for_other"));
        let reason = json!({ "reason": "不符" });
        operator.post(&path(&third, "/reject"), &reason).expect(200);
        let told = operator.get(&path(&third, "")).expect(200);
        assert_eq!((&told["due_at"], &told["overdue"]), (&Value::Null, &json!(false)));
    }
}
