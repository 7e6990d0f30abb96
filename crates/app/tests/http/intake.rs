//! Many buyers at once.

use crate::support::{Answer, Client, TestApp};
use identity::Role;
use inventory::{ReceiptLine, ReceiveStock, ReceiveStockError, receive_stock};
use kernel::{AgentId, Clock, RepositoryError, Scope};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU16, Ordering},
    thread,
};
use testing::build::{
    customers::{customer, customer_id},
    inventory::{product, stock_key},
};

/// Headquarters has 100 pieces of product 1, and so many customers.
fn stocked(app: &TestApp, customers: u16) -> Client {
    app.products(&[1]);
    let (now, ids) = (app.clock.now(), app.state.ids.clone());
    app.state
        .database
        .write::<_, ReceiveStockError>(|session| {
            let people: Vec<_> = (1..=customers).map(customer).collect();
            session.insert_customers(&people)?;
            let receipt = ReceiveStock {
                agent_id: AgentId::HEADQUARTERS,
                actor: None,
                lines: vec![ReceiptLine {
                    product_id: product(1).id,
                    quantity: 100,
                }],
                reason: None,
            };
            receive_stock(session, ids.as_ref(), now, &receipt)
        })
        .unwrap();
    app.headquarters(Role::HqAdmin)
}

fn order(customer: u16, quantity: i64) -> Value {
    json!({
        "customer_id": customer_id(u128::from(customer)),
        "address": {
            "division_code": "110101",
            "detail": "东华门大街 1 号",
            "contact_name": "张三",
            "contact_phone": "13812345678",
        },
        "lines": [{"product_id": product(1).id, "quantity": quantity}],
    })
}

fn place(client: &Client, key: &str, order: &Value) -> Answer {
    client.with("Idempotency-Key", key).post("/api/v1/orders", order)
}

/// Runs `work` with each number up to `last`, so many at a time.
fn at_once<T: Send>(threads: usize, last: u16, work: impl Fn(u16) -> T + Sync) -> Vec<T> {
    let next = AtomicU16::new(1);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number > last {
                            return done;
                        }
                        done.push(work(number));
                    }
                })
            })
            .collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn a_thousand_buyers_of_a_hundred_pieces(app: &TestApp) {
    let hq = stocked(app, 1_000);
    let answers = at_once(64, 1_000, |number| {
        place(&hq, &format!("buyer-{number}"), &order(number, 1))
    });
    let (placed, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((placed.len(), refused.len()), (100, 900));
    for answer in refused {
        answer.problem(409, "out_of_stock");
    }
    // Each took a number of its own, and none is missing.
    let counts: BTreeSet<_> = placed
        .iter()
        .map(|answer| answer.json()["number"].as_str().unwrap()[13..17].to_owned())
        .collect();
    assert_eq!(counts, (1..=100).map(|count| format!("{count:04}")).collect());

    let overview = hq.get("/api/v1/stats/overview").expect(200);
    assert_eq!(overview["today"]["orders"], 100);
    assert_eq!(overview["today"]["new_customers"], 100);
    let (item, ledger) = app
        .state
        .database
        .read::<_, RepositoryError>(|session| {
            let key = stock_key(AgentId::HEADQUARTERS, 1);
            let page = kernel::PageRequest {
                limit: 100,
                after: None,
            };
            Ok((
                session.find_stock_item(key)?.unwrap(),
                session.list_movements(
                    Scope::All.agent(key.agent_id).unwrap(),
                    Some(key.product_id),
                    &page,
                )?,
            ))
        })
        .unwrap();
    assert_eq!((item.on_hand(), item.reserved()), (100, 100));
    // The newest hundred of the ledger are the reservations, in one chain without a fork.
    let mut befores: Vec<_> = ledger
        .items
        .iter()
        .map(|movement| movement.reserved_before)
        .collect();
    befores.sort_unstable();
    assert_eq!(befores, (0..100).collect::<Vec<_>>());
}

#[test]
fn a_thousand_buyers_share_a_hundred_pieces_on_sqlite() {
    a_thousand_buyers_of_a_hundred_pieces(&TestApp::start());
}

#[test]
fn a_thousand_buyers_share_a_hundred_pieces_on_postgres() {
    if let Some(app) = TestApp::start_on_postgres() {
        a_thousand_buyers_of_a_hundred_pieces(&app);
    }
}

fn one_key_fifty_times(app: &TestApp) {
    let hq = stocked(app, 1);
    let answers = at_once(50, 50, |_| place(&hq, "the-same", &order(1, 1)));
    let bodies: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.expect(201).to_string())
        .collect();
    assert_eq!(bodies.len(), 1);
    let fresh = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_empty());
    assert_eq!(fresh.count(), 1);

    // Two requests under one key: one of them is placed, and the other is told that the key is taken.
    let answers = at_once(50, 50, |number| {
        place(&hq, "contested", &order(1, i64::from(number % 2) + 1))
    });
    let placed = answers.iter().filter(|answer| answer.status == 201);
    let numbers: BTreeSet<_> = placed.map(|answer| answer.json()["number"].to_string()).collect();
    assert_eq!(numbers.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(422, "idempotency_key_reused");
    }
    assert_eq!(hq.get("/api/v1/stats/overview").expect(200)["today"]["orders"], 2);
}

#[test]
fn one_key_has_one_effect_however_often_it_comes_at_once() {
    one_key_fifty_times(&TestApp::start());
    if let Some(app) = TestApp::start_on_postgres() {
        one_key_fifty_times(&app);
    }
}

#[test]
fn a_right_that_was_taken_away_places_nothing() {
    let app = TestApp::start();
    let hq = stocked(&app, 1);
    place(&hq, "before", &order(1, 1)).expect(201);
    hq.send("POST", "/api/v1/auth/logout", b"");
    place(&hq, "after", &order(1, 1)).problem(401, "unauthenticated");
    // Not even an answer that was given before is told again.
    place(&hq, "before", &order(1, 1)).problem(401, "unauthenticated");
}

#[test]
fn the_sets_are_counted() {
    let app = TestApp::start();
    let hq = stocked(&app, 1);
    place(&hq, "a", &order(1, 1)).expect(201);
    let numbers = app.client().get("/metrics").text();
    for name in [
        "intake_set_size_bucket",
        "intake_queue_depth",
        "orders_placed_total",
    ] {
        assert!(numbers.contains(name), "{name}");
    }
}
