//! Counting attempts to sign in: [`count_attempt`] before the password is verified, one of the others after.

use crate::{
    AttemptCounter, AttemptKey, AttemptedName, AuditAction, AuditEntry, AuditRepository, Origin,
    SignInAttemptRepository,
};
use chrono::TimeDelta;
use kernel::{AccountId, IdSource, Instant, RepositoryError};
use std::{collections::BTreeMap, net::IpAddr};
use thiserror::Error;

/// An attempt that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    name: AttemptedName,
    address: IpAddr,
    /// Whether it is the last free one of its name: if it fails too, that is worth a line in the audit log. Never more than
    /// one attempt in a row is, so nobody fills the log.
    reaches_limit: bool,
}

/// Why an attempt is refused without a look at the password.
#[derive(Debug, Error)]
pub enum CountAttemptError {
    /// Too many failed before.
    #[error("too many attempts; wait for {} s", .wait.num_seconds())]
    TooMany {
        /// How long the next one has to wait.
        wait: TimeDelta,
    },
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl Attempt {
    /// Whether a failure of this attempt is to be told by [`record_limit`].
    pub const fn reaches_limit(&self) -> bool {
        self.reaches_limit
    }

    fn keys(&self) -> [AttemptKey; 3] {
        [
            AttemptKey::NameAndAddress(self.name.clone(), self.address),
            AttemptKey::Address(self.address),
            AttemptKey::Name(self.name.clone()),
        ]
    }
}

/// Counts an attempt by name, by address and by both, or refuses it. What is refused is not counted, so that waiting always
/// helps. A name that nobody has is counted like any other.
pub fn count_attempt(
    session: &mut (impl SignInAttemptRepository + ?Sized),
    now: Instant,
    name: AttemptedName,
    address: IpAddr,
) -> Result<Attempt, CountAttemptError> {
    let mut attempt = Attempt {
        name,
        address,
        reaches_limit: false,
    };
    let keys = attempt.keys();
    let counters = session.lock_attempt_counters(&keys, now)?;
    if let Some(until) = refused_until(&counters, now) {
        return Err(CountAttemptError::TooMany { wait: until - now });
    }
    let counted: BTreeMap<_, _> = counters
        .into_iter()
        .map(|(key, counter)| {
            let counter = counter.counted(key.policy(), now);
            (key, counter)
        })
        .collect();
    attempt.reaches_limit = counted.iter().any(|(key, counter)| {
        !matches!(key, AttemptKey::Address(_)) && counter.failures == key.policy().free
    });
    session.save_attempt_counters(&counted)?;
    Ok(attempt)
}

/// The latest instant that any of the counters makes the attempt wait for. Who signed in from this address lately waits
/// neither for what others do elsewhere, nor for what others behind the same address do to other names.
fn refused_until(counters: &BTreeMap<AttemptKey, AttemptCounter>, now: Instant) -> Option<Instant> {
    let known = counters
        .iter()
        .any(|(key, counter)| matches!(key, AttemptKey::NameAndAddress(..)) && counter.is_known(now));
    let waits = counters.iter().filter_map(|(key, counter)| match key {
        AttemptKey::Name(_) | AttemptKey::Address(_) if known => None,
        _ => counter.waits_until(key.policy(), now),
    });
    waits.max()
}

/// The attempt succeeded: the failures of its name are forgotten, and its address is known. Those of the address are not,
/// or an account of one's own would be a licence to guess others' passwords.
pub fn attempt_succeeded(
    session: &mut (impl SignInAttemptRepository + ?Sized),
    now: Instant,
    attempt: &Attempt,
) -> Result<(), RepositoryError> {
    change_counters(session, now, attempt, |key, counter| match key {
        AttemptKey::NameAndAddress(..) | AttemptKey::Name(_) => counter.cleared(now),
        AttemptKey::Address(_) => counter.taken_back(),
    })
}

/// The password was never verified: the attempt counts for nothing.
pub fn withdraw_attempt(
    session: &mut (impl SignInAttemptRepository + ?Sized),
    now: Instant,
    attempt: &Attempt,
) -> Result<(), RepositoryError> {
    change_counters(session, now, attempt, |_, counter| counter.taken_back())
}

fn change_counters(
    session: &mut (impl SignInAttemptRepository + ?Sized),
    now: Instant,
    attempt: &Attempt,
    change: impl Fn(&AttemptKey, AttemptCounter) -> AttemptCounter,
) -> Result<(), RepositoryError> {
    let mut counters = session.lock_attempt_counters(&attempt.keys(), now)?;
    for (key, counter) in &mut counters {
        *counter = change(key, *counter);
    }
    session.save_attempt_counters(&counters)
}

/// Writes into the audit log that the attempt failed and further ones have to wait.
pub fn record_limit(
    session: &mut (impl AuditRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    account_id: Option<AccountId>,
    origin: &Origin,
) -> Result<(), RepositoryError> {
    let entry = AuditEntry::new(ids, now, AuditAction::SignInsLimited, None, origin);
    session.insert_audit_entries(&[AuditEntry {
        subject: account_id.map(AccountId::as_uuid),
        ..entry
    }])
}
