//! Configuration: a TOML file, and over it the environment. The only place that reads either.
//!
//! Each setting has one name: `database_url` in the file is `CATCHMENT_DATABASE_URL` in the environment. All that is wrong is
//! told at once.

mod settings;

use crate::{
    edge::EdgeOptions,
    floods::FloodLimits,
    server::{ServerLimits, ServerOptions},
    telemetry::{DEFAULT_FILTER, LogFormat},
    tls::TlsFiles,
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
    /// `workers`, `connections_per_worker`, `blocking_threads_per_worker`, and what the edge is told: `trusted_proxies`,
    /// `allowed_origins`, `behind_tls`, `sign_ins_per_minute`, `writes_per_second`, `reads_per_second`,
    /// `orders_per_minute`.
    pub server: ServerOptions,
    /// `tls_certificate` and `tls_key`, for TLS of the server's own. Default none.
    pub tls: Option<TlsFiles>,
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
        let log_format = log_format(&mut settings);
        let log_filter = settings.take("log_filter");
        let workers = settings.count("workers");
        let connections = settings.count("connections_per_worker");
        let blocking = settings.count("blocking_threads_per_worker");
        let database_connections = settings.count("database_connections");
        let edge = edge(&mut settings);
        let tls = tls(&mut settings);
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
                    ..limits
                },
                edge,
                tls: None,
            },
            tls,
            database: Options {
                connections: database_connections
                    .and_then(|count| count.try_into().ok())
                    .unwrap_or(options.connections),
                ..options
            },
        })
    }
}

fn log_format(settings: &mut Settings<'_>) -> LogFormat {
    match settings.take("log_format").as_deref() {
        None | Some("json") => LogFormat::Json,
        Some("pretty") => LogFormat::Pretty,
        Some(_) => {
            settings.refuse("log_format", "must be json or pretty");
            LogFormat::Json
        }
    }
}

fn edge(settings: &mut Settings<'_>) -> EdgeOptions {
    let usual = FloodLimits::for_the_public();
    let trusted_proxies = settings.parse(
        "trusted_proxies",
        "addresses or networks such as 10.0.0.0/8, with commas between, and not everybody",
    );
    let allowed_origins = settings.parse(
        "allowed_origins",
        "origins such as https://shop.example as browsers write them, with commas between, and no pattern",
    );
    EdgeOptions {
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        allowed_origins: allowed_origins.unwrap_or_default(),
        behind_tls: settings.parse("behind_tls", "true or false").unwrap_or_default(),
        flood_limits: FloodLimits {
            sign_ins_per_minute: settings.limit("sign_ins_per_minute", usual.sign_ins_per_minute),
            writes_per_second: settings.limit("writes_per_second", usual.writes_per_second),
            reads_per_second: settings.limit("reads_per_second", usual.reads_per_second),
            orders_per_minute: settings.limit("orders_per_minute", usual.orders_per_minute),
        },
    }
}

fn tls(settings: &mut Settings<'_>) -> Option<TlsFiles> {
    match (settings.take("tls_certificate"), settings.take("tls_key")) {
        (Some(certificate), Some(key)) => Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        }),
        (None, None) => None,
        (Some(_), None) => {
            settings.refuse("tls_key", "is required with tls_certificate");
            None
        }
        (None, Some(_)) => {
            settings.refuse("tls_certificate", "is required with tls_key");
            None
        }
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
            "listen = \"nowhere\"\nworkers = 0\ncolour = \"red\"\nlog_format = \"xml\"\n",
            &[("CATCHMENT_DATABASE_CONNECTIONS", "many-secret")],
        )
        .unwrap_err()
        .to_string();
        for name in [
            "listen",
            "workers",
            "colour",
            "log_format",
            "database_url",
            "key_file",
            "CATCHMENT_DATABASE_CONNECTIONS",
        ] {
            assert!(error.contains(name), "{name} is not in: {error}");
        }
        assert!(!error.contains("secret"));
    }

    #[test]
    fn the_edge_is_closed_and_floods_are_shed_unless_told_otherwise() {
        let usual = read(COMPLETE, &[]).unwrap();
        let edge = usual.server.edge;
        assert!(edge.allowed_origins.is_empty() && !edge.behind_tls && usual.tls.is_none());
        for limit in [
            edge.flood_limits.sign_ins_per_minute,
            edge.flood_limits.writes_per_second,
            edge.flood_limits.reads_per_second,
            edge.flood_limits.orders_per_minute,
        ] {
            assert!(limit.is_some());
        }
        let file = format!(
            "{COMPLETE}allowed_origins = \"https://shop.example\"\nbehind_tls = true\nreads_per_second = 0\n\
             tls_certificate = \"a.crt\"\n"
        );
        let told = read(
            &file,
            &[
                ("CATCHMENT_ORDERS_PER_MINUTE", "7"),
                ("CATCHMENT_TLS_KEY", "a.key"),
            ],
        )
        .unwrap();
        let edge = told.server.edge;
        assert!(edge.allowed_origins.contain("https://shop.example") && edge.behind_tls);
        assert_eq!(edge.flood_limits.reads_per_second, None);
        assert_eq!(edge.flood_limits.orders_per_minute.unwrap().get(), 7);
        assert!(told.tls.is_some());
    }

    #[test]
    fn settings_that_would_open_the_edge_are_refused() {
        for (line, name) in [
            ("allowed_origins = \"*\"", "allowed_origins"),
            ("allowed_origins = \"https://*.shop.example\"", "allowed_origins"),
            ("trusted_proxies = \"::/0\"", "trusted_proxies"),
            ("behind_tls = \"perhaps\"", "behind_tls"),
            ("sign_ins_per_minute = -1", "sign_ins_per_minute"),
            ("writes_per_second = 100001", "writes_per_second"),
            ("tls_certificate = \"a.crt\"", "tls_key"),
            ("tls_key = \"a.key\"", "tls_certificate"),
        ] {
            let error = read(&format!("{COMPLETE}{line}\n"), &[]).unwrap_err().to_string();
            assert!(error.contains(name), "{line}: {error}");
        }
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
