//! Stock over HTTP.

use crate::support::TestApp;
use identity::Role;
use serde_json::{Value, json};
use testing::build::{inventory::product, territories::agent_id};

fn receipt(lines: &[(u128, i64)]) -> Value {
    let lines: Vec<_> = lines
        .iter()
        .map(|&(id, quantity)| json!({"product_id": product(id).id, "quantity": quantity}))
        .collect();
    json!({"lines": lines, "reason": "月初进货"})
}

#[test]
fn an_agent_receives_stock_and_reads_its_ledger() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        app.products(&[1, 2]);
        let owner = app.agent(1, "330106");
        let received = owner
            .post(
                "/api/v1/inventory/receipts",
                &receipt(&[(1, 100), (2, 50), (1, 20)]),
            )
            .expect(201);
        assert_eq!(received["movements"][2]["on_hand_after"], 120);

        let path = format!("/api/v1/inventory/{}", product(1).id);
        let set = owner.send_json("PATCH", &path, &json!({"threshold": 30}));
        assert_eq!(set.header("etag"), "\"2\"");
        let item = set.expect(200);
        assert_eq!(
            item,
            json!({"product_id": product(1).id, "product_name": product(1).name, "on_hand": 120, "reserved": 0,
                   "available": 120, "threshold": 30, "version": 2})
        );
        owner
            .with("If-Match", "\"1\"")
            .send_json("PATCH", &path, &json!({"threshold": 31}))
            .problem(412, "stale_version");

        let stock = owner.get("/api/v1/inventory").expect(200);
        assert_eq!(
            (&stock["items"][0], &stock["items"][1]["on_hand"]),
            (&item, &json!(50))
        );
        let first = owner.get("/api/v1/inventory/movements?limit=2").expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = owner
            .get(&format!("/api/v1/inventory/movements?limit=2&cursor={cursor}"))
            .expect(200);
        assert_eq!(second["items"][0]["reason"], "月初进货");
        assert_eq!(second["next_cursor"], Value::Null);
        let of_one = format!("/api/v1/inventory/movements?product_id={}", product(2).id);
        assert_eq!(
            owner.get(&of_one).expect(200)["items"].as_array().unwrap().len(),
            1
        );
    }
}

#[test]
fn a_receipt_with_a_wrong_line_takes_nothing_in() {
    let app = TestApp::start();
    app.products(&[1]);
    let owner = app.agent(1, "330106");
    let problem = owner
        .post("/api/v1/inventory/receipts", &receipt(&[(1, 5), (9, 5), (1, 0)]))
        .problem(422, "invalid_input");
    let errors: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("lines[1].product_id", "unknown_product"),
            ("lines[2].quantity", "out_of_range")
        ]
    );
    assert_eq!(owner.get("/api/v1/inventory").expect(200)["items"], json!([]));
    let path = format!("/api/v1/inventory/{}", product(1).id);
    owner
        .send_json("PATCH", &path, &json!({"threshold": -1}))
        .problem(422, "invalid_input");
    let unknown = format!("/api/v1/inventory/{}", product(9).id);
    owner
        .send_json("PATCH", &unknown, &json!({"threshold": 1}))
        .problem(404, "not_found");
}

#[test]
fn stock_is_seen_and_moved_by_its_agent_and_headquarters_only() {
    let app = TestApp::start();
    app.products(&[1]);
    let (owner, rival) = (app.agent(1, "330106"), app.agent(2, "330102"));
    let hq = app.headquarters(Role::HqAdmin);
    let of_one = format!("?agent_id={}", agent_id(1));
    let receipts_of_one = format!("/api/v1/inventory/receipts{of_one}");
    hq.post(&receipts_of_one, &receipt(&[(1, 7)])).expect(201);
    hq.post("/api/v1/inventory/receipts", &receipt(&[(1, 8)]))
        .expect(201);
    let on_hand = |answer: crate::support::Answer| answer.expect(200)["items"][0]["on_hand"].clone();
    assert_eq!(on_hand(owner.get("/api/v1/inventory")), 7);
    assert_eq!(on_hand(hq.get(&format!("/api/v1/inventory{of_one}"))), 7);
    assert_eq!(on_hand(hq.get("/api/v1/inventory")), 8);

    for path in ["/api/v1/inventory", "/api/v1/inventory/movements"] {
        rival.get(&format!("{path}{of_one}")).problem(404, "not_found");
    }
    rival
        .post(&receipts_of_one, &receipt(&[(1, 7)]))
        .problem(404, "not_found");
    let threshold = format!("/api/v1/inventory/{}{of_one}", product(1).id);
    rival
        .send_json("PATCH", &threshold, &json!({"threshold": 1}))
        .problem(404, "not_found");
    let nobody = format!("/api/v1/inventory/receipts?agent_id={}", agent_id(99));
    hq.post(&nobody, &receipt(&[(1, 7)])).problem(404, "not_found");

    let (customer, _) = app.customer("zhang.san");
    customer.get("/api/v1/inventory").problem(403, "forbidden");
    app.headquarters(Role::Auditor)
        .post("/api/v1/inventory/receipts", &receipt(&[(1, 7)]))
        .problem(403, "forbidden");
    app.client()
        .get("/api/v1/inventory")
        .problem(401, "unauthenticated");
}
