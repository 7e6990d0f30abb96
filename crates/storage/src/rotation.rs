//! Rotation of the sealing keys while servers run.
//!
//! A new key is made current in the key file, which servers follow within a second; then everything that is sealed under
//! another key is sealed anew, in short transactions that replace only what nobody has changed in between, pass after pass,
//! until one finds nothing left. Where a rotation stands is told by the values themselves; what is remembered beside them
//! only spares a run that goes on the way it has behind it.

use crate::{
    Database, KEYS_FOLLOWED_EVERY, KeyFile, KeysError, RowKey, SealedTable, SealedUnder, SealedValue,
};
use kernel::RepositoryError;
use std::{
    thread::sleep,
    time::{Duration, Instant as Stopwatch},
};
use thiserror::Error;

/// How many rows one statement looks at.
const PAGE_ROWS: u16 = 2_000;
/// How many values one transaction replaces.
const BATCH_VALUES: usize = 500;
/// How long every server has for following a changed key file.
const FOLLOWED_WITHIN: Duration = KEYS_FOLLOWED_EVERY.saturating_mul(3);
/// How many passes there are before it counts as never ending. Each but the first finds only what was sealed within seconds.
const MAXIMUM_PASSES: u32 = 20;
/// How much longer than each transaction the pause after it is: SQLite has one writer at a time, and servers come first.
const PAUSE_TIMES: u32 = 3;
/// The shortest pause; whoever waits for SQLite's writer looks again that soon.
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The version that everything is sealed under now.
    pub version: u32,
    /// Whether it went on with a rotation that had broken off, instead of making another key current.
    pub went_on: bool,
    /// How many values it sealed anew.
    pub resealed: u64,
}

/// What a pass, or all of them, sealed anew.
#[derive(Default)]
struct Resealed {
    values: u64,
    /// Whether it began where another run broke off.
    from_position: bool,
}

/// Why keys cannot be rotated, or one cannot be retired.
#[derive(Debug, Error)]
pub enum RotationError {
    /// The store failed. What is done stays done, and another run goes on.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The key file is not usable, or does not allow it.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// There is no file to change.
    #[error(
        "the keys come from the environment (CATCHMENT_KEYS), where nothing can change them: write them to a key file with \
         mode 600, change that one with --key-file, hand its new text to every server and start each again"
    )]
    KeysInEnvironment,
    /// Something goes on sealing under another key.
    #[error(
        "values are still being sealed under a key that is not current: does a server have an older key file?"
    )]
    NeverEnds,
    /// Its key is needed.
    #[error("{values} values are still sealed under version {version}: run `catchment keys rotate` first")]
    StillNeeded {
        /// The version.
        version: u32,
        /// How many.
        values: u64,
    },
}

/// Is told how far a rotation has come.
pub trait RotationProgress {
    /// A pass over so many values begins.
    fn begin_pass(&self, values: u64);
    /// So many more were looked at.
    fn advance(&self, values: u64);
}

impl Database {
    /// Makes a new sealing key current, the newest of the key file that is not yet or else a fresh one, and seals everything
    /// anew under it. Where values are still sealed under another key than the current one, a rotation has broken off, and
    /// this goes on with it instead.
    pub fn rotate_keys(&self, progress: &dyn RotationProgress) -> Result<Rotated, RotationError> {
        let file = self.key_file()?;
        self.vault().follow()?;
        let broken_off = self.reseal_everything(progress)?;
        let rotated = if broken_off.values > 0 || broken_off.from_position {
            Rotated {
                version: self.vault().current_version(),
                went_on: true,
                resealed: broken_off.values,
            }
        } else {
            let version = file.change(|keys| {
                let newest = keys.newest();
                let version = if newest > keys.current() {
                    newest
                } else {
                    keys.add()?
                };
                keys.make_current(version)?;
                Ok(version)
            })?;
            self.vault().follow()?;
            sleep(FOLLOWED_WITHIN);
            Rotated {
                version,
                went_on: false,
                resealed: self.reseal_everything(progress)?.values,
            }
        };
        self.write(crate::ResealingRepository::forget_rotation_positions)?;
        Ok(rotated)
    }

    /// Removes the key of a version from the key file, once nothing is sealed under it any more.
    pub fn retire_key(&self, version: u32) -> Result<(), RotationError> {
        let file = self.key_file()?;
        let keys = file.load()?;
        if version == keys.current() {
            return Err(KeysError::IsCurrent(version).into());
        }
        if !keys.versions().contains(&version) {
            return Err(KeysError::NoVersion(version).into());
        }
        let values = self.count_sealed_under(version)?;
        if values > 0 {
            return Err(RotationError::StillNeeded { version, values });
        }
        file.change(|keys| keys.remove(version))?;
        self.vault().follow()?;
        Ok(())
    }

    /// How many values are sealed under that version.
    pub fn count_sealed_under(&self, version: u32) -> Result<u64, RepositoryError> {
        let mut values = 0;
        for (table, column) in sealed_columns() {
            self.look_through(table, column, SealedUnder::Version(version), None, |page| {
                values += count(page.found.len());
                Ok(())
            })?;
        }
        Ok(values)
    }

    fn key_file(&self) -> Result<&KeyFile, RotationError> {
        self.vault().key_file().ok_or(RotationError::KeysInEnvironment)
    }

    fn reseal_everything(&self, progress: &dyn RotationProgress) -> Result<Resealed, RotationError> {
        let mut all = self.reseal_once(true, progress)?;
        // Only a pass over everything tells that nothing is left.
        let mut left = all.values > 0 || all.from_position;
        for _ in 1..MAXIMUM_PASSES {
            if !left {
                return Ok(all);
            }
            // What a server seals before it has followed the key file is found by the next pass.
            sleep(FOLLOWED_WITHIN);
            let more = self.reseal_once(false, progress)?.values;
            all.values += more;
            left = more > 0;
        }
        Err(RotationError::NeverEnds)
    }

    /// Looks at every sealed value once, or at those behind where another run broke off, and seals anew what is sealed under
    /// another key.
    fn reseal_once(&self, go_on: bool, progress: &dyn RotationProgress) -> Result<Resealed, RepositoryError> {
        let version = self.vault().current_version();
        let mut ahead = 0;
        for table in SealedTable::ALL {
            let rows = self.read::<_, RepositoryError>(|session| session.count_sealed_rows(table))?;
            ahead += rows.saturating_mul(count(table.columns().len()));
        }
        progress.begin_pass(ahead);
        let mut resealed = Resealed::default();
        for (table, column) in sealed_columns() {
            let position = if go_on {
                self.read::<_, RepositoryError>(|session| {
                    session.find_rotation_position(version, table, column)
                })?
            } else {
                None
            };
            resealed.from_position |= position.is_some();
            let under = SealedUnder::AnotherThan(version);
            self.look_through(table, column, under, position, |page| {
                for values in page.found.chunks(BATCH_VALUES) {
                    self.reseal_batch(version, table, column, values)?;
                }
                resealed.values += count(page.found.len());
                progress.advance(count(page.rows));
                Ok(())
            })?;
        }
        Ok(resealed)
    }

    fn reseal_batch(
        &self,
        version: u32,
        table: &'static SealedTable,
        column: &'static str,
        values: &[SealedValue],
    ) -> Result<(), RepositoryError> {
        let stopwatch = Stopwatch::now();
        self.write::<_, RepositoryError>(|session| {
            session.reseal_values(table, column, values)?;
            match values.last() {
                Some(last) => session.save_rotation_position(version, table, column, &last.key),
                None => Ok(()),
            }
        })?;
        sleep(
            stopwatch
                .elapsed()
                .saturating_mul(PAUSE_TIMES)
                .max(SHORTEST_PAUSE),
        );
        Ok(())
    }

    fn look_through(
        &self,
        table: &'static SealedTable,
        column: &'static str,
        under: SealedUnder,
        after: Option<RowKey>,
        mut each: impl FnMut(&crate::SealedPage) -> Result<(), RepositoryError>,
    ) -> Result<(), RepositoryError> {
        let mut after = after;
        loop {
            let page = self.read::<_, RepositoryError>(|session| {
                session.find_sealed(table, column, under, after.as_ref(), PAGE_ROWS)
            })?;
            each(&page)?;
            match page.last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

fn sealed_columns() -> impl Iterator<Item = (&'static SealedTable, &'static str)> {
    SealedTable::ALL
        .into_iter()
        .flat_map(|table| table.columns().iter().map(move |column| (table, *column)))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
