//! Everything Diesel: the ports of every domain crate over SQLite and PostgreSQL, from one query code base.
//!
//! The files below `shared/` are compiled twice, once inside `postgres` and once inside `sqlite`; each of these names its
//! connection and its column types, and holds in `dialect` the few statements the databases write differently. The
//! choice of database ends at [`Session`], so nothing above this crate is generic over it.
//!
//! This crate knows no HTTP, and applies no rule: it keeps what the domain decided.

mod consistency;
mod database;
mod key_source;
mod keys;
mod options;
#[allow(
    clippy::duplicate_mod,
    reason = "the files below shared/ are compiled once per database, on purpose"
)]
mod postgres;
mod resealing;
mod rotation;
mod sealed_tables;
mod session;
#[allow(
    clippy::duplicate_mod,
    reason = "the files below shared/ are compiled once per database, on purpose"
)]
mod sqlite;
mod vault;

pub use consistency::{Checked, ConsistencyRepository, Difference, Equation};
pub use database::{Database, OpenError};
pub use key_source::{KEYS_FOLLOWED_EVERY, KeyFile, KeySource, is_open_to_others};
pub use keys::{Keys, KeysError};
pub use options::Options;
pub use resealing::{ResealingRepository, SealedPage, SealedUnder, SealedValue};
pub use rotation::{Rotated, RotationError, RotationProgress};
pub use sealed_tables::{RowKey, SealedTable};
pub use session::Session;
pub use vault::Vault;
