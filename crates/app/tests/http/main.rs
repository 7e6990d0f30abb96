//! The program over HTTP, on real sockets and a fresh database for each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod applications;
mod auth;
mod customers;
mod edges;
mod inventory;
mod openapi;
mod products;
mod running;
mod support;
