//! What the counters of failed sign-ins promise.

use crate::{Store, instant};
use chrono::TimeDelta;
use identity::{AttemptCounter, AttemptKey, AttemptedName, SignInAttemptRepository};
use kernel::{Instant, RepositoryError};
use std::collections::BTreeMap;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn keys() -> [AttemptKey; 3] {
    let (name, address) = (AttemptedName::of("zhang.san"), "192.0.2.1".parse().unwrap());
    [
        AttemptKey::NameAndAddress(name.clone(), address),
        AttemptKey::Address(address),
        AttemptKey::Name(name),
    ]
}

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn counters<S: Store>(store: &S, at: Instant) -> BTreeMap<AttemptKey, AttemptCounter>
where
    S::Session: SignInAttemptRepository,
{
    write(store, |session| session.lock_attempt_counters(&keys(), at))
}

/// Counters begin empty, and come back as they were saved, each under its own key.
pub fn attempt_counters_come_back_as_they_were_saved<S: Store>(store: &S)
where
    S::Session: SignInAttemptRepository,
{
    let empty = keys().map(|key| (key, AttemptCounter::empty(now())));
    assert_eq!(counters(store, now()), BTreeMap::from(empty));
    let later = now() + TimeDelta::microseconds(123_456);
    let saved: BTreeMap<_, _> = (1..)
        .zip(keys())
        .map(|(failures, key)| {
            let counter = AttemptCounter {
                failures,
                counted_at: later,
                succeeded_at: (failures > 1).then_some(now()),
            };
            (key, counter)
        })
        .collect();
    write(store, |session| session.save_attempt_counters(&saved));
    assert_eq!(counters(store, later + TimeDelta::days(1)), saved);
    // What was there goes where the counter has it no more.
    let cleared = keys().map(|key| (key, AttemptCounter::empty(later)));
    write(store, |session| {
        session.save_attempt_counters(&BTreeMap::from(cleared.clone()))
    });
    assert_eq!(counters(store, now()), BTreeMap::from(cleared));
}

/// Transactions that count by the same keys at once do so one after the other, and none is lost.
pub fn attempts_at_once_are_counted_one_after_the_other<S: Store>(store: &S)
where
    S::Session: SignInAttemptRepository,
{
    let count = || {
        write(store, |session| {
            let mut counters = session.lock_attempt_counters(&keys(), now())?;
            for counter in counters.values_mut() {
                counter.failures += 1;
            }
            session.save_attempt_counters(&counters)
        });
    };
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(count);
        }
    });
    assert!(
        counters(store, now())
            .values()
            .all(|counter| counter.failures == 16)
    );
}

/// Counters are purged by which nothing was counted since the instant named, at most as many as asked for.
pub fn only_old_attempt_counters_are_purged<S: Store>(store: &S)
where
    S::Session: SignInAttemptRepository,
{
    let counted: BTreeMap<_, _> = keys()
        .into_iter()
        .zip([2, 1, 0])
        .map(|(key, seconds_ago)| {
            let counter = AttemptCounter {
                failures: 1,
                ..AttemptCounter::empty(now() - TimeDelta::seconds(seconds_ago))
            };
            (key, counter)
        })
        .collect();
    counters(store, now());
    write(store, |session| session.save_attempt_counters(&counted));
    let purge = |limit| write(store, |session| session.purge_attempt_counters(now(), limit));
    assert_eq!((purge(1), purge(10), purge(10)), (1, 1, 0));
    let left = counters(store, now())
        .into_values()
        .filter(|counter| counter.failures == 1);
    assert_eq!(left.count(), 1);
}
