//! Orders over HTTP, from placing to rating.

use crate::support::{Answer, Client, TestApp};
use identity::{Position, Role};
use serde_json::{Value, json};
use testing::build::{customers::customer_id, inventory::product, orders::courier, territories::agent_id};

/// Agent 1 in 西湖区 with ten pieces of product 1 and five of product 2, and a customer there.
struct Shop {
    app: TestApp,
    owner: Client,
    customer: Client,
}

impl Shop {
    fn on(app: TestApp) -> Self {
        app.products(&[1, 2]);
        let owner = app.agent(1, "330106");
        let lines = json!([{"product_id": product(1).id, "quantity": 10}, {"product_id": product(2).id, "quantity": 5}]);
        owner
            .post("/api/v1/inventory/receipts", &json!({ "lines": lines }))
            .expect(201);
        let (customer, _) = app.customer("zhang.san");
        Self { app, owner, customer }
    }

    fn open() -> Self {
        Self::on(TestApp::start())
    }

    fn placed(&self, key: &str, quantity: i64) -> Value {
        place(&self.customer, key, &order(1, quantity)).expect(201)
    }

    /// A courier of agent 1 who signs in, and its id.
    fn courier(&self) -> (Client, String) {
        let form = json!({"name": "李送水", "phone": "13900001111", "username": "li.songshui", "password": "correct horse"});
        let hired = self.owner.post("/api/v1/couriers", &form).expect(201);
        let id = hired["id"].as_str().unwrap().to_owned();
        (self.app.login("li.songshui"), id)
    }

    fn stock(&self) -> (Value, Value) {
        let stock = self.owner.get("/api/v1/inventory").expect(200);
        (
            stock["items"][0]["on_hand"].clone(),
            stock["items"][0]["reserved"].clone(),
        )
    }
}

fn order(product_id: u128, quantity: i64) -> Value {
    json!({
        "address": {
            "division_code": "330106",
            "detail": "文三路 1 号 2 幢 301",
            "contact_name": "张三",
            "contact_phone": "13812345678",
        },
        "lines": [{"product_id": product(product_id).id, "quantity": quantity}],
        "note": "放门口",
    })
}

fn place(client: &Client, key: &str, order: &Value) -> Answer {
    client.with("Idempotency-Key", key).post("/api/v1/orders", order)
}

fn path(order: &Value, action: &str) -> String {
    format!("/api/v1/orders/{}{action}", order["id"].as_str().unwrap())
}

#[test]
fn an_order_goes_from_the_customer_to_the_door_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let shop = Shop::on(app);
        let placed = shop.placed("a", 3);
        assert_eq!(
            (&placed["state"], &placed["total_fen"]),
            (&json!("placed"), &json!(6_000))
        );
        assert_eq!(placed["agent_id"], json!(agent_id(1)));
        assert_eq!(placed["routing"]["division_code"], "330106");
        assert_eq!(placed["routing"]["rule"], "county");
        assert!(
            placed["number"]
                .as_str()
                .unwrap()
                .starts_with("00001-261122-0001-")
        );
        assert_eq!(placed["placed_at"], "2026-11-22T08:00:00Z");
        assert_eq!(shop.stock(), (json!(10), json!(3)));

        let (courier, courier_id) = shop.courier();
        let assigned = shop
            .owner
            .post(&path(&placed, "/assign"), &json!({ "courier_id": courier_id }))
            .expect(200);
        assert_eq!(
            (&assigned["state"], &assigned["courier_id"]),
            (&json!("assigned"), &json!(courier_id))
        );
        courier.send("POST", &path(&placed, "/start"), b"").expect(200);
        let delivered = courier
            .post(
                &path(&placed, "/deliver"),
                &json!({"buckets_returned": 2, "proof": "签收码 8812"}),
            )
            .expect(200);
        assert_eq!(
            (&delivered["state"], &delivered["buckets_returned"]),
            (&json!("delivered"), &json!(2))
        );
        assert_eq!(shop.stock(), (json!(7), json!(0)));

        let rating = json!({"score": 5, "comment": "很快", "tags": ["准时"]});
        shop.customer.post(&path(&placed, "/rating"), &rating).expect(201);
        shop.customer
            .post(&path(&placed, "/rating"), &rating)
            .problem(409, "already_rated");
        let shown = shop.owner.get(&path(&placed, "")).expect(200);
        assert_eq!(shown["rating"]["score"], 5);
        let history = shop.customer.get(&path(&placed, "/history")).expect(200);
        let states: Vec<_> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["to_state"])
            .collect();
        assert_eq!(states, ["placed", "assigned", "out_for_delivery", "delivered"]);
        assert_eq!(history["items"][0]["from_state"], Value::Null);

        let overview = shop.owner.get("/api/v1/stats/overview").expect(200);
        assert_eq!(
            overview["today"],
            json!({
                "orders": 1, "sales_fen": 6_000, "buckets": 3, "new_customers": 1, "delivered": 1, "cancelled": 0,
                "previous": {"orders": 0, "sales_fen": 0, "buckets": 0, "new_customers": 0, "delivered": 0, "cancelled": 0},
            })
        );
        assert_eq!(
            overview["satisfaction"],
            json!({"average": 5.0, "count": 1, "distribution": [0, 0, 0, 0, 1]})
        );
    }
}

#[test]
fn a_key_has_one_effect() {
    let shop = Shop::open();
    let first = place(&shop.customer, "k", &order(1, 1));
    let again = place(&shop.customer, "k", &order(1, 1));
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
    place(&shop.customer, "k", &order(1, 2)).problem(422, "idempotency_key_reused");
    shop.customer
        .post("/api/v1/orders", &order(1, 1))
        .problem(422, "idempotency_key_required");
    assert_eq!(shop.stock(), (json!(10), json!(1)));

    // A refusal leaves no record: the same key takes another body.
    place(&shop.customer, "r", &order(1, 100)).problem(409, "out_of_stock");
    place(&shop.customer, "r", &order(1, 2)).expect(201);
    // A key is the account's own.
    let (other, _) = shop.app.customer("li.si");
    let order_of_other = place(&other, "k", &order(1, 1));
    assert_eq!(
        (
            order_of_other.status,
            order_of_other.header("idempotency-replayed")
        ),
        (201, "")
    );
}

#[test]
fn an_order_is_placed_whole_or_refused_with_what_is_short() {
    let shop = Shop::open();
    let mut wanted = order(1, 11);
    let second = json!({"product_id": product(2).id, "quantity": 5});
    wanted["lines"].as_array_mut().unwrap().push(second);
    let refused = place(&shop.customer, "k", &wanted).problem(409, "out_of_stock");
    assert_eq!(
        refused["shortages"],
        json!([{"product_id": product(1).id, "requested": 11, "available": 10}])
    );
    assert_eq!(shop.stock(), (json!(10), json!(0)));
}

#[test]
fn what_cannot_be_ordered_is_told_field_by_field() {
    let shop = Shop::open();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut wanted = order(1, 1);
        change(&mut wanted);
        let problem = place(&shop.customer, "k", &wanted).expect(422);
        let errors = problem["errors"].as_array().unwrap().iter();
        errors
            .map(|error| {
                format!(
                    "{} {}",
                    error["field"].as_str().unwrap(),
                    error["code"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        refused(&|order| order["lines"] = json!([])),
        ["lines out_of_range"]
    );
    assert_eq!(
        refused(&|order| order["lines"][0]["quantity"] = json!("1")),
        ["lines[0].quantity wrong_type"]
    );
    assert_eq!(
        refused(&|order| order["lines"][0]["product_id"] = json!(product(9).id)),
        ["lines[0].product_id product_not_for_sale"]
    );
    assert_eq!(
        refused(&|order| order["lines"][0]["product_id"] = json!("x")),
        ["lines[0].product_id invalid_value"]
    );
    assert_eq!(
        refused(&|order| order["state"] = json!("delivered")),
        ["state unknown_field"]
    );
    assert_eq!(
        refused(&|order| {
            order["address"]["division_code"] = json!("999999");
            order["address"]["contact_phone"] = json!("1");
            order["note"] = json!("长".repeat(201));
            order["payment_method"] = json!("seashells");
        }),
        [
            "address.division_code unknown_division",
            "address.contact_phone invalid_mobile_number",
            "note too_long",
            "payment_method unknown_payment_method",
        ]
    );
    let mut unknown_address = order(1, 1);
    unknown_address["address"] = Value::Null;
    unknown_address["address_id"] = json!(product(1).id);
    place(&shop.customer, "k", &unknown_address).problem(404, "address_not_found");
    let mut for_another = order(1, 1);
    for_another["customer_id"] = json!(customer_id(77));
    place(&shop.customer, "k", &for_another).problem(404, "customer_not_found");
    assert_eq!(shop.stock(), (json!(10), json!(0)));
}

#[test]
fn who_orders_for_whom_and_where_is_bounded() {
    let shop = Shop::open();
    let customers = shop.customer.get("/api/v1/customers").expect(200);
    let id = customers["items"][0]["id"].clone();
    let for_customer = |division: &str| {
        let mut wanted = order(1, 1);
        wanted["customer_id"] = id.clone();
        wanted["address"]["division_code"] = json!(division);
        wanted
    };
    // Whom the agent does not know is not there, until the customer orders from it.
    place(&shop.owner, "a", &for_customer("330106")).problem(404, "customer_not_found");
    shop.placed("a", 1);
    place(&shop.owner, "a", &for_customer("330106")).expect(201);
    let outside = place(&shop.owner, "b", &for_customer("330108")).problem(409, "outside_territory");
    assert_eq!(outside["division_code"], "330108");
    place(&shop.owner, "c", &order(1, 1)).problem(422, "invalid_input");

    // Headquarters orders for anybody and may name the agent.
    let hq = shop.app.headquarters(Role::HqAdmin);
    let mut named = for_customer("110101");
    named["agent_id"] = json!(agent_id(1));
    let placed = place(&hq, "a", &named).expect(201);
    assert_eq!(placed["routing"]["rule"], "headquarters_override");
    named["agent_id"] = json!(agent_id(8));
    let unknown = place(&hq, "b", &named).problem(422, "invalid_input");
    assert_eq!(unknown["errors"][0]["code"], "unknown_agent");

    let auditor = shop.app.headquarters(Role::Auditor);
    place(&auditor, "a", &for_customer("330106")).problem(403, "forbidden");
    place(&shop.app.client(), "a", &order(1, 1)).problem(401, "unauthenticated");
}

#[test]
fn a_state_that_forbids_a_change_is_named() {
    let shop = Shop::open();
    let placed = shop.placed("a", 1);
    for (action, body) in [
        ("/start", json!({})),
        ("/deliver", json!({})),
        ("/fail", json!({"reason": "无人在家"})),
    ] {
        let refused = shop
            .owner
            .post(&path(&placed, action), &body)
            .problem(409, "wrong_state");
        assert_eq!(refused["state"], "placed");
    }
    let early = shop
        .customer
        .post(&path(&placed, "/rating"), &json!({"score": 5}))
        .problem(409, "wrong_state");
    assert_eq!(early["state"], "placed");
    shop.customer
        .send("POST", &path(&placed, "/cancel"), b"")
        .expect(200);
    let again = shop.customer.send("POST", &path(&placed, "/cancel"), b"");
    assert_eq!(again.problem(409, "wrong_state")["state"], "cancelled");
    assert_eq!(shop.stock(), (json!(10), json!(0)));
}

#[test]
fn the_bodies_of_changes_are_checked() {
    let shop = Shop::open();
    let placed = shop.placed("a", 1);
    let field = |answer: Answer| answer.expect(422)["errors"][0]["field"].clone();
    assert_eq!(
        field(shop.owner.post(&path(&placed, "/assign"), &json!({}))),
        "courier_id"
    );
    let unknown = json!({"courier_id": courier(9, agent_id(1)).id});
    assert_eq!(
        field(shop.owner.post(&path(&placed, "/assign"), &unknown)),
        "courier_id"
    );
    assert_eq!(
        field(shop.owner.post(&path(&placed, "/cancel"), &json!({}))),
        "reason"
    );
    assert_eq!(
        field(shop.owner.post(&path(&placed, "/fail"), &json!({"reason": ""}))),
        "reason"
    );
    assert_eq!(
        field(
            shop.owner
                .post(&path(&placed, "/deliver"), &json!({"buckets_returned": -1}))
        ),
        "buckets_returned"
    );
    assert_eq!(
        field(
            shop.customer
                .post(&path(&placed, "/rating"), &json!({"score": 6}))
        ),
        "score"
    );
    shop.owner
        .send("POST", &path(&placed, "/assign"), b"")
        .problem(415, "unsupported_media_type");
}

#[test]
fn an_order_is_not_there_for_those_it_does_not_concern() {
    let shop = Shop::open();
    let placed = shop.placed("a", 1);
    let (_, courier_id) = shop.courier();
    let stranger = shop.app.agent(2, "330108");
    let (other, _) = shop.app.customer("li.si");
    for action in ["", "/history"] {
        stranger.get(&path(&placed, action)).problem(404, "not_found");
        other.get(&path(&placed, action)).problem(404, "not_found");
    }
    let reason = json!({"reason": "试试"});
    stranger
        .post(&path(&placed, "/cancel"), &reason)
        .problem(404, "not_found");
    other
        .post(&path(&placed, "/cancel"), &reason)
        .problem(404, "not_found");
    let assignment = json!({ "courier_id": courier_id });
    stranger
        .post(&path(&placed, "/assign"), &assignment)
        .problem(404, "not_found");
    assert_eq!(stranger.get("/api/v1/orders").expect(200)["items"], json!([]));
    // What a role may not do at all is told before anything is looked up.
    other
        .post(&path(&placed, "/assign"), &assignment)
        .problem(403, "forbidden");
    shop.owner
        .post(&path(&placed, "/rating"), &json!({"score": 1}))
        .problem(403, "forbidden");
    shop.customer
        .get("/api/v1/orders/not-an-id")
        .problem(404, "not_found");
}

#[test]
fn couriers_claim_from_the_pool_and_see_their_own() {
    let shop = Shop::open();
    let (first, second) = (shop.placed("a", 1), shop.placed("b", 1));
    let (li, li_id) = shop.courier();
    let rival = courier(50, agent_id(1));
    shop.app
        .state
        .database
        .write::<_, kernel::RepositoryError>(|session| session.insert_couriers(std::slice::from_ref(&rival)))
        .unwrap();
    let wang = shop.app.account(
        "wang",
        Position::Courier {
            agent_id: agent_id(1),
            courier_id: rival.id,
        },
    );
    let seen = |client: &Client| {
        client.get("/api/v1/orders").expect(200)["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((seen(&li), seen(&wang)), (2, 2));
    let claimed = li.send("POST", &path(&first, "/claim"), b"").expect(200);
    assert_eq!(claimed["courier_id"], json!(li_id));
    wang.send("POST", &path(&first, "/claim"), b"")
        .problem(404, "not_found");
    assert_eq!((seen(&li), seen(&wang)), (2, 1));
    shop.owner
        .send("POST", &path(&second, "/claim"), b"")
        .problem(403, "forbidden");
    let off_duty = json!({"on_duty": false});
    shop.owner
        .send_json("PATCH", &format!("/api/v1/couriers/{}", rival.id), &off_duty)
        .expect(200);
    wang.send("POST", &path(&second, "/claim"), b"")
        .problem(409, "courier_off_duty");
    // A cancelled order has left the pool.
    shop.customer
        .send("POST", &path(&second, "/cancel"), b"")
        .expect(200);
    assert_eq!((seen(&li), seen(&wang)), (1, 0));
}

#[test]
fn a_contact_is_shown_to_the_customer_and_to_the_courier_on_the_way() {
    let shop = Shop::open();
    let placed = shop.placed("a", 1);
    let whole = ["文三路 1 号 2 幢 301", "张三", "13812345678"];
    let (li, li_id) = shop.courier();
    let hq = shop.app.headquarters(Role::Operator);
    let shown = |client: &Client| {
        let address = client.get(&path(&placed, "")).expect(200)["address"].clone();
        ["detail", "contact_name", "contact_phone"].map(|field| address[field].as_str().unwrap().to_owned())
    };
    assert_eq!(shown(&shop.customer), whole);
    assert_eq!(shown(&shop.owner), ["文三路 1 号 2 幢 301", "张*", "138****5678"]);
    for masked in [&hq, &li] {
        assert_eq!(shown(masked), ["文三路****", "张*", "138****5678"]);
    }
    shop.owner
        .post(&path(&placed, "/assign"), &json!({ "courier_id": li_id }))
        .expect(200);
    assert_eq!(shown(&li), whole);
    li.send("POST", &path(&placed, "/start"), b"").expect(200);
    li.send("POST", &path(&placed, "/deliver"), b"").expect(200);
    for client in [&li, &shop.owner, &hq] {
        assert_eq!(shown(client), ["文三路****", "张*", "138****5678"]);
    }
}

#[test]
fn lists_are_filtered_and_paged() {
    let shop = Shop::open();
    let orders: Vec<_> = ["a", "b", "c"].map(|key| shop.placed(key, 1)).into();
    shop.customer
        .send("POST", &path(&orders[0], "/cancel"), b"")
        .expect(200);
    let ids = |query: &str| {
        let page = shop.owner.get(&format!("/api/v1/orders?{query}")).expect(200);
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    let id = |index: usize| orders[index]["id"].clone();
    assert_eq!(ids(""), [id(2), id(1), id(0)]);
    assert_eq!(ids("state=placed"), [id(2), id(1)]);
    assert_eq!(ids("division=330100&state=cancelled"), [id(0)]);
    assert!(ids("division=110000").is_empty());
    assert_eq!(ids("placed_from=2026-11-22&placed_until=2026-11-22").len(), 3);
    assert!(ids("placed_from=2026-11-23").is_empty());
    assert!(ids("placed_until=2026-11-21").is_empty());
    let number = orders[1]["number"].as_str().unwrap();
    assert_eq!(ids(&format!("number={number}")), [id(1)]);
    assert_eq!(ids(&format!("agent_id={}", agent_id(1))).len(), 3);
    assert!(ids(&format!("customer_id={}", customer_id(77))).is_empty());

    let first = shop.owner.get("/api/v1/orders?limit=2").expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = shop
        .owner
        .get(&format!("/api/v1/orders?limit=2&cursor={cursor}"))
        .expect(200);
    assert_eq!(
        (&second["items"][0]["id"], &second["next_cursor"]),
        (&id(0), &Value::Null)
    );

    let refused = |query: &str| {
        let problem = shop.owner.get(&format!("/api/v1/orders?{query}")).expect(422);
        problem["errors"][0]["field"].clone()
    };
    assert_eq!(refused("state=lost"), "state");
    assert_eq!(refused("division=999999"), "division");
    assert_eq!(
        refused("placed_from=2026-11-22&placed_until=2026-11-21"),
        "placed_until"
    );
    assert_eq!(refused("placed_from=yesterday"), "placed_from");
    assert_eq!(refused("number=00001-261122-0001-0"), "number");
    assert_eq!(refused("offset=1"), "offset");
    shop.owner
        .get(&format!("/api/v1/orders?agent_id={}", agent_id(2)))
        .problem(404, "not_found");
}
