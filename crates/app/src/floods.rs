//! How much one client may ask for, before anybody looks at what it asks.
//!
//! Counted in this process by `governor`, per client address and [`Traffic`], and for placing orders per account too. What
//! is counted lives for as long as it takes to be forgiven, so that a flood from many addresses leaves nothing behind.

use crate::{access::Access, client_address::ClientAddress, problem::Problem};
use actix_web::http::{Method, StatusCode};
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use kernel::AccountId;
use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

/// How often what is forgiven is forgotten.
const FORGETTING: Duration = Duration::from_secs(10);

/// What kind of work a route makes, for counting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// What watches the server, and is never counted.
    Watching,
    /// What anybody may try without being signed in: signing in, opening an account. Each try costs a password's hash.
    SigningIn,
    /// Everything else that changes something.
    Writing,
    /// Everything else.
    Reading,
}

impl Traffic {
    /// What follows from a line of the route table.
    pub fn of(method: &Method, path: &str, access: Access) -> Self {
        match (method.is_safe(), access) {
            _ if matches!(path, "/healthz" | "/readyz" | "/metrics") => Self::Watching,
            (true, _) => Self::Reading,
            // Whoever refreshes has signed in before, and no password is hashed for it.
            (false, _) if path == "/api/v1/auth/refresh" => Self::Writing,
            (false, Access::Public) => Self::SigningIn,
            (false, _) => Self::Writing,
        }
    }
}

/// How much is let through; `None` lets everything through. All of a second's or minute's share may come at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct FloodLimits {
    /// [`Traffic::SigningIn`], of one address.
    pub sign_ins_per_minute: Option<NonZeroU32>,
    /// [`Traffic::Writing`], of one address.
    pub writes_per_second: Option<NonZeroU32>,
    /// [`Traffic::Reading`], of one address.
    pub reads_per_second: Option<NonZeroU32>,
    /// Orders placed, of one account.
    pub orders_per_minute: Option<NonZeroU32>,
}

impl FloodLimits {
    /// What a server for the public starts with. Many people share one address behind a carrier's or an office's NAT.
    pub const fn for_the_public() -> Self {
        Self {
            sign_ins_per_minute: NonZeroU32::new(60),
            writes_per_second: NonZeroU32::new(50),
            reads_per_second: NonZeroU32::new(200),
            orders_per_minute: NonZeroU32::new(60),
        }
    }
}

/// The counts of one process.
#[derive(Debug)]
pub struct Floods {
    sign_ins: Counter<IpAddr>,
    writes: Counter<IpAddr>,
    reads: Counter<IpAddr>,
    orders: Counter<AccountId>,
}

impl Floods {
    /// Nothing is counted yet.
    pub fn new(limits: FloodLimits) -> Self {
        Self {
            sign_ins: Counter::new(limits.sign_ins_per_minute.map(Quota::per_minute)),
            writes: Counter::new(limits.writes_per_second.map(Quota::per_second)),
            reads: Counter::new(limits.reads_per_second.map(Quota::per_second)),
            orders: Counter::new(limits.orders_per_minute.map(Quota::per_minute)),
        }
    }

    /// Counts a request; 429 when the address has had its share.
    pub fn admit(&self, traffic: Traffic, client: ClientAddress) -> Result<(), Problem> {
        let counter = match traffic {
            Traffic::Watching => return Ok(()),
            Traffic::SigningIn => &self.sign_ins,
            Traffic::Writing => &self.writes,
            Traffic::Reading => &self.reads,
        };
        counter.count(&client.counting_key())
    }

    /// Counts an order to be placed; 429 when the account has had its share.
    pub fn admit_order(&self, account: AccountId) -> Result<(), Problem> {
        self.orders.count(&account)
    }

    /// Forgets, again and again, whom nothing is held against any more.
    pub async fn forget_forever(&self) {
        loop {
            tokio::time::sleep(FORGETTING).await;
            self.forget();
        }
    }

    fn forget(&self) {
        for addresses in [&self.sign_ins, &self.writes, &self.reads] {
            addresses.forget();
        }
        self.orders.forget();
    }
}

#[derive(Debug)]
struct Counter<Key: Hash + Eq + Clone>(Option<DefaultKeyedRateLimiter<Key>>);

impl<Key: Hash + Eq + Clone> Counter<Key> {
    fn new(quota: Option<Quota>) -> Self {
        Self(quota.map(DefaultKeyedRateLimiter::keyed))
    }

    fn count(&self, key: &Key) -> Result<(), Problem> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(key).map_err(|early| {
            let wait = early.wait_time_from(DefaultClock::default().now());
            // Rounded up, so that whoever waits that long is let in.
            let seconds = u16::try_from(wait.as_secs() + 1).unwrap_or(u16::MAX);
            Problem::of_status(StatusCode::TOO_MANY_REQUESTS).retry_after_seconds(seconds)
        })
    }

    fn forget(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client_address::TrustedProxies, routes::ROUTES};
    use actix_web::http::header::HeaderMap;

    fn client(last: u8) -> ClientAddress {
        let peer = IpAddr::from([198, 51, 100, last]);
        ClientAddress::of(Some(peer), &HeaderMap::new(), &TrustedProxies::default())
    }

    #[test]
    fn each_address_has_a_share_of_its_own_for_each_traffic() {
        let floods = Floods::new(FloodLimits {
            sign_ins_per_minute: NonZeroU32::new(2),
            writes_per_second: NonZeroU32::new(1),
            ..FloodLimits::default()
        });
        let code = |traffic, last| {
            floods
                .admit(traffic, client(last))
                .map_err(|problem| problem.code())
        };
        assert_eq!(code(Traffic::SigningIn, 1), Ok(()));
        assert_eq!(code(Traffic::SigningIn, 1), Ok(()));
        assert_eq!(code(Traffic::SigningIn, 1), Err("too_many_requests"));
        assert_eq!(code(Traffic::SigningIn, 2), Ok(()));
        assert_eq!(code(Traffic::Writing, 1), Ok(()));
        for _ in 0..1_000 {
            assert_eq!(
                code(Traffic::Reading, 1),
                Ok(()),
                "what has no limit is not counted"
            );
            assert_eq!(code(Traffic::Watching, 1), Ok(()));
        }
    }

    #[test]
    fn whom_nothing_is_held_against_is_forgotten() {
        let floods = Floods::new(FloodLimits {
            sign_ins_per_minute: NonZeroU32::new(1),
            reads_per_second: NonZeroU32::new(1_000),
            ..FloodLimits::default()
        });
        for last in 0..=255 {
            floods.admit(Traffic::Reading, client(last)).unwrap();
            floods.admit(Traffic::SigningIn, client(last)).unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
        floods.forget();
        let held = |counter: &Counter<IpAddr>| counter.0.as_ref().unwrap().len();
        assert_eq!((held(&floods.reads), held(&floods.sign_ins)), (0, 256));
    }

    #[test]
    fn what_anybody_may_try_is_a_sign_in_and_only_what_watches_is_free() {
        let paths = |wanted| {
            let mut paths: Vec<_> = ROUTES
                .iter()
                .filter(|entry| entry.traffic() == wanted)
                .map(|entry| entry.path)
                .collect();
            paths.sort_unstable();
            paths
        };
        assert_eq!(paths(Traffic::Watching), ["/healthz", "/metrics", "/readyz"]);
        assert_eq!(
            paths(Traffic::SigningIn),
            [
                "/api/v1/auth/login",
                "/api/v1/auth/register",
                "/api/v1/auth/wechat"
            ]
        );
        assert!(paths(Traffic::Writing).contains(&"/api/v1/orders"));
    }
}
