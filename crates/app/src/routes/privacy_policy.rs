//! The privacy policy in force.

pub mod get;
