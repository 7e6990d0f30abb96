//! What agents ask headquarters to pay for, over HTTP.

use crate::support::{Client, TestApp};
use agents::{AgentLevel, Contract, ContractTerms};
use identity::{Position, Role};
use kernel::{Money, RepositoryError};
use serde_json::{Value, json};
use testing::build::{agents::contract, territories::agent_id};

fn support(number: u16, rest: &str) -> String {
    format!("/api/v1/agents/{}/support{rest}", agent_id(number))
}

fn budgeted() -> Contract {
    let contract = contract(1, AgentLevel::County);
    Contract {
        terms: ContractTerms {
            support_budget: Money::from_fen(100_000),
            ..contract.terms
        },
        ..contract
    }
}

/// Agent 1 with a budget of 1,000 yuan over this year, its owner, headquarters and somebody else's owner.
struct World {
    app: TestApp,
    admin: Client,
    owner: Client,
    stranger: Client,
}

impl World {
    fn on(app: TestApp) -> Self {
        let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
        app.state
            .database
            .write::<_, RepositoryError>(|session| session.insert_contracts(&[budgeted()]))
            .unwrap();
        Self {
            admin: app.headquarters(Role::HqAdmin),
            owner,
            stranger,
            app,
        }
    }

    fn ask(&self, amount_fen: i64) -> String {
        let form = json!({
            "contract_id": budgeted().id, "amount_fen": amount_fen, "purpose": "社区推广活动",
        });
        let asked = self.owner.post(&support(1, ""), &form).expect(201);
        asked["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn support_is_asked_for_approved_and_spent_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let world = World::on(app);
        let asked = world.ask(80_000);
        let approval = json!({"amount_fen": 60_000, "note": "海报从总部领取"});
        let approved = world
            .admin
            .post(&support(1, &format!("/{asked}/approve")), &approval)
            .expect(200);
        assert_eq!(
            (&approved["state"], &approved["approved_fen"]),
            (&json!("approved"), &json!(60_000))
        );
        let spending = json!({"amount_fen": 45_000, "purpose": "印制海报 500 张"});
        let spent = world
            .owner
            .with("Idempotency-Key", "posters")
            .post(&support(1, &format!("/{asked}/spend")), &spending)
            .expect(200);
        assert_eq!(spent["spent_fen"], 45_000);
        world.ask(10_000);
        let told = world.owner.get(&support(1, "?limit=1")).expect(200);
        assert_eq!(
            told["contracts"][0],
            json!({
                "contract_id": budgeted().id,
                "budget_fen": 100_000,
                "requested_fen": 10_000,
                "approved_fen": 60_000,
                "spent_fen": 45_000,
                "left_fen": 40_000,
            })
        );
        assert_eq!(told["items"][0]["state"], "requested");
        let cursor = format!("?cursor={}", told["next_cursor"].as_str().unwrap());
        let rest = world.admin.get(&support(1, &cursor)).expect(200);
        assert_eq!(rest["items"][0]["spendings"][0]["purpose"], "印制海报 500 张");
        let held = world.owner.get("/api/v1/me/export").expect(200);
        assert_eq!(held["agents"][0]["support"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn every_refusal_of_support_is_told_with_its_code() {
    let world = World::on(TestApp::start());
    let post = |client: &Client, id: &str, verb: &str, body: Value| {
        client.post(&support(1, &format!("/{id}/{verb}")), &body)
    };
    let reason = json!({"reason": "与总部的活动重复"});
    let (large, small, other) = (world.ask(90_000), world.ask(20_000), world.ask(1));
    post(&world.admin, &large, "approve", json!({})).expect(200);
    let refused = post(&world.admin, &small, "approve", json!({})).problem(409, "support_budget_exceeded");
    assert_eq!(refused["left_fen"], 10_000);
    post(&world.admin, &small, "approve", json!({"amount_fen": 20_001})).problem(422, "invalid_input");
    let spending = json!({"amount_fen": 90_001, "purpose": "海报"});
    let refused = post(&world.owner, &large, "spend", spending.clone()).problem(409, "support_overspent");
    assert_eq!(refused["left_fen"], 90_000);
    let early = post(&world.owner, &small, "spend", spending).problem(409, "invalid_state");
    assert_eq!(early["state"], "requested");
    post(&world.admin, &small, "reject", json!({"reason": ""})).problem(422, "invalid_input");
    let rejected = post(&world.admin, &small, "reject", reason.clone()).expect(200);
    assert_eq!(
        (&rejected["state"], &rejected["note"]),
        (&json!("rejected"), &reason["reason"])
    );
    post(&world.admin, &small, "reject", reason.clone()).problem(409, "invalid_state");
    let cancelled = world
        .owner
        .post(&support(1, &format!("/{other}/cancel")), &json!({}))
        .expect(200);
    assert_eq!(cancelled["state"], "cancelled");

    let unknown = json!({
        "contract_id": contract(2, AgentLevel::County).id, "amount_fen": 1, "purpose": "推广",
    });
    let unknown = world
        .owner
        .post(&support(1, ""), &unknown)
        .problem(422, "invalid_input");
    assert_eq!(unknown["errors"][0]["code"], "unknown_contract");

    // Whose it is not finds nothing; whose work it is not is told so.
    world.stranger.get(&support(1, "")).problem(404, "not_found");
    post(
        &world.stranger,
        &large,
        "spend",
        json!({"amount_fen": 1, "purpose": "海报"}),
    )
    .problem(404, "not_found");
    post(&world.owner, &large, "reject", reason).problem(403, "forbidden");
    let staff = world.app.account("staff", Position::AgentStaff(agent_id(1)));
    staff.get(&support(1, "")).problem(403, "forbidden");

    world.app.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    let late = json!({"contract_id": budgeted().id, "amount_fen": 1, "purpose": "推广"});
    world
        .app
        .login("agent-1")
        .post(&support(1, ""), &late)
        .problem(409, "contract_over");
}
