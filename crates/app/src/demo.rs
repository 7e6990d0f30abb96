//! The demo company: headquarters, agents on three levels, couriers, customers, stock and half a year of orders, all
//! made by the use cases themselves, deterministic from a seed.
//!
//! The company is made once. What the past still lacks is made at every start, day by day, so that today is never empty.

mod accounts;
mod agencies;
mod agenda;
mod cast;
mod changes;
mod contracts;
mod customers;
mod licences;
mod past;
mod random;
mod roster;
mod supplies;
mod wechat;

pub(crate) use accounts::{DEMO_ACCOUNTS, DEMO_PASSWORD};
pub(crate) use wechat::DemoWechat;

use agenda::Agenda;
use attachments::ContentStore;
use identity::PasswordHasher;
use kernel::{BusinessDay, Instant, RepositoryError};
use random::Random;
use regions::DivisionTree;
use roster::Roster;
use std::fmt;
use storage::Database;
use thiserror::Error;

/// How many days of the past the company has.
const PAST_DAYS: u64 = 184;

/// Why the company could not be made.
#[derive(Debug, Error)]
pub(crate) enum DemoError {
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// A picture could not be kept.
    #[error(transparent)]
    Content(#[from] attachments::ContentError),
    /// The schema could not be prepared.
    #[error(transparent)]
    Schema(#[from] storage::OpenError),
    /// A use case refused what the demo asked of it: a defect of the demo.
    #[error("the demo company is refused: {0}")]
    Refused(String),
}

impl DemoError {
    fn refused(error: impl fmt::Debug) -> Self {
        Self::Refused(format!("{error:?}"))
    }
}

/// Tells how far the work is.
pub(crate) trait Progress {
    /// So many days are ahead.
    fn begin(&self, days: u64);
    /// One of them is done.
    fn advance(&self);
}

/// Whether the database has a demo company already.
pub(crate) fn is_made(database: &Database) -> Result<bool, DemoError> {
    database.read(accounts::are_there)
}

/// No application that still waits came before.
pub(crate) fn first_application_that_waits(now: Instant) -> Instant {
    agencies::first_that_waits(now)
}

/// Makes the company as it was founded, `PAST_DAYS` before `now`, without orders.
pub(crate) fn make(
    database: &Database,
    contents: &dyn ContentStore,
    hasher: &dyn PasswordHasher,
    now: Instant,
) -> Result<(), DemoError> {
    let founded = BusinessDay::of(now).minus_days(PAST_DAYS).start();
    let tree = DivisionTree::embedded();
    // Contents are kept, and passwords hashed, outside the transaction.
    let licences = licences::keep(contents, founded, agencies::APPLICATIONS + contracts::PICTURES)?;
    let password_hash = accounts::hash_password(hasher)?;
    database.write(|session| {
        let mut random = Random::seeded("company");
        let accounts = accounts::open(session, &random, founded, &password_hash)?;
        supplies::add_products(session, &random, founded)?;
        let mut licences = licences.iter();
        agencies::found(session, tree, &mut random, founded, now, &accounts, &mut licences)?;
        contracts::live_with(session, &random, founded, now, &accounts, &mut licences)?;
        accounts::employ(session, tree, &mut random, founded, &password_hash)?;
        customers::settle(session, tree, &mut random, founded)?;
        let headquarters = accounts.get("hq").copied();
        let headquarters = headquarters.ok_or_else(|| DemoError::refused("there is no headquarters"))?;
        changes::decide(session, tree, &random, now, headquarters)
    })
}

/// Makes the orders of every day that has none yet, up to `now`.
pub(crate) fn fill_past(database: &Database, now: Instant, progress: &dyn Progress) -> Result<(), DemoError> {
    let today = BusinessDay::of(now);
    let first = past::first_missing_day(database, today.minus_days(PAST_DAYS))?;
    let days = u64::try_from((today.date() - first.date()).num_days() + 1).unwrap_or_default();
    if days == 0 {
        return Ok(());
    }
    database.prepare_months(first.date(), today.date())?;
    let roster = Roster::load(database)?;
    let mut agenda = Agenda::of_open_orders(database, &roster, first)?;
    progress.begin(days);
    for offset in 0..days {
        past::live_through(database, &roster, &mut agenda, first.plus_days(offset), now)?;
        progress.advance();
    }
    Ok(())
}
