//! `catchment retention`.

use super::{Failure, place::SealedPlace};
use crate::retention;
use clap::{Args, Subcommand};
use kernel::{Clock, SystemClock, SystemIds};

#[derive(Debug, Args)]
pub(super) struct RetentionCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Remove what has been kept for long enough, as a server does daily. Also beside one.
    Run(Run),
}

#[derive(Debug, Args)]
struct Run {
    /// Only say how much is due.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: SealedPlace,
}

impl RetentionCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Action::Run(Run { dry_run, place }) = self.action;
        let (database, periods) = (place.open()?, place.retention()?);
        let (ids, now) = (SystemIds::new(), SystemClock.now());
        let (counts, what) = if dry_run {
            (retention::due(&database, now, &periods)?, "due")
        } else {
            (retention::run(&database, &ids, now, &periods)?, "removed")
        };
        // After the applications, whose pictures they have discarded.
        let pictures = if dry_run {
            None
        } else {
            Some(place.delete_orphaned_attachments(&database, now)?)
        };
        for (kind, rows) in counts {
            let period = periods.of(kind);
            println!(
                "{:<18} kept for {:>5} h: {rows} {what}",
                kind.name(),
                period.num_hours()
            );
        }
        if let Some(pictures) = pictures {
            println!("{:<18} part of nothing: {pictures}", "attachments");
        }
        Ok(())
    }
}
