//! The use cases of orders and couriers on the in-memory fake. One file per use case.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod changing;
mod couriers;
mod database_away;
mod drafting;
mod interleaving;
mod placing;
mod rating;
mod reserving;
mod shop;
