//! Where a request came from, as far as that can be believed.
//!
//! `X-Forwarded-For` is what anybody may write. Only the part of it that our own proxies appended counts, so it is read
//! from its end, and only when the connection itself comes from one of them.

use crate::problem::Problem;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::HeaderMap};
use ipnet::IpNet;
use std::{
    fmt,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
};

const X_FORWARDED_FOR: &str = "x-forwarded-for";
/// Who has one address of a network of this size has all of it: it is what a provider gives to one customer.
const IPV6_CUSTOMER_PREFIX_BITS: u8 = 64;
const MAXIMUM_TRUSTED_PROXIES: usize = 64;

/// The address of the client. An extractor; the edge finds it for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The peer, or whom the trusted proxies at the end of `X-Forwarded-For` say they speak for.
    pub fn of(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        // Only a request that came over no socket has no peer.
        let mut client = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        let lines: Vec<_> = headers.get_all(X_FORWARDED_FOR).collect();
        let hops = lines
            .iter()
            .rev()
            .flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for hop in hops {
            if !trusted.contain(client) {
                break;
            }
            // What cannot be read was not written by a proxy of ours: whoever passed it on is as far as we know.
            let Some(address) = parse_hop(hop) else { break };
            client = address;
        }
        Self(client)
    }

    /// What the edge found.
    pub fn found(request: &HttpRequest) -> Result<Self, Problem> {
        let address = request.extensions().get::<Self>().copied();
        address.ok_or_else(|| Problem::internal("a request that did not pass the edge"))
    }

    /// The address.
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// What to count by: the address, or its whole /64 network where it is IPv6.
    pub fn counting_key(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let mask = u128::MAX << (Ipv6Addr::BITS - u32::from(IPV6_CUSTOMER_PREFIX_BITS));
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
        }
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::found(request))
    }
}

/// Tells the log, once, of a peer that says whom it speaks for and is not believed. Most likely it is a proxy of ours that
/// `trusted_proxies` does not name: then all who come through it share one count of requests and of failed sign-ins. Its
/// address is not told: it may be a client's who made the header up.
pub fn tell_of_untrusted(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &TrustedProxies) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if is_untrusted(peer, headers, trusted) && !TOLD.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "a request came with X-Forwarded-For from a peer that is not among trusted_proxies: if that is your proxy, name it \
             there, or everybody behind it is counted as one client"
        );
    }
}

fn is_untrusted(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &TrustedProxies) -> bool {
    headers.contains_key(X_FORWARDED_FOR) && peer.is_some_and(|peer| !trusted.contain(peer.to_canonical()))
}

/// An address, or, as some proxies write it, an address with a port.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| {
            text.trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<Ipv6Addr>()
                .map(IpAddr::V6)
        });
    address.ok().map(|address| address.to_canonical())
}

/// The networks of the proxies in front of this server. None by default: then the peer is the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Why a list of proxies is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTrustedProxies;

impl FromStr for TrustedProxies {
    type Err = NotTrustedProxies;

    /// Networks (`10.0.0.0/8`) or single addresses, with commas between. A network that is the whole internet is refused:
    /// then anybody's word would be believed.
    fn from_str(text: &str) -> Result<Self, NotTrustedProxies> {
        let networks = text
            .split(',')
            .map(|part| {
                let part = part.trim();
                let network = part
                    .parse::<IpNet>()
                    .or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
                network
                    .ok()
                    .filter(|network| network.prefix_len() > 0)
                    .ok_or(NotTrustedProxies)
            })
            .collect::<Result<Vec<_>, _>>()?;
        if networks.len() > MAXIMUM_TRUSTED_PROXIES {
            return Err(NotTrustedProxies);
        }
        Ok(Self(networks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            if let Ok(value) = HeaderValue::from_bytes(line) {
                headers.append(HeaderName::from_static(X_FORWARDED_FOR), value);
            }
        }
        headers
    }

    fn client(peer: &str, lines: &[&str], trusted: &str) -> String {
        let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
        let trusted = trusted.parse().unwrap_or_default();
        ClientAddress::of(Some(peer.parse().unwrap()), &headers(&lines), &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_nobody_else_does() {
        let proxies = "10.0.0.0/8, 127.0.0.1, 2001:db8:ffff::/48";
        for (peer, lines, trusted, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], proxies, "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "", "203.0.113.9"),
            ("127.0.0.1", &[], proxies, "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], proxies, "198.51.100.1"),
            // Whatever the client itself wrote stands to the left of what the proxy saw.
            ("127.0.0.1", &["1.1.1.1, 198.51.100.1"], proxies, "198.51.100.1"),
            ("127.0.0.1", &["1.1.1.1", "198.51.100.1"], proxies, "198.51.100.1"),
            (
                "127.0.0.1",
                &["1.1.1.1,198.51.100.1 , 10.0.0.7"],
                proxies,
                "198.51.100.1",
            ),
            (
                "127.0.0.1",
                &["1.1.1.1,198.51.100.1", "10.0.0.7"],
                proxies,
                "198.51.100.1",
            ),
            ("127.0.0.1", &["10.0.0.8, 10.0.0.7"], proxies, "10.0.0.8"),
            (
                "127.0.0.1",
                &["198.51.100.1, nonsense, 10.0.0.7"],
                proxies,
                "10.0.0.7",
            ),
            ("127.0.0.1", &["unknown"], proxies, "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], proxies, "198.51.100.1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], proxies, "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], proxies, "2001:db8::1"),
            ("2001:db8:ffff::1", &["2001:db8::1"], proxies, "2001:db8::1"),
            // A socket for both families shows IPv4 peers in IPv6 clothes.
            (
                "::ffff:127.0.0.1",
                &["::ffff:198.51.100.1"],
                proxies,
                "198.51.100.1",
            ),
        ] {
            assert_eq!(client(peer, lines, trusted), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn only_a_peer_that_speaks_for_others_and_is_not_trusted_is_told_of() {
        let told = |peer: &str, lines: &[&[u8]], trusted: &str| {
            let trusted = trusted.parse().unwrap_or_default();
            is_untrusted(peer.parse().ok(), &headers(lines), &trusted)
        };
        assert!(told("127.0.0.1", &[b"198.51.100.1"], ""));
        assert!(told("127.0.0.1", &[b"\xff"], "10.0.0.0/8"));
        assert!(!told("127.0.0.1", &[], ""));
        assert!(!told("127.0.0.1", &[b"198.51.100.1"], "127.0.0.1"));
        assert!(!told("::ffff:127.0.0.1", &[b"198.51.100.1"], "127.0.0.1"));
        assert!(!told("no socket", &[b"198.51.100.1"], ""));
    }

    #[test]
    fn ipv6_is_counted_by_its_network() {
        let key = |text: &str| ClientAddress(text.parse().unwrap()).counting_key().to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("2001:db8:1:2::"), "2001:db8:1:2::");
        assert_eq!(key("198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn a_list_that_trusts_everybody_or_is_none_is_refused() {
        for bad in [
            "0.0.0.0/0",
            "::/0",
            "*",
            "",
            "10.0.0.0/33",
            "10.0.0.1,,10.0.0.2",
            "proxy.local",
        ] {
            assert_eq!(bad.parse::<TrustedProxies>(), Err(NotTrustedProxies), "{bad}");
        }
        let many = vec!["10.0.0.1"; MAXIMUM_TRUSTED_PROXIES + 1].join(",");
        assert!(many.parse::<TrustedProxies>().is_err());
        assert!(many[9..].parse::<TrustedProxies>().is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_an_untrusted_peer_stays_the_client(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..4),
            peer in any::<[u8; 16]>(),
        ) {
            let lines: Vec<_> = lines.iter().map(Vec::as_slice).collect();
            let peer = IpAddr::from(peer);
            let trusted: TrustedProxies = "10.0.0.0/8".parse().unwrap();
            let seen = ClientAddress::of(Some(peer), &headers(&lines), &trusted);
            if !trusted.contain(peer.to_canonical()) {
                prop_assert_eq!(seen.ip(), peer.to_canonical());
            }
        }

        #[test]
        fn what_a_client_forges_never_passes_its_proxy(
            forged in "[0-9a-f.:, \\[\\]]{0,60}",
            real in any::<u32>().prop_filter("not a proxy's", |bits| bits >> 24 != 10),
        ) {
            let real = Ipv4Addr::from_bits(real);
            let line = format!("{forged}, {real}");
            let trusted: TrustedProxies = "10.0.0.0/8".parse().unwrap();
            let seen = ClientAddress::of(Some([10, 0, 0, 1].into()), &headers(&[line.as_bytes()]), &trusted);
            prop_assert_eq!(seen.ip(), IpAddr::V4(real));
        }

        #[test]
        fn a_list_of_proxies_never_panics(text in "\\PC{0,60}") {
            let _ = text.parse::<TrustedProxies>();
        }
    }
}
