//! Sends signed requests to webhooks: the adapter of [`events::WebhookPort`].
//!
//! Whoever may name an address could otherwise reach through us what only we can reach. So a name is resolved, every address
//! that it leads to is checked, and the connection goes to those very addresses: a name that leads elsewhere a moment later
//! changes nothing. Redirects are not followed, proxies of the environment not used, and answers read only at their
//! beginning.
//!
//! ```
//! use events::{AddressPolicy, Failure, WebhookPort, WebhookUrl};
//! use webhooks::HttpSender;
//!
//! let sender = HttpSender::new(AddressPolicy::PublicOnly);
//! let url = WebhookUrl::parse("https://localhost/hook").unwrap();
//! assert_eq!(sender.resolve(&url), Err(Failure::PrivateAddress));
//! ```

mod resolver;

use events::{
    AddressPolicy, Answer, Failure, MAXIMUM_ANSWER_BYTES, SignedRequest, WebhookPort, WebhookUrl, is_public,
};
use resolver::CheckedResolver;
use std::{
    io::Read,
    net::{SocketAddr, ToSocketAddrs},
    time::Duration,
};
use ureq::{Agent, http::Uri, unversioned::transport::DefaultConnector};

/// How long a receiver may take to be reached.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The ports of the two schemes.
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

/// Sends over HTTP.
#[derive(Debug)]
pub struct HttpSender {
    agent: Agent,
    policy: AddressPolicy,
}

impl HttpSender {
    /// Sends where that policy allows. Nothing is sent yet.
    pub fn new(policy: AddressPolicy) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .http_status_as_error(false)
            .https_only(policy == AddressPolicy::PublicOnly)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("Catchment")
            // Each request asks anew where the name leads.
            .max_idle_connections(0)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), CheckedResolver { policy });
        Self { agent, policy }
    }
}

/// Refuses unless every one of the addresses may be sent to, and there is one.
fn check(policy: AddressPolicy, addresses: &[SocketAddr]) -> Result<(), Failure> {
    if addresses.is_empty() {
        return Err(Failure::NoSuchHost);
    }
    let public = addresses.iter().all(|address| is_public(address.ip()));
    if public || policy == AddressPolicy::Anywhere {
        Ok(())
    } else {
        Err(Failure::PrivateAddress)
    }
}

impl WebhookPort for HttpSender {
    fn policy(&self) -> AddressPolicy {
        self.policy
    }

    fn resolve(&self, url: &WebhookUrl) -> Result<(), Failure> {
        let uri: Uri = url.expose().parse().map_err(|_| Failure::NoSuchHost)?;
        let usual = if uri.scheme_str() == Some("http") {
            HTTP_PORT
        } else {
            HTTPS_PORT
        };
        let host = uri.host().ok_or(Failure::NoSuchHost)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found = (host, uri.port_u16().unwrap_or(usual)).to_socket_addrs();
        let addresses: Vec<_> = found.map_err(|_| Failure::NoSuchHost)?.collect();
        check(self.policy, &addresses)
    }

    fn send(&self, request: &SignedRequest) -> Result<Answer, Failure> {
        let mut answered = self
            .agent
            .post(request.url.expose())
            .header("Content-Type", "application/json")
            .header("Catchment-Event-Id", request.event_id.to_string())
            .header("Catchment-Timestamp", request.timestamp_seconds.to_string())
            .header("Catchment-Signature", &request.signature)
            .send(&request.body[..])
            .map_err(|error| failure_of(&error))?;
        let status = answered.status().as_u16();
        let limit = u64::try_from(MAXIMUM_ANSWER_BYTES).unwrap_or(u64::MAX);
        let mut body = Vec::new();
        // The status has said it; a body that breaks off says nothing else.
        let _ = answered.body_mut().as_reader().take(limit).read_to_end(&mut body);
        Ok(Answer { status, body })
    }
}

/// What an error of the client means. Its own words would quote the address.
fn failure_of(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout,
        ureq::Error::HostNotFound => Failure::NoSuchHost,
        ureq::Error::Other(error) if error.is::<resolver::NotPublic>() => Failure::PrivateAddress,
        _ => Failure::Unreachable,
    }
}
