//! Configuration: a TOML file, and over it the environment. The only place that reads either.
//!
//! Each setting has one name: `database_url` in the file is `CATCHMENT_DATABASE_URL` in the environment. All that is wrong is
//! told at once.

mod settings;

use crate::{
    edge::EdgeOptions,
    server::{ServerLimits, ServerOptions},
    telemetry::{DEFAULT_FILTER, LogFormat},
};
use settings::Settings;
use std::{
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use storage::Options;
use thiserror::Error;

/// Where the configuration file is, if there is one.
pub const FILE_VARIABLE: &str = "CATCHMENT_CONFIG";

/// What `catchment serve` is told.
#[derive(Debug)]
pub struct Configuration {
    /// `listen`: the address to serve on. Default 127.0.0.1:8080.
    pub listen: SocketAddr,
    /// `database_url`: `postgres://…` or `sqlite://PATH`. No default.
    pub database_url: DatabaseUrl,
    /// `key_file`: what seals personal data. No default.
    pub key_file: PathBuf,
    /// `log_format`: `json` (default) or `pretty`.
    pub log_format: LogFormat,
    /// `log_filter`: what is logged, such as `app=debug,warn`. Default [`DEFAULT_FILTER`].
    pub log_filter: String,
    /// `workers`, `connections_per_worker`, `blocking_threads_per_worker`, and what the edge is told: `trusted_proxies`.
    pub server: ServerOptions,
    /// `database_connections`; the rest as it is by default.
    pub database: Options,
}

/// A database's URL. It may hold a password, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseUrl(hidden)")
    }
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not TOML of plain settings.
    #[error("the configuration file is not valid: {0}")]
    Malformed(String),
    /// These settings are missing, unknown or wrong.
    #[error("the configuration is not complete:\n{}", .0.iter().map(|problem| format!("  - {problem}")).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<String>),
}

impl Configuration {
    /// Reads the file named on the command line or in `CATCHMENT_CONFIG`, and the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigurationError> {
        let file = file
            .map(Path::to_path_buf)
            .or_else(|| environment(FILE_VARIABLE).map(PathBuf::from));
        let text = match file {
            None => String::new(),
            Some(path) => {
                fs::read_to_string(&path).map_err(|cause| ConfigurationError::Unreadable { path, cause })?
            }
        };
        Self::read(&text, environment)
    }

    fn read(file: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let mut settings = Settings::new(file, &environment)?;
        let limits = ServerLimits::default();
        let options = Options::default();
        let listen = settings.parse("listen", "an address such as 0.0.0.0:8080");
        let database_url = settings.required("database_url", "postgres://… or sqlite://PATH");
        let key_file = settings.required("key_file", "the path of the key file");
        let log_format = settings.take("log_format");
        let log_filter = settings.take("log_filter");
        let workers = settings.count("workers");
        let connections = settings.count("connections_per_worker");
        let blocking = settings.count("blocking_threads_per_worker");
        let database_connections = settings.count("database_connections");
        let trusted_proxies = settings.parse(
            "trusted_proxies",
            "addresses or networks such as 10.0.0.0/8, with commas between, and not everybody",
        );
        let log_format = match log_format.as_deref() {
            None | Some("json") => LogFormat::Json,
            Some("pretty") => LogFormat::Pretty,
            Some(_) => {
                settings.refuse("log_format", "must be json or pretty");
                LogFormat::Json
            }
        };
        let (Some(database_url), Some(key_file)) = (database_url, key_file) else {
            return Err(settings.failure());
        };
        settings.finish(Self {
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            database_url: DatabaseUrl(database_url),
            key_file: key_file.into(),
            log_format,
            log_filter: log_filter.unwrap_or_else(|| DEFAULT_FILTER.to_owned()),
            server: ServerOptions {
                limits: ServerLimits {
                    workers: workers.unwrap_or(limits.workers),
                    connections_per_worker: connections.unwrap_or(limits.connections_per_worker),
                    blocking_threads_per_worker: blocking.unwrap_or(limits.blocking_threads_per_worker),
                },
                edge: EdgeOptions {
                    trusted_proxies: trusted_proxies.unwrap_or_default(),
                },
            },
            database: Options {
                connections: database_connections
                    .and_then(|count| count.try_into().ok())
                    .unwrap_or(options.connections),
                ..options
            },
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = "database_url = \"sqlite://a.db\"\nkey_file = \"keys.toml\"\n";

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
        Configuration::read(file, |name| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let file = format!("{COMPLETE}listen = \"127.0.0.1:1\"\nworkers = 3\n");
        let read = read(
            &file,
            &[
                ("CATCHMENT_LISTEN", "0.0.0.0:2"),
                ("CATCHMENT_LOG_FORMAT", "pretty"),
            ],
        )
        .unwrap();
        assert_eq!(read.listen.port(), 2);
        assert_eq!(read.server.limits.workers, 3);
        assert_eq!(read.log_format, LogFormat::Pretty);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_no_value_with_it() {
        let error = read(
            "listen = \"nowhere\"\nworkers = 0\ncolour = \"red\"\nlog_format = \"xml\"\ntrusted_proxies = \"0.0.0.0/0\"\n",
            &[("CATCHMENT_DATABASE_CONNECTIONS", "many-secret")],
        )
        .unwrap_err()
        .to_string();
        for name in [
            "listen",
            "workers",
            "colour",
            "log_format",
            "trusted_proxies",
            "database_url",
            "key_file",
            "CATCHMENT_DATABASE_CONNECTIONS",
        ] {
            assert!(error.contains(name), "{name} is not in: {error}");
        }
        assert!(!error.contains("secret"));
    }

    #[test]
    fn a_file_that_is_not_plain_settings_is_refused() {
        assert!(matches!(
            read("listen = [", &[]),
            Err(ConfigurationError::Malformed(_))
        ));
        assert!(matches!(
            read("[listen]\na = 1\n", &[]),
            Err(ConfigurationError::Invalid(_))
        ));
    }

    #[test]
    fn the_url_is_never_shown() {
        let read = read(COMPLETE, &[]).unwrap();
        assert!(!format!("{read:?}").contains("a.db"));
    }
}
