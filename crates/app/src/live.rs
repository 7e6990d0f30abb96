//! Who listens to its inbox, and what wakes them: one look at the database for all streams of this node together, twice a
//! second.
//!
//! A look asks for the heads of the inboxes that somebody listens to, and for the rights behind the streams, so that a
//! stream ends within a second of the right to it.

use crate::{
    places::{Full, Place, Places},
    state::State,
};
use actix_web::web::block;
use events::MessageNumber;
use identity::TokenDigest;
use kernel::{AccountId, Instant, RepositoryError};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use storage::Database;
use tokio::sync::watch;

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(500);

/// How much listening there may be.
#[derive(Clone, Copy, Debug)]
pub struct LiveLimits {
    /// Streams of this node.
    pub streams: usize,
    /// Streams of one account, on this node.
    pub streams_of_an_account: usize,
    /// How long a stream is silent at most: proxies cut what seems dead, and a client that is gone is found out.
    pub heartbeat: Duration,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            streams: 2_000,
            streams_of_an_account: 6,
            heartbeat: Duration::from_secs(15),
        }
    }
}

/// What a stream is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signal {
    /// The last number of the inbox, as last seen.
    pub(crate) head: MessageNumber,
    /// It has to end: the right to it has, or the server does.
    pub(crate) over: bool,
}

/// Why nobody may listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deaf {
    /// The account has as many streams as it may.
    Account,
    /// The node has, or it is stopping.
    Node,
}

/// The streams of this node.
#[derive(Debug)]
pub struct Live {
    limits: LiveLimits,
    places: Places,
    listeners: Arc<Mutex<Listeners>>,
}

#[derive(Debug, Default)]
struct Listeners {
    stopping: bool,
    next: u64,
    by_number: BTreeMap<u64, Listener>,
}

#[derive(Debug)]
struct Listener {
    account_id: AccountId,
    token: TokenDigest,
    signal: watch::Sender<Signal>,
}

/// A stream's place among the others, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    number: u64,
    listeners: Arc<Mutex<Listeners>>,
    /// What wakes it.
    pub(crate) signal: watch::Receiver<Signal>,
    /// How long it may be silent.
    pub(crate) heartbeat: Duration,
    _place: Place,
}

fn locked(listeners: &Mutex<Listeners>) -> MutexGuard<'_, Listeners> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Listening {
    fn drop(&mut self) {
        locked(&self.listeners).by_number.remove(&self.number);
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new(LiveLimits::default())
    }
}

impl Live {
    /// Nobody listens yet.
    pub fn new(limits: LiveLimits) -> Self {
        Self {
            limits,
            places: Places::new(limits.streams, limits.streams_of_an_account),
            listeners: Arc::default(),
        }
    }

    /// Listens to the inbox of an account, by the right of that token.
    pub(crate) fn listen(&self, account_id: AccountId, token: TokenDigest) -> Result<Listening, Deaf> {
        let mut listeners = locked(&self.listeners);
        if listeners.stopping {
            return Err(Deaf::Node);
        }
        let place = self.places.take(account_id).map_err(|full| match full {
            Full::Account => Deaf::Account,
            Full::All => Deaf::Node,
        })?;
        let (signal, receiver) = watch::channel(Signal::default());
        let number = listeners.next;
        listeners.next += 1;
        let listener = Listener {
            account_id,
            token,
            signal,
        };
        listeners.by_number.insert(number, listener);
        Ok(Listening {
            number,
            listeners: Arc::clone(&self.listeners),
            signal: receiver,
            heartbeat: self.limits.heartbeat,
            _place: place,
        })
    }

    /// Ends every stream, and lets nobody listen any more: a server that stops waits for what is in flight, and streams
    /// are without end.
    pub fn stop(&self) {
        let mut listeners = locked(&self.listeners);
        listeners.stopping = true;
        for listener in listeners.by_number.values() {
            listener.signal.send_modify(|signal| signal.over = true);
        }
    }

    /// How many listen.
    pub fn listening(&self) -> usize {
        locked(&self.listeners).by_number.len()
    }

    /// Looks once, for all that listen.
    pub(crate) fn look(&self, database: &Database, now: Instant) -> Result<(), RepositoryError> {
        let asked: BTreeSet<_> = locked(&self.listeners)
            .by_number
            .values()
            .map(|listener| (listener.account_id, listener.token))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let accounts = asked.iter().map(|(account_id, _)| *account_id).collect();
        let tokens: Vec<_> = asked.iter().map(|(_, token)| *token).collect();
        let (heads, callers) = database.read::<_, RepositoryError>(|session| {
            let heads = session.find_inbox_heads(&accounts)?;
            Ok((heads, session.find_callers(&tokens, now)?))
        })?;
        for listener in locked(&self.listeners).by_number.values() {
            // Who came meanwhile is asked for next time.
            if !asked.contains(&(listener.account_id, listener.token)) {
                continue;
            }
            let head = heads.get(&listener.account_id).copied().unwrap_or_default();
            let over = !callers.contains_key(&listener.token);
            listener.signal.send_if_modified(|signal| {
                let told = Signal {
                    head: head.max(signal.head),
                    over: over || signal.over,
                };
                let news = *signal != told;
                *signal = told;
                news
            });
        }
        Ok(())
    }
}

/// Looks for as long as it is polled.
pub(crate) async fn look_forever(state: State) {
    loop {
        actix_web::rt::time::sleep(INTERVAL).await;
        let looking = state.clone();
        let looked = block(move || {
            let now = looking.clock.now();
            looking.live.look(&looking.database, now)
        });
        // Of a panic, the hook has logged where.
        if let Ok(Err(error)) = looked.await {
            tracing::warn!(%error, "streams of events cannot be served");
        }
    }
}

/// Ends every stream once the process is told to stop, as the server itself is told by the same signals.
pub(crate) async fn stop_with_the_process(live: Arc<Live>) {
    told_to_stop().await;
    live.stop();
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
