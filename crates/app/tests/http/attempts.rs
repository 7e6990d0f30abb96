//! Failed sign-ins: how many are let through, who has to wait, and who has not.

use crate::support::{Answer, Client, PASSWORD, TestApp};
use app::{
    client_address::TrustedProxies, edge::EdgeOptions, passwords::Passwords, server::ServerOptions,
    state::State,
};
use chrono::TimeDelta;
use identity::{AuditAction, AuditFilter, KNOWN_ADDRESS_LIFETIME, Password, PasswordHash, PasswordHasher};
use kernel::{Clock, PageRequest, RepositoryError};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use testing::PlainPasswords;

const WRONG: &str = "wrong horse";

/// A server behind a proxy that tells whom it speaks for.
fn behind_a_proxy() -> TestApp {
    TestApp::start_with(ServerOptions {
        edge: EdgeOptions {
            trusted_proxies: "127.0.0.1".parse::<TrustedProxies>().unwrap(),
            ..EdgeOptions::default()
        },
        ..ServerOptions::default()
    })
}

fn from(app: &TestApp, address: &str) -> Client {
    app.client().with("X-Forwarded-For", address)
}

fn attempt(client: &Client, username: &str, password: &str) -> Answer {
    let credentials = json!({ "username": username, "password": password });
    client.post("/api/v1/auth/login", &credentials)
}

fn fail(client: &Client, username: &str, times: usize) {
    for _ in 0..times {
        attempt(client, username, WRONG).problem(401, "wrong_credentials");
    }
}

/// Refused without a look at the password; answers after how many seconds another may be tried.
#[track_caller]
fn refused(client: &Client, username: &str) -> i64 {
    let answer = attempt(client, username, PASSWORD);
    let seconds = answer.header("retry-after").parse().unwrap();
    answer.problem(429, "too_many_attempts");
    seconds
}

fn wait(app: &TestApp, wait: TimeDelta) {
    app.clock.set(app.clock.now() + wait);
}

/// How often the log tells of a limit, and about whom.
fn limits_audited(app: &TestApp) -> Vec<Option<uuid::Uuid>> {
    let filter = AuditFilter {
        action: Some(AuditAction::SignInsLimited),
        ..AuditFilter::default()
    };
    let page = app
        .state
        .database
        .read::<_, RepositoryError>(|session| session.list_audit_entries(&filter, &PageRequest::first()));
    page.unwrap()
        .items
        .into_iter()
        .map(|entry| entry.subject)
        .collect()
}

/// Tells how many passwords were verified.
#[derive(Default)]
struct Counting(AtomicUsize);

impl PasswordHasher for Counting {
    fn hash(&self, password: &Password) -> PasswordHash {
        PlainPasswords.hash(password)
    }

    fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        PlainPasswords.verify(password, hash)
    }
}

#[test]
fn of_64_guesses_at_once_no_more_are_verified_than_of_as_many_in_a_row() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        app.customer("zhang.san");
        let hasher = Arc::new(Counting::default());
        let counting = app.beside(State {
            passwords: Arc::new(Passwords::new(hasher.clone())),
            ..app.state.clone()
        });
        let statuses: Vec<_> = std::thread::scope(|scope| {
            let guessing: Vec<_> = (0..64)
                .map(|_| scope.spawn(|| attempt(&counting.client(), "zhang.san", WRONG).status))
                .collect();
            guessing.into_iter().map(|guess| guess.join().unwrap()).collect()
        });
        let count = |status| statuses.iter().filter(|told| **told == status).count();
        assert_eq!((count(401), count(429)), (5, 59), "{statuses:?}");
        assert_eq!(hasher.0.load(Ordering::SeqCst), 5);
        assert_eq!(limits_audited(&app).len(), 1);
    }
}

#[test]
fn the_wait_grows_with_each_failure_and_ends_by_itself() {
    let app = TestApp::start();
    app.customer("zhang.san");
    let client = app.client();
    fail(&client, "zhang.san", 5);
    for seconds in [30, 60, 120, 240, 480, 900, 900] {
        // What is refused makes nobody wait longer.
        assert_eq!(refused(&client, "zhang.san"), seconds);
        assert_eq!(refused(&client, "ZHANG.SAN "), seconds);
        wait(&app, TimeDelta::seconds(seconds) - TimeDelta::microseconds(1));
        assert_eq!(refused(&client, "zhang.san"), 1);
        wait(&app, TimeDelta::microseconds(1));
        fail(&client, "zhang.san", 1);
    }
    wait(&app, TimeDelta::minutes(15));
    attempt(&client, "zhang.san", PASSWORD).expect(200);
    // Success begins anew.
    fail(&client, "zhang.san", 5);
    assert_eq!(refused(&client, "zhang.san"), 30);
}

#[test]
fn failures_are_forgotten_after_a_quiet_while() {
    let app = TestApp::start();
    let client = app.client();
    fail(&client, "zhang.san", 4);
    wait(&app, TimeDelta::minutes(15));
    fail(&client, "zhang.san", 5);
    assert_eq!(refused(&client, "zhang.san"), 30);
}

#[test]
fn a_name_that_nobody_has_is_refused_like_any_other() {
    let app = behind_a_proxy();
    app.customer("zhang.san");
    for name in ["zhang.san", "nobody", "不是用户名"] {
        let client = from(&app, &format!("198.51.100.{}", name.len()));
        fail(&client, name, 5);
        assert_eq!(refused(&client, name), 30, "{name}");
    }
    let audited = limits_audited(&app);
    assert_eq!(audited.len(), 3);
    assert_eq!(
        audited.iter().flatten().count(),
        1,
        "only one of them has an account"
    );
}

#[test]
fn the_refusal_is_told_in_the_readers_language() {
    let app = TestApp::start();
    let client = app.client();
    fail(&client, "zhang.san", 5);
    let chinese = attempt(&client, "zhang.san", WRONG).problem(429, "too_many_attempts");
    assert!(chinese["detail"].as_str().unwrap().contains("请稍后再试"));
    let english = attempt(&client.with("Accept-Language", "en"), "zhang.san", WRONG);
    let english = english.problem(429, "too_many_attempts");
    assert!(
        english["detail"]
            .as_str()
            .unwrap()
            .starts_with("Too many attempts")
    );
}

#[test]
fn one_address_that_tries_many_names_has_to_wait_and_no_other() {
    let app = behind_a_proxy();
    app.customer("zhang.san");
    let attacker = from(&app, "2001:db8:1:2::a");
    for name in 0..12 {
        fail(&attacker, &format!("name-{name}"), 4);
    }
    // An account of one's own is no licence to guess on.
    attempt(&attacker, "zhang.san", PASSWORD).expect(200);
    fail(&attacker, "name-a", 2);
    assert_eq!(refused(&attacker, "name-b"), 30);
    assert_eq!(
        refused(&from(&app, "2001:db8:1:2:ffff::b"), "name-b"),
        30,
        "its network"
    );
    // Whoever signed in from there lately does not wait for its neighbours.
    attempt(&attacker, "zhang.san", PASSWORD).expect(200);
    attempt(&from(&app, "2001:db8:1:3::a"), "zhang.san", PASSWORD).expect(200);
}

#[test]
fn nobody_locks_out_somebody_else_for_long() {
    let app = behind_a_proxy();
    app.customer("zhang.san");
    let home = from(&app, "203.0.113.7");
    attempt(&home, "zhang.san", PASSWORD).expect(200);
    let attack = |round: usize| {
        let guesses = (1..=20).map(|host| {
            let attacker = from(&app, &format!("198.51.{round}.{host}"));
            attempt(&attacker, "zhang.san", WRONG).status
        });
        guesses.filter(|status| *status == 401).count()
    };
    assert_eq!(attack(0), 20);
    assert_eq!(attack(1), 0, "the name has to wait, from wherever");
    // On an address that is not known, the owner waits with the others, and never for long.
    let hotel = from(&app, "192.0.2.9");
    for seconds in [1, 2, 4, 8, 16, 30, 30] {
        assert_eq!(refused(&hotel, "zhang.san"), seconds);
        wait(&app, TimeDelta::seconds(seconds));
        assert_eq!(attack(1), 1);
    }
    // At home, the owner does not wait at all, and with that the others may go on.
    assert_eq!(refused(&hotel, "zhang.san"), 30);
    attempt(&home, "zhang.san", WRONG).problem(401, "wrong_credentials");
    attempt(&home, "zhang.san", PASSWORD).expect(200);
    attempt(&hotel, "zhang.san", PASSWORD).expect(200);
}

#[test]
fn an_address_is_known_for_its_time_only() {
    let app = behind_a_proxy();
    app.customer("zhang.san");
    let home = from(&app, "203.0.113.7");
    attempt(&home, "zhang.san", PASSWORD).expect(200);
    let attack = || {
        for host in 1..=20 {
            let attacker = from(&app, &format!("198.51.100.{host}"));
            attempt(&attacker, "zhang.san", WRONG).problem(401, "wrong_credentials");
        }
    };
    wait(&app, KNOWN_ADDRESS_LIFETIME - TimeDelta::seconds(1));
    attack();
    fail(&home, "zhang.san", 1);
    wait(&app, TimeDelta::seconds(1));
    assert_eq!(refused(&home, "zhang.san"), 1);
}

#[test]
fn what_one_node_counts_every_node_knows() {
    let Some(app) = TestApp::start_on_postgres() else {
        return;
    };
    let other = app.another_node();
    app.customer("zhang.san");
    fail(&app.client(), "zhang.san", 3);
    fail(&other.client(), "zhang.san", 2);
    assert_eq!(refused(&app.client(), "zhang.san"), 30);
    assert_eq!(refused(&other.client(), "zhang.san"), 30);
}
