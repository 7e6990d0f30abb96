//! `catchment erasures`.

use super::{Failure, place::SealedPlace};
use crate::{
    erasure_log::ErasureLog,
    erasures::{Levelled, level},
};
use clap::{Args, Subcommand};
use kernel::{Clock, SystemClock, SystemIds};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ErasuresCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Erase again whomever the erasure log names and the database does not, as `serve` does before it listens: for a
    /// database restored from a backup.
    Replay(Replay),
}

#[derive(Debug, Args)]
struct Replay {
    /// The erasure log; needed with --database-url, known otherwise.
    #[arg(long, value_name = "FILE")]
    erasure_log: Option<PathBuf>,
    #[command(flatten)]
    place: SealedPlace,
}

impl ErasuresCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Action::Replay(Replay { erasure_log, place }) = self.action;
        let path = match erasure_log {
            Some(path) => path,
            None => place.erasure_log()?,
        };
        let database = place.open()?;
        let log = ErasureLog::open(&path)?;
        let now = SystemClock.now();
        let Levelled { replayed, appended } = level(&database, &SystemIds::new(), now, &log)?;
        println!("{replayed} erased again, {appended} added to {}", path.display());
        let pictures = place.delete_orphaned_attachments(&database, now)?;
        println!("pictures that are part of nothing: {pictures}");
        Ok(())
    }
}
