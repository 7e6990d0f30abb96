//! `catchment migrate`.

use super::{Failure, place::Place};
use clap::Args;
use storage::{Database, Keys, Options, Vault};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let url = self.place.database_url()?;
        // A migration neither seals nor opens anything, so it gets keys that are forgotten afterwards.
        let vault = Vault::new(&Keys::generate(false)?)?;
        let database = Database::open(&url.0, Options::default(), vault)?;
        let ran = database.migrate()?;
        if ran.is_empty() {
            println!("The schema is up to date.");
        }
        for name in ran {
            println!("migrated {name}");
        }
        Ok(())
    }
}
