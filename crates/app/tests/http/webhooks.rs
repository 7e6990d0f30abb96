//! Webhooks: who is told of what, in which order, how often, and who never.

use crate::support::{Client, TestApp};
use app::{state::State, webhooks::Webhooks};
use events::{AddressPolicy, Delivery, DeliveryState, Event, Fact, WebhookSecret};
use identity::{Position, Role};
use kernel::{AgentId, Clock, DeliveryId, EventId, OrderId, RepositoryError};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use testing::build::territories::agent_id;
use uuid::Uuid;
use webhooks::HttpSender;

/// Whatever is waited for comes sooner.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than any pause between two attempts.
const LONG: Duration = Duration::from_hours(6);

/// One request, as it came.
#[derive(Clone, Debug)]
struct Received {
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether it is signed with that secret.
    fn is_signed(&self, secret: &Value) -> bool {
        let secret = WebhookSecret::parse(secret.as_str().unwrap()).unwrap();
        let timestamp = self.headers["catchment-timestamp"].parse().unwrap();
        secret.sign(timestamp, &self.body) == self.headers["catchment-signature"]
    }
}

/// A receiver on loopback. It ends with the process.
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
    /// What it answers to an order's events.
    answers: Arc<Mutex<BTreeMap<Uuid, u16>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook?key=1", listener.local_addr().unwrap());
        let (received, answers) = (Arc::default(), Arc::default());
        let started = Self {
            url,
            received: Arc::clone(&received),
            answers: Arc::clone(&answers),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                answer(&connection.unwrap(), &received, &answers);
            }
        });
        started
    }

    fn answers(&self, order: Uuid, status: u16) {
        self.answers.lock().unwrap().insert(order, status);
    }

    fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The requests, once there are so many.
    #[track_caller]
    fn await_requests(&self, count: usize) -> Vec<Received> {
        let begun = Instant::now();
        while self.all().len() < count {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.told());
            thread::sleep(Duration::from_millis(10));
        }
        self.all()
    }

    /// Which versions of which orders it was told of, as they came.
    fn told(&self) -> Vec<(String, i64)> {
        let all = self.all();
        let bodies = all.iter().map(Received::json);
        bodies
            .map(|body| {
                let order = body["aggregate_id"].as_str().unwrap_or_default().to_owned();
                (order, body["aggregate_version"].as_i64().unwrap_or_default())
            })
            .collect()
    }
}

fn answer(mut connection: &TcpStream, received: &Mutex<Vec<Received>>, answers: &Mutex<BTreeMap<Uuid, u16>>) {
    let mut reader = BufReader::new(connection);
    let (mut headers, mut line) = (BTreeMap::new(), String::new());
    reader.read_line(&mut line).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) => drop(headers.insert(name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let request = Received { headers, body };
    let order = request.json()["aggregate_id"]
        .as_str()
        .and_then(|id| id.parse().ok());
    let status = order.and_then(|order: Uuid| answers.lock().unwrap().get(&order).copied());
    received.lock().unwrap().push(request);
    let status = status.unwrap_or(204);
    write!(
        connection,
        "HTTP/1.1 {status} As asked\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
}

fn order(number: u128) -> Uuid {
    Uuid::from_u128(0x1000 + number)
}

/// That order of an agent was rated, as its version tells.
fn rated(app: &TestApp, agent_id: AgentId, order: Uuid, version: i64) -> Event {
    Event {
        id: EventId::from_uuid(app.state.ids.next_uuid(app.clock.now())),
        agent_id,
        aggregate_id: order,
        aggregate_version: version,
        occurred_at: app.clock.now(),
        fact: Fact::OrderRated {
            order_id: OrderId::from_uuid(order),
        },
    }
}

fn happen(app: &TestApp, events: &[Event]) {
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_events(events))
        .unwrap();
    while app::relay::deliver_waiting(&app.state.database, app.state.ids.as_ref(), app.clock.now()).unwrap()
        > 0
    {}
}

fn create(client: &Client, url: &str) -> Value {
    let body = json!({"url": url, "topics": ["order_rated"]});
    client.post("/api/v1/webhooks", &body).expect(201)
}

fn path(webhook: &Value) -> String {
    format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

fn advance(app: &TestApp, time: Duration) {
    app.clock.set(app.clock.now() + time);
}

/// Waits until a list has so many.
#[track_caller]
fn await_dead_letters(client: &Client, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let page = client.get("/api/v1/dead-letters").expect(200);
        let items = page["items"].as_array().unwrap();
        if items.len() == count {
            return items.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{page}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_webhook_is_its_offices_own_and_its_secret_is_shown_once() {
    let app = TestApp::start();
    let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
    let created = create(&owner, "http://127.0.0.1:9/hook?key=abc");
    assert!(created["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(created["url"], "http://127.0.0.1:9/hook?…");
    assert_eq!(
        (&created["format"], &created["enabled"]),
        (&json!("json"), &json!(true))
    );
    let listed = owner.get("/api/v1/webhooks").expect(200);
    assert_eq!(listed["items"][0]["id"], created["id"]);
    assert!(!listed.to_string().contains("whsec_") && !listed.to_string().contains("abc"));
    let got = owner.get(&path(&created));
    assert_eq!((got.status, got.header("etag")), (200, "\"1\""));

    let change = json!({"topics": ["stock_low", "order_placed"], "format": "wecom"});
    let stale = owner
        .with("If-Match", "\"7\"")
        .send_json("PATCH", &path(&created), &change);
    stale.problem(412, "stale_version");
    let changed = owner
        .with("If-Match", "\"1\"")
        .send_json("PATCH", &path(&created), &change);
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.expect(200);
    assert_eq!(changed["topics"], json!(["order_placed", "stock_low"]));
    assert_eq!(changed["format"], "wecom");
    let wrong = json!({"url": "ftp://a", "topics": [], "format": "xml"});
    for answer in [
        owner.post("/api/v1/webhooks", &wrong),
        owner.send_json("PATCH", &path(&created), &wrong),
    ] {
        let errors = answer.problem(422, "invalid_input")["errors"].clone();
        let mut codes: Vec<_> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["code"])
            .collect();
        codes.sort_by_key(ToString::to_string);
        assert_eq!(codes, ["empty", "invalid_url", "unknown_format"]);
    }
    let unknown = json!({"url": "http://127.0.0.1:9", "topics": ["order_lost"]});
    owner
        .post("/api/v1/webhooks", &unknown)
        .problem(422, "invalid_input");

    for other in [&stranger, &app.headquarters(Role::HqAdmin)] {
        assert_eq!(other.get("/api/v1/webhooks").expect(200)["items"], json!([]));
        other.get(&path(&created)).problem(404, "not_found");
        other
            .send_json("PATCH", &path(&created), &json!({}))
            .problem(404, "not_found");
        other
            .send("DELETE", &path(&created), b"")
            .problem(404, "not_found");
        let test = format!("{}/test", path(&created));
        other.send("POST", &test, b"").problem(404, "not_found");
    }
    let staff = app.account("staff", Position::AgentStaff(agent_id(1)));
    staff.get("/api/v1/webhooks").problem(403, "forbidden");
    staff.get("/api/v1/dead-letters").problem(403, "forbidden");
    assert_eq!(owner.send("DELETE", &path(&created), b"").status, 204);
    owner
        .send("DELETE", &path(&created), b"")
        .problem(404, "not_found");
    for _ in 0..10 {
        create(&owner, "http://127.0.0.1:9");
    }
    let body = json!({"url": "http://127.0.0.1:9", "topics": ["order_rated"]});
    owner
        .post("/api/v1/webhooks", &body)
        .problem(409, "too_many_webhooks");
}

/// Whoever wants an event is told of it, signed, in the order of its aggregate, and once more after a failure.
fn events_arrive_in_order(app: &TestApp) {
    let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
    let (receiver, others, headquarters) = (Receiver::start(), Receiver::start(), Receiver::start());
    let webhook = create(&owner, &receiver.url);
    create(&stranger, &others.url);
    create(&app.headquarters(Role::HqAdmin), &headquarters.url);
    let (failing, fine) = (order(1), order(2));
    receiver.answers(failing, 500);
    let own = agent_id(1);
    let events = [
        rated(app, own, failing, 2),
        rated(app, own, failing, 1),
        rated(app, own, fine, 1),
    ];
    happen(app, &events);
    // Headquarters hears of everybody's, in order.
    let heard = headquarters.await_requests(3);
    let versions = |order: Uuid| {
        let told = headquarters.told();
        let of_it = told.into_iter().filter(move |(of, _)| *of == order.to_string());
        of_it.map(|(_, version)| version).collect::<Vec<_>>()
    };
    assert_eq!((versions(failing), versions(fine)), (vec![1, 2], vec![1]));
    let first = heard
        .iter()
        .map(Received::json)
        .find(|body| body["id"] == json!(events[2].id))
        .unwrap();
    assert_eq!(
        first,
        json!({
            "id": events[2].id, "type": "order_rated", "occurred_at": "2026-11-22T08:00:00Z",
            "agent_id": own, "aggregate_id": fine, "aggregate_version": 1, "data": {"order_id": fine},
        })
    );
    // The agent's own: the second version waits for the first, the other order for nothing.
    receiver.await_requests(2);
    thread::sleep(Duration::from_millis(700));
    let mut told = receiver.told();
    told.sort();
    assert_eq!(told, [(failing.to_string(), 1), (fine.to_string(), 1)]);
    receiver.answers(failing, 200);
    advance(app, Duration::from_secs(13));
    let requests = receiver.await_requests(4);
    assert_eq!(
        receiver.told()[2..],
        [(failing.to_string(), 1), (failing.to_string(), 2)]
    );
    for request in &requests {
        assert!(request.is_signed(&webhook["secret"]), "{request:?}");
        assert_eq!(json!(request.headers["catchment-event-id"]), request.json()["id"]);
    }
    let mut altered = requests[0].clone();
    altered.body[0] = b' ';
    assert!(!altered.is_signed(&webhook["secret"]));
    assert!(others.all().is_empty(), "another agent's are not its own");
    await_dead_letters(&owner_again(app), 0);
}

/// Time has passed, and with it the access token.
fn owner_again(app: &TestApp) -> Client {
    app.login("agent-1")
}

#[test]
fn events_arrive_signed_in_order_and_again_after_a_failure() {
    events_arrive_in_order(&TestApp::start());
}

#[test]
fn events_arrive_signed_in_order_and_again_after_a_failure_on_postgres() {
    if let Some(app) = TestApp::start_on_postgres() {
        events_arrive_in_order(&app);
    }
}

#[test]
fn a_dead_letter_lets_its_successors_pass_and_is_replayed() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    app.agent(2, "330108");
    let receiver = Receiver::start();
    create(&owner, &receiver.url);
    let failing = order(1);
    receiver.answers(failing, 503);
    happen(
        &app,
        &[
            rated(&app, agent_id(1), failing, 1),
            rated(&app, agent_id(1), failing, 2),
        ],
    );
    let attempts = usize::from(events::MAXIMUM_ATTEMPTS);
    for attempt in 1..=attempts {
        receiver.await_requests(attempt);
        if attempt == attempts {
            receiver.answers(failing, 204);
        }
        // Noted is what the next attempt goes by.
        thread::sleep(Duration::from_millis(150));
        advance(&app, LONG);
    }
    receiver.await_requests(attempts + 1);
    assert_eq!(
        receiver.told()[attempts],
        (failing.to_string(), 2),
        "its successor passes"
    );

    let owner = owner_again(&app);
    let letters = await_dead_letters(&owner, 1);
    let letter = &letters[0];
    assert_eq!(letter["failure"], "status_503");
    assert_eq!(letter["attempts"], events::MAXIMUM_ATTEMPTS);
    assert_eq!(letter["topic"], "order_rated");
    assert_eq!(letter["subject"], json!({"kind": "order", "id": failing}));
    let replay = format!("/api/v1/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    let stranger = app.login("agent-2");
    assert_eq!(await_dead_letters(&stranger, 0), [Value::Null; 0]);
    stranger.send("POST", &replay, b"").problem(404, "not_found");
    let operator = app.headquarters(Role::Operator);
    assert_eq!(await_dead_letters(&operator, 1), letters);
    assert_eq!(operator.send("POST", &replay, b"").status, 202);
    receiver.await_requests(attempts + 2);
    assert_eq!(receiver.told()[attempts + 1], (failing.to_string(), 1));
    await_dead_letters(&owner, 0);
    owner.send("POST", &replay, b"").problem(404, "not_found");
}

#[test]
fn a_receiver_that_is_gone_disables_its_webhook_and_what_waits_is_dead() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let receiver = Receiver::start();
    let webhook = create(&owner, &receiver.url);
    receiver.answers(order(1), 410);
    let own = agent_id(1);
    happen(
        &app,
        &[rated(&app, own, order(1), 1), rated(&app, own, order(1), 2)],
    );
    let letters = await_dead_letters(&owner, 2);
    assert!(
        letters.iter().all(|letter| letter["failure"] == "gone"),
        "{letters:?}"
    );
    let now = owner.get(&path(&webhook)).expect(200);
    assert_eq!((&now["enabled"], &now["version"]), (&json!(false), &json!(2)));
    happen(&app, &[rated(&app, own, order(2), 1)]);
    await_dead_letters(&owner, 2);
    let replay = format!(
        "/api/v1/dead-letters/{}/replay",
        letters[1]["id"].as_str().unwrap()
    );
    owner.send("POST", &replay, b"").problem(409, "webhook_disabled");
    owner
        .send_json("PATCH", &path(&webhook), &json!({"enabled": true}))
        .expect(200);
    receiver.answers(order(1), 204);
    assert_eq!(owner.send("POST", &replay, b"").status, 202);
    // A receiver that failed is left alone for a moment.
    advance(&app, Duration::from_secs(2));
    receiver.await_requests(2);
    // By hand it is the same, with another reason.
    receiver.answers(order(3), 500);
    happen(&app, &[rated(&app, own, order(3), 1)]);
    receiver.await_requests(3);
    owner
        .send_json("PATCH", &path(&webhook), &json!({"enabled": false}))
        .expect(200);
    let letters = await_dead_letters(&owner, 2);
    assert_eq!(letters[0]["failure"], "disabled");
}

#[test]
fn what_a_node_sent_before_it_died_is_sent_once_more() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let receiver = Receiver::start();
    let webhook = create(&owner, &receiver.url);
    let then = app.clock.now() + Duration::from_secs(100);
    let sent = Delivery {
        id: DeliveryId::from_uuid(app.state.ids.next_uuid(then)),
        agent_id: agent_id(1),
        webhook_id: webhook["id"].as_str().unwrap().parse().unwrap(),
        event: rated(&app, agent_id(1), order(1), 1),
        state: DeliveryState::Waiting {
            next_attempt_at: then,
        },
        attempts: 0,
        last_failure: None,
    };
    let (dead_node, lease) = (Uuid::from_u128(99), Duration::from_mins(1));
    let leased = app.state.database.write::<_, RepositoryError>(|session| {
        session.insert_deliveries(std::slice::from_ref(&sent))?;
        session.lease_delivery(&sent, dead_node, then, then + lease)
    });
    assert!(leased.unwrap());
    app.clock.set(then + Duration::from_secs(30));
    thread::sleep(Duration::from_millis(1_500));
    assert!(receiver.all().is_empty(), "it may still be on its way");
    app.clock.set(then + lease);
    assert_eq!(receiver.await_requests(1)[0].json()["id"], json!(sent.event.id));
}

#[test]
fn a_webhook_is_tried_out_at_once_in_its_own_form() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let receiver = Receiver::start();
    let webhook = create(&owner, &receiver.url);
    let test = format!("{}/test", path(&webhook));
    let tested = owner.send("POST", &test, b"").expect(200);
    assert_eq!(tested, json!({"delivered": true, "failure": null}));
    let ping = &receiver.all()[0];
    assert!(ping.is_signed(&webhook["secret"]));
    assert_eq!(ping.json()["type"], "ping");
    owner
        .send_json("PATCH", &path(&webhook), &json!({"format": "wecom"}))
        .expect(200);
    let tested = owner.send("POST", &test, b"").expect(200);
    // A robot says in its body that it took it, and this one says nothing.
    assert_eq!(tested, json!({"delivered": false, "failure": "robot_error"}));
    assert_eq!(receiver.all()[1].json()["msgtype"], "markdown");
    let closed = json!({"url": "http://127.0.0.1:9/"});
    owner.send_json("PATCH", &path(&webhook), &closed).expect(200);
    let tested = owner.send("POST", &test, b"").expect(200);
    assert_eq!(tested, json!({"delivered": false, "failure": "unreachable"}));
}

#[test]
fn an_address_that_is_not_public_is_refused_and_never_connected_to() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let strict = app.beside(State {
        webhooks: Arc::new(Webhooks::new(Arc::new(HttpSender::new(
            AddressPolicy::PublicOnly,
        )))),
        ..app.state.clone()
    });
    let receiver = Receiver::start();
    let webhook = create(&owner, &receiver.url);
    let owner = owner.to(strict.address);
    for (url, code) in [
        ("http://example.com/", "not_encrypted"),
        ("https://127.0.0.1/", "private_address"),
        ("https://2130706433/", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://[::ffff:10.0.0.1]/", "private_address"),
        ("https://localhost/hook", "private_address"),
        ("https://nowhere.invalid/", "no_such_host"),
    ] {
        for answer in [
            owner.post(
                "/api/v1/webhooks",
                &json!({"url": url, "topics": ["order_rated"]}),
            ),
            owner.send_json("PATCH", &path(&webhook), &json!({ "url": url })),
        ] {
            let refused = answer.problem(422, "invalid_input");
            assert_eq!(refused["errors"][0]["field"], "url");
            assert_eq!(refused["errors"][0]["code"], code, "{url}");
        }
    }
    // One that was registered before, when it led elsewhere.
    let test = format!("{}/test", path(&webhook));
    let tested = owner.send("POST", &test, b"").expect(200);
    assert_eq!(tested["delivered"], false);
    assert!(receiver.all().is_empty());
}
