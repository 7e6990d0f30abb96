//! Builders of valid things, so that a test names only what it is about. One module per aggregate.

pub mod agents;
pub mod attachments;
pub mod customers;
pub mod inventory;
pub mod orders;
pub mod territories;
