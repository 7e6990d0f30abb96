//! Customers over HTTP.

use crate::support::{Client, TestApp};
use identity::Role;
use kernel::Clock;
use serde_json::{Value, json};
use testing::build::territories::agent_id;

fn address(division_code: &str) -> Value {
    json!({
        "division_code": division_code,
        "detail": "文三路 1 号 2 幢 301",
        "contact_name": "张三",
        "contact_phone": "+86 138 1234 5678",
        "longitude": 120.130_663,
        "latitude": 30.259_924,
    })
}

fn new_customer(name: &str, phone: &str, division_code: &str) -> Value {
    json!({"name": name, "phone": phone, "address": address(division_code)})
}

fn names(client: &Client, path: &str) -> Vec<String> {
    let listed = client.get(path).expect(200);
    let items = listed["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_agent_adds_finds_and_changes_its_customers() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let owner = app.agent(1, "330106");
        let added = owner
            .post(
                "/api/v1/customers",
                &new_customer("张三", "13812345678", "330106"),
            )
            .expect(201);
        assert_eq!(added["name"], "张*");
        assert_eq!(added["phone"], "138****5678");
        assert_eq!(added["address"]["detail"], "文三路****");
        assert_eq!(added["address"]["longitude"], Value::Null);
        owner
            .post(
                "/api/v1/customers",
                &new_customer("欧阳修", "13900001234", "330106"),
            )
            .expect(201);

        assert_eq!(names(&owner, "/api/v1/customers"), ["欧阳*", "张*"]);
        for query in [
            "phone=13812345678",
            "last_four=5678",
            "name=%E5%BC%A0%E4%B8%89",
            "name=%E5%BC%A0",
        ] {
            assert_eq!(
                names(&owner, &format!("/api/v1/customers?{query}")),
                ["张*"],
                "{query}"
            );
        }
        let problem = owner
            .get("/api/v1/customers?phone=1&last_four=x")
            .problem(422, "invalid_input");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);

        let path = format!("/api/v1/customers/{}", added["id"].as_str().unwrap());
        let shown = owner.get(&path);
        assert_eq!(shown.header("etag"), "\"1\"");
        let changed = owner
            .with("If-Match", "\"1\"")
            .send_json("PATCH", &path, &json!({"name": "李四"}));
        assert_eq!(changed.header("etag"), "\"2\"");
        assert_eq!(changed.expect(200)["phone"], "138****5678");
        owner
            .with("If-Match", "\"1\"")
            .send_json("PATCH", &path, &json!({"name": "王五"}))
            .problem(412, "stale_version");
        owner
            .send_json("PATCH", &path, &json!({"name": "", "phone": "1"}))
            .problem(422, "invalid_input");

        // The list shows the agent's own row, which follows through the outbox.
        while app::relay::deliver_waiting(&app.state.database, app.state.ids.as_ref(), app.clock.now())
            .unwrap()
            > 0
        {}
        assert_eq!(
            names(&owner, "/api/v1/customers?name=%E6%9D%8E%E5%9B%9B"),
            ["李*"]
        );
    }
}

#[test]
fn an_agent_reaches_its_own_customers_and_territory_only() {
    let app = TestApp::start();
    let (owner, rival) = (app.agent(1, "330106"), app.agent(2, "330102"));
    let outside = owner
        .post(
            "/api/v1/customers",
            &new_customer("张三", "13812345678", "330102"),
        )
        .problem(409, "outside_territory");
    assert_eq!(outside["division_code"], "330102");
    owner
        .post("/api/v1/customers", &json!({"name": "张三"}))
        .problem(422, "invalid_input");
    let added = owner
        .post(
            "/api/v1/customers",
            &new_customer("张三", "13812345678", "330106"),
        )
        .expect(201);
    let path = format!("/api/v1/customers/{}", added["id"].as_str().unwrap());
    let addresses = format!("{path}/addresses");

    for path in [&path, &addresses] {
        rival.get(path).problem(404, "not_found");
    }
    rival
        .send_json("PATCH", &path, &json!({"name": "李四"}))
        .problem(404, "not_found");
    rival
        .post(&addresses, &address("330102"))
        .problem(404, "not_found");
    assert!(names(&rival, "/api/v1/customers").is_empty());
    let of_one = format!("/api/v1/customers?agent_id={}", agent_id(1));
    rival.get(&of_one).problem(404, "not_found");

    owner
        .post(&addresses, &address("330102"))
        .problem(409, "outside_territory");
    let hq = app.headquarters(Role::HqAdmin);
    hq.post(&addresses, &address("330102")).expect(201);
    let count = |client: &Client| {
        client.get(&addresses).expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((count(&hq), count(&owner)), (2, 1));
    assert_eq!(names(&hq, "/api/v1/customers"), ["张*"]);
    assert_eq!(names(&hq, &of_one), ["张*"]);
}

#[test]
fn a_customer_sees_and_changes_itself_alone_and_in_the_clear() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let other = owner
        .post(
            "/api/v1/customers",
            &new_customer("王五", "13900001234", "330106"),
        )
        .expect(201);
    let (customer, _) = app.customer("zhang.san");
    let listed = customer.get("/api/v1/customers").expect(200);
    let own = &listed["items"][0];
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let path = format!("/api/v1/customers/{}", own["id"].as_str().unwrap());
    let changed = customer
        .send_json("PATCH", &path, &json!({"phone": "138 1234 5678"}))
        .expect(200);
    assert_eq!(changed["phone"], "13812345678");

    let addresses = format!("{path}/addresses");
    let added = customer.post(&addresses, &address("330106")).expect(201);
    assert_eq!(added["detail"], "文三路 1 号 2 幢 301");
    assert_eq!(added["longitude"], 120.130_663);
    assert_eq!(customer.get(&addresses).expect(200)["items"], json!([added]));
    let mut wrong = address("999999");
    wrong["contact_phone"] = json!("1");
    let problem = customer.post(&addresses, &wrong).problem(422, "invalid_input");
    assert_eq!(problem["errors"][0]["field"], "division_code");
    assert_eq!(problem["errors"][1]["field"], "contact_phone");

    let foreign = format!("/api/v1/customers/{}", other["id"].as_str().unwrap());
    customer.get(&foreign).problem(404, "not_found");
    customer
        .send_json("PATCH", &foreign, &json!({"name": "李四"}))
        .problem(404, "not_found");
    customer
        .post(&format!("{foreign}/addresses"), &address("330106"))
        .problem(404, "not_found");
    customer
        .post("/api/v1/customers", &json!({"name": "李四"}))
        .problem(403, "forbidden");
}

#[test]
fn customers_are_nobodys_business_without_the_right() {
    let app = TestApp::start();
    app.client()
        .get("/api/v1/customers")
        .problem(401, "unauthenticated");
    app.headquarters(Role::Auditor)
        .post("/api/v1/customers", &json!({"name": "张三"}))
        .problem(403, "forbidden");
}
