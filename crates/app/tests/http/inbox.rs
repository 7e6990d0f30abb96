//! What people are told, and how it reaches them while they look.

use crate::support::{Client, PASSWORD, TestApp};
use app::{
    live::{Live, LiveLimits},
    state::State,
};
use events::{Event, Fact};
use identity::Role;
use kernel::{Clock, EventId, OrderId, RepositoryError};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use testing::build::{inventory::product, territories::agent_id};

/// Whatever is waited for comes sooner.
const PATIENCE: Duration = Duration::from_secs(20);

fn token(app: &TestApp, username: &str) -> String {
    let credentials = json!({ "username": username, "password": PASSWORD });
    let signed_in = app.client().post("/api/v1/auth/login", &credentials).expect(200);
    signed_in["access_token"].as_str().unwrap().to_owned()
}

/// Orders that were rated, which concern the office of agent 1.
fn rated(app: &TestApp, count: usize) -> Vec<Event> {
    let now = app.clock.now();
    let next = || app.state.ids.next_uuid(now);
    let ids = (0..count).map(|_| OrderId::from_uuid(next()));
    ids.map(|order_id| Event {
        id: EventId::from_uuid(next()),
        agent_id: agent_id(1),
        aggregate_id: order_id.as_uuid(),
        aggregate_version: 1,
        occurred_at: now,
        fact: Fact::OrderRated { order_id },
    })
    .collect()
}

fn happen(app: &TestApp, events: &[Event]) {
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_events(events))
        .unwrap();
}

fn deliver(app: &TestApp) {
    while app::relay::deliver_waiting(&app.state.database, app.state.ids.as_ref(), app.clock.now()).unwrap()
        > 0
    {}
}

/// One event of a stream, as it came.
#[derive(Debug, PartialEq, Eq)]
struct Received {
    id: String,
    event: String,
    data: Value,
}

/// A stream that is read line by line.
struct Stream {
    lines: BufReader<TcpStream>,
}

impl Stream {
    fn open(address: SocketAddr, token: &str, query: &str, last_event_id: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let position = last_event_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        write!(
            stream,
            "GET /api/v1/events{query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{position}\r\n"
        )
        .unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while lines.read_line(&mut head).unwrap() > 2 {}
        assert!(head.contains(" 200 OK"), "{head}");
        assert!(head.contains("text/event-stream"), "{head}");
        Self { lines }
    }

    /// The next line of the stream; `None` at the end. Those without a colon are the sizes of its chunks.
    fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if line.contains(':') {
                return Some(line.trim().to_owned());
            }
        }
    }

    /// The next event; `None` at the end.
    fn next(&mut self) -> Option<Received> {
        let mut received = Received {
            id: String::new(),
            event: String::new(),
            data: Value::Null,
        };
        while let Some(line) = self.line() {
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut received.id),
                Some(("event", event)) => event.clone_into(&mut received.event),
                Some(("data", data)) => {
                    received.data = serde_json::from_str(data).unwrap();
                    return Some(received);
                }
                // A comment, or when to come back.
                _ => {}
            }
        }
        None
    }
}

#[test]
fn an_office_is_told_of_an_order_and_marks_it_read() {
    let app = TestApp::start();
    app.products(&[1]);
    let owner = app.agent(1, "330106");
    let receipt = json!({"lines": [{"product_id": product(1).id, "quantity": 9}]});
    owner.post("/api/v1/inventory/receipts", &receipt).expect(201);
    let (customer, _) = app.customer("wang.xiaoming");
    let order = json!({
        "address": {
            "division_code": "330106", "detail": "文三路 9 号",
            "contact_name": "王五", "contact_phone": "13700000009",
        },
        "lines": [{"product_id": product(1).id, "quantity": 1}],
    });
    let placed = customer
        .with("Idempotency-Key", "a")
        .post("/api/v1/orders", &order)
        .expect(201);
    deliver(&app);

    let inbox = owner.get("/api/v1/inbox").expect(200);
    let message = &inbox["items"][0];
    assert_eq!(inbox["items"].as_array().unwrap().len(), 1, "{inbox}");
    assert_eq!(
        (
            &inbox["unread_count"],
            &inbox["last_event_id"],
            &inbox["next_cursor"]
        ),
        (&json!(1), &json!(1), &Value::Null)
    );
    assert_eq!(message["topic"], "order_placed");
    assert_eq!(message["subject"], json!({"kind": "order", "id": placed["id"]}));
    assert_eq!(message["text"], "新订单，等待派送");
    assert_eq!(message["read_at"], Value::Null);
    let english = owner
        .with("Accept-Language", "en")
        .get("/api/v1/inbox")
        .expect(200);
    assert_eq!(english["items"][0]["text"], "A new order waits for a courier.");
    // Whoever ordered knows.
    let own = customer.get("/api/v1/inbox").expect(200);
    assert_eq!(
        (&own["items"], &own["last_event_id"], &own["unread_count"]),
        (&json!([]), &json!(0), &json!(0))
    );

    let read = format!("/api/v1/inbox/{}/read", message["id"].as_str().unwrap());
    customer.send("POST", &read, b"").problem(404, "not_found");
    for _ in 0..2 {
        assert_eq!(owner.send("POST", &read, b"").status, 204);
    }
    let inbox = owner.get("/api/v1/inbox?unread=true").expect(200);
    assert_eq!((&inbox["items"], &inbox["unread_count"]), (&json!([]), &json!(0)));
    let all = owner.get("/api/v1/inbox?unread=false").expect(200);
    assert_eq!(all["items"][0]["read_at"], "2026-11-22T08:00:00Z");
    let exported = owner.get("/api/v1/me/export").expect(200);
    assert_eq!(exported["account"]["messages"][0]["topic"], "order_placed");
}

#[test]
fn messages_come_in_pages_and_are_marked_read_as_far_as_they_were_seen() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    happen(&app, &rated(&app, 3));
    deliver(&app);
    let numbers = |path: &str| {
        let page = owner.get(path).expect(200);
        let items = page["items"].as_array().unwrap();
        let numbers: Vec<_> = items
            .iter()
            .map(|item| item["number"].as_i64().unwrap())
            .collect();
        (numbers, page["next_cursor"].as_str().map(str::to_owned))
    };
    let (first, cursor) = numbers("/api/v1/inbox?limit=2");
    assert_eq!(first, [3, 2]);
    let (rest, end) = numbers(&format!("/api/v1/inbox?limit=2&cursor={}", cursor.unwrap()));
    assert_eq!((rest, end), (vec![1], None));
    let seen = |up_to: Value| owner.post("/api/v1/inbox/read-all", &json!({ "up_to": up_to }));
    assert_eq!(seen(json!(2)).status, 204);
    assert_eq!(numbers("/api/v1/inbox?unread=true").0, [3]);
    seen(json!("x")).problem(422, "invalid_input");
    app.client().get("/api/v1/inbox").problem(401, "unauthenticated");
}

/// Reads a stream that is broken off again and again, while others write.
fn nothing_is_lost_or_doubled(app: &TestApp) {
    const WRITERS: usize = 4;
    const BATCHES: usize = 10;
    const EVENTS: usize = 3;
    app.agent(1, "330106");
    let token = token(app, "agent-1");
    let batches: Vec<_> = (0..WRITERS * BATCHES).map(|_| rated(app, EVENTS)).collect();
    let all: BTreeSet<_> = batches
        .iter()
        .flatten()
        .map(|event| event.id.to_string())
        .collect();
    let mut received = Vec::new();
    thread::scope(|scope| {
        for own in batches.chunks(BATCHES) {
            scope.spawn(move || {
                for batch in own {
                    happen(app, batch);
                    thread::sleep(Duration::from_millis(40));
                }
            });
        }
        let mut last = "0".to_owned();
        let begun = Instant::now();
        while received.len() < all.len() && begun.elapsed() < PATIENCE {
            // What the address says is of the first time; the header counts.
            let mut stream = Stream::open(app.address, &token, "?last_event_id=0", Some(&last));
            for _ in 0..7 {
                if received.len() == all.len() {
                    break;
                }
                let event = stream.next().unwrap();
                assert_eq!(event.event, "order_rated");
                assert_eq!(event.data["number"].to_string(), event.id);
                received.push((
                    event.id.parse::<i64>().unwrap(),
                    event.data["id"].as_str().unwrap().to_owned(),
                ));
                last = event.id;
            }
        }
    });
    assert!(
        received.is_sorted_by(|(one, _), (next, _)| one < next),
        "{received:?}"
    );
    assert_eq!(received.len(), all.len());
    let events: BTreeSet<_> = received.into_iter().map(|(_, event)| event).collect();
    assert_eq!(events, all);
}

#[test]
fn a_stream_that_comes_back_has_lost_and_doubled_nothing() {
    nothing_is_lost_or_doubled(&TestApp::start());
}

#[test]
fn a_stream_that_comes_back_has_lost_and_doubled_nothing_on_postgres() {
    if let Some(app) = TestApp::start_on_postgres() {
        nothing_is_lost_or_doubled(&app);
    }
}

#[test]
fn a_stream_begins_with_what_is_new_and_one_of_a_limited_time_ends() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let token = token(&app, "agent-1");
    happen(&app, &rated(&app, 2));
    deliver(&app);
    let ids = |query: &str, position| {
        let mut stream = Stream::open(app.address, &token, query, position);
        std::iter::from_fn(|| stream.next())
            .map(|received| received.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("?for_seconds=0&last_event_id=0", None), ["1", "2"]);
    assert_eq!(ids("?for_seconds=0", Some("1")), ["2"]);
    assert_eq!(ids("?for_seconds=0", None), [""; 0]);
    // A number of a database that was restored since.
    assert_eq!(ids("?for_seconds=0", Some("99")), [""; 0]);
    let mut stream = Stream::open(app.address, &token, "?for_seconds=5", None);
    happen(&app, &rated(&app, 1));
    assert_eq!(stream.next().unwrap().id, "3");
    assert_eq!(stream.next(), None);

    for (query, header, field) in [
        ("?last_event_id=-1", None, "last_event_id"),
        ("?last_event_id=x", None, "last_event_id"),
        ("?for_seconds=3601", None, "for_seconds"),
        ("", Some("x"), "Last-Event-ID"),
        ("", Some("-1"), "Last-Event-ID"),
    ] {
        let client = header.map_or(owner.clone(), |value| owner.with("Last-Event-ID", value));
        let refused = client
            .get(&format!("/api/v1/events{query}"))
            .problem(422, "invalid_input");
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let head = owner.send("HEAD", "/api/v1/events", b"");
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, "text/event-stream")
    );
    assert_eq!(head.header("cache-control"), "no-store");
}

/// How long the stream still lasts.
fn ends_within(mut stream: Stream) -> Duration {
    let begun = Instant::now();
    while stream.line().is_some() {}
    begun.elapsed()
}

#[test]
fn a_stream_ends_with_the_right_to_it() {
    let app = TestApp::start();
    app.agent(1, "330106");
    let open = |token: &str| {
        let mut stream = Stream::open(app.address, token, "", None);
        assert_eq!(stream.line().unwrap(), "retry: 3000");
        stream
    };
    let (leaving, staying) = (token(&app, "agent-1"), token(&app, "agent-1"));
    let (left, mut stayed) = (open(&leaving), open(&staying));
    let client = app.client().bearing(&leaving);
    assert_eq!(client.send("POST", "/api/v1/auth/logout", b"").status, 204);
    let took = ends_within(left);
    assert!(took < Duration::from_secs(3), "{took:?}");
    happen(&app, &rated(&app, 1));
    assert_eq!(stayed.next().unwrap().event, "order_rated");
    // Its token is of a quarter of an hour.
    app.clock.set("2026-11-22T09:00:00Z".parse().unwrap());
    let took = ends_within(stayed);
    assert!(took < Duration::from_secs(3), "{took:?}");
}

fn with_limits(app: &TestApp, limits: LiveLimits) -> TestApp {
    app.beside(State {
        live: Arc::new(Live::new(limits)),
        ..app.state.clone()
    })
}

#[test]
fn streams_are_bounded_for_each_account_and_in_all() {
    let app = TestApp::start();
    let few = with_limits(
        &app,
        LiveLimits {
            streams: 2,
            streams_of_an_account: 1,
            heartbeat: Duration::from_millis(100),
        },
    );
    let clients: Vec<Client> = Role::ALL[..3]
        .iter()
        .map(|role| app.headquarters(*role))
        .collect();
    let first = Stream::open(few.address, &token(&app, "hq_admin"), "", None);
    let again = clients[0].to(few.address).get("/api/v1/events");
    again.problem(429, "too_many_streams");
    assert_eq!(again.header("retry-after"), "30");
    let second = Stream::open(few.address, &token(&app, "operator"), "", None);
    clients[2]
        .to(few.address)
        .get("/api/v1/events")
        .problem(503, "no_stream_free");
    drop(first);
    let begun = Instant::now();
    while few.state.live.listening() > 1 {
        // The server finds out with what it sends next.
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(20));
    }
    Stream::open(few.address, &token(&app, "auditor"), "?for_seconds=0", None);
    few.state.live.stop();
    assert!(ends_within(second) < Duration::from_secs(2));
    clients[2]
        .to(few.address)
        .get("/api/v1/events")
        .problem(503, "no_stream_free");
}

#[test]
fn a_silent_stream_has_a_heartbeat() {
    let app = TestApp::start();
    app.agent(1, "330106");
    let quick = with_limits(
        &app,
        LiveLimits {
            heartbeat: Duration::from_millis(50),
            ..LiveLimits::default()
        },
    );
    let mut stream = Stream::open(quick.address, &token(&app, "agent-1"), "", None);
    assert_eq!(stream.line().unwrap(), "retry: 3000");
    assert_eq!(stream.line().unwrap(), ":");
    assert_eq!(stream.line().unwrap(), ":");
}
