//! Where the data is: the options that several commands share.

use super::Failure;
use crate::{
    configuration::{Configuration, Contents, DatabaseUrl, keys_of_environment},
    uploads::delete_all_orphaned_attachments,
};
use attachments::ContentStore;
use clap::Args;
use kernel::Instant;
use privacy::RetentionPeriods;
use std::{path::PathBuf, sync::Arc};
use storage::{Database, KeyFile, KeySource, Options, RotationError, Vault};

/// The database file in a data folder.
pub(crate) const DATABASE_FILE: &str = "catchment.db";
/// The pictures in a data folder.
pub(crate) const ATTACHMENTS_FOLDER: &str = "attachments";
/// The key file in a data folder.
pub(crate) const KEY_FILE: &str = "keys.toml";
/// The erasure log in a data folder.
pub(crate) const ERASURE_LOG: &str = "erasures.jsonl";

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
    /// The key file; known without, but with --database-url, which needs it unless its text is in `CATCHMENT_KEYS`.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl SealedPlace {
    /// Opens the database; refuses one whose schema is not this program's.
    pub(super) fn open(&self) -> Result<Database, Failure> {
        let vault = Vault::open_source(self.key_source()?)?;
        let database = Database::open(&self.place.database_url()?.0, Options::default(), vault)?;
        if database.pending_migrations()?.is_empty() {
            Ok(database)
        } else {
            Err("the database's schema is not this program's: run `catchment migrate` first".into())
        }
    }

    /// The erasure log.
    pub(super) fn erasure_log(&self) -> Result<PathBuf, Failure> {
        match &self.place {
            Place {
                data: Some(folder), ..
            } => Ok(folder.join(ERASURE_LOG)),
            Place {
                database_url: Some(_),
                ..
            } => Err("--database-url needs --erasure-log too".into()),
            place => Ok(Configuration::load(place.config.as_deref())?.erasure_log),
        }
    }

    /// The pictures; `None` where the options say no more than where the database is.
    fn contents(&self) -> Result<Option<Arc<dyn ContentStore>>, Failure> {
        let contents = match &self.place {
            Place {
                data: Some(folder), ..
            } => Contents::Folder(folder.join(ATTACHMENTS_FOLDER)),
            Place {
                database_url: Some(_),
                ..
            } => return Ok(None),
            place => Configuration::load(place.config.as_deref())?.contents,
        };
        Ok(Some(contents.open()?))
    }

    /// Deletes the pictures that are part of nothing, where it is known where they are, and tells how many they were.
    pub(super) fn delete_orphaned_attachments(
        &self,
        database: &Database,
        now: Instant,
    ) -> Result<String, Failure> {
        let Some(contents) = self.contents()? else {
            return Ok("left to a server: --database-url does not say where they are".to_owned());
        };
        let deleted = delete_all_orphaned_attachments(database, contents.as_ref(), now)?;
        Ok(format!("{deleted} removed"))
    }

    /// How long what is personal is kept there: as configured, or by default where the options say where the data is.
    pub(super) fn retention(&self) -> Result<RetentionPeriods, Failure> {
        match &self.place {
            Place {
                data: None,
                database_url: None,
                config,
            } => Ok(Configuration::load(config.as_deref())?.retention),
            _ => Ok(RetentionPeriods::default()),
        }
    }

    /// The key file, to be changed.
    pub(super) fn key_file(&self) -> Result<KeyFile, Failure> {
        match self.key_source()? {
            KeySource::File(file) => Ok(file),
            KeySource::Text(_) => Err(RotationError::KeysInEnvironment.into()),
        }
    }

    fn key_source(&self) -> Result<KeySource, Failure> {
        let at = |path: PathBuf| KeySource::File(KeyFile::at(path));
        match (&self.key_file, &self.place) {
            (Some(file), _) => Ok(at(file.clone())),
            (
                None,
                Place {
                    data: Some(folder), ..
                },
            ) => Ok(at(folder.join(KEY_FILE))),
            (
                None,
                Place {
                    database_url: Some(_),
                    ..
                },
            ) => keys_of_environment()
                .ok_or_else(|| "--database-url needs --key-file too, or CATCHMENT_KEYS".into()),
            (None, place) => Ok(Configuration::load(place.config.as_deref())?.keys),
        }
    }
}
