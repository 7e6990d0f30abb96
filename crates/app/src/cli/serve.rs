//! `catchment serve`: refuses whatever would lose or show data, and says what to do instead.

use super::{Failure, wechat};
use crate::{
    configuration::Configuration,
    erasure_log::ErasureLog,
    policy::PrivacyPolicy,
    server,
    state::State,
    telemetry,
    tls::{self, TlsFiles},
};
use ::webhooks::HttpSender;
use clap::Args;
use events::AddressPolicy;
use kernel::SystemClock;
use std::{fs::File, io, net::TcpListener, path::PathBuf, sync::Arc};
use storage::{Database, KeySource, Vault, is_open_to_others};
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
    #[error("the keys were made by `catchment demo`: production needs keys of its own")]
    DemoKeys,
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
        let wechat = wechat::port(configuration.wechat, Arc::new(SystemClock))?;
        refuse_demo_keys(&configuration.keys)?;
        let mut options = configuration.server;
        options.tls = configuration.tls.as_ref().map(own_tls).transpose()?;
        let database = Database::open(
            &configuration.database_url.0,
            configuration.database,
            Vault::open_source(configuration.keys)?,
        )?;
        refuse_unfit(&database)?;
        let policy = PrivacyPolicy::load(
            &configuration.privacy_policy_version,
            configuration.privacy_policy_file.as_deref(),
        )?;
        let state = State {
            policy: Arc::new(policy),
            erasure_log: Some(Arc::new(ErasureLog::open(&configuration.erasure_log)?)),
            retention: configuration.retention,
            deadlines: configuration.deadlines,
            ..State::of_this_machine(database, configuration.contents.open()?)?
                .with_wechat(wechat)
                .with_webhooks(Arc::new(HttpSender::new(configuration.webhooks)))
        };
        if configuration.webhooks == AddressPolicy::Anywhere {
            tracing::warn!(
                "webhooks may point to private addresses: whoever may make one reaches what this machine reaches"
            );
        }
        // Nobody is served from a backup that still knows who was erased since.
        state.level_erasures()?;
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
    if File::open(key)
        .and_then(|file| is_open_to_others(&file))
        .map_err(|error| Refusal::TlsKey(key.clone(), error))?
    {
        return Err(Refusal::TlsKeyOpenToOthers(key.clone()).into());
    }
    Ok(tls::load(files)?)
}

fn refuse_demo_keys(source: &KeySource) -> Result<(), Failure> {
    if source.load()?.is_demo() {
        return Err(Refusal::DemoKeys.into());
    }
    Ok(())
}
