//! Keys rotate by the command line while a server answers.

use crate::support::{Client, TestApp};
use kernel::RepositoryError;
use serde_json::json;
use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use storage::{Database, KeyFile, KeySource, Keys, Options, Vault};
use testing::{PlainPasswords, PrivatePostgres, build};

/// How many customers there are before the rotation begins.
const CUSTOMERS: u16 = 3_000;

/// Runs `catchment keys`, and answers what it said.
fn keys(url: &str, file: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_catchment"))
        .env_clear()
        .arg("keys")
        .args(arguments)
        .args(["--database-url", url, "--key-file"])
        .arg(file)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// Reads and writes what is sealed, until told to stop; every answer must be what it is without a rotation.
fn press(owner: &Client, customer: &Client, thread: usize, stop: &AtomicBool, answered: &AtomicUsize) {
    let phone = format!("1370000{thread:04}");
    let form = json!({"name": "张三", "phone": phone});
    let added = customer_of(owner, &form);
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let order = json!({
            "address": {"division_code": "330106", "detail": "文三路 1 号", "contact_name": "张三", "contact_phone": phone},
            "lines": [{"product_id": build::inventory::product(1).id, "quantity": 1}],
            "note": "放门口",
        });
        let placed = customer
            .with("Idempotency-Key", format!("{thread}-{round}"))
            .post("/api/v1/orders", &order)
            .expect(201);
        let path = format!("/api/v1/orders/{}", placed["id"].as_str().unwrap());
        customer.get(&path).expect(200);
        customer
            .post(&format!("{path}/cancel"), &json!({"reason": "改期"}))
            .expect(200);
        owner.get("/api/v1/orders?limit=50").expect(200);
        owner.get("/api/v1/customers?limit=100").expect(200);
        let change = json!({"name": if round % 2 == 0 { "张三" } else { "李四" }});
        owner
            .send_json("PATCH", &format!("/api/v1/customers/{added}"), &change)
            .expect(200);
        answered.fetch_add(6, Ordering::Relaxed);
    }
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn customer_of(owner: &Client, form: &serde_json::Value) -> String {
    let mut form = form.clone();
    form["address"] = json!({
        "division_code": "330106", "detail": "文三路 1 号", "contact_name": "张三", "contact_phone": "13812345678",
    });
    let added = owner.post("/api/v1/customers", &form).expect(201);
    added["id"].as_str().unwrap().to_owned()
}

fn keys_rotate_under_load(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = KeyFile::at(folder.path().join("keys.toml"));
    KeyFile::create(file.path(), &Keys::generate(false).unwrap()).unwrap();
    let vault = Vault::open_source(KeySource::File(file.clone())).unwrap();
    // As long as a server waits for a connection by default: a rotation that keeps it waiting longer fails requests.
    let options = Options {
        durable: false,
        ..Options::default()
    };
    let database = Database::open(url, options, vault).unwrap();
    database.migrate().unwrap();
    let app = TestApp::start_over(database, Arc::new(PlainPasswords));
    app.products(&[1]);
    let owner = app.agent(1, "330106");
    let receipt = json!({
        "lines": [{"product_id": build::inventory::product(1).id, "quantity": 10_000}],
        "reason": "月初进货",
    });
    owner.post("/api/v1/inventory/receipts", &receipt).expect(201);
    let crowd: Vec<_> = (1..=CUSTOMERS).map(build::customers::customer).collect();
    app.state
        .database
        .write::<_, RepositoryError>(|session| session.insert_customers(&crowd))
        .unwrap();

    let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let pressing: Vec<_> = (0..3)
            .map(|thread| {
                let (customer, _) = app.customer(&format!("customer-{thread}"));
                let (owner, stop, answered) = (&owner, &stop, &answered);
                scope.spawn(move || press(owner, &customer, thread, stop, answered))
            })
            .collect();
        // However this ends, the others do too.
        let stopping = StopOnDrop(&stop);
        while answered.load(Ordering::Relaxed) == 0 {
            assert!(!pressing.iter().any(thread::ScopedJoinHandle::is_finished));
            thread::sleep(Duration::from_millis(20));
        }
        let before = answered.load(Ordering::Relaxed);
        let (done, said) = keys(url, file.path(), &["rotate"]);
        drop(stopping);
        for thread in pressing {
            thread.join().unwrap();
        }
        assert!(done, "{said}");
        assert!(said.contains("rotated to version 2"), "{said}");
        assert!(answered.load(Ordering::Relaxed) > before);
    });

    let database = &app.state.database;
    assert_eq!(database.vault().current_version(), 2);
    assert_eq!(database.count_sealed_under(1).unwrap(), 0);
    assert!(database.count_sealed_under(2).unwrap() > 2 * u64::from(CUSTOMERS));
    let (done, said) = keys(url, file.path(), &["retire", "2"]);
    assert!(!done && said.contains("version 2 is current"), "{said}");
    let (done, said) = keys(url, file.path(), &["retire", "1"]);
    assert!(done, "{said}");
    assert_eq!(file.load().unwrap().versions(), [2]);

    // Everything opens for a program that never knew the old key, and for the server, which has forgotten it.
    assert!(database.vault().follow().is_ok());
    let path = "/api/v1/customers?limit=100";
    let mut cursor = String::new();
    let admin = app.headquarters(identity::Role::HqAdmin);
    loop {
        let page = admin.get(&format!("{path}{cursor}")).expect(200);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for path in [
        "/api/v1/orders?limit=100",
        "/api/v1/inventory/movements?limit=100",
        "/api/v1/couriers",
    ] {
        owner.get(path).expect(200);
    }
    let audited = database
        .read::<_, RepositoryError>(|session| {
            session.list_audit_entries(&identity::AuditFilter::default(), &kernel::PageRequest::first())
        })
        .unwrap();
    for action in [
        identity::AuditAction::KeysRotated,
        identity::AuditAction::KeyRetired,
    ] {
        assert!(
            audited
                .items
                .iter()
                .any(|entry| entry.action == action && entry.actor.is_none()),
            "{action:?}"
        );
    }
}

#[test]
fn keys_rotate_under_load_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("catchment.db").display());
    keys_rotate_under_load(&url);
}

#[test]
fn keys_rotate_under_load_on_postgres() {
    if let Some(postgres) = PrivatePostgres::shared() {
        keys_rotate_under_load(&postgres.create_database());
    }
}
