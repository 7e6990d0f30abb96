//! How the database is used.

use kernel::Instant;
use std::time::Duration;

/// Sizes and limits of the connection pools.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections that PostgreSQL is asked for at most, and readers that SQLite gets beside its one writer.
    pub connections: u32,
    /// How long a command waits for a connection before the database counts as unavailable.
    pub connection_timeout: Duration,
    /// How long one PostgreSQL statement may run.
    pub statement_timeout: Duration,
    /// Whether a commit waits until it is on disk. Only tests and imports that can be begun again say no.
    pub durable: bool,
    /// What happened before it is the past: its events are stored as delivered, since nobody waits for them. Only imports
    /// have one.
    pub past_until: Option<Instant>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 8,
            connection_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(30),
            durable: true,
            past_until: None,
        }
    }
}
