//! The life of an agent, over HTTP: suspended, given notice, gone; its contract renewed; its territories handed on.

use crate::support::{Client, TestApp};
use agents::AgentLevel;
use identity::{Position, Role};
use kernel::RepositoryError;
use regions::Territory;
use serde_json::{Value, json};
use testing::{
    build::{
        agents::{agent, contract},
        territories::{agent_id, period, shared_territory, territory},
    },
    instant,
};

/// How long every contract and territory of these tests lasts.
const VALIDITY: (&str, &str) = ("2026-01-01T00:00:00Z", "2027-12-31T16:00:00Z");

/// The territory of agent `number` under its contract.
fn lasting(territory: Territory) -> Territory {
    Territory {
        validity: period(VALIDITY.0, VALIDITY.1),
        ..territory
    }
}

fn appoint(app: &TestApp, number: u16, level: AgentLevel, territory: &Territory) -> Client {
    let mut contract = contract(number, level);
    contract.terms.validity = territory.validity;
    contract.terms.exclusivity = territory.exclusivity;
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            session.insert_agents(&[agent(number)])?;
            session.insert_contracts(std::slice::from_ref(&contract))?;
            session.insert_territories(std::slice::from_ref(territory))
        })
        .unwrap();
    app.account(&format!("agent-{number}"), Position::AgentOwner(agent_id(number)))
}

/// 浙江 open to agents below, 西湖区 and 拱墅区 held inside.
fn three_agents(app: &TestApp) -> [Client; 3] {
    [
        appoint(
            app,
            1,
            AgentLevel::Province,
            &lasting(shared_territory(1, "330000")),
        ),
        appoint(app, 2, AgentLevel::County, &lasting(territory(2, "330106"))),
        appoint(app, 3, AgentLevel::County, &lasting(territory(3, "330105"))),
    ]
}

fn both_databases() -> impl Iterator<Item = TestApp> {
    [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
}

fn path(number: u16, verb: &str) -> String {
    format!("/api/v1/agents/{}{verb}", agent_id(number).as_uuid())
}

fn id(uuid: uuid::Uuid) -> Value {
    json!(uuid.to_string())
}

/// Who answers for the division now, by the rule that decides.
fn rule(client: &Client, code: &str) -> String {
    let answer = client
        .get(&format!("/api/v1/divisions/{code}/responsible"))
        .expect(200);
    answer["rule"].as_str().unwrap().to_owned()
}

#[test]
fn a_suspended_agents_new_orders_go_up_at_once_and_come_back() {
    for app in both_databases() {
        let [_, county, _] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        assert_eq!(rule(&hq, "330106"), "county");
        let reason = json!({"reason": "仓库整改"});
        let suspension = hq.post(&path(2, "/suspend"), &reason).expect(200);
        assert_eq!(suspension["until"], Value::Null);
        assert_eq!(rule(&hq, "330106"), "province");
        let told = county.get(&path(2, "")).expect(200);
        assert_eq!(told["standing"], "suspended");
        let listed = hq.get("/api/v1/agents").expect(200);
        assert_eq!(listed["items"][1]["standing"], "suspended");
        let coverage = hq
            .get("/api/v1/territories/coverage?division=330100&expiring_within_days=0")
            .expect(200);
        assert_eq!(coverage["counts"]["suspended"], 1);
        hq.post(&path(2, "/suspend"), &reason)
            .problem(409, "already_suspended");
        hq.post(&path(2, "/resume"), &json!({"reason": "整改完成"}))
            .expect(200);
        assert_eq!(rule(&hq, "330106"), "county");
        hq.post(&path(2, "/resume"), &reason)
            .problem(409, "not_suspended");
        hq.post(&path(2, "/suspend"), &json!({"reason": "", "from": "2020-01-01"}))
            .problem(422, "invalid_input");

        let history = county.get(&path(2, "/history")).expect(200);
        let actions: Vec<_> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["action"])
            .collect();
        assert_eq!(actions, ["resumed", "suspended"]);
        assert_eq!(history["items"][1]["reason"], "仓库整改");
        county.get(&path(3, "/history")).problem(404, "not_found");
        county
            .post(&path(2, "/resume"), &reason)
            .problem(403, "forbidden");
        app.headquarters(Role::Operator)
            .post(&path(2, "/suspend"), &reason)
            .problem(403, "forbidden");
        let headquarters = format!("/api/v1/agents/{}/suspend", kernel::AgentId::HEADQUARTERS);
        hq.post(&headquarters, &reason).problem(404, "not_found");
    }
}

#[test]
fn a_terminated_agent_is_gone_when_nothing_is_open_and_its_owner_is_nobody() {
    for app in both_databases() {
        let [_, county, _] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        app.products(&[1]);
        let receipt =
            json!({"lines": [{"product_id": testing::build::inventory::product(1).id, "quantity": 5}]});
        county
            .with("Idempotency-Key", "stock")
            .post("/api/v1/inventory/receipts", &receipt)
            .expect(201);
        let checklist = county.get(&path(2, "/termination")).expect(200);
        assert_eq!(checklist["termination"], Value::Null);
        assert_eq!(
            checklist["open"],
            json!([{"matter": "stock_on_hand", "name": "库存件数", "amount": 5}])
        );
        let notice = json!({"reason": "合同提前终止", "effective_at": "2026-12-01"});
        let given = hq.post(&path(2, "/terminate"), &notice).expect(200);
        assert_eq!(given["termination"]["effective_at"], "2026-11-30T16:00:00Z");
        assert_eq!(given["termination"]["ended_territories"], 1);
        hq.post(&path(2, "/terminate"), &notice)
            .problem(409, "already_leaving");
        assert_eq!(county.get(&path(2, "")).expect(200)["standing"], "leaving");
        hq.post(&path(2, "/termination/withdraw"), &json!({"reason": "和解"}))
            .expect(200);
        assert_eq!(county.get(&path(2, "")).expect(200)["standing"], "active");
        hq.post(&path(2, "/termination/withdraw"), &json!({"reason": "和解"}))
            .problem(409, "not_leaving");
        hq.post(&path(2, "/terminate"), &notice).expect(200);
        hq.post(&path(2, "/termination/close"), &json!({"reason": "已结清"}))
            .problem(409, "not_yet_effective");

        app.clock.set(instant("2026-12-01T00:00:00Z"));
        let (hq, county) = (app.login("hq_admin"), app.login("agent-2"));
        assert_eq!(rule(&hq, "330106"), "province");
        let refused = hq
            .post(&path(2, "/termination/close"), &json!({"reason": "已结清"}))
            .problem(409, "open_matters");
        assert_eq!(refused["open"][0]["matter"], "stock_on_hand");
        hq.post(&path(2, "/termination/withdraw"), &json!({"reason": "和解"}))
            .problem(409, "already_effective");
        // What is left of the stock is given back.
        empty_stock(&app);
        hq.post(&path(2, "/termination/close"), &json!({"reason": "已结清"}))
            .expect(200);
        assert_eq!(hq.get(&path(2, "")).expect(200)["standing"], "terminated");
        assert_eq!(county.get(&path(2, "")).status, 401, "its owner is nobody");
        hq.post(&path(2, "/suspend"), &json!({"reason": "整改"}))
            .problem(409, "agent_terminated");
    }
}

fn empty_stock(app: &TestApp) {
    use inventory::Quantity;
    use testing::build::inventory::{movement_note, stock_key};
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            let mut item = session.find_stock_item(stock_key(agent_id(2), 1))?.unwrap();
            let all = Quantity::new(5).unwrap();
            let moved = [
                item.reserve(all, movement_note(91)).unwrap(),
                item.consume(all, movement_note(92)).unwrap(),
            ];
            session.save_stock_items(&[item])?;
            session.insert_stock_movements(&moved)
        })
        .unwrap();
}

#[test]
fn a_contract_is_renewed_where_it_ends() {
    for app in both_databases() {
        three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        let renewal = |from: &str| {
            json!({
                "contract_id": id(contract(2, AgentLevel::County).id.as_uuid()),
                "contract": {
                    "exclusivity": "exclusive",
                    "share_rate_bp": 3_000,
                    "valid_from": from,
                    "valid_until": "2030-01-01",
                },
                "reason": "任务完成良好",
            })
        };
        hq.post(&path(2, "/renew"), &renewal("2028-02-01"))
            .problem(422, "invalid_input");
        let hq = hq.with("Idempotency-Key", "renewal");
        let renewed = hq.post(&path(2, "/renew"), &renewal("2028-01-01")).expect(201);
        assert_eq!(
            renewed["contract"]["renews"],
            id(contract(2, AgentLevel::County).id.as_uuid())
        );
        assert_eq!(renewed["territory_ids"].as_array().unwrap().len(), 1);
        let again = hq.post(&path(2, "/renew"), &renewal("2028-01-01")).expect(201);
        assert_eq!(again, renewed, "the key has had its effect");
        app.login("hq_admin")
            .post(&path(2, "/renew"), &renewal("2028-01-01"))
            .problem(409, "already_renewed");
        let later = "/api/v1/territories/coverage?division=330106&at=2029-06-01T00:00:00Z";
        let coverage = hq.get(later).expect(200);
        assert_eq!(
            coverage["division"]["responsible"]["agent_id"],
            id(agent_id(2).as_uuid())
        );
    }
}

fn transfer(dry_run: bool) -> Value {
    json!({
        "territory_ids": [id(territory(2, "330106").id.as_uuid())],
        "to": [{
            "division_code": "330106",
            "agent_id": id(agent_id(3).as_uuid()),
            "contract_id": id(contract(3, AgentLevel::County).id.as_uuid()),
        }],
        "effective_at": "2026-12-01",
        "reason": "区域调整",
        "dry_run": dry_run,
    })
}

#[test]
fn a_transfer_is_looked_at_first_and_takes_effect_exactly_at_its_date() {
    const TRANSFERS: &str = "/api/v1/territories/transfers";
    for app in both_databases() {
        let [_, _, taker] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        let plan = hq.post(TRANSFERS, &transfer(true)).expect(200);
        assert_eq!((&plan["dry_run"], &plan["uncovered"]), (&json!(true), &json!([])));
        assert_eq!(plan["concerned"][0]["agent_id"], id(agent_id(2).as_uuid()));
        assert_eq!(plan["concerned"][0]["remaining_territories"], 0);
        let listed = hq.get("/api/v1/territories").expect(200);
        assert_eq!(
            listed["items"].as_array().unwrap().len(),
            3,
            "a dry run changes nothing"
        );

        let done = hq.post(TRANSFERS, &transfer(false)).expect(201);
        assert_eq!(done["ended"][0]["valid_until"], "2026-11-30T16:00:00Z");
        assert_eq!(done["granted"][0]["valid_from"], "2026-11-30T16:00:00Z");
        let holder = |at: &str| {
            let told = hq
                .get(&format!("/api/v1/territories/coverage?division=330106&at={at}"))
                .expect(200);
            told["division"]["responsible"]["agent_id"].clone()
        };
        assert_eq!(holder("2026-11-30T15:59:59Z"), id(agent_id(2).as_uuid()));
        assert_eq!(holder("2026-11-30T16:00:00Z"), id(agent_id(3).as_uuid()));
        let history = taker.get(&path(3, "/history")).expect(200);
        assert_eq!(history["items"][0]["action"], "territories_received");
        assert_eq!(history["items"][0]["division_codes"], json!(["330106"]));

        let again = hq.post(TRANSFERS, &transfer(false)).problem(422, "invalid_input");
        assert_eq!(again["errors"][0]["code"], "no_lasting_territory");
        taker.post(TRANSFERS, &transfer(true)).problem(403, "forbidden");
    }
}

#[test]
fn territories_over_retired_divisions_are_told_with_what_took_their_place() {
    for app in both_databases() {
        // 江干区 was merged into 上城区 in 2021.
        let old = Territory {
            division_code: "330104".parse().unwrap(),
            ..lasting(territory(1, "330106"))
        };
        appoint(&app, 1, AgentLevel::County, &old);
        let hq = app.headquarters(Role::HqAdmin);
        let told = hq.get("/api/v1/territories/outdated").expect(200);
        let items = told["items"].as_array().unwrap();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["territory"]["division_code"], "330104");
        let successors: Vec<_> = items[0]["successors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["code"])
            .collect();
        assert!(successors.contains(&&json!("330102")), "{successors:?}");
        let carried = json!({
            "territory_ids": [items[0]["territory"]["id"]],
            "to": [{
                "division_code": "330102",
                "agent_id": id(agent_id(1).as_uuid()),
                "contract_id": id(contract(1, AgentLevel::County).id.as_uuid()),
            }],
            "reason": "江干区并入上城区",
        });
        hq.post("/api/v1/territories/transfers", &carried).expect(201);
        assert_eq!(rule(&hq, "330102"), "county");
        assert_eq!(
            hq.get("/api/v1/territories/outdated").expect(200)["items"],
            json!([])
        );
    }
}

#[test]
fn only_the_holder_lets_others_into_its_territory() {
    for app in both_databases() {
        let [_, county, stranger] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        let consents = format!("/api/v1/territories/{}/consents", territory(2, "330106").id);
        let form = json!({
            "division_code": "330106109",
            "valid_from": "2026-12-01",
            "valid_until": "2027-12-01",
            "reason": "同意设立",
        });
        hq.post(&consents, &form).problem(403, "forbidden");
        stranger.post(&consents, &form).problem(404, "not_found");
        let township = json!({
            "division_codes": ["330106109"],
            "exclusivity": "exclusive",
            "valid_from": "2026-12-01",
            "valid_until": "2027-12-01",
        });
        let check = |expected: usize| {
            let told = hq.post("/api/v1/territories/check", &township).expect(200);
            assert_eq!(told["conflicts"].as_array().unwrap().len(), expected, "{told}");
        };
        check(1);
        let given = county.post(&consents, &form).expect(201);
        check(0);
        let withdrawal = json!({"consent_id": given["consents"][0]["id"], "reason": "自行经营"});
        let withdraw = format!("{consents}/withdraw");
        stranger.post(&withdraw, &withdrawal).problem(404, "not_found");
        let left = county.post(&withdraw, &withdrawal).expect(200);
        assert_eq!(left["consents"], json!([]));
        check(1);
        county.post(&withdraw, &withdrawal).problem(404, "not_found");
        let open = format!("/api/v1/territories/{}/consents", territory(1, "330000").id);
        let above = app.login("agent-1");
        let form = json!({
            "division_code": "330200",
            "valid_from": "2026-12-01",
            "valid_until": "2027-12-01",
            "reason": "同意设立",
        });
        above.post(&open, &form).problem(409, "not_exclusive");
    }
}

#[test]
fn a_reserved_customers_orders_go_to_headquarters() {
    for app in both_databases() {
        let [_, county, stranger] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        let (customer, registered) = app.customer("da.ke.hu");
        let principal = customer.get("/api/v1/customers").expect(200);
        let customer_id = principal["items"][0]["id"].clone();
        assert!(registered["principal"]["account_id"].is_string());
        app.products(&[1]);
        let receipt =
            json!({"lines": [{"product_id": testing::build::inventory::product(1).id, "quantity": 5}]});
        for office in [&county, &hq] {
            office
                .with("Idempotency-Key", "stock")
                .post("/api/v1/inventory/receipts", &receipt)
                .expect(201);
        }
        let order = json!({
            "address": {
                "division_code": "330106",
                "detail": "文三路 9 号",
                "contact_name": "王五",
                "contact_phone": "13700000009",
                // In 西湖区 indeed; and in another county below.
                "longitude": 120.130_663,
                "latitude": 30.259_924,
            },
            "lines": [{"product_id": testing::build::inventory::product(1).id, "quantity": 1}],
        });
        let place = |key: &str, order: &Value| {
            customer
                .with("Idempotency-Key", key)
                .post("/api/v1/orders", order)
                .expect(201)
        };
        let before = place("first", &order);
        assert_eq!(before["routing"]["rule"], "county");
        assert_eq!(before["routing"]["coordinates_division_code"], Value::Null);
        let mut elsewhere = order.clone();
        elsewhere["address"]["longitude"] = json!(120.17);
        elsewhere["address"]["latitude"] = json!(30.33);
        let told = place("elsewhere", &elsewhere);
        assert_eq!(told["routing"]["rule"], "county", "the given division wins");
        assert_eq!(told["routing"]["coordinates_division_code"], "330105");

        let reserved = path(2, "/reserved-customers");
        let form = json!({
            "contract_id": id(contract(2, AgentLevel::County).id.as_uuid()),
            "customer_id": customer_id,
            "reason": "总部大客户",
        });
        county.post(&reserved, &form).problem(403, "forbidden");
        hq.post(&reserved, &form).expect(200);
        hq.post(&reserved, &form).problem(409, "already_reserved");
        assert_eq!(place("second", &order)["routing"]["rule"], "reserved_customer");
        let listed = county.get(&reserved).expect(200);
        assert_eq!(listed["items"][0]["customer_id"], customer_id);
        stranger.get(&reserved).problem(404, "not_found");
        let release = format!("{reserved}/release");
        hq.post(&release, &form).expect(200);
        hq.post(&release, &form).problem(409, "not_reserved");
        assert_eq!(place("third", &order)["routing"]["rule"], "county");
    }
}

#[test]
fn all_about_an_agent_is_on_one_page() {
    for app in both_databases() {
        let [_, county, stranger] = three_agents(&app);
        let hq = app.headquarters(Role::HqAdmin);
        hq.post(&path(2, "/suspend"), &json!({"reason": "仓库整改"}))
            .expect(200);
        let page = hq.get(&path(2, "/overview")).expect(200);
        assert_eq!(page["agent"]["standing"], "suspended");
        assert_eq!(page["contracts"].as_array().unwrap().len(), 1);
        assert_eq!(page["deposits"][0]["agreed_fen"], 5_000_000);
        assert_eq!(page["obligations"].as_array().unwrap().len(), 1);
        assert_eq!(page["territories"][0]["territory"]["division_code"], "330106");
        assert_eq!(page["territories"][0]["counts"]["suspended"], 1);
        assert_eq!(page["figures"]["today"]["orders"], 0);
        assert_eq!(page["departure"], json!({"termination": null, "open": []}));
        assert_eq!(
            county.get(&path(2, "/overview")).expect(200)["agent"],
            page["agent"]
        );
        stranger.get(&path(2, "/overview")).problem(404, "not_found");
    }
}
