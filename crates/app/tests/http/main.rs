//! The program over HTTP, on real sockets and a fresh database for each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod auth;
mod edges;
mod openapi;
mod running;
mod support;
