//! `catchment demo`: the main job, on a machine with nothing set up.

use super::{
    Failure,
    place::{ATTACHMENTS_FOLDER, DATABASE_FILE, ERASURE_LOG, KEY_FILE},
};
use crate::{
    cookies::CookieStyle,
    demo::{self, DEMO_ACCOUNTS, DEMO_PASSWORD, DemoWechat, Progress},
    erasure_log::ErasureLog,
    passwords::Argon2Passwords,
    server::{self, ServerOptions},
    state::State,
    telemetry::{self, LogFormat},
};
use ::contents::{Folder, Sealed};
use ::webhooks::HttpSender;
use attachments::ContentStore;
use clap::Args;
use events::AddressPolicy;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{BusinessDay, Clock, SystemClock};
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant as Stopwatch,
};
use storage::{Database, KeyFile, KeySource, Keys, Options, Vault};

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to listen. Only loopback addresses: the demo's passwords are known to everyone.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder of the embedded database and of the demo's keys.
    #[arg(long, value_name = "DIR", default_value = "catchment-data")]
    data: PathBuf,
    /// An empty PostgreSQL database to use instead of the embedded one. The keys stay in the data folder.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Begin anew: the embedded database and its keys are removed first.
    #[arg(long, conflicts_with = "database_url")]
    fresh: bool,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        if !self.listen.ip().is_loopback() {
            return Err(format!(
                "the demo listens on loopback only, and {} is not; its passwords are known to everyone. \
                 Use `catchment serve` for anything else",
                self.listen
            )
            .into());
        }
        telemetry::install(LogFormat::Pretty, "warn,catchment=info")?;
        let listener = TcpListener::bind(self.listen).map_err(|error| {
            format!(
                "cannot listen on {}: {error}; is another demo running? Choose an address with --listen",
                self.listen
            )
        })?;
        let url = self.prepare_folder()?;
        let keys = self.keys()?;
        let contents = self.contents()?;
        bring_up_to_date(&url, &keys, contents.as_ref())?;

        let database = Database::open(&url, Options::default(), Vault::open_source(keys)?)?;
        let state = State {
            erasure_log: Some(Arc::new(ErasureLog::open(&self.data.join(ERASURE_LOG))?)),
            ..State::of_this_machine(database, contents)?
        }
        .with_wechat(Arc::new(DemoWechat::default()))
        // Loopback is where somebody who tries it has a receiver; and the demo is for nobody else.
        .with_webhooks(Arc::new(HttpSender::new(AddressPolicy::Anywhere)))
        .with_cookies(CookieStyle::PlainForLoopback);
        state.level_erasures()?;
        serve(state, listener)
    }

    /// Makes the data folder and answers with the database's URL.
    fn prepare_folder(&self) -> Result<String, Failure> {
        fs::create_dir_all(&self.data)
            .map_err(|error| format!("cannot make {}: {error}", self.data.display()))?;
        if self.fresh {
            for suffix in ["", "-wal", "-shm"] {
                remove(&self.data.join(format!("{DATABASE_FILE}{suffix}")))?;
            }
            remove(&self.data.join(KEY_FILE))?;
            remove_folder(&self.data.join(ATTACHMENTS_FOLDER))?;
            remove(&self.data.join(ERASURE_LOG))?;
        }
        Ok(match &self.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.data.join(DATABASE_FILE).display()),
        })
    }

    fn contents(&self) -> Result<Arc<dyn ContentStore>, Failure> {
        let path = self.data.join(ATTACHMENTS_FOLDER);
        let folder =
            Folder::open(&path).map_err(|error| format!("cannot use {}: {error}", path.display()))?;
        Ok(Arc::new(Sealed::new(folder)))
    }

    fn keys(&self) -> Result<KeySource, Failure> {
        let path = self.data.join(KEY_FILE);
        if !path.exists() {
            KeyFile::create(&path, &Keys::generate(true)?)?;
        }
        Ok(KeySource::File(KeyFile::at(path)))
    }
}

/// Migrates, makes the company where there is none, and the days that are missing. Nothing of it needs to survive a
/// power loss: it can be made again.
fn bring_up_to_date(url: &str, keys: &KeySource, contents: &dyn ContentStore) -> Result<(), Failure> {
    let open = |past_until| -> Result<Database, Failure> {
        let options = Options {
            durable: false,
            past_until: Some(past_until),
            ..Options::default()
        };
        Ok(Database::open(url, options, Vault::open_source(keys.clone())?)?)
    };
    let now = SystemClock.now();
    // Inboxes hold what there is to do: the applications that wait, and what happened today.
    let database = open(demo::first_application_that_waits(now))?;
    database.migrate()?;
    let stopwatch = Stopwatch::now();
    if !demo::is_made(&database)? {
        println!("Making the demo company: half a year of orders, once ...");
        demo::make(&database, contents, &Argon2Passwords::new(), now)?;
    }
    let database = open(BusinessDay::of(now).start())?;
    demo::fill_past(&database, now, &Bar(ProgressBar::hidden()))?;
    println!(
        "The company is up to date after {:.1} s.",
        stopwatch.elapsed().as_secs_f64()
    );
    Ok(())
}

fn remove_folder(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()).into())
        }
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()).into())
        }
        _ => Ok(()),
    }
}

/// A bar on a terminal, nothing elsewhere.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn begin(&self, days: u64) {
        self.0.set_length(days);
        self.0.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} days, {eta} left");
        self.0
            .set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    fn advance(&self) {
        self.0.inc(1);
        if Some(self.0.position()) == self.0.length() {
            self.0.finish_and_clear();
        }
    }
}

fn serve(state: State, listener: TcpListener) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        let listening = server::listen(state, listener, ServerOptions::default())?;
        let address = listening.address();
        println!("\n  API           http://{address}/api/v1");
        println!("  API reference http://{address}/docs");
        println!("  Health        http://{address}/readyz");
        println!("\n  Demo accounts, password {DEMO_PASSWORD} for all:");
        for (username, _, what) in DEMO_ACCOUNTS {
            println!("    {username:<13} {what}");
        }
        println!("\n  WeChat is made up: POST /api/v1/auth/wechat takes the code demo-NAME once, then demo-NAME-2 ...");
        println!("\n  Ctrl-C stops it; the next start goes on with the same data, --fresh begins anew.\n");
        listening.run().await?;
        Ok(())
    })
}
