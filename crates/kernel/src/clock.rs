//! The only way to learn the time.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// A moment in UTC, in whole microseconds: PostgreSQL keeps six digits, and a value must read back as it was written.
pub type Instant = DateTime<Utc>;

/// Tells the time. Handed into whatever needs it, so that rules can be tested at any instant.
pub trait Clock: Send + Sync {
    /// The present moment, in whole microseconds.
    fn now(&self) -> Instant;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine"
    )]
    fn now(&self) -> Instant {
        truncate_to_microseconds(Utc::now())
    }
}

/// Cuts what the databases would not keep.
pub fn truncate_to_microseconds(instant: DateTime<Utc>) -> Instant {
    instant
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(instant)
}
