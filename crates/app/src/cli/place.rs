//! Where the data is: the options that several commands share.

use super::Failure;
use crate::configuration::{Configuration, DatabaseUrl};
use clap::Args;
use std::path::PathBuf;

/// The database file in a data folder.
pub(crate) const DATABASE_FILE: &str = "catchment.db";

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
