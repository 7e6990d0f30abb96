//! The HTTP server: its sockets, workers and limits. Also what tests start, on a port of the system's choice.

use crate::{
    audit_sealer::chain_forever,
    deadlines::tell_forever,
    edge::{EdgeOptions, edge},
    erasures::catch_up_forever,
    floods::Floods,
    keys::follow_forever,
    live::{look_forever, stop_with_the_process},
    metrics,
    relay::deliver_forever,
    route_table,
    routes::ROUTES,
    state::State,
    webhooks::send_forever,
};
use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Condition, from_fn},
    web::Data,
};
use metrics_exporter_prometheus::BuildError;
use rustls::ServerConfig;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;

/// How long a client may take to send its request line and headers.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// How long a closing connection may linger.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a handler may take to begin its answer once the request's body is there, at first.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take nothing of its answer, at first.
const STALLED_READER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests in flight may take once the server is told to stop.
const SHUTDOWN_TIMEOUT_SECONDS: u64 = 8;

/// How much the server takes on.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// Threads that answer requests.
    pub workers: usize,
    /// Connections that each of them holds at most; further ones wait to be accepted.
    pub connections_per_worker: usize,
    /// Threads for database work, of each worker.
    pub blocking_threads_per_worker: usize,
    /// How long a handler may take to begin its answer, once the request's body is there.
    pub answer_timeout: Duration,
    /// How long a client may take nothing of its answer before its connection is cut.
    pub stalled_reader_timeout: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            connections_per_worker: 10_000,
            blocking_threads_per_worker: 64,
            answer_timeout: ANSWER_TIMEOUT,
            stalled_reader_timeout: STALLED_READER_TIMEOUT,
        }
    }
}

/// What a server is told beside its state and its socket.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// How much it takes on.
    pub limits: ServerLimits,
    /// Whom it believes and lets in.
    pub edge: EdgeOptions,
    /// What it speaks TLS with, where it does that itself.
    pub tls: Option<ServerConfig>,
}

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Nobody would count.
    #[error("metrics cannot be collected: {0}")]
    Metrics(#[from] BuildError),
    /// The address is taken, not ours, or not allowed.
    #[error("cannot listen there: {0}")]
    Listen(#[from] io::Error),
}

/// A server that listens. It serves while [`Self::run`] is awaited.
pub struct Listening {
    server: Server,
    address: SocketAddr,
    state: Data<State>,
    floods: Data<Floods>,
}

/// Begins to listen. SIGTERM and SIGINT let requests in flight finish, for at most 8 seconds.
pub fn listen(state: State, listener: TcpListener, options: ServerOptions) -> Result<Listening, StartError> {
    let ServerOptions {
        limits,
        edge: mut told,
        tls,
    } = options;
    told.behind_tls |= tls.is_some();
    let prepared = crate::months::prepare(&state);
    actix_web::rt::spawn(crate::months::keep_prepared(state.clone(), prepared));
    let numbers = Data::new(metrics::install()?);
    let address = listener.local_addr()?;
    cut_stalled_readers(&listener, limits.stalled_reader_timeout)?;
    let state = Data::new(state);
    let floods = Data::new(Floods::new(told.flood_limits));
    let (shared, counts, told) = (state.clone(), floods.clone(), Data::new(told));
    let server = HttpServer::new(move || {
        let origins = &told.allowed_origins;
        App::new()
            .app_data(shared.clone())
            .app_data(numbers.clone())
            .app_data(counts.clone())
            .app_data(told.clone())
            .configure(|config| route_table::configure(config, ROUTES, limits.answer_timeout))
            .wrap(Condition::new(!origins.is_empty(), origins.middleware()))
            .wrap(from_fn(edge))
    })
    .workers(limits.workers)
    .max_connections(limits.connections_per_worker)
    .worker_max_blocking_threads(limits.blocking_threads_per_worker)
    .client_request_timeout(HEADERS_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS);
    let server = match tls {
        Some(config) => server.listen_rustls_0_23(listener, config)?,
        None => server.listen(listener)?,
    };
    Ok(Listening {
        server: server.run(),
        address,
        state,
        floods,
    })
}

/// Cuts connections whose client takes nothing of its answer for so long: the sockets that the listener accepts inherit its
/// option (RFC 5482). The framework itself waits for such a reader without end.
#[cfg(target_os = "linux")]
fn cut_stalled_readers(listener: &TcpListener, timeout: Duration) -> io::Result<()> {
    socket2::SockRef::from(listener).set_tcp_user_timeout(Some(timeout))
}

/// Other systems have no such option; there a proxy has to do it.
#[cfg(not(target_os = "linux"))]
fn cut_stalled_readers(_: &TcpListener, _: Duration) -> io::Result<()> {
    Ok(())
}

impl Listening {
    /// Where.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves, delivers events, to webhooks too, wakes who listens for them, follows the key file, keeps the erasure log level, and removes what was kept for long enough, until told to stop.
    pub async fn run(self) -> io::Result<()> {
        let State {
            database, clock, ids, ..
        } = self.state.get_ref().clone();
        let node = ids.next_uuid(clock.now());
        let sealer = actix_web::rt::spawn(chain_forever(database.clone(), Arc::clone(&clock), node));
        let keys = actix_web::rt::spawn(follow_forever(database.clone()));
        let retention = actix_web::rt::spawn(crate::retention::keep_forever(self.state.get_ref().clone()));
        let erasures = actix_web::rt::spawn(catch_up_forever(self.state.get_ref().clone()));
        let deadlines = actix_web::rt::spawn(tell_forever(
            database.clone(),
            Arc::clone(&clock),
            Arc::clone(&ids),
            node,
        ));
        let relay = actix_web::rt::spawn(deliver_forever(database, clock, ids));
        let webhooks = actix_web::rt::spawn(send_forever(self.state.get_ref().clone(), node));
        let live = &self.state.live;
        let looking = actix_web::rt::spawn(look_forever(self.state.get_ref().clone()));
        let ending = actix_web::rt::spawn(stop_with_the_process(Arc::clone(live)));
        let forgetting = actix_web::rt::spawn(async move { self.floods.forget_forever().await });
        let served = self.server.await;
        relay.abort();
        webhooks.abort();
        looking.abort();
        ending.abort();
        deadlines.abort();
        retention.abort();
        erasures.abort();
        forgetting.abort();
        sealer.abort();
        keys.abort();
        served
    }
}
