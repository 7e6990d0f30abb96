//! A server of its own for each test, and a client that speaks to it.

#![allow(
    dead_code,
    unused_imports,
    reason = "support offers more than each test takes"
)]

mod agents;
mod client;
mod people;

pub use client::{Answer, Client};
pub use people::PASSWORD;

use actix_web::dev::ServerHandle;
use app::{
    erasure_log::ErasureLog,
    server::{ServerOptions, listen},
    state::State,
};
use attachments::ContentStore;
use contents::{Folder, Sealed};
use events::AddressPolicy;
use identity::{NoWechat, PasswordHasher, WechatPort};
use std::{
    fs::Permissions,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};
use storage::{Database, Keys, Options, Vault};
use tempfile::TempDir;
use testing::{FixedClock, PlainPasswords, PrivatePostgres, SeededIds, WechatDouble};
use webhooks::HttpSender;
use wechat::{AppSecret, BaseUrl, WechatApi, WechatSettings};

/// When every test begins: a Sunday afternoon in Shanghai.
pub const BEGINNING: &str = "2026-11-22T08:00:00Z";

/// A running server. It stops when dropped.
pub struct TestApp {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its time, which stands still until set.
    pub clock: Arc<FixedClock>,
    /// What its handlers work with.
    pub state: State,
    /// Where its pictures are kept.
    pub pictures: Arc<TempDir>,
    /// Where its database is, and the keys of it; absent over a database of the test's own.
    place: Option<(String, String)>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    _folder: Option<TempDir>,
}

impl TestApp {
    /// On a fresh SQLite database.
    pub fn start() -> Self {
        Self::start_with(ServerOptions::default())
    }

    /// On a fresh SQLite database, with those options but one worker.
    pub fn start_with(options: ServerOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("catchment.db").display());
        Self::on(&url, Some(folder), options, Arc::new(NoWechat))
    }

    /// On a fresh PostgreSQL database; `None` where PostgreSQL is not installed.
    pub fn start_on_postgres() -> Option<Self> {
        let url = PrivatePostgres::shared()?.create_database();
        Some(Self::on(&url, None, ServerOptions::default(), Arc::new(NoWechat)))
    }

    /// Over a database of the test's own, and with its own way of hashing passwords.
    pub fn start_over(database: Database, hasher: Arc<dyn PasswordHasher>) -> Self {
        Self::serving(
            database,
            None,
            ServerOptions::default(),
            hasher,
            Arc::new(NoWechat),
        )
    }

    /// The same, with a double of WeChat.
    pub fn start_over_with_wechat(
        database: Database,
        hasher: Arc<dyn PasswordHasher>,
    ) -> (Self, WechatDouble) {
        let (double, port) = wechat();
        let app = Self::serving(database, None, ServerOptions::default(), hasher, port);
        (app, double)
    }

    /// On a fresh SQLite database, with a double of WeChat.
    pub fn start_with_wechat() -> (Self, WechatDouble) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("catchment.db").display());
        let (double, port) = wechat();
        (
            Self::on(&url, Some(folder), ServerOptions::default(), port),
            double,
        )
    }

    /// On a fresh PostgreSQL database, with a double of WeChat; `None` where PostgreSQL is not installed.
    pub fn start_on_postgres_with_wechat() -> Option<(Self, WechatDouble)> {
        let url = PrivatePostgres::shared()?.create_database();
        let (double, port) = wechat();
        Some((Self::on(&url, None, ServerOptions::default(), port), double))
    }

    fn on(url: &str, folder: Option<TempDir>, server: ServerOptions, wechat: Arc<dyn WechatPort>) -> Self {
        let keys = Keys::generate(false).unwrap();
        let database = migrated(url, Vault::new(&keys).unwrap());
        let mut app = Self::serving(database, folder, server, Arc::new(PlainPasswords), wechat);
        app.place = Some((url.to_owned(), keys.to_text().unwrap().to_string()));
        app
    }

    fn serving(
        database: Database,
        folder: Option<TempDir>,
        server: ServerOptions,
        hasher: Arc<dyn PasswordHasher>,
        wechat: Arc<dyn WechatPort>,
    ) -> Self {
        let clock = Arc::new(FixedClock::at(BEGINNING));
        let ids = Arc::new(SeededIds::new(1));
        let pictures = Arc::new(private_folder());
        let mut state = State::with(database, clock.clone(), ids, hasher, contents(&pictures))
            .unwrap()
            .with_wechat(wechat)
            .with_webhooks(Arc::new(HttpSender::new(AddressPolicy::Anywhere)));
        state.erasure_log = folder.as_ref().map(|folder| {
            let file = folder.path().join("erasures.jsonl");
            Arc::new(ErasureLog::open(&file).unwrap())
        });
        let (address, handle, thread) = serve(state.clone(), server);
        Self {
            address,
            clock,
            state,
            pictures,
            place: None,
            handle,
            thread: Some(thread),
            _folder: folder,
        }
    }

    /// Another server over that state.
    pub fn beside(&self, state: State) -> Self {
        let (address, handle, thread) = serve(state.clone(), ServerOptions::default());
        Self {
            address,
            clock: Arc::clone(&self.clock),
            state,
            pictures: Arc::clone(&self.pictures),
            place: self.place.clone(),
            handle,
            thread: Some(thread),
            _folder: None,
        }
    }

    /// Another node on the same database: it shares the keys and the time, and nothing in memory.
    pub fn another_node(&self) -> Self {
        let (url, keys) = self.place.as_ref().unwrap();
        let database = migrated(url, Vault::new(&Keys::parse(keys).unwrap()).unwrap());
        let hasher = Arc::new(PlainPasswords);
        let ids = Arc::new(SeededIds::new(2));
        let clock = Arc::clone(&self.clock);
        self.beside(State::with(database, clock, ids, hasher, contents(&self.pictures)).unwrap())
    }

    /// A client that is not signed in.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }
}

/// The database of that URL, brought up to the schema.
pub fn migrated(url: &str, vault: Vault) -> Database {
    let options = Options {
        durable: false,
        // A machine that is busy with all tests at once is not what they are about.
        connection_timeout: Duration::from_secs(10),
        ..Options::default()
    };
    let database = Database::open(url, options, vault).unwrap();
    database.migrate().unwrap();
    database
}

/// A folder that is its owner's alone, whatever the machine makes of others.
fn private_folder() -> TempDir {
    let owner = Permissions::from_mode(0o700);
    tempfile::Builder::new().permissions(owner).tempdir().unwrap()
}

/// The pictures of that folder, sealed.
fn contents(folder: &TempDir) -> Arc<dyn ContentStore> {
    Arc::new(Sealed::new(Folder::open(folder.path()).unwrap()))
}

/// A double, and the adapter that speaks to it.
fn wechat() -> (WechatDouble, Arc<dyn WechatPort>) {
    let double = WechatDouble::start();
    let settings = WechatSettings {
        base_url: BaseUrl::parse(&double.base_url()).unwrap(),
        appid: WechatDouble::APPID.to_owned(),
        secret: AppSecret::parse(WechatDouble::SECRET.to_owned()).unwrap(),
    };
    let clock = Arc::new(FixedClock::at(BEGINNING));
    (double, Arc::new(WechatApi::new(settings, clock)))
}

fn serve(state: State, mut options: ServerOptions) -> (SocketAddr, ServerHandle, JoinHandle<()>) {
    let (started, starting) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            options.limits.workers = 1;
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let listening = listen(state, listener, options).unwrap();
            started.send((listening.address(), listening.handle())).unwrap();
            listening.run().await.unwrap();
        });
    });
    let (address, handle) = starting.recv().unwrap();
    (address, handle, thread)
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The command is sent by the call; the thread's end is what is waited for.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
