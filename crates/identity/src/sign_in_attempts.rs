//! How often somebody has tried to sign in and failed, and how long that makes the next one wait.
//!
//! Three things are counted. A user name from one address is where guessing is slowed down most. An address alone stops
//! whoever tries many names. A user name from all addresses slows down a guess that comes from many, and only a little:
//! nobody can lock somebody else out for longer than [`AttemptPolicy::NAME`] says, and who signed in from an address lately
//! is not held up by what others do from theirs.

use chrono::TimeDelta;
use kernel::{Instant, RepositoryError};
use std::{collections::BTreeMap, fmt, net::IpAddr};

/// Failures are forgotten when nothing was tried for so long after the last wait was over.
pub const FAILURES_REMEMBERED: TimeDelta = TimeDelta::minutes(15);
/// How long an address is known from which somebody signed in.
pub const KNOWN_ADDRESS_LIFETIME: TimeDelta = TimeDelta::days(30);
/// Doubling further would pass every longest wait there is.
const MAXIMUM_DOUBLINGS: u32 = 16;

/// The user name somebody tried, whether it can be one or not, as [`crate::Username`] would read it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptedName(String);

impl AttemptedName {
    /// The name in what was typed.
    pub fn of(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }
}

impl fmt::Debug for AttemptedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AttemptedName(hidden)")
    }
}

/// What attempts are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttemptKey {
    /// A user name from one address.
    NameAndAddress(AttemptedName, IpAddr),
    /// An address, whatever the name.
    Address(IpAddr),
    /// A user name, whatever the address.
    Name(AttemptedName),
}

impl AttemptKey {
    /// How attempts of this kind are slowed down.
    pub const fn policy(&self) -> AttemptPolicy {
        match self {
            Self::NameAndAddress(..) => AttemptPolicy::NAME_AND_ADDRESS,
            Self::Address(_) => AttemptPolicy::ADDRESS,
            Self::Name(_) => AttemptPolicy::NAME,
        }
    }

    /// The stable name of the kind, and the value: what is stored is a keyed digest of the two.
    pub fn to_blind(&self) -> (&'static str, String) {
        match self {
            Self::NameAndAddress(name, address) => {
                ("attempts_of_name_and_address", format!("{address} {}", name.0))
            }
            Self::Address(address) => ("attempts_of_address", address.to_string()),
            Self::Name(name) => ("attempts_of_name", name.0.clone()),
        }
    }
}

/// How many failures are free, and how long further attempts wait: twice as long after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptPolicy {
    /// So many may fail before the first wait.
    pub free: u32,
    /// The first wait.
    pub first_wait: TimeDelta,
    /// No wait is longer.
    pub longest_wait: TimeDelta,
}

impl AttemptPolicy {
    /// Of a user name from one address.
    pub const NAME_AND_ADDRESS: Self = Self {
        free: 5,
        first_wait: TimeDelta::seconds(30),
        longest_wait: TimeDelta::minutes(15),
    };
    /// Of an address: many people may share one.
    pub const ADDRESS: Self = Self {
        free: 50,
        first_wait: TimeDelta::seconds(30),
        longest_wait: TimeDelta::minutes(15),
    };
    /// Of a user name from all addresses: short, because anybody can bring it about for anybody.
    pub const NAME: Self = Self {
        free: 20,
        first_wait: TimeDelta::seconds(1),
        longest_wait: TimeDelta::seconds(30),
    };

    /// How long the next attempt waits after so many failures.
    pub fn wait_after(self, failures: u32) -> TimeDelta {
        match failures.checked_sub(self.free) {
            None => TimeDelta::zero(),
            Some(doublings) => {
                let times = 1_i32 << doublings.min(MAXIMUM_DOUBLINGS);
                self.longest_wait.min(self.first_wait * times)
            }
        }
    }
}

/// What is counted by one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptCounter {
    /// The attempts that failed, or whose password is being verified right now.
    pub failures: u32,
    /// When the last attempt was counted.
    pub counted_at: Instant,
    /// When an attempt last succeeded.
    pub succeeded_at: Option<Instant>,
}

impl AttemptCounter {
    /// Nothing counted yet.
    pub const fn empty(now: Instant) -> Self {
        Self {
            failures: 0,
            counted_at: now,
            succeeded_at: None,
        }
    }

    /// Until when further attempts are refused; `None` if one is let through at `now`.
    pub fn waits_until(&self, policy: AttemptPolicy, now: Instant) -> Option<Instant> {
        let until = self.counted_at + policy.wait_after(self.failures);
        (until > now).then_some(until)
    }

    /// With one more attempt. It counts as failed until it is known to have succeeded, so that of many at once no more are
    /// let through than of as many one after the other.
    #[must_use]
    pub fn counted(self, policy: AttemptPolicy, now: Instant) -> Self {
        let forgotten_at = self.counted_at + policy.wait_after(self.failures) + FAILURES_REMEMBERED;
        let remembered = if forgotten_at <= now { 0 } else { self.failures };
        Self {
            failures: remembered.saturating_add(1),
            counted_at: now,
            ..self
        }
    }

    /// Without the attempt that was counted: it has not failed.
    #[must_use]
    pub const fn taken_back(self) -> Self {
        Self {
            failures: self.failures.saturating_sub(1),
            ..self
        }
    }

    /// After an attempt that succeeded.
    #[must_use]
    pub const fn cleared(self, now: Instant) -> Self {
        Self {
            failures: 0,
            succeeded_at: Some(now),
            ..self
        }
    }

    /// Whether an attempt succeeded not longer ago than [`KNOWN_ADDRESS_LIFETIME`].
    pub fn is_known(&self, now: Instant) -> bool {
        self.succeeded_at
            .is_some_and(|succeeded_at| now - succeeded_at < KNOWN_ADDRESS_LIFETIME)
    }
}

/// The counters.
pub trait SignInAttemptRepository {
    /// The counters of those keys, [`AttemptCounter::empty`] where nothing was counted. No other transaction gets them until
    /// this one ends.
    fn lock_attempt_counters(
        &mut self,
        keys: &[AttemptKey],
        now: Instant,
    ) -> Result<BTreeMap<AttemptKey, AttemptCounter>, RepositoryError>;

    /// Saves counters that this transaction has locked.
    fn save_attempt_counters(
        &mut self,
        counters: &BTreeMap<AttemptKey, AttemptCounter>,
    ) -> Result<(), RepositoryError>;

    /// Removes at most `limit` counters by which nothing was counted since `before`; answers how many. With them goes what
    /// is known of addresses, so `before` lies at least [`KNOWN_ADDRESS_LIFETIME`] back.
    fn purge_attempt_counters(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICIES: [AttemptPolicy; 3] = [
        AttemptPolicy::NAME_AND_ADDRESS,
        AttemptPolicy::ADDRESS,
        AttemptPolicy::NAME,
    ];

    fn now() -> Instant {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn after(failures: u32) -> AttemptCounter {
        AttemptCounter {
            failures,
            ..AttemptCounter::empty(now())
        }
    }

    #[test]
    fn the_first_wait_comes_after_the_last_free_failure() {
        for policy in POLICIES {
            assert_eq!(policy.wait_after(0), TimeDelta::zero());
            assert_eq!(policy.wait_after(policy.free - 1), TimeDelta::zero());
            assert_eq!(policy.wait_after(policy.free), policy.first_wait);
            assert_eq!(policy.wait_after(policy.free + 1), policy.first_wait * 2);
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_never_shrink() {
        for policy in POLICIES {
            let waits: Vec<_> = (0..200).map(|failures| policy.wait_after(failures)).collect();
            assert!(waits.is_sorted());
            assert_eq!(waits.last(), Some(&policy.longest_wait));
            assert_eq!(policy.wait_after(u32::MAX), policy.longest_wait);
        }
        let seconds =
            (5..=10).map(|failures| AttemptPolicy::NAME_AND_ADDRESS.wait_after(failures).num_seconds());
        assert_eq!(seconds.collect::<Vec<_>>(), [30, 60, 120, 240, 480, 900]);
    }

    #[test]
    fn nobody_is_locked_out_by_others_for_longer_than_half_a_minute() {
        assert!(AttemptPolicy::NAME.wait_after(u32::MAX) <= TimeDelta::seconds(30));
    }

    #[test]
    fn a_wait_ends_at_its_very_instant() {
        let policy = AttemptPolicy::NAME_AND_ADDRESS;
        let until = now() + policy.first_wait;
        assert_eq!(after(4).waits_until(policy, now()), None);
        assert_eq!(after(5).waits_until(policy, now()), Some(until));
        let just_before = until - TimeDelta::microseconds(1);
        assert_eq!(after(5).waits_until(policy, just_before), Some(until));
        assert_eq!(after(5).waits_until(policy, until), None);
    }

    #[test]
    fn failures_are_remembered_until_nothing_was_tried_for_a_while_after_the_wait() {
        let policy = AttemptPolicy::NAME_AND_ADDRESS;
        for (failures, wait) in [(3, TimeDelta::zero()), (7, TimeDelta::minutes(2))] {
            let forgotten_at = now() + wait + FAILURES_REMEMBERED;
            let counted = |at| after(failures).counted(policy, at).failures;
            assert_eq!(counted(forgotten_at - TimeDelta::microseconds(1)), failures + 1);
            assert_eq!(counted(forgotten_at), 1);
        }
    }

    #[test]
    fn an_attempt_that_did_not_fail_leaves_the_others_counted() {
        let counter = after(7);
        assert_eq!(
            counter.counted(AttemptPolicy::ADDRESS, now()).taken_back(),
            counter
        );
        assert_eq!(after(0).taken_back().failures, 0);
    }

    #[test]
    fn an_address_is_known_for_its_time_and_stays_so_over_failures() {
        let known = after(3).cleared(now());
        assert_eq!(known.failures, 0);
        let later = now() + KNOWN_ADDRESS_LIFETIME - TimeDelta::microseconds(1);
        let failed = known.counted(AttemptPolicy::NAME_AND_ADDRESS, later);
        assert!(failed.is_known(later));
        assert!(!failed.is_known(now() + KNOWN_ADDRESS_LIFETIME));
        assert!(!after(1).is_known(now()));
    }

    #[test]
    fn no_two_keys_are_blinded_alike_and_debug_output_hides_names() {
        let (address, name) = ("192.0.2.1".parse().unwrap(), AttemptedName::of(" Zhang.San "));
        let keys = [
            AttemptKey::NameAndAddress(name.clone(), address),
            AttemptKey::Address(address),
            AttemptKey::Name(name.clone()),
        ];
        let mut blinded: Vec<_> = keys.iter().map(AttemptKey::to_blind).collect();
        blinded.sort();
        blinded.dedup();
        assert_eq!(blinded.len(), 3);
        assert_eq!(AttemptedName::of("zhang.san"), name);
        assert!(!format!("{keys:?}").contains("zhang"));
    }
}
