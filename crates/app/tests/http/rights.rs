//! The rights of a person over HTTP: export, erasure, and what a restore does with it.

use crate::support::{Answer, Client, PASSWORD, TestApp, migrated};
use app::{erasure_log::ErasureLog, erasures::level, retention};
use chrono::TimeDelta;
use customers::Address;
use identity::{AuditAction, AuditFilter, Position, Role};
use kernel::{Clock, PageRequest, RepositoryError};
use privacy::{Kind, MAXIMUM_EXPORTS, Person, RetentionPeriods, held_about};
use serde_json::{Value, json};
use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{ConsistencyRepository, Database, Equation, Keys, Options, Vault};
use testing::{
    PlainPasswords, SeededIds,
    build::{
        agents::{contract, identity_number},
        attachments::png,
        customers::{address, customer, customer_id},
        inventory::product,
        territories::agent_id,
    },
};

/// What stands for the person in this world: each of them is somewhere, and nowhere after an erasure.
const TRACES: [&str; 11] = [
    "欧阳询",
    "欧阳*",
    "13987654321",
    "139****4321",
    "灵隐路 9 号",
    "灵隐路",
    "放在门卫张大爷处",
    "签收码 8812",
    "师傅很好",
    "ouyang@example.com",
    "ouyang.xun",
];

/// Agent 1 in 西湖区, with a courier, and its customer 欧阳询, who has a delivered and rated order, an address, a phone and a
/// rejected application.
struct World {
    app: TestApp,
    owner: Client,
    courier: Client,
    person: Client,
    customer_id: String,
    account_id: String,
    order_id: String,
    application_id: String,
}

fn with_key(client: &Client, key: &str) -> Client {
    client.with("Idempotency-Key", key)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} is not in {value}"))
}

impl World {
    fn on(app: TestApp) -> Self {
        app.products(&[1]);
        let owner = app.agent(1, "330106");
        let lines = json!([{"product_id": product(1).id, "quantity": 10}]);
        owner
            .post("/api/v1/inventory/receipts", &json!({ "lines": lines }))
            .expect(201);
        let form = json!({"name": "李送水", "phone": "13900001111", "username": "li", "password": PASSWORD});
        let hired = owner.post("/api/v1/couriers", &form).expect(201);
        let courier = app.login("li");

        let form = json!({"username": "ouyang.xun", "password": PASSWORD, "name": "欧阳询", "privacy_policy_version": "2026-11"});
        let signed_in = app.client().post("/api/v1/auth/register", &form).expect(201);
        let person = app.client().bearing(text(&signed_in, "/access_token"));
        let customer_id = text(&signed_in, "/principal/customer_id").to_owned();
        let customer = format!("/api/v1/customers/{customer_id}");
        person
            .with("If-Match", "\"1\"")
            .send_json("PATCH", &customer, &json!({"phone": "13987654321"}))
            .expect(200);
        let place = json!({
            "division_code": "330106",
            "detail": "灵隐路 9 号 1 幢",
            "contact_name": "欧阳询",
            "contact_phone": "13987654321",
            "longitude": 120.1,
            "latitude": 30.24,
        });
        let address = person.post(&format!("{customer}/addresses"), &place).expect(201);
        let order = json!({
            "address_id": address["id"],
            "lines": [{"product_id": product(1).id, "quantity": 2}],
            "note": "放在门卫张大爷处",
        });
        let placed = with_key(&person, "order")
            .post("/api/v1/orders", &order)
            .expect(201);
        let order_id = text(&placed, "/id").to_owned();
        let path = |action: &str| format!("/api/v1/orders/{order_id}/{action}");
        owner
            .post(&path("assign"), &json!({"courier_id": hired["id"]}))
            .expect(200);
        courier.send("POST", &path("start"), b"").expect(200);
        let delivery = json!({"buckets_returned": 1, "proof": "签收码 8812"});
        courier.post(&path("deliver"), &delivery).expect(200);
        let rating = json!({"score": 5, "comment": "师傅很好", "tags": ["准时"]});
        person.post(&path("rating"), &rating).expect(201);

        let form = json!({
            "kind": "person", "name": "欧阳询", "identity_number": identity_number(7), "mobile": "13987654321",
            "email": "ouyang@example.com", "level": "county", "division_codes": ["330108"],
            "privacy_policy_version": "2026-11", "attachments": [],
        });
        let application = with_key(&person, "application")
            .post("/api/v1/applications", &form)
            .expect(201);
        let application_id = text(&application, "/id").to_owned();
        let hq = app.headquarters(Role::HqAdmin);
        let path = |action: &str| format!("/api/v1/applications/{application_id}/{action}");
        hq.send("POST", &path("review"), b"").expect(200);
        hq.post(&path("reject"), &json!({"reason": "欧阳询资料不全"}))
            .expect(200);
        Self {
            account_id: text(&signed_in, "/principal/account_id").to_owned(),
            app,
            owner,
            courier,
            person,
            customer_id,
            order_id,
            application_id,
        }
    }

    fn everywhere() -> impl Iterator<Item = Self> {
        [Some(TestApp::start()), TestApp::start_on_postgres()]
            .into_iter()
            .flatten()
            .map(Self::on)
    }

    fn erase(&self) -> Answer {
        self.person.post(
            "/api/v1/me/erase",
            &json!({"password": PASSWORD, "confirm": true}),
        )
    }

    /// What everybody else sees on every page that had something of the person.
    fn seen_by_others(&self) -> String {
        let hq = self.app.login("hq_admin");
        let Self {
            customer_id,
            order_id,
            ..
        } = self;
        let paths = [
            "/api/v1/customers".to_owned(),
            format!("/api/v1/customers/{customer_id}"),
            format!("/api/v1/customers/{customer_id}/addresses"),
            "/api/v1/orders".to_owned(),
            format!("/api/v1/orders/{order_id}"),
            format!("/api/v1/orders/{order_id}/history"),
            "/api/v1/applications".to_owned(),
            format!("/api/v1/applications/{}", self.application_id),
            "/api/v1/customers?phone=13987654321".to_owned(),
            "/api/v1/customers?last_four=4321".to_owned(),
        ];
        let mut seen = String::new();
        for client in [&hq, &self.owner, &self.courier] {
            for path in &paths {
                seen.push_str(&client.get(path).text());
            }
        }
        seen
    }

    /// All that the repositories hold about the person, whatever a page shows of it.
    fn held(&self) -> String {
        let (account_id, customer_id) = (
            self.account_id.parse().unwrap(),
            self.customer_id.parse().unwrap(),
        );
        let mut held = self
            .app
            .state
            .database
            .read::<_, RepositoryError>(|session| {
                let mut person = Person::of_account(session, account_id)?;
                person.customer_ids.insert(customer_id);
                held_about(session, &person)
            })
            .unwrap();
        // The audit log is kept: it holds ids, and sealed reasons of the people at headquarters.
        held.audit_entries.clear();
        let plain = held
            .customers
            .iter()
            .flat_map(|held| held.orders.iter())
            .map(|held| held.order.address.detail.as_str().to_owned())
            .collect::<String>();
        format!("{held:?}{plain}")
    }
}

#[test]
fn an_export_has_everything_in_the_clear() {
    for world in World::everywhere() {
        let answer = world.person.get("/api/v1/me/export");
        assert_eq!(answer.header("cache-control"), "no-store");
        let held = answer.expect(200);
        let account = &held["account"];
        assert_eq!(text(account, "/username"), "ouyang.xun");
        assert_eq!(text(account, "/name"), "欧阳询");
        let occasions: Vec<_> = account["consents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|consent| consent["occasion"].as_str().unwrap())
            .collect();
        assert_eq!(occasions, ["registration", "application"]);
        assert_eq!(text(account, "/memberships/0/role"), "customer");
        assert_eq!(account["sign_ins"].as_array().unwrap().len(), 1);
        let customer = &held["customers"][0];
        assert_eq!(text(customer, "/id"), world.customer_id);
        assert_eq!(text(customer, "/phone"), "13987654321");
        assert_eq!(text(customer, "/addresses/0/detail"), "灵隐路 9 号 1 幢");
        let order = &customer["orders"][0];
        assert_eq!(text(order, "/id"), world.order_id);
        assert_eq!(text(order, "/address/contact_phone"), "13987654321");
        assert_eq!(text(order, "/note"), "放在门卫张大爷处");
        assert_eq!(text(order, "/proof"), "签收码 8812");
        assert_eq!(order["total_fen"], 4_000);
        assert_eq!(order["history"].as_array().unwrap().len(), 4);
        assert_eq!(text(order, "/rating/comment"), "师傅很好");
        let application = &held["applications"][0];
        assert_eq!(
            text(application, "/applicant/identity_number"),
            identity_number(7)
        );
        assert_eq!(text(application, "/applicant/email"), "ouyang@example.com");
        assert_eq!(text(application, "/history/2/reason"), "欧阳询资料不全");
        let actions: Vec<_> = held["audit_entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        assert!(actions.contains(&"application_rejected"), "{actions:?}");
        assert!(actions.contains(&"personal_data_exported"), "{actions:?}");
        world
            .app
            .client()
            .get("/api/v1/me/export")
            .problem(401, "unauthenticated");

        let courier = world.courier.get("/api/v1/me/export").expect(200);
        assert_eq!(text(&courier, "/couriers/0/phone"), "13900001111");
        assert!(!courier.to_string().contains("欧阳询"));
        let owner = world.owner.get("/api/v1/me/export").expect(200);
        assert_eq!(owner["agents"][0]["number"], 1);
        assert!(owner["agents"][0]["holder"]["identity_number"].is_string());
    }
}

#[test]
fn an_account_is_exported_so_often_in_a_day() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (person, _) = app.customer("wang.xiaoming");
        for _ in 0..MAXIMUM_EXPORTS {
            person.get("/api/v1/me/export").expect(200);
        }
        let refused = person.get("/api/v1/me/export");
        refused.problem(429, "too_many_exports");
        assert_eq!(refused.header("retry-after"), "86400");
        let exported = audited(&app, AuditAction::PersonalDataExported);
        assert_eq!(exported.len(), usize::from(MAXIMUM_EXPORTS));
        let (other, _) = app.customer("li.si");
        other.get("/api/v1/me/export").expect(200);
        app.clock.set(app.clock.now() + TimeDelta::days(1));
        app.login("wang.xiaoming").get("/api/v1/me/export").expect(200);
    }
}

/// What cannot be opened stops the gathering: the entry is there all the same, so the gathering came after its transaction.
#[test]
fn an_export_is_in_the_log_before_anything_is_gathered() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("catchment.db").display());
    let keyed = || migrated(&url, Vault::new(&Keys::generate(false).unwrap()).unwrap());
    let app = TestApp::start_over(keyed(), Arc::new(PlainPasswords));
    let (person, signed_in) = app.customer("wang.xiaoming");
    let unreadable = Address {
        customer_id: text(&signed_in, "/principal/customer_id").parse().unwrap(),
        ..address(1, 1)
    };
    keyed()
        .write::<_, RepositoryError>(|session| session.insert_addresses(std::slice::from_ref(&unreadable)))
        .unwrap();
    person.get("/api/v1/me/export").problem(500, "internal_error");
    assert_eq!(audited(&app, AuditAction::PersonalDataExported).len(), 1);
}

#[test]
fn after_an_erasure_nothing_readable_is_left_and_no_figure_has_changed() {
    for world in World::everywhere() {
        let (before, held) = (world.seen_by_others(), world.held());
        for trace in ["欧阳*", "139****4321", "灵隐路"] {
            assert!(before.contains(trace), "{trace} was never there");
        }
        assert!(
            held.contains("灵隐路 9 号") && held.contains("师傅很好"),
            "{held}"
        );
        let figures = world.owner.get("/api/v1/stats/overview").expect(200);

        assert_eq!(world.erase().status, 204);

        let after = [world.seen_by_others(), world.held()].concat();
        for trace in TRACES {
            assert!(!after.contains(trace), "{trace} is still in {after}");
        }
        assert!(!after.contains(&identity_number(7)));
        let order = world
            .owner
            .get(&format!("/api/v1/orders/{}", world.order_id))
            .expect(200);
        assert_eq!(
            (&order["state"], &order["total_fen"]),
            (&json!("delivered"), &json!(4_000))
        );
        assert_eq!(text(&order, "/address/division_code"), "330106");
        assert_eq!(text(&order, "/address/detail"), "已注销");
        assert_eq!(order["address"]["contact_phone"], Value::Null);
        assert_eq!(order["rating"]["score"], 5);
        assert_eq!(world.owner.get("/api/v1/stats/overview").expect(200), figures);
        assert_consistent(&world.app);
        world
            .app
            .headquarters_again()
            .get(&format!("/api/v1/applications/{}", world.application_id))
            .problem(404, "not_found");

        // The way in is closed, and its name is free for others.
        world.person.get("/api/v1/me").problem(401, "unauthenticated");
        let credentials = json!({"username": "ouyang.xun", "password": PASSWORD});
        world
            .app
            .client()
            .post("/api/v1/auth/login", &credentials)
            .problem(401, "wrong_credentials");
        world.app.customer("ouyang.xun");
    }
}

fn assert_consistent(app: &TestApp) {
    let database = &app.state.database;
    let agents = database
        .read::<_, RepositoryError>(ConsistencyRepository::list_agents_to_check)
        .unwrap();
    assert!(!agents.is_empty());
    for equation in Equation::ALL {
        for agent_id in &agents {
            let checked = database
                .read::<_, RepositoryError>(|session| session.check_equation(equation, *agent_id))
                .unwrap();
            assert_eq!(checked.differences, [], "{}", equation.name());
        }
    }
}

impl TestApp {
    /// Somebody at headquarters whose account is there already.
    fn headquarters_again(&self) -> Client {
        self.login("hq_admin")
    }
}

fn audited(app: &TestApp, action: AuditAction) -> Vec<(Option<String>, Option<String>)> {
    let filter = AuditFilter {
        action: Some(action),
        ..AuditFilter::default()
    };
    let page = app
        .state
        .database
        .read::<_, RepositoryError>(|session| session.list_audit_entries(&filter, &PageRequest::first()))
        .unwrap();
    page.items
        .into_iter()
        .map(|entry| {
            (
                entry.subject.map(|subject| subject.to_string()),
                entry.reason.map(String::from),
            )
        })
        .collect()
}

/// The daily run is not waited for.
#[test]
fn an_erasure_takes_the_pictures_with_it() {
    let world = World::on(TestApp::start());
    let picture = world
        .person
        .with("Content-Type", "image/png")
        .send("POST", "/api/v1/attachments", &png(40, 30))
        .expect(201);
    let file = world.app.pictures.path().join(text(&picture, "/id"));
    assert!(file.exists());
    assert_eq!(world.erase().status, 204);
    let begun = Instant::now();
    while file.exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the content stays");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_erasure_is_confirmed_by_the_password() {
    let world = World::on(TestApp::start());
    let erase = |body: Value| world.person.post("/api/v1/me/erase", &body);
    erase(json!({"password": PASSWORD, "confirm": false})).problem(422, "invalid_input");
    erase(json!({"confirm": true})).problem(422, "invalid_input");
    for wrong in ["wrong horse", "x"] {
        erase(json!({"password": wrong, "confirm": true})).problem(403, "wrong_password");
    }
    world.person.get("/api/v1/me").expect(200);
    assert_eq!(world.erase().status, 204);
    let erased = audited(&world.app, AuditAction::PersonErased);
    assert_eq!(erased, [(Some(world.account_id.clone()), None)]);
}

#[test]
fn nobody_is_erased_before_what_binds_them_has_ended() {
    let world = World::on(TestApp::start());
    let body = json!({"password": PASSWORD, "confirm": true});
    let erase = |client: &Client| client.post("/api/v1/me/erase", &body);
    erase(&world.courier).problem(409, "employed");
    erase(&world.app.headquarters_again()).problem(409, "employed");
    erase(&world.app.account("staff", Position::AgentStaff(agent_id(1)))).problem(409, "employed");
    world
        .app
        .state
        .database
        .write::<_, RepositoryError>(|session| {
            session.insert_contracts(&[contract(1, agents::AgentLevel::County)])
        })
        .unwrap();
    erase(&world.owner).problem(409, "holds_contract");

    let order = json!({
        "address": {"division_code": "330106", "detail": "x", "contact_name": "y", "contact_phone": "13812345678"},
        "lines": [{"product_id": product(1).id, "quantity": 1}],
    });
    let placed = with_key(&world.person, "second")
        .post("/api/v1/orders", &order)
        .expect(201);
    world.erase().problem(409, "open_orders");
    let cancel = format!("/api/v1/orders/{}/cancel", text(&placed, "/id"));
    world
        .person
        .post(&cancel, &json!({"reason": "不要了"}))
        .expect(200);
    assert_eq!(world.erase().status, 204);

    // Once the contract is over, its owner may go; the contract stays with its party.
    world.app.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    let owner = world.app.login("agent-1");
    assert_eq!(erase(&owner).status, 204);
    let contract = world
        .app
        .headquarters_again()
        .get(&format!("/api/v1/agents/{}", agent_id(1)));
    contract.expect(200);
}

#[test]
fn headquarters_answers_for_customers_without_an_account() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let world = World::on(app);
        let by_phone = json!({"name": "欧阳修", "phone": "13711112222", "address": {
            "division_code": "330106", "detail": "孤山路 1 号", "contact_name": "欧阳修", "contact_phone": "13711112222",
        }});
        let added = world.owner.post("/api/v1/customers", &by_phone).expect(201);
        let path = format!("/api/v1/customers/{}", text(&added, "/id"));
        let (export, erase) = (format!("{path}/export"), format!("{path}/erase"));
        let hq = world.app.headquarters_again();
        let reason = json!({"reason": "客户来电，已核对"});
        for client in [
            &world.owner,
            &world.person,
            &world.courier,
            &world.app.headquarters(Role::Operator),
            &world.app.headquarters(Role::Auditor),
        ] {
            client.post(&export, &reason).problem(403, "forbidden");
            client.post(&erase, &reason).problem(403, "forbidden");
        }
        for path in [&export, &erase] {
            hq.post(path, &json!({"reason": " "}))
                .problem(422, "invalid_input");
            let unknown = path.replace(text(&added, "/id"), &world.account_id);
            hq.post(&unknown, &reason).problem(404, "not_found");
        }
        let own = format!("/api/v1/customers/{}/export", world.customer_id);
        hq.post(&own, &reason).problem(409, "has_account");

        let held = hq.post(&export, &reason).expect(200);
        assert_eq!(text(&held, "/customers/0/phone"), "13711112222");
        assert_eq!(text(&held, "/customers/0/addresses/0/detail"), "孤山路 1 号");
        assert_eq!(held["account"], Value::Null);

        for _ in 0..2 {
            assert_eq!(hq.post(&erase, &reason).status, 204);
            let held = hq.post(&export, &reason).expect(200);
            assert_eq!(text(&held, "/customers/0/name"), "已注销");
            assert_eq!(held["customers"][0]["phone"], Value::Null);
            assert_eq!(held["customers"][0]["addresses"], json!([]));
        }
        let told = Some("客户来电，已核对".to_owned());
        let id = Some(text(&added, "/id").to_owned());
        assert_eq!(
            audited(&world.app, AuditAction::PersonErased),
            [(id.clone(), told.clone()), (id.clone(), told.clone())]
        );
        assert_eq!(
            audited(&world.app, AuditAction::PersonalDataExported)[0],
            (id, told)
        );

        // Whoever is gone orders nothing, and nothing of them comes back.
        assert_eq!(text(&world.owner.get(&path).expect(200), "/name"), "已注销");
        world
            .owner
            .with("If-Match", "\"2\"")
            .send_json("PATCH", &path, &json!({"name": "欧阳修"}))
            .problem(404, "not_found");
        world
            .owner
            .post(&format!("{path}/addresses"), &by_phone["address"])
            .problem(404, "not_found");
        let order = json!({
            "customer_id": added["id"],
            "address": by_phone["address"],
            "lines": [{"product_id": product(1).id, "quantity": 1}],
        });
        with_key(&world.owner, "gone")
            .post("/api/v1/orders", &order)
            .problem(404, "customer_not_found");
        // Headquarters erases a customer with an account too, and the account with it.
        let whole = format!("/api/v1/customers/{}/erase", world.customer_id);
        assert_eq!(hq.post(&whole, &reason).status, 204);
        world.person.get("/api/v1/me").problem(401, "unauthenticated");
        assert!(!world.held().contains("欧阳询"));
    }
}

#[test]
fn an_open_application_is_withdrawn_with_its_applicant() {
    let world = World::on(TestApp::start());
    let form = json!({
        "kind": "person", "name": "欧阳询", "identity_number": identity_number(7), "mobile": "13987654321",
        "email": "ouyang@example.com", "level": "county", "division_codes": ["330108"],
        "privacy_policy_version": "2026-11", "attachments": [],
    });
    with_key(&world.person, "again")
        .post("/api/v1/applications", &form)
        .expect(201);
    assert_eq!(world.erase().status, 204);
    let listed = world
        .app
        .headquarters_again()
        .get("/api/v1/applications")
        .expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[test]
fn a_restored_database_is_brought_level_with_the_erasure_log() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::generate(false).unwrap().to_text().unwrap();
    let open = |file: &str| {
        let vault = Vault::new(&Keys::parse(&keys).unwrap()).unwrap();
        let options = Options {
            durable: false,
            ..Options::default()
        };
        let url = format!("sqlite://{}", folder.path().join(file).display());
        Database::open(&url, options, vault).unwrap()
    };
    let (ids, now) = (SeededIds::new(1), "2026-11-22T08:00:00Z".parse().unwrap());
    let log_file = folder.path().join("erasures.jsonl");
    let log = ErasureLog::open(&log_file).unwrap();
    let name_of = |database: &Database| {
        let customers = database
            .read::<_, RepositoryError>(|session| session.find_customers(&[customer_id(1)].into()))
            .unwrap();
        customers[&customer_id(1)].name.as_str().to_owned()
    };
    let addresses_of = |database: &Database| {
        database
            .read::<_, RepositoryError>(|session| session.list_addresses(&customer(1)))
            .unwrap()
            .len()
    };

    let database = open("catchment.db");
    database.migrate().unwrap();
    database
        .write::<_, RepositoryError>(|session| {
            session.insert_customers(&[customer(1)])?;
            session.insert_addresses(&[address(1, 1)])
        })
        .unwrap();
    // Nobody writes: the backup is whole. It is restored beside the database, which may still be held open.
    for suffix in ["", "-wal"] {
        let part = |name: &str| folder.path().join(format!("{name}{suffix}"));
        if part("catchment.db").exists() {
            fs::copy(part("catchment.db"), part("restored.db")).unwrap();
        }
    }

    database
        .write::<_, privacy::ErasePersonError>(|session| {
            let person = Person::of_customer(session, customer_id(1))?.unwrap();
            privacy::erase_person(session, &ids, now, &person)
        })
        .unwrap();
    // The crash comes here: committed, and not in the log yet.
    let levelled = level(&database, &ids, now, &log).unwrap();
    assert_eq!((levelled.replayed, levelled.appended), (0, 1));
    drop(database);
    let line = fs::read_to_string(&log_file).unwrap();
    assert!(
        line.contains(&customer_id(1).to_string()) && !line.contains("张三"),
        "{line}"
    );

    let database = open("restored.db");
    assert_eq!(
        (name_of(&database).as_str(), addresses_of(&database)),
        ("张三", 1)
    );
    let levelled = level(&database, &ids, now, &log).unwrap();
    assert_eq!((levelled.replayed, levelled.appended), (1, 0));
    assert_eq!(
        (name_of(&database).as_str(), addresses_of(&database)),
        ("已注销", 0)
    );
    // A command that had read the customer before writes past the erasure; one that does so much later cannot be.
    let write_past = || {
        database
            .write::<_, RepositoryError>(|session| session.insert_addresses(&[address(1, 1)]))
            .unwrap();
    };
    for (later, left) in [
        (TimeDelta::minutes(59), 0),
        (privacy::STRAGGLERS_COMMIT_WITHIN, 1),
    ] {
        write_past();
        let levelled = level(&database, &ids, now + later, &log).unwrap();
        assert_eq!((levelled.replayed, levelled.appended), (0, 0));
        assert_eq!(addresses_of(&database), left);
    }
    let filter = AuditFilter {
        action: Some(AuditAction::ErasureReplayed),
        ..AuditFilter::default()
    };
    let told = database
        .read::<_, RepositoryError>(|session| session.list_audit_entries(&filter, &PageRequest::first()))
        .unwrap();
    assert_eq!(told.items.len(), 1);
    assert_eq!(told.items[0].subject, Some(customer_id(1).as_uuid()));
}

#[test]
fn an_erasure_that_the_log_could_not_be_told_is_in_it_soon_after() {
    let world = World::on(TestApp::start());
    let log = world.app.state.erasure_log.as_ref().unwrap();
    // A folder in the file's place: nobody can write there, not even a superuser.
    let aside = log.path().with_extension("aside");
    fs::rename(log.path(), &aside).unwrap();
    fs::create_dir(log.path()).unwrap();
    assert_eq!(world.erase().status, 204);
    let told = || world.app.client().get("/metrics").text();
    assert!(log.is_behind() && told().contains("\nerasure_log_behind 1\n"));

    fs::remove_dir(log.path()).unwrap();
    fs::rename(&aside, log.path()).unwrap();
    let begun = Instant::now();
    while log.is_behind() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the log stays behind");
        std::thread::sleep(Duration::from_millis(100));
    }
    let named: Vec<_> = log.read().unwrap();
    assert_eq!(named.len(), 2);
    assert!(told().contains("\nerasure_log_behind 0\n"));
}

#[test]
fn an_erasure_is_in_the_log_when_it_is_answered() {
    let world = World::on(TestApp::start());
    assert_eq!(world.erase().status, 204);
    let log = world.app.state.erasure_log.as_ref().unwrap();
    let named: Vec<_> = log
        .read()
        .unwrap()
        .into_iter()
        .map(|erasure| (erasure.subject.kind(), erasure.subject.id().to_string()))
        .collect();
    assert_eq!(
        named,
        [
            ("customer", world.customer_id.clone()),
            ("account", world.account_id.clone())
        ]
    );
}

#[test]
fn what_was_kept_for_long_enough_goes_and_is_told() {
    for world in World::everywhere() {
        let (database, ids) = (&world.app.state.database, world.app.state.ids.as_ref());
        let periods = RetentionPeriods::default();
        let now = world.app.clock.now();
        let nothing = retention::due(database, now, &periods).unwrap();
        assert!(nothing.iter().all(|(_, due)| *due == 0), "{nothing:?}");
        let later = now + TimeDelta::days(1_096);
        let due = retention::due(database, later, &periods).unwrap();
        let of = |kind| due.iter().find(|(found, _)| *found == kind).unwrap().1;
        assert_eq!((of(Kind::Orders), of(Kind::Applications)), (1, 1));
        assert!(of(Kind::IdempotencyRecords) >= 2 && of(Kind::SignIns) > 0);

        let removed = retention::run(database, ids, later, &periods).unwrap();
        for ((kind, due), (removed_kind, removed)) in due.iter().zip(&removed) {
            assert_eq!(kind, removed_kind);
            // Sign-ins are due once their last token is gone, and events once they are delivered: neither is counted before.
            assert!(removed >= due, "{kind:?}: {removed} of {due}");
        }
        let left = retention::due(database, later, &periods).unwrap();
        // The server's own relay goes on delivering events.
        let left: Vec<_> = left
            .iter()
            .filter(|(kind, due)| *kind != Kind::Events && *due > 0)
            .collect();
        assert!(left.is_empty(), "{left:?}");
        let told = audited(&world.app, AuditAction::RetentionRan);
        assert!(told[0].1.as_ref().unwrap().contains("orders 1"), "{told:?}");
        assert_consistent(&world.app);
        let order = database
            .read::<_, RepositoryError>(|session| {
                session.find_order(kernel::Scope::All, world.order_id.parse().unwrap())
            })
            .unwrap()
            .unwrap();
        assert_eq!(order.address.detail.as_str(), "已注销");
        assert_eq!(order.clone().without_person(), order);
    }
}
