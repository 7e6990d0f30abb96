//! Many applications at once: filtered, in order, and one after the other.

use crate::support::{Client, TestApp};
use identity::Role;
use serde_json::{Value, json};
use testing::{build::agents::identity_number, instant};

fn submit(client: &Client, serial: u16, level: &str, code: &str) -> String {
    let form = json!({
        "kind": "person",
        "name": "王小明",
        "identity_number": identity_number(serial),
        "mobile": "138 0013 8000",
        "email": "wang@example.com",
        "level": level,
        "division_codes": [code],
        "privacy_policy_version": "2026-11",
        "attachments": [],
    });
    let submitted = client
        .with("Idempotency-Key", format!("application-{serial}"))
        .post("/api/v1/applications", &form)
        .expect(201);
    submitted["id"].as_str().unwrap().to_owned()
}

fn ids(client: &Client, query: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/applications?limit=2&{query}{cursor}");
        let page = client.get(&path).expect(200);
        let items = page["items"].as_array().unwrap().iter();
        seen.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

#[test]
fn an_operator_filters_sorts_and_opens_one_after_the_other_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (applicant, _) = app.customer("wang.xiaoming");
        // Of the wrong level, so blocked; elsewhere, so advised; in order; and one that is a week older than the others.
        let blocked = submit(&applicant, 1, "county", "330100");
        app.clock.set(instant("2026-11-30T08:00:00Z"));
        let applicant = app.login("wang.xiaoming");
        let operator = app.headquarters(Role::Operator);
        let plain = submit(&applicant, 2, "county", "330106");
        let elsewhere = submit(&applicant, 3, "city", "320100");
        let list = |query: &str| ids(&operator, query);
        let expected = |expected: &[&String]| expected.iter().copied().cloned().collect::<Vec<_>>();

        assert_eq!(list("sort=oldest"), expected(&[&blocked, &plain, &elsewhere]));
        assert_eq!(list("sort=newest"), expected(&[&elsewhere, &plain, &blocked]));
        assert_eq!(list("sort=findings"), expected(&[&blocked, &elsewhere, &plain]));
        assert_eq!(list("finding=level_mismatch"), expected(&[&blocked]));
        assert_eq!(list("finding=region_differs"), expected(&[&elsewhere]));
        assert_eq!(list("overdue=true"), expected(&[&blocked]));
        assert_eq!(
            list("submitted_from=2026-11-30T08:00:00Z"),
            expected(&[&elsewhere, &plain])
        );
        assert_eq!(
            list("submitted_until=2026-11-30T08:00:00Z&division=330000"),
            expected(&[&blocked])
        );
        let review = format!("/api/v1/applications/{plain}/review");
        operator.post(&review, &json!({})).expect(200);
        assert_eq!(list("state=reviewing"), expected(&[&plain]));
        assert_eq!(
            list("state=reviewing,submitted&level=county"),
            expected(&[&plain, &blocked])
        );

        // The oldest first, and on from whatever was just decided.
        let next = |query: &str| {
            let path = format!("/api/v1/applications/next?{query}");
            operator.get(&path).expect(200)["application"]["id"].clone()
        };
        assert_eq!(next(""), json!(blocked));
        let reject = format!("/api/v1/applications/{blocked}/reject");
        operator.post(&reject, &json!({ "reason": "不符" })).expect(200);
        assert_eq!(next(""), json!(plain));
        assert_eq!(next(&format!("after={blocked}")), json!(plain));
        assert_eq!(next(&format!("after={plain}")), json!(elsewhere));
        assert_eq!(next(&format!("after={elsewhere}")), Value::Null);
        assert_eq!(next(&format!("sort=findings&after={blocked}")), json!(elsewhere));
        assert_eq!(next("state=rejected"), json!(blocked));
    }
}

#[test]
fn a_filter_that_means_nothing_is_refused_and_a_cursor_cannot_be_made_up() {
    let app = TestApp::start();
    let (applicant, _) = app.customer("wang.xiaoming");
    let operator = app.headquarters(Role::Operator);
    for path in ["/api/v1/applications", "/api/v1/applications/next"] {
        let refused = operator
            .get(&format!(
                "{path}?state=submitted,lost&finding=luck&sort=random&level=x"
            ))
            .problem(422, "invalid_input");
        let fields: Vec<_> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["field"])
            .collect();
        assert_eq!(fields, ["state", "level", "finding", "sort"]);
        operator
            .get(&format!("{path}?overdue=perhaps"))
            .problem(422, "invalid_input");
        operator
            .get(&format!("{path}?submitted_from=yesterday"))
            .problem(422, "invalid_input");
    }
    operator
        .get("/api/v1/applications?cursor=AAAA")
        .problem(422, "invalid_cursor");
    operator
        .get("/api/v1/applications/next?after=x")
        .problem(422, "invalid_input");
    applicant
        .get("/api/v1/applications/next")
        .problem(403, "forbidden");
    app.client()
        .get("/api/v1/applications/next")
        .problem(401, "unauthenticated");
    assert_eq!(
        operator.get("/api/v1/applications/next").expect(200)["application"],
        Value::Null
    );
}
