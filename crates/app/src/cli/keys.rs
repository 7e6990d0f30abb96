//! `catchment keys`.

use super::{Failure, place::SealedPlace};
use clap::{Args, Subcommand};
use identity::{AuditAction, AuditEntry, AuditReason, Origin};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{Clock, RepositoryError, SystemClock, SystemIds};
use std::path::PathBuf;
use storage::{Database, KeyFile, Keys, RotationProgress};

#[derive(Debug, Args)]
pub(super) struct KeysCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the key file of a new installation. Back it up: nothing sealed can be read without it.
    Generate {
        /// The file to make. One that is there is never overwritten.
        file: PathBuf,
    },
    /// Add a sealing key that nothing is sealed under yet, to be handed to every machine before it is rotated to.
    Add(SealedPlace),
    /// Make the newest sealing key current, a fresh one where there is none, and seal everything anew under it while servers
    /// run. Goes on with a rotation that broke off.
    Rotate(SealedPlace),
    /// Remove the sealing key of a version that nothing is sealed under any more.
    Retire {
        /// The version.
        version: u32,
        #[command(flatten)]
        place: SealedPlace,
    },
}

impl KeysCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::Generate { file } => {
                KeyFile::create(&file, &Keys::generate(false)?)?;
                println!("made {}; keep a copy in a safe place", file.display());
            }
            Action::Add(place) => {
                let file = place.key_file()?;
                let version = file.change(Keys::add)?;
                println!(
                    "added version {version} to {0}; once every machine has this file, run `catchment keys rotate`",
                    file.path().display()
                );
            }
            Action::Rotate(place) => rotate(&place)?,
            Action::Retire { version, place } => {
                let database = place.open()?;
                database.retire_key(version)?;
                record(&database, AuditAction::KeyRetired, version)?;
                println!(
                    "removed version {version}: nothing is sealed under it; backups of the database made before need the \
                     key file as it was"
                );
            }
        }
        Ok(())
    }
}

fn rotate(place: &SealedPlace) -> Result<(), Failure> {
    let database = place.open()?;
    let bar = Bar(ProgressBar::no_length());
    let rotated = database.rotate_keys(&bar);
    bar.0.finish_and_clear();
    let rotated = rotated?;
    record(&database, AuditAction::KeysRotated, rotated.version)?;
    let what = if rotated.went_on {
        "went on with the rotation to"
    } else {
        "rotated to"
    };
    println!(
        "{what} version {}: {} values re-sealed",
        rotated.version, rotated.resealed
    );
    Ok(())
}

/// Tells the audit log. Nobody is signed in here: whoever may read the key file may do this.
fn record(database: &Database, action: AuditAction, version: u32) -> Result<(), Failure> {
    let now = SystemClock.now();
    let entry = AuditEntry {
        reason: Some(AuditReason::parse(&format!("version {version}"))?),
        ..AuditEntry::new(&SystemIds::new(), now, action, None, &Origin::default())
    };
    database
        .write::<_, RepositoryError>(|session| session.insert_audit_entries(std::slice::from_ref(&entry)))?;
    Ok(())
}

/// Shown on a terminal only.
struct Bar(ProgressBar);

impl RotationProgress for Bar {
    fn begin_pass(&self, values: u64) {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} values, {eta} left");
        self.0
            .set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.0.reset();
        self.0.set_length(values);
    }

    fn advance(&self, values: u64) {
        self.0.inc(values);
    }
}
