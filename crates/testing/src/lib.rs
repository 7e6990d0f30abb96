//! What tests are made of: [`Memory`], an in-memory fake of every port; a clock and ids that never surprise; builders of
//! valid things; and the [`contract`] suite that the fake and both databases pass alike, so that the fake cannot lie.
//!
//! A dev-dependency only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test support crate fails by panicking"
)]
#![allow(
    clippy::missing_panics_doc,
    reason = "a test support crate fails by panicking"
)]

pub mod build;
pub mod contract;
mod deterministic;
mod memory;
mod postgres;
mod secrets;
mod store;
mod wechat_double;

pub use deterministic::{FixedClock, SeededIds, instant};
pub use memory::Memory;
pub use postgres::PrivatePostgres;
pub use secrets::{PlainPasswords, SeededSecrets};
pub use store::Store;
pub use wechat_double::{Mishap, WechatDouble};
