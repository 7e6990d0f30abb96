//! Half-open periods of time.

use crate::Instant;
use serde::{Deserialize, Serialize};

/// From an instant up to, and not including, another: `[from, until)`. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    from: Instant,
    until: Instant,
}

impl Period {
    /// `None` unless `from` is before `until`.
    pub fn new(from: Instant, until: Instant) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// The first instant inside.
    pub const fn from(self) -> Instant {
        self.from
    }

    /// The first instant after.
    pub const fn until(self) -> Instant {
        self.until
    }

    /// Whether `instant` is inside.
    pub fn contains(self, instant: Instant) -> bool {
        self.from <= instant && instant < self.until
    }

    /// Whether the two have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: i64, until: i64) -> Option<Period> {
        Period::new(
            Instant::from_timestamp(from, 0).unwrap(),
            Instant::from_timestamp(until, 0).unwrap(),
        )
    }

    #[test]
    fn periods_that_touch_do_not_overlap() {
        assert!(!period(0, 10).unwrap().overlaps(period(10, 20).unwrap()));
        assert!(period(0, 11).unwrap().overlaps(period(10, 20).unwrap()));
        assert_eq!(period(10, 10), None);
    }
}
