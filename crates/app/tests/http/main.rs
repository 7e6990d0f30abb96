//! The program over HTTP, on real sockets and a fresh database for each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod applications;
mod auth;
mod couriers;
mod customers;
mod edges;
mod hardening;
mod intake;
mod inventory;
mod openapi;
mod orders;
mod products;
mod running;
mod slow_clients;
mod stats;
mod support;
mod tls;
