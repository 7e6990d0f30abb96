//! The program over HTTP, on real sockets and a fresh database for each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod agent_life;
mod applications;
mod attachments;
mod attempts;
mod audit;
mod auth;
mod canary;
mod consent;
mod consequences;
mod cookies;
mod couriers;
mod customers;
mod deposits;
mod edges;
mod hardening;
mod holds;
mod inbox;
mod intake;
mod inventory;
mod keys;
mod market_support;
mod matrix;
mod members;
mod nodes;
mod obligations;
mod openapi;
mod orders;
mod products;
mod reviews;
mod rights;
mod running;
mod sessions;
mod slow_clients;
mod stats;
mod support;
mod territories;
mod tls;
mod webhooks;
mod wechat;
