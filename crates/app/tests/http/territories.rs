//! What is covered and what is not, over HTTP.

use crate::support::{Client, TestApp};
use identity::{Position, Role};
use kernel::RepositoryError;
use serde_json::{Value, json};
use testing::build::{
    agents::agent,
    territories::{agent_id, shared_territory},
};

const COVERAGE: &str = "/api/v1/territories/coverage";

/// 浙江 shared by agent 1 and 西湖区 with agent 2 inside it; both end with the year, 39 days after [`crate::support::BEGINNING`].
fn zhejiang_and_xihu(app: &TestApp) -> (Client, Client) {
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            session.insert_agents(&[agent(1)])?;
            session.insert_territories(&[shared_territory(1, "330000")])
        })
        .unwrap();
    let position = Position::AgentOwner(agent_id(1));
    (app.account("agent-1", position), app.agent(2, "330106"))
}

fn both_databases() -> impl Iterator<Item = TestApp> {
    [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
}

fn item<'a>(answer: &'a Value, code: &str) -> &'a Value {
    let mut items = answer["items"].as_array().unwrap().iter();
    items.find(|item| item["code"] == code).unwrap()
}

#[test]
fn a_subtree_is_told_child_by_child_with_counts_over_all_counties() {
    for app in both_databases() {
        let (province, _) = zhejiang_and_xihu(&app);
        let operator = app.headquarters(Role::Operator);
        let country = operator
            .get(&format!("{COVERAGE}?expiring_within_days=30"))
            .expect(200);
        assert_eq!(country["division"], Value::Null);
        assert_eq!(country["at"], crate::support::BEGINNING);
        assert_eq!(country["edition"], "民政部 国家地名信息库 2026-09-11");
        assert_eq!(country["items"].as_array().unwrap().len(), 34);
        let counts = &country["counts"];
        assert_eq!(counts["total"], 2_854);
        assert_eq!((&counts["owned"], &counts["expiring"]), (&json!(1), &json!(0)));
        let zhejiang = item(&country, "330000");
        assert_eq!(zhejiang["status"], "owned");
        assert_eq!(zhejiang["responsible"]["rule"], "province");
        assert_eq!(zhejiang["held_until"], "2027-01-01T00:00:00Z");
        assert_eq!(zhejiang["agent_name"], "王**");
        let inside = &zhejiang["counts"];
        assert_eq!(
            inside["covered_from_above"],
            inside["total"].as_u64().unwrap() - 1
        );
        assert_eq!(
            counts["vacant"],
            2_854 - inside["total"].as_u64().unwrap(),
            "{counts}"
        );
        let vacant = item(&country, "540000");
        assert_eq!(vacant["status"], "vacant");
        assert_eq!(vacant["responsible"]["party"], "headquarters");
        assert_eq!(
            (&vacant["agent_name"], &vacant["held_until"]),
            (&json!("总部"), &Value::Null)
        );

        // Within the usual 60 days everything here ends; a year ago nothing had begun.
        let city = operator.get(&format!("{COVERAGE}?division=330100")).expect(200);
        assert_eq!(city["division"]["status"], "expiring");
        assert_eq!(item(&city, "330106")["status"], "expiring");
        assert_eq!(city["counts"]["expiring"], city["counts"]["total"]);
        let before = operator
            .get(&format!("{COVERAGE}?division=330100&at=2025-12-31T00:00:00Z"))
            .expect(200);
        assert_eq!(before["counts"]["vacant"], before["counts"]["total"]);

        // A shell is its province; an agent of the province is told only its own name.
        let shell = operator.get(&format!("{COVERAGE}?division=110100")).expect(200);
        assert_eq!(shell["division"]["code"], "110000");
        let own = province
            .get(&format!("{COVERAGE}?division=330100&expiring_within_days=0"))
            .expect(200);
        assert_eq!(own["division"]["agent_name"], "王**");
        assert_eq!(item(&own, "330106")["status"], "owned");
        assert_eq!(item(&own, "330106")["agent_name"], Value::Null);
    }
}

#[test]
fn an_agent_reads_what_lies_in_its_own_territories() {
    let app = TestApp::start();
    let (province, county) = zhejiang_and_xihu(&app);
    let (customer, _) = app.customer("somebody.else");
    for route in ["", "/gaps", "/export"] {
        let path = |division: &str| format!("{COVERAGE}{route}?division={division}");
        for (client, division) in [
            (&province, "330000"),
            (&province, "330106"),
            (&province, "330106109"),
            (&county, "330106"),
        ] {
            assert_eq!(client.get(&path(division)).status, 200, "{route} {division}");
        }
        for (client, division) in [(&county, "330000"), (&county, "330108"), (&province, "110000")] {
            client.get(&path(division)).problem(404, "not_found");
        }
        county
            .get(&format!("{COVERAGE}{route}"))
            .problem(404, "not_found");
        // Another instant changes nothing about the caller's rights.
        county
            .get(&format!("{}&at=2026-02-01T00:00:00Z", path("330108")))
            .problem(404, "not_found");
        customer.get(&path("330106")).problem(403, "forbidden");
        app.client().get(&path("330106")).problem(401, "unauthenticated");
        let refused = province.get(&path("999999")).problem(422, "invalid_input");
        assert_eq!(refused["errors"][0]["code"], "unknown_division");
    }
    for route in ["", "/export"] {
        let refused = province
            .get(&format!("{COVERAGE}{route}?division=1&expiring_within_days=367"))
            .problem(422, "invalid_input");
        let fields: Vec<_> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["field"])
            .collect();
        assert_eq!(fields, ["division", "expiring_within_days"]);
    }
    // What ended is no longer theirs.
    app.clock.set(testing::instant("2027-01-01T00:00:00Z"));
    let (province, county) = (app.login("agent-1"), app.login("agent-2"));
    for client in [province, county] {
        client
            .get(&format!("{COVERAGE}?division=330106"))
            .problem(404, "not_found");
    }
}

#[test]
fn the_gaps_are_told_page_by_page() {
    let app = TestApp::start();
    app.agent(2, "330106");
    let operator = app.headquarters(Role::Operator);
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = operator
            .get(&format!("{COVERAGE}/gaps?limit=25{cursor}"))
            .expect(200);
        codes.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    // 33 provinces, the other ten cities of 浙江, the other counties of 杭州.
    let code = |item: &Value| item["code"].as_str().unwrap().to_owned();
    let all: Vec<_> = codes.iter().map(code).collect();
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    assert!(all.contains(&"330200".to_owned()) && all.contains(&"330108".to_owned()));
    assert!(!all.contains(&"330106".to_owned()) && !all.contains(&"330000".to_owned()));
    let binjiang = codes.iter().find(|item| item["code"] == "330108").unwrap();
    assert_eq!(binjiang["path"], json!(["浙江省", "杭州市"]));
    assert_eq!(binjiang["counties"], 1);
    let total: u64 = codes.iter().map(|item| item["counties"].as_u64().unwrap()).sum();
    assert_eq!(total, 2_853);
    let none = operator
        .get(&format!("{COVERAGE}/gaps?division=330106109"))
        .expect(200);
    assert_eq!(none["items"], json!([]));
}

#[test]
fn an_export_opens_in_a_spreadsheet_and_is_in_the_audit_log() {
    for app in both_databases() {
        let (province, _) = zhejiang_and_xihu(&app);
        let auditor = app.headquarters(Role::Auditor);
        let operator = app.headquarters(Role::Operator);
        let answer = operator.get(&format!("{COVERAGE}/export?division=330000"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"coverage-330000.csv\""
        );
        let text = answer.text();
        let lines: Vec<_> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
        assert_eq!(
            lines[..2],
            [
                "区划代码,名称,层级,所属,状态,规则,代理商编号,代理商,有效至",
                "330000,浙江省,省级,,即将到期,省级,1,王**,2027-01-01",
            ]
        );
        let xihu = "330106,西湖区,县级,浙江省 / 杭州市,即将到期,县级,2,王**,2027-01-01";
        assert!(lines.contains(&xihu), "{text}");

        let english = province
            .with("Accept-Language", "en")
            .get(&format!(
                "{COVERAGE}/export?division=330106&expiring_within_days=1"
            ))
            .text();
        assert_eq!(
            english,
            "\u{feff}code,name,level,inside,status,rule,agent number,agent,valid through\r\n\
             330106,西湖区,county,浙江省 / 杭州市,owned,county,2,,2027-01-01\r\n"
        );

        let staff = Position::AgentStaff(agent_id(1));
        for reader in [&app.account("staff", staff), &auditor] {
            reader
                .get(&format!("{COVERAGE}/export?division=330106"))
                .problem(403, "forbidden");
        }
        let entries = auditor.get("/api/v1/audit?action=coverage_exported").expect(200);
        let told: Vec<_> = entries["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (entry["reason"].clone(), entry["actor"]["role"].clone()))
            .collect();
        let expected = [("330106", "agent_owner"), ("330000", "operator")];
        assert_eq!(told, expected.map(|(of, role)| (json!(of), json!(role))));

        // Without a division it is the country, down to the counties.
        let country = operator.get(&format!("{COVERAGE}/export"));
        assert_eq!(
            country.header("content-disposition"),
            "attachment; filename=\"coverage-country.csv\""
        );
        assert_eq!(country.text().lines().count(), 1 + 34 + 333 + 2_847);
    }
}
