//! The counters of failed sign-ins.

use super::{BATCH_ROWS, schema::sign_in_attempts, session::Session, values::Moment};
use crate::Vault;
use diesel::prelude::*;
use identity::{AttemptCounter, AttemptKey, SignInAttemptRepository};
use kernel::{Instant, RepositoryError};
use std::collections::BTreeMap;

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = sign_in_attempts, check_for_backend(super::Backend), treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct CounterRow {
    failures: i32,
    counted_at: Moment,
    succeeded_at: Option<Moment>,
}

fn to_row(counter: &AttemptCounter) -> CounterRow {
    CounterRow {
        failures: i32::try_from(counter.failures).unwrap_or(i32::MAX),
        counted_at: counter.counted_at.into(),
        succeeded_at: counter.succeeded_at.map(Moment),
    }
}

fn to_counter(row: &CounterRow) -> AttemptCounter {
    AttemptCounter {
        // A constraint keeps it from being negative.
        failures: u32::try_from(row.failures).unwrap_or_default(),
        counted_at: row.counted_at.0,
        succeeded_at: row.succeeded_at.map(|at| at.0),
    }
}

/// By digest: two attempts that share counters wait for each other in one order.
fn by_digest<'a>(
    vault: &Vault,
    keys: impl IntoIterator<Item = &'a AttemptKey>,
) -> BTreeMap<Vec<u8>, &'a AttemptKey> {
    let blinded = keys.into_iter().map(|key| {
        let (purpose, value) = key.to_blind();
        (vault.blind(purpose, &value), key)
    });
    blinded.collect()
}

impl SignInAttemptRepository for Session {
    fn lock_attempt_counters(
        &mut self,
        keys: &[AttemptKey],
        now: Instant,
    ) -> Result<BTreeMap<AttemptKey, AttemptCounter>, RepositoryError> {
        let mut counters = BTreeMap::new();
        for (digest, key) in by_digest(&self.shared.vault, keys) {
            // A row that is not there cannot be locked; one that is stays as it is, and is locked by being written.
            let row = diesel::insert_into(sign_in_attempts::table)
                .values((
                    sign_in_attempts::digest.eq(digest),
                    to_row(&AttemptCounter::empty(now)),
                ))
                .on_conflict(sign_in_attempts::digest)
                .do_update()
                .set(sign_in_attempts::failures.eq(sign_in_attempts::failures))
                .returning(CounterRow::as_returning())
                .get_result(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            counters.insert(key.clone(), to_counter(&row));
        }
        Ok(counters)
    }

    fn save_attempt_counters(
        &mut self,
        counters: &BTreeMap<AttemptKey, AttemptCounter>,
    ) -> Result<(), RepositoryError> {
        for (digest, key) in by_digest(&self.shared.vault, counters.keys()) {
            let Some(counter) = counters.get(key) else {
                continue;
            };
            let saved = diesel::update(sign_in_attempts::table)
                .filter(sign_in_attempts::digest.eq(digest))
                .set(to_row(counter))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(saved, 1, "attempt counter")?;
        }
        Ok(())
    }

    fn purge_attempt_counters(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let old: Vec<Vec<u8>> = sign_in_attempts::table
            .filter(sign_in_attempts::counted_at.lt(Moment(before)))
            .order(sign_in_attempts::counted_at)
            .limit(i64::from(limit))
            .select(sign_in_attempts::digest)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut purged = 0;
        for batch in old.chunks(BATCH_ROWS) {
            purged += diesel::delete(sign_in_attempts::table)
                .filter(sign_in_attempts::digest.eq_any(batch))
                .filter(sign_in_attempts::counted_at.lt(Moment(before)))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(purged)
    }
}
