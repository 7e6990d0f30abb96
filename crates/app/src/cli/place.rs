//! Where the data is: the options that several commands share.

use super::Failure;
use crate::configuration::{Configuration, DatabaseUrl};
use clap::Args;
use std::{fs, path::PathBuf};
use storage::{Database, Keys, Options, Vault};

/// The database file in a data folder.
pub(crate) const DATABASE_FILE: &str = "catchment.db";
/// The key file in a data folder.
pub(crate) const KEY_FILE: &str = "keys.toml";

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The data folder of `catchment demo`.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["database_url", "config"])]
    data: Option<PathBuf>,
    /// `postgres://…` or `sqlite://PATH`.
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    database_url: Option<String>,
    /// The configuration file, as for `catchment serve`. Without any of these, the environment says where.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// The database.
    pub(super) fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        if let Some(folder) = &self.data {
            let file = folder.join(DATABASE_FILE);
            if !file.exists() {
                return Err(format!("there is no {} ; is --data right?", file.display()).into());
            }
            return Ok(DatabaseUrl(format!("sqlite://{}", file.display())));
        }
        match &self.database_url {
            Some(url) => Ok(DatabaseUrl(url.clone())),
            None => Ok(Configuration::load(self.config.as_deref())?.database_url),
        }
    }
}

/// Where the data is, and what opens its sealed parts.
#[derive(Debug, Args)]
pub(super) struct SealedPlace {
    #[command(flatten)]
    place: Place,
    /// The key file; needed with --database-url, known otherwise.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl SealedPlace {
    /// Opens the database; refuses one whose schema is not this program's.
    pub(super) fn open(&self) -> Result<Database, Failure> {
        let key_file = self.key_file()?;
        let text = fs::read_to_string(&key_file)
            .map_err(|error| format!("the key file {} cannot be read: {error}", key_file.display()))?;
        let vault = Vault::new(&Keys::parse(&text)?)?;
        let database = Database::open(&self.place.database_url()?.0, Options::default(), vault)?;
        if database.pending_migrations()?.is_empty() {
            Ok(database)
        } else {
            Err("the database's schema is not this program's: run `catchment migrate` first".into())
        }
    }

    fn key_file(&self) -> Result<PathBuf, Failure> {
        match (&self.key_file, &self.place) {
            (Some(file), _) => Ok(file.clone()),
            (
                None,
                Place {
                    data: Some(folder), ..
                },
            ) => Ok(folder.join(KEY_FILE)),
            (
                None,
                Place {
                    database_url: Some(_),
                    ..
                },
            ) => Err("--database-url needs --key-file too".into()),
            (None, place) => Ok(Configuration::load(place.config.as_deref())?.key_file),
        }
    }
}
