//! A clock that stands still and ids that repeat.

use kernel::{Clock, IdSource, Instant};
use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};
use uuid::{Builder, Uuid};

/// Reads an instant from its RFC 3339 form.
pub fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A clock that shows what it was set to.
pub struct FixedClock(Mutex<Instant>);

impl FixedClock {
    /// A clock that shows the instant of that RFC 3339 form.
    pub fn at(text: &str) -> Self {
        Self(Mutex::new(instant(text)))
    }

    /// Sets the clock.
    pub fn set(&self, now: Instant) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// Ids that count up from a seed, with the time part asked for: the same test makes the same ids.
pub struct SeededIds(AtomicU64);

impl SeededIds {
    /// A source of its own.
    pub fn new(seed: u32) -> Self {
        Self(AtomicU64::new(u64::from(seed) << 32))
    }
}

impl IdSource for SeededIds {
    fn next_uuid(&self, at: Instant) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap();
        // The counter stays clear of the last 16 bits, where an order's id keeps its agent's number.
        let counter = self.0.fetch_add(1, Ordering::Relaxed);
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&counter.to_be_bytes());
        Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_ids_repeat_and_differ() {
        let (left, right) = (SeededIds::new(7), SeededIds::new(7));
        let at = instant("2026-11-22T08:00:00Z");
        let made: Vec<_> = (0..5_000).map(|_| left.next_uuid(at)).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert_eq!(made[0], right.next_uuid(at));
    }
}
