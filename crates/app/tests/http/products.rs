//! Products over HTTP.

use crate::support::TestApp;
use identity::Role;
use serde_json::json;

fn bucket() -> serde_json::Value {
    json!({"name": "山泉水 18.9L", "unit": "桶", "unit_price_fen": 2_000, "container": "returnable_bucket"})
}

#[test]
fn a_product_is_added_listed_and_changed() {
    let app = TestApp::start();
    let hq = app.headquarters(Role::HqAdmin);
    let added = hq.post("/api/v1/products", &bucket()).expect(201);
    assert_eq!((&added["version"], &added["listed"]), (&json!(1), &json!(true)));
    let path = format!("/api/v1/products/{}", added["id"].as_str().unwrap());

    let changed = hq.with("If-Match", "\"1\"").send_json(
        "PATCH",
        &path,
        &json!({"unit_price_fen": 2_200, "listed": false}),
    );
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.expect(200)["unit_price_fen"], 2_200);
    hq.with("If-Match", "\"1\"")
        .send_json("PATCH", &path, &json!({"listed": true}))
        .problem(412, "stale_version");

    let everything = hq.get("/api/v1/products").expect(200);
    assert_eq!(everything["items"][0]["name"], "山泉水 18.9L");
    let listed = hq.get("/api/v1/products?listed=true").expect(200);
    assert_eq!(listed["items"], json!([]));
    let (customer, _) = app.customer("zhang.san");
    assert_eq!(customer.get("/api/v1/products").expect(200)["items"], json!([]));
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let app = TestApp::start();
    let hq = app.headquarters(Role::HqAdmin);
    let wrong =
        json!({"name": "", "unit": "一二三四五六七八九十百", "unit_price_fen": 0, "container": "barrel"});
    let problem = hq.post("/api/v1/products", &wrong).problem(422, "invalid_input");
    let fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["name", "unit", "unit_price_fen", "container"]);
    hq.post("/api/v1/products", &json!({"name": "水"}))
        .problem(422, "invalid_input");
    hq.post("/api/v1/products", &json!({"id": "x"}))
        .problem(422, "invalid_input");
}

#[test]
fn a_product_sent_twice_under_one_key_is_added_once() {
    let app = TestApp::start();
    let hq = app.headquarters(Role::HqAdmin).with("Idempotency-Key", "k-1");
    let first = hq.post("/api/v1/products", &bucket()).expect(201);
    let again = hq.post("/api/v1/products", &bucket());
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.expect(201), first);
    let mut other = bucket();
    other["unit_price_fen"] = json!(1);
    hq.post("/api/v1/products", &other)
        .problem(422, "idempotency_key_reused");
}

#[test]
fn only_headquarters_manages_products() {
    let app = TestApp::start();
    app.client()
        .get("/api/v1/products")
        .problem(401, "unauthenticated");
    let (customer, _) = app.customer("zhang.san");
    for client in [customer, app.headquarters(Role::Operator)] {
        client
            .post("/api/v1/products", &bucket())
            .problem(403, "forbidden");
    }
    let hq = app.headquarters(Role::HqAdmin);
    for id in ["00000000-0000-7000-8000-00000000abcd", "not-an-id"] {
        hq.send_json("PATCH", &format!("/api/v1/products/{id}"), &json!({}))
            .problem(404, "not_found");
    }
}
