//! Databases for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(dead_code, reason = "each test program uses a part of it")]

use kernel::RepositoryError;
use std::sync::OnceLock;
use storage::{Database, Keys, Options, Session, Vault};
use tempfile::TempDir;
use testing::{PrivatePostgres, Store};

/// A migrated database that goes with the test.
pub struct Stored {
    /// The database itself.
    pub database: Database,
    /// Where it is, for a connection beside the program's own.
    pub url: String,
    _folder: Option<TempDir>,
}

fn open(url: &str) -> Database {
    let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
    let options = Options {
        durable: false,
        ..Options::default()
    };
    let database = Database::open(url, options, vault).unwrap();
    database.migrate().unwrap();
    database
}

impl Stored {
    /// A fresh SQLite file.
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self {
            database: open(&url),
            url,
            _folder: Some(folder),
        }
    }

    /// A fresh PostgreSQL database, a copy of one that was migrated once. `None` where PostgreSQL is not installed.
    pub fn on_postgres() -> Option<Self> {
        static MIGRATED: OnceLock<String> = OnceLock::new();
        let postgres = PrivatePostgres::shared()?;
        let migrated = MIGRATED.get_or_init(|| {
            let url = postgres.create_database();
            drop(open(&url));
            url
        });
        let url = postgres.create_database_from(migrated);
        Some(Self {
            database: open(&url),
            url,
            _folder: None,
        })
    }
}

impl Store for Stored {
    type Session = dyn Session;

    fn write<T, E: From<RepositoryError>>(
        &self,
        command: impl FnMut(&mut (dyn Session + 'static)) -> Result<T, E>,
    ) -> Result<T, E> {
        self.database.write(command)
    }
}
