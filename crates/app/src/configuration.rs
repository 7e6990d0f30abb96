//! Configuration: a TOML file, and over it the environment. The only place that reads either.
//!
//! Each setting has one name: `database_url` in the file is `CATCHMENT_DATABASE_URL` in the environment. All that is wrong is
//! told at once.

mod contents;
mod deadlines;
mod edge;
mod privacy;
mod settings;
mod webhooks;
mod wechat;

pub use contents::Contents;
pub use wechat::{SecretPlace, WechatConfiguration};

use crate::{
    server::{ServerLimits, ServerOptions},
    telemetry::{DEFAULT_FILTER, LogFormat},
    tls::TlsFiles,
};
use ::privacy::RetentionPeriods;
use agents::Deadlines;
use events::AddressPolicy;
use settings::{Settings, variable};
use std::{
    fmt,
    fs::File,
    io::{self, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
};
use storage::{KeyFile, KeySource, Options, is_open_to_others};
use thiserror::Error;

/// Where the configuration file is, if there is one.
pub const FILE_VARIABLE: &str = "CATCHMENT_CONFIG";

/// The text of a key file; a secret, so it is no setting of the file.
const KEYS: &str = "keys";

/// What `catchment serve` is told.
#[derive(Debug)]
pub struct Configuration {
    /// `listen`: the address to serve on. Default 127.0.0.1:8080.
    pub listen: SocketAddr,
    /// `database_url`: `postgres://…` or `sqlite://PATH`. No default.
    pub database_url: DatabaseUrl,
    /// Where the keys are that seal personal data: `key_file`, or in the environment alone `CATCHMENT_KEYS`, the text of such
    /// a file. One of the two, no default.
    pub keys: KeySource,
    /// `log_format`: `json` (default) or `pretty`.
    pub log_format: LogFormat,
    /// `log_filter`: what is logged, such as `app=debug,warn`. Default [`DEFAULT_FILTER`].
    pub log_filter: String,
    /// `erasure_log`: the file that names, by ids, everybody who was erased; a restored database is brought level with it.
    /// Default: `erasures.jsonl` beside the key file, or in the working directory where the keys are in the environment.
    pub erasure_log: PathBuf,
    /// `retention_idempotency_hours`, `retention_sign_ins_days`, `retention_events_days`, `retention_applications_days`,
    /// `retention_orders_days`, `retention_read_messages_days` and so on: how long what is personal is kept. Each has a lower bound.
    pub retention: RetentionPeriods,
    /// `application_review_days`, `application_supplement_days`: how long headquarters is given to decide about an
    /// application, and its applicant to answer.
    pub deadlines: Deadlines,
    /// `privacy_policy_version`: what people have to agree to. Default [`BUILT_IN_VERSION`](crate::policy::BUILT_IN_VERSION).
    pub privacy_policy_version: String,
    /// `privacy_policy_file`: its text, in Markdown. Default: the built-in text. With a file, the version is required.
    pub privacy_policy_file: Option<PathBuf>,
    /// `workers`, `connections_per_worker`, `blocking_threads_per_worker`, and what the edge is told: `trusted_proxies`,
    /// `allowed_origins`, `behind_tls`, `sign_ins_per_minute`, `writes_per_second`, `reads_per_second`,
    /// `orders_per_minute`.
    pub server: ServerOptions,
    /// `tls_certificate` and `tls_key`, for TLS of the server's own. Default none.
    pub tls: Option<TlsFiles>,
    /// `attachments_folder`, or `attachments_s3_…`: where pictures are kept.
    pub contents: Contents,
    /// `database_connections`; the rest as it is by default.
    pub database: Options,
    /// `wechat_appid`, `wechat_secret` or `wechat_secret_file`, `wechat_base_url`; absent where none is set.
    pub wechat: Option<WechatConfiguration>,
    /// `webhooks_to_private_addresses`: whether webhooks may point to addresses that are not of the public internet, and do
    /// without `https`. Default no.
    pub webhooks: AddressPolicy,
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
        cause: io::Error,
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
        let Some(path) = file else {
            return Self::read("", None, environment);
        };
        let (text, open) = read_file(&path).map_err(|cause| ConfigurationError::Unreadable {
            path: path.clone(),
            cause,
        })?;
        Self::read(&text, open.then_some(&path), environment)
    }

    /// From the text of the file, which stands at that path where others than its owner may read it.
    fn read(
        file: &str,
        open_to_others: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigurationError> {
        let mut settings = Settings::new(file, &environment)?;
        if let Some(path) = open_to_others {
            settings.refuse_secrets_of(path);
        }
        let limits = ServerLimits::default();
        let options = Options::default();
        let listen = settings.parse("listen", "an address such as 0.0.0.0:8080");
        let database_url = settings.required("database_url", "postgres://… or sqlite://PATH");
        let keys = key_source(&mut settings);
        let log_format = log_format(&mut settings);
        let log_filter = settings.take("log_filter");
        let workers = settings.count("workers");
        let connections = settings.count("connections_per_worker");
        let blocking = settings.count("blocking_threads_per_worker");
        let database_connections = settings.count("database_connections");
        let edge = edge::edge(&mut settings);
        let tls = edge::tls(&mut settings);
        let (privacy_policy_version, privacy_policy_file) = privacy::privacy_policy(&mut settings);
        let erasure_log = settings.take("erasure_log").map(PathBuf::from);
        let retention = privacy::retention(&mut settings);
        let deadlines = deadlines::deadlines(&mut settings);
        let wechat = WechatConfiguration::read(&mut settings);
        let webhooks = webhooks::policy(&mut settings);
        let contents = Contents::read(&mut settings);
        let (Some(database_url), Some(keys), Some(contents)) = (database_url, keys, contents) else {
            return Err(settings.failure());
        };
        settings.finish(Self {
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            database_url: DatabaseUrl(database_url),
            erasure_log: erasure_log.unwrap_or_else(|| privacy::erasure_log_beside(&keys)),
            retention,
            deadlines,
            keys,
            log_format,
            log_filter: log_filter.unwrap_or_else(|| DEFAULT_FILTER.to_owned()),
            privacy_policy_version,
            privacy_policy_file,
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
            contents,
            database: Options {
                connections: database_connections
                    .and_then(|count| count.try_into().ok())
                    .unwrap_or(options.connections),
                ..options
            },
            wechat,
            webhooks,
        })
    }
}

/// The text of a file, and whether others than its owner may read it.
fn read_file(path: &Path) -> io::Result<(String, bool)> {
    let mut file = File::open(path)?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((text, is_open_to_others(&file)?))
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

/// The keys that the environment holds, if it does.
pub fn keys_of_environment() -> Option<KeySource> {
    environment(&variable(KEYS)).map(|text| KeySource::Text(text.into()))
}

fn key_source(settings: &mut Settings<'_>) -> Option<KeySource> {
    let file = settings.take("key_file");
    let text = settings.take_from_environment(KEYS);
    match (file, text) {
        (Some(file), None) => Some(KeySource::File(KeyFile::at(file))),
        (None, Some(text)) => Some(KeySource::Text(text.into())),
        (None, None) => {
            settings.refuse(
                "key_file",
                "is required: the path of the key file; or its text in CATCHMENT_KEYS",
            );
            None
        }
        (Some(_), Some(_)) => {
            settings.refuse(
                "key_file",
                "and CATCHMENT_KEYS are both there: which keys are meant?",
            );
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
    use std::fs;

    pub(super) const COMPLETE: &str = "database_url = \"sqlite://a.db\"\nkey_file = \"keys.toml\"\n";

    pub(super) fn read(
        file: &str,
        environment: &[(&str, &str)],
    ) -> Result<Configuration, ConfigurationError> {
        Configuration::read(file, None, |name| {
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
    fn keys_come_from_a_file_or_from_the_environment_and_are_never_shown() {
        let url = "database_url = \"sqlite://a.db\"\n";
        let from_environment = read(url, &[("CATCHMENT_KEYS", "current = hush")]).unwrap();
        assert!(matches!(&from_environment.keys, KeySource::Text(text) if text.as_str() == "current = hush"));
        assert!(!format!("{from_environment:?}").contains("hush"));
        assert!(matches!(read(COMPLETE, &[]).unwrap().keys, KeySource::File(_)));
        for (file, environment) in [
            (COMPLETE.to_owned(), vec![("CATCHMENT_KEYS", "current = hush")]),
            (format!("{url}keys = \"current = hush\"\n"), vec![]),
            (url.to_owned(), vec![]),
        ] {
            let refused = read(&file, &environment).unwrap_err().to_string();
            assert!(refused.contains("CATCHMENT_KEYS"), "{refused}");
            assert!(!refused.contains("hush"), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catchment.toml");
        let load = |lines: &str, mode: u32| {
            fs::write(&path, format!("key_file = \"keys.toml\"\n{lines}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Configuration::load(Some(&path))
                .err()
                .map(|error| error.to_string())
        };
        let url = "database_url = \"sqlite://a.db\"";
        assert_eq!(load(url, 0o644), None);
        assert_eq!(
            load(
                "database_url = \"postgres://catchment@localhost/catchment\"",
                0o644
            ),
            None
        );
        for (lines, name) in [
            (
                "database_url = \"postgres://catchment:hush@localhost/catchment\"".to_owned(),
                "database_url",
            ),
            (
                "database_url = \"postgres://localhost/catchment?user=a&password=hush\"".to_owned(),
                "database_url",
            ),
            (
                format!("{url}\nwechat_appid = \"wx1\"\nwechat_secret = \"hush-hush-hush-hush\""),
                "wechat_secret",
            ),
            (
                format!(
                    "{url}\nattachments_s3_endpoint = \"https://s3.example.com\"\nattachments_s3_bucket = \"pictures\"\n\
                     attachments_s3_access_key = \"id\"\nattachments_s3_secret_key = \"hush-hush-hush-hush\""
                ),
                "attachments_s3_secret_key",
            ),
        ] {
            assert_eq!(load(&lines, 0o600), None, "{lines}");
            for mode in [0o644, 0o640, 0o602] {
                let refused = load(&lines, mode).unwrap();
                assert!(
                    refused.contains(name) && refused.contains("chmod 600"),
                    "{refused}"
                );
                assert!(!refused.contains("hush"), "{refused}");
            }
        }
    }

    #[test]
    fn the_url_is_never_shown() {
        let read = read(COMPLETE, &[]).unwrap();
        assert!(!format!("{read:?}").contains("a.db"));
    }
}
