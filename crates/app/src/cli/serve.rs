//! `catchment serve`: refuses whatever would lose or show data, and says what to do instead.

use super::{Failure, keys::open_to_others};
use crate::{
    configuration::Configuration,
    server,
    state::State,
    telemetry,
    tls::{self, TlsFiles},
};
use clap::Args;
use std::{fs, io, net::TcpListener, path::Path, path::PathBuf};
use storage::{Database, Keys, Vault};
use thiserror::Error;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file (TOML). The environment goes over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Why production does not start.
#[derive(Debug, Error)]
enum Refusal {
    #[error(
        "there is no key file {0}: copy the one this database was made with, or make a new one for an empty database \
         with `catchment keys new {0}`"
    )]
    NoKeyFile(PathBuf),
    #[error("the key file {0} cannot be read: {1}")]
    KeyFile(PathBuf, String),
    #[error("the key file {0} can be read by others than its owner: run `chmod 600 {0}`")]
    KeyFileOpenToOthers(PathBuf),
    #[error("the key file {0} was made by `catchment demo`: production needs keys of its own")]
    DemoKeys(PathBuf),
    #[error("the TLS key {0} cannot be read: {1}")]
    TlsKey(PathBuf, io::Error),
    #[error("the TLS key {0} can be read by others than its owner: run `chmod 600 {0}`")]
    TlsKeyOpenToOthers(PathBuf),
    #[error("the database's schema is not this program's: run `catchment migrate` first ({0} to run)")]
    NotMigrated(usize),
    #[error("the database is not fit for production:\n{0}")]
    UnfitDatabase(String),
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        let configuration = Configuration::load(self.config.as_deref())?;
        telemetry::install(configuration.log_format, &configuration.log_filter)?;
        let keys = production_keys(&configuration.key_file)?;
        let mut options = configuration.server;
        options.tls = configuration.tls.as_ref().map(own_tls).transpose()?;
        let database = Database::open(
            &configuration.database_url.0,
            configuration.database,
            Vault::new(&keys)?,
        )?;
        refuse_unfit(&database)?;
        let state = State::of_this_machine(database)?;
        let listener = TcpListener::bind(configuration.listen)
            .map_err(|error| format!("cannot listen on {}: {error}", configuration.listen))?;
        actix_web::rt::System::new().block_on(async {
            let listening = server::listen(state, listener, options)?;
            let address = listening.address();
            let serving = actix_web::rt::spawn(listening.run());
            // The server minds its signals from its first turn on; whoever reads the line may stop it at once.
            tokio::task::yield_now().await;
            tracing::info!(%address, "listening");
            serving.await??;
            tracing::info!("stopped");
            Ok(())
        })
    }
}

fn refuse_unfit(database: &Database) -> Result<(), Failure> {
    let pending = database.pending_migrations()?.len();
    if pending > 0 {
        return Err(Refusal::NotMigrated(pending).into());
    }
    let faults = database.production_faults()?;
    if faults.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = faults.iter().map(|fault| format!("  - {fault}")).collect();
    Err(Refusal::UnfitDatabase(lines.join("\n")).into())
}

fn own_tls(files: &TlsFiles) -> Result<rustls::ServerConfig, Failure> {
    let key = &files.key;
    if open_to_others(key).map_err(|error| Refusal::TlsKey(key.clone(), error))? {
        return Err(Refusal::TlsKeyOpenToOthers(key.clone()).into());
    }
    Ok(tls::load(files)?)
}

fn production_keys(path: &Path) -> Result<Keys, Refusal> {
    let unreadable = |why: &dyn ToString| Refusal::KeyFile(path.to_owned(), why.to_string());
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::NoKeyFile(path.to_owned()),
        _ => unreadable(&error),
    })?;
    if open_to_others(path).map_err(|error| unreadable(&error))? {
        return Err(Refusal::KeyFileOpenToOthers(path.to_owned()));
    }
    let keys = Keys::parse(&text).map_err(|error| unreadable(&error))?;
    if keys.is_demo() {
        return Err(Refusal::DemoKeys(path.to_owned()));
    }
    Ok(keys)
}
