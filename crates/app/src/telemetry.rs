//! Logs: one line for each event on standard error, with the request's id, and no personal value.

use std::{io::IsTerminal, panic};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter,
    filter::{ParseError, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    #[default]
    Pretty,
}

/// What is logged unless told otherwise: our own events, and of the server's only warnings. What clients send that is not
/// HTTP is their error, not ours.
pub const DEFAULT_FILTER: &str = "info,actix_server=warn,actix_http=off";

/// Whatever the filter says: below warnings, the HTTP client writes out the addresses it asks, and one of WeChat's holds
/// the application's secret.
fn keeps_secrets(metadata: &Metadata<'_>) -> bool {
    !metadata.target().starts_with("ureq") || *metadata.level() <= Level::WARN
}

/// Begins to log what the filter (`info`, `app=debug,warn` …) lets through, and logs panics the same way. A second call in
/// one process changes nothing.
pub fn install(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::builder().parse(filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let secretive = filter_fn(keeps_secrets);
    let installed = match format {
        LogFormat::Json => subscriber
            .json()
            .flatten_event(true)
            .finish()
            .with(secretive)
            .try_init(),
        LogFormat::Pretty => subscriber.with_target(false).finish().with(secretive).try_init(),
    };
    if installed.is_ok() {
        // What a panic says may quote a value; where it happened tells enough.
        panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string);
            tracing::error!(location, "panicked");
        }));
    }
    Ok(())
}
