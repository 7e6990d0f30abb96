//! A private PostgreSQL cluster for the tests of one process, from the programs installed on the machine.

mod binaries;

use std::{
    io::{Read, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Runs as a process of its own, so that the cluster ends with the tests even where they are killed.
const KEEPER: &str = include_str!("postgres/keeper.sh");

/// When set and not empty, a machine without PostgreSQL fails the tests instead of skipping them.
const REQUIRED: &str = "CATCHMENT_REQUIRE_POSTGRES";

/// A running PostgreSQL server that nobody else uses: data in a temporary folder, reached through a socket there, never
/// through the network, with durability off. It ends when this value is dropped or its process ends, however it ends.
///
/// ```no_run
/// let Some(postgres) = testing::PrivatePostgres::shared() else { return };
/// let url = postgres.create_database();
/// ```
#[derive(Debug)]
pub struct PrivatePostgres {
    keeper: Child,
    binaries: PathBuf,
    folder: String,
    databases: AtomicU32,
}

impl PrivatePostgres {
    /// The cluster that all tests of this process share, started by the first that asks; each test creates a database
    /// of its own. `None`, saying so, where PostgreSQL is not installed: the test is then skipped, unless
    /// `CATCHMENT_REQUIRE_POSTGRES` is set, which makes that a failure.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PrivatePostgres>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::start).as_ref();
        if shared.is_none() {
            #[allow(
                clippy::disallowed_methods,
                reason = "a switch of the test run, not of the application"
            )]
            let required = std::env::var_os(REQUIRED).is_some_and(|value| !value.is_empty());
            assert!(!required, "PostgreSQL is not installed, and {REQUIRED} is set");
            // Written past the capture of test output, so that a skipped test shows.
            let _ = writeln!(std::io::stderr(), "PostgreSQL is not installed: skipped");
        }
        shared
    }

    /// A cluster of its own, for a test that breaks it. `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let binaries = binaries::find()?;
        let mut keeper = unprivileged_shell()
            .args(["-c", KEEPER, "keeper"])
            .arg(&binaries)
            // An interrupt from the terminal is for the tests; the keeper ends with their pipe.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answer = String::new();
        keeper.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        let folder = answer
            .strip_prefix("ready ")
            .unwrap_or_else(|| panic!("PostgreSQL in {} did not start:\n{answer}", binaries.display()))
            .trim_end()
            .to_owned();
        Some(Self {
            keeper,
            binaries,
            folder,
            databases: AtomicU32::new(0),
        })
    }

    /// Creates an empty database and answers its URL. The URL's role owns the database and is not a superuser.
    pub fn create_database(&self) -> String {
        self.copy_database("template0")
    }

    /// Creates a copy of the database of that URL, which [`Self::create_database`] answered and nobody is connected to,
    /// and answers its URL: quicker than running the migrations again.
    pub fn create_database_from(&self, template_url: &str) -> String {
        let (address, _) = template_url.split_once('?').unwrap();
        let (_, name) = address.rsplit_once('/').unwrap();
        self.copy_database(name)
    }

    fn copy_database(&self, template: &str) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql(
            &self.url("postgres", "postgres"),
            &format!("CREATE DATABASE {name} OWNER catchment TEMPLATE {template}"),
        );
        self.url("catchment", &name)
    }

    /// The folder that all of it is in: sockets, data and logs.
    pub fn folder(&self) -> &Path {
        Path::new(&self.folder)
    }

    /// Brings everything that was committed into the data files.
    pub fn checkpoint(&self) {
        self.sql(&self.url("postgres", "postgres"), "CHECKPOINT");
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@/{database}?host={}&port=5432", self.folder)
    }

    /// Runs the statements with psql and answers what it printed: tuples only, unaligned.
    fn sql(&self, url: &str, statements: &str) -> String {
        let answer = Command::new(self.binaries.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--command", statements, url])
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        assert!(
            answer.status.success(),
            "{statements}: {}",
            String::from_utf8_lossy(&answer.stderr)
        );
        printed
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // Closes the keeper's standard input first.
        let _ = self.keeper.wait();
    }
}

/// A shell as this user; for root as another, since PostgreSQL refuses to run as root.
fn unprivileged_shell() -> Command {
    if id(&["-u"]) != Some(0) {
        return Command::new("sh");
    }
    let (user, group) = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
        .expect("root needs a user postgres or nobody to run PostgreSQL as");
    let mut shell = Command::new("setpriv");
    shell
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={group}"))
        .args(["--clear-groups", "sh"]);
    shell
}

/// The number that `id` answers. `None` where there is no such user.
fn id(arguments: &[&str]) -> Option<u32> {
    let answer = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_apart_and_a_template_is_copied() {
        let Some(postgres) = PrivatePostgres::shared() else {
            return;
        };
        let template = postgres.create_database();
        postgres.sql(
            &template,
            "CREATE TABLE drops (n int); INSERT INTO drops VALUES (1)",
        );
        let copy = postgres.create_database_from(&template);
        let empty = postgres.create_database();
        postgres.sql(&copy, "INSERT INTO drops VALUES (2)");
        assert_eq!(postgres.sql(&copy, "SELECT count(*) FROM drops"), "2");
        assert_eq!(postgres.sql(&template, "SELECT count(*) FROM drops"), "1");
        assert_eq!(postgres.sql(&empty, "SELECT to_regclass('drops') IS NULL"), "t");
    }

    #[test]
    fn the_role_of_the_tests_is_not_a_superuser() {
        let Some(postgres) = PrivatePostgres::shared() else {
            return;
        };
        let url = postgres.create_database();
        assert_eq!(
            postgres.sql(&url, "SELECT current_setting('is_superuser')"),
            "off"
        );
    }

    #[test]
    fn the_server_and_its_folder_go_when_the_pipe_closes() {
        let Some(mut postgres) = PrivatePostgres::start() else {
            return;
        };
        let folder = PathBuf::from(&postgres.folder);
        let socket = folder.join(".s.PGSQL.5432");
        assert!(socket.exists());
        // What the system does for a process that is killed.
        drop(postgres.keeper.stdin.take());
        postgres.keeper.wait().unwrap();
        assert!(!folder.exists());
    }
}
