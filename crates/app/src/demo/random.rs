//! Chance that repeats: the same name draws the same numbers and makes the same ids.

use kernel::{IdSource, Instant};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::sync::Mutex;
use uuid::{Builder, Uuid};

/// A seeded source of numbers and of ids.
pub(super) struct Random {
    numbers: ChaCha8Rng,
    ids: Mutex<ChaCha8Rng>,
}

impl Random {
    /// The source of that name.
    pub(super) fn seeded(name: &str) -> Self {
        let seed = |purpose: &str| {
            ChaCha8Rng::from_seed(Sha256::digest(format!("catchment demo {name} {purpose}")).into())
        };
        Self {
            numbers: seed("numbers"),
            ids: Mutex::new(seed("ids")),
        }
    }

    /// A number from `low` up to, and not including, `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.numbers.random_range(low..high.max(low + 1))
    }

    /// Whether something happens that happens in so many of a thousand cases.
    pub(super) fn per_mille(&mut self, cases: i64) -> bool {
        self.between(0, 1_000) < cases
    }

    /// One of those.
    pub(super) fn pick<'item, Item>(&mut self, items: &'item [Item]) -> Option<&'item Item> {
        let last = i64::try_from(items.len()).unwrap_or(i64::MAX);
        items.get(usize::try_from(self.between(0, last)).unwrap_or_default())
    }

    /// The index of one of those weights, each as likely as it is heavy.
    pub(super) fn weighted(&mut self, weights: &[i64]) -> usize {
        let mut left = self.between(0, weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                left -= weight;
                left < 0
            })
            .unwrap_or_default()
    }
}

impl IdSource for Random {
    fn next_uuid(&self, at: Instant) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        let mut tail = [0; 10];
        self.ids
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(&mut tail);
        Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}
