//! Counting attempts to sign in, on the in-memory fake.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use chrono::TimeDelta;
use identity::{
    Account, AccountRepository, AskPasswordError, Attempt, AttemptPolicy, AttemptedName, AuditAction,
    CountAttemptError, OpenAccount, Origin, Password, PasswordHasher, Position, Username, ask_password,
    attempt_succeeded, count_attempt, open_account, record_limit, withdraw_attempt,
};
use kernel::{AccountId, CustomerId, Instant, PersonName};
use std::net::IpAddr;
use testing::{Memory, PlainPasswords, SeededIds, instant};
use uuid::Uuid;

struct World {
    memory: Memory,
    now: Instant,
}

impl World {
    fn new() -> Self {
        Self {
            memory: Memory::default(),
            now: instant("2026-11-22T08:00:00Z"),
        }
    }

    fn attempt(&mut self, name: &str, host: u8) -> Result<Attempt, CountAttemptError> {
        let address = IpAddr::from([192, 0, 2, host]);
        count_attempt(&mut self.memory, self.now, AttemptedName::of(name), address)
    }

    fn fail(&mut self, name: &str, host: u8, times: usize) {
        for _ in 0..times {
            self.attempt(name, host).unwrap();
        }
    }

    fn succeed(&mut self, name: &str, host: u8) {
        let attempt = self.attempt(name, host).unwrap();
        attempt_succeeded(&mut self.memory, self.now, &attempt).unwrap();
    }

    #[track_caller]
    fn refused(&mut self, name: &str, host: u8) -> TimeDelta {
        match self.attempt(name, host) {
            Err(CountAttemptError::TooMany { wait }) => wait,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_attempt_counts_before_it_is_known_to_have_failed() {
    let mut world = World::new();
    world.fail("zhang.san", 1, 5);
    assert_eq!(
        world.refused("zhang.san", 1),
        AttemptPolicy::NAME_AND_ADDRESS.first_wait
    );
    // Neither another name nor another address has to wait.
    world.fail("li.si", 1, 1);
    world.fail("zhang.san", 2, 1);
}

#[test]
fn what_is_refused_is_not_counted() {
    let mut world = World::new();
    world.fail("zhang.san", 1, 5);
    for _ in 0..100 {
        assert_eq!(world.refused("zhang.san", 1), TimeDelta::seconds(30));
    }
    world.now += TimeDelta::seconds(30);
    world.fail("zhang.san", 1, 1);
    assert_eq!(world.refused("zhang.san", 1), TimeDelta::minutes(1));
}

#[test]
fn success_clears_the_name_and_takes_only_itself_back_from_the_address() {
    let mut world = World::new();
    for name in 0..11 {
        world.fail(&format!("name-{name}"), 1, 4);
    }
    world.fail("zhang.san", 1, 4);
    world.succeed("zhang.san", 1);
    // 48 of 50 are counted by the address, and none by the name.
    world.fail("zhang.san", 1, 2);
    assert_eq!(world.refused("name-0", 1), AttemptPolicy::ADDRESS.first_wait);
    // Who is known there does not wait for it, until its own failures are too many.
    world.fail("zhang.san", 1, 3);
    assert_eq!(
        world.refused("zhang.san", 1),
        AttemptPolicy::NAME_AND_ADDRESS.first_wait
    );
    world.fail("zhang.san", 2, 4);
}

#[test]
fn an_attempt_that_was_never_verified_counts_for_nothing() {
    let mut world = World::new();
    for _ in 0..100 {
        let attempt = world.attempt("zhang.san", 1).unwrap();
        withdraw_attempt(&mut world.memory, world.now, &attempt).unwrap();
    }
    world.fail("zhang.san", 1, 5);
    world.refused("zhang.san", 1);
}

#[test]
fn a_known_address_does_not_wait_for_what_others_do() {
    let mut world = World::new();
    world.succeed("zhang.san", 1);
    for host in 10..30 {
        world.fail("zhang.san", host, 1);
    }
    assert_eq!(world.refused("zhang.san", 40), AttemptPolicy::NAME.first_wait);
    world.fail("zhang.san", 1, 5);
    // Its own failures count there too.
    assert_eq!(
        world.refused("zhang.san", 1),
        AttemptPolicy::NAME_AND_ADDRESS.first_wait
    );
}

#[test]
fn a_limit_is_reached_once_and_told_of_whom() {
    let mut world = World::new();
    let reached: Vec<_> = (0..5)
        .map(|_| world.attempt("zhang.san", 1).unwrap().reaches_limit())
        .collect();
    assert_eq!(reached, [false, false, false, false, true]);
    world.now += TimeDelta::seconds(30);
    assert!(!world.attempt("zhang.san", 1).unwrap().reaches_limit());
    let by_name = (10..24).map(|host| world.attempt("zhang.san", host).unwrap().reaches_limit());
    assert_eq!(by_name.filter(|reached| *reached).count(), 1);

    let account_id = AccountId::from_uuid(Uuid::from_u128(1));
    let ids = SeededIds::new(1);
    for known in [Some(account_id), None] {
        record_limit(&mut world.memory, &ids, world.now, known, &Origin::default()).unwrap();
    }
    let told: Vec<_> = world
        .memory
        .audit_entries()
        .map(|entry| (entry.action, entry.actor, entry.subject))
        .collect();
    let limited = |subject| (AuditAction::SignInsLimited, None, subject);
    assert_eq!(told, [limited(Some(account_id.as_uuid())), limited(None)]);
}

#[test]
fn who_is_asked_for_the_present_password_is_counted_by_its_name() {
    let mut world = World::new();
    let id = AccountId::from_uuid(Uuid::from_u128(1));
    let command = OpenAccount {
        id,
        username: Username::parse("zhang.san").unwrap(),
        password_hash: PlainPasswords.hash(&Password::parse("correct horse".to_owned()).unwrap()),
        name: PersonName::parse("张三").unwrap(),
        privacy_policy_version: None,
        position: Position::Customer(CustomerId::from_uuid(Uuid::from_u128(7))),
    };
    let (account, _) = open_account(&mut world.memory, &SeededIds::new(1), world.now, command).unwrap();
    let address = IpAddr::from([192, 0, 2, 1]);
    world.fail("zhang.san", 1, 4);
    let (_, credentials) = ask_password(&mut world.memory, world.now, id, address).unwrap();
    assert!(
        credentials
            .admit(&PlainPasswords, "correct horse".to_owned())
            .is_ok()
    );
    assert!(matches!(
        ask_password(&mut world.memory, world.now, id, address),
        Err(AskPasswordError::Count(CountAttemptError::TooMany { .. }))
    ));
    let without = Account {
        password_hash: None,
        ..account
    };
    world.memory.save_account(&without).unwrap();
    assert!(matches!(
        ask_password(&mut world.memory, world.now, id, address),
        Err(AskPasswordError::NoPassword)
    ));
}
