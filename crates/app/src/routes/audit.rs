//! The audit log, for those who look after it.

pub mod list;
