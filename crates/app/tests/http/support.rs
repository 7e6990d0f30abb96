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
    server::{ServerOptions, listen},
    state::State,
};
use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use storage::{Database, Keys, Options, Vault};
use tempfile::TempDir;
use testing::{FixedClock, PlainPasswords, PrivatePostgres, SeededIds};

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
        Self::on(&url, Some(folder), options)
    }

    /// On a fresh PostgreSQL database; `None` where PostgreSQL is not installed.
    pub fn start_on_postgres() -> Option<Self> {
        let url = PrivatePostgres::shared()?.create_database();
        Some(Self::on(&url, None, ServerOptions::default()))
    }

    fn on(url: &str, folder: Option<TempDir>, server: ServerOptions) -> Self {
        let options = Options {
            durable: false,
            ..Options::default()
        };
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let database = Database::open(url, options, vault).unwrap();
        database.migrate().unwrap();
        let clock = Arc::new(FixedClock::at(BEGINNING));
        let ids = Arc::new(SeededIds::new(1));
        let state = State::with(database, clock.clone(), ids, Arc::new(PlainPasswords)).unwrap();
        let (address, handle, thread) = serve(state.clone(), server);
        Self {
            address,
            clock,
            state,
            handle,
            thread: Some(thread),
            _folder: folder,
        }
    }

    /// A client that is not signed in.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }
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
