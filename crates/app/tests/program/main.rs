//! The program as it is started: what it refuses, and what it says to do.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod keeping;
mod keys;
mod program;
mod starting;
mod users;
mod wechat;
