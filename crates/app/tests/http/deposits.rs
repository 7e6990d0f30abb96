//! The deposits of an agent's contracts, over HTTP.

use crate::support::{Client, TestApp};
use agents::AgentLevel;
use identity::{Position, Role};
use kernel::RepositoryError;
use serde_json::{Value, json};
use testing::build::{
    agents::{agent, contract},
    attachments::png,
    territories::agent_id,
};

/// Agents 1 and 2 with a contract each over this year and a deposit of 50,000 yuan agreed, their owners, and those of
/// headquarters.
struct World {
    app: TestApp,
    admin: Client,
    operator: Client,
    auditor: Client,
    owner: Client,
    staff: Client,
    stranger: Client,
}

fn deposits(number: u16, rest: &str) -> String {
    format!("/api/v1/agents/{}/deposits{rest}", agent_id(number))
}

fn transfer(amount_fen: i64) -> Value {
    json!({
        "contract_id": contract(1, AgentLevel::County).id, "amount_fen": amount_fen, "reference": "工行 0017",
    })
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

impl World {
    fn on(app: TestApp) -> Self {
        let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
        let contracts = [1, 2].map(|number| contract(number, AgentLevel::County));
        app.state
            .database
            .write::<_, RepositoryError>(|session| session.insert_contracts(&contracts))
            .unwrap();
        Self {
            admin: app.headquarters(Role::HqAdmin),
            operator: app.headquarters(Role::Operator),
            auditor: app.headquarters(Role::Auditor),
            staff: app.account("staff", Position::AgentStaff(agent(1).id)),
            owner,
            stranger,
            app,
        }
    }

    fn pay(&self, key: &str, amount_fen: i64) -> Value {
        self.admin
            .with("Idempotency-Key", key)
            .post(&deposits(1, "/payments"), &transfer(amount_fen))
            .expect(201)
    }

    fn deduction(&self, amount_fen: i64) -> Value {
        let picture = self
            .admin
            .with("Content-Type", "image/png")
            .send("POST", "/api/v1/attachments", &png(4, 3))
            .expect(201);
        json!({
            "contract_id": contract(1, AgentLevel::County).id,
            "amount_fen": amount_fen,
            "reason": "跨区销售",
            "attachments": [picture["id"]],
        })
    }

    fn deduct(&self, key: &str, amount_fen: i64) -> Value {
        self.admin
            .with("Idempotency-Key", key)
            .post(&deposits(1, "/deductions"), &self.deduction(amount_fen))
            .expect(201)
    }

    fn balance(&self) -> Value {
        let told = self.owner.get(&deposits(1, "")).expect(200);
        told["contracts"][0]["balance_fen"].clone()
    }
}

#[test]
fn a_deposit_is_paid_deducted_appealed_and_refunded_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let world = World::on(app);
        let paid = world.pay("pay", 3_000_000);
        assert_eq!(
            (&paid["kind"], &paid["number"], &paid["balance_after_fen"]),
            (&json!("paid"), &json!(1), &json!(3_000_000))
        );
        // The same payment noted again under its key is the same payment.
        assert_eq!(world.pay("pay", 3_000_000), paid);

        let deducted = world.deduct("deduct", 200_000);
        assert_eq!(deducted["balance_after_fen"], 2_800_000);
        assert_eq!(deducted["appealable_until"], "2026-12-07T08:00:00Z");
        let picture = deducted["attachments"][0].as_str().unwrap();
        let picture = format!("/api/v1/agents/{}/attachments/{picture}", agent_id(1));
        for reader in [&world.owner, &world.auditor] {
            assert_eq!(reader.get(&picture).status, 200);
        }
        world.stranger.get(&picture).problem(404, "not_found");

        let appeal = deposits(1, &format!("/{}/appeal", text(&deducted, "id")));
        let appealed = world
            .owner
            .post(&appeal, &json!({"text": "客户地址在本区"}))
            .expect(200);
        assert_eq!(appealed["appeal"]["outcome"], Value::Null);
        let decision = json!({"outcome": "reversed", "reason": "订单地址属实"});
        let decided = world
            .admin
            .post(&format!("{appeal}/decide"), &decision)
            .expect(200);
        assert_eq!(decided["appeal"]["outcome"], "reversed");

        let told = world.auditor.get(&deposits(1, "?limit=2")).expect(200);
        let kinds: Vec<_> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["kind"])
            .collect();
        assert_eq!(kinds, ["reversed", "deducted"]);
        assert_eq!(told["items"][0]["deduction_id"], deducted["id"]);
        assert_eq!(
            told["contracts"][0],
            json!({
                "contract_id": contract(1, AgentLevel::County).id,
                "agreed_fen": 5_000_000,
                "paid_fen": 3_000_000,
                "due_fen": 2_000_000,
                "balance_fen": 3_000_000,
                "unsettled": ["contract_runs"],
            })
        );
        let cursor = format!("?limit=2&cursor={}", text(&told, "next_cursor"));
        let rest = world.owner.get(&deposits(1, &cursor)).expect(200);
        assert_eq!(
            (&rest["items"][0]["kind"], &rest["next_cursor"]),
            (&json!("paid"), &Value::Null)
        );
        let others = format!("?contract_id={}", contract(2, AgentLevel::County).id);
        let none = world.owner.get(&deposits(1, &others)).expect(200);
        assert_eq!(none["items"], json!([]));

        // Once the contract is over, the deposit goes back.
        world.app.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
        let admin = world.app.login(Role::HqAdmin.name());
        let refunded = admin
            .with("Idempotency-Key", "refund")
            .post(&deposits(1, "/refunds"), &transfer(3_000_000))
            .expect(201);
        assert_eq!(
            (&refunded["kind"], &refunded["balance_after_fen"]),
            (&json!("refunded"), &json!(0))
        );
        // Whoever answers for the agent finds all of it in what is kept about them.
        let held = world.app.login("agent-1").get("/api/v1/me/export").expect(200);
        let kept = held["agents"][0]["deposits"].as_array().unwrap();
        assert_eq!(kept.len(), 4);
        assert_eq!(kept[2]["appeal"]["text"], "客户地址在本区");
    }
}

#[test]
fn every_refusal_leaves_the_deposit_as_it_was() {
    let world = World::on(TestApp::start());
    let send = |rest: &str, body: &Value| {
        let key = format!("{rest}-{body}");
        let key: String = key
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(100)
            .collect();
        world
            .admin
            .with("Idempotency-Key", key)
            .post(&deposits(1, rest), body)
    };
    world
        .admin
        .post(&deposits(1, "/payments"), &transfer(1))
        .problem(422, "idempotency_key_required");
    let too_much = send("/payments", &transfer(5_000_001)).problem(409, "deposit_above_agreed");
    assert_eq!(too_much["missing_fen"], 5_000_000);
    let paid = world.pay("pay", 1_000);
    let wrong = send(
        "/payments",
        &json!({"contract_id": contract(1, AgentLevel::County).id, "amount_fen": 0, "reference": ""}),
    )
    .problem(422, "invalid_input");
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2);
    for rest in ["/payments", "/refunds"] {
        let foreign = json!({
            "contract_id": contract(2, AgentLevel::County).id, "amount_fen": 1, "reference": "0017",
        });
        let unknown = send(rest, &foreign).problem(422, "invalid_input");
        assert_eq!(unknown["errors"][0]["code"], "unknown_contract");
    }
    let small = send("/deductions", &world.deduction(1_001)).problem(409, "deposit_too_small");
    assert_eq!(small["balance_fen"], 1_000);
    let mut bare = world.deduction(1);
    bare["attachments"] = json!([]);
    let bare = send("/deductions", &bare).problem(422, "invalid_input");
    assert_eq!(bare["errors"][0]["field"], "attachments");
    let early = send("/refunds", &transfer(1)).problem(409, "not_cleared");
    assert_eq!(early["unsettled"], json!(["contract_runs"]));

    let deducted = world.deduct("deduct", 100);
    let appeal = |entry: &Value| deposits(1, &format!("/{}/appeal", text(entry, "id")));
    let words = json!({"text": "在本区"});
    let decision = json!({"outcome": "upheld", "reason": "证据充分"});
    let decide = |client: &Client| client.post(&format!("{}/decide", appeal(&deducted)), &decision);
    world
        .owner
        .post(&appeal(&paid), &words)
        .problem(409, "not_a_deduction");
    decide(&world.admin).problem(409, "no_open_appeal");
    world.owner.post(&appeal(&deducted), &words).expect(200);
    world
        .owner
        .post(&appeal(&deducted), &words)
        .problem(409, "already_appealed");
    let perhaps = json!({"outcome": "perhaps", "reason": "证据充分"});
    world
        .admin
        .post(&format!("{}/decide", appeal(&deducted)), &perhaps)
        .problem(422, "invalid_input");
    decide(&world.admin).expect(200);
    decide(&world.admin).problem(409, "no_open_appeal");

    let late = world.deduct("late", 100);
    world.app.clock.set("2026-12-07T08:00:00Z".parse().unwrap());
    let owner = world.app.login("agent-1");
    let refused = owner.post(&appeal(&late), &words).problem(409, "appeal_too_late");
    assert_eq!(refused["until"], "2026-12-07T08:00:00Z");
    let told = owner.get(&deposits(1, "")).expect(200);
    assert_eq!(told["contracts"][0]["balance_fen"], 800);
}

#[test]
fn headquarters_writes_the_ledger_the_owner_reads_and_appeals() {
    let world = World::on(TestApp::start());
    world.pay("pay", 1_000);
    let deducted = world.deduct("deduct", 100);
    let appeal = format!("/{}/appeal", text(&deducted, "id"));
    let words = json!({"text": "在本区"});
    for nobody in [&world.operator, &world.owner, &world.auditor] {
        let keyed = nobody.with("Idempotency-Key", "1");
        for rest in ["/payments", "/refunds"] {
            keyed
                .post(&deposits(1, rest), &transfer(1))
                .problem(403, "forbidden");
        }
    }
    world.staff.get(&deposits(1, "")).problem(403, "forbidden");
    world
        .admin
        .post(&deposits(1, &appeal), &words)
        .problem(403, "forbidden");
    // What is another agent's is not there.
    world.stranger.get(&deposits(1, "")).problem(404, "not_found");
    world
        .stranger
        .post(&deposits(1, &appeal), &words)
        .problem(404, "not_found");
    world
        .stranger
        .post(&deposits(2, &appeal), &words)
        .problem(404, "not_found");
    let absent = json!({"outcome": "upheld", "reason": "1"});
    world
        .admin
        .post(&deposits(2, &format!("{appeal}/decide")), &absent)
        .problem(404, "not_found");
    assert_eq!(world.operator.get(&deposits(1, "")).status, 200);
    assert_eq!(world.balance(), 900);
}
