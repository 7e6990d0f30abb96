//! One request and its answer: bounded in time and size, and wiped afterwards.

use crate::BaseUrl;
use identity::WechatError;
use serde::{Deserialize, de::DeserializeOwned};
use std::{io::Read, time::Duration};
use ureq::{Agent, Body, http::Response};
use zeroize::Zeroizing;

/// How long WeChat may take to be reached.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a whole call may take; a person waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer that is read; WeChat's have some hundred bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1_024;

/// Sends requests to one address.
pub(crate) struct Transport {
    agent: Agent,
    base_url: BaseUrl,
}

/// What every answer may have: WeChat's number for what went wrong, 0 or absent where nothing did.
#[derive(Deserialize)]
struct Verdict {
    #[serde(default)]
    errcode: i64,
}

/// What WeChat said: what was asked for, or its number for why not.
pub(crate) type Answer<T> = Result<T, i64>;

impl Transport {
    pub(crate) fn new(base_url: BaseUrl) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .http_status_as_error(false)
            // The secret is for this address alone, and the environment says nothing of where it goes.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, base_url }
    }

    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer<T>, WechatError> {
        let request = self.agent.get(self.url(path));
        read(request.query_pairs(query.iter().copied()).call())
    }

    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer<T>, WechatError> {
        let request = self.agent.post(self.url(path)).content_type("application/json");
        read(request.query_pairs(query.iter().copied()).send(body))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str())
    }
}

fn read<T: DeserializeOwned>(
    answered: Result<Response<Body>, ureq::Error>,
) -> Result<Answer<T>, WechatError> {
    let mut answered = answered.map_err(|error| unreachable_because(&error))?;
    let status = answered.status().as_u16();
    if status != 200 {
        return Err(WechatError::Unreachable(format!("status {status}")));
    }
    // An answer may hold a session_key. It is read into one piece of memory, which never grows, so that no copy stays
    // behind, and which is wiped.
    let mut body = Zeroizing::new(Vec::with_capacity(ANSWER_BYTES_MAX + 1));
    let limit = u64::try_from(ANSWER_BYTES_MAX + 1).unwrap_or(u64::MAX);
    let mut reader = answered.body_mut().as_reader().take(limit);
    reader
        .read_to_end(&mut body)
        .map_err(|error| WechatError::Unreachable(format!("the answer broke off: {}", error.kind())))?;
    if body.len() > ANSWER_BYTES_MAX {
        return Err(WechatError::Unreachable("the answer is too long".to_owned()));
    }
    // The parser's own message would quote what it found.
    let not_an_answer = |_| WechatError::Unreachable("the answer is not one of WeChat's".to_owned());
    let Verdict { errcode } = serde_json::from_slice(&body).map_err(not_an_answer)?;
    if errcode != 0 {
        return Ok(Err(errcode));
    }
    serde_json::from_slice(&body).map(Ok).map_err(not_an_answer)
}

/// In words of our own: some of the client's quote the address, which holds the secret and the code.
fn unreachable_because(error: &ureq::Error) -> WechatError {
    let why = match error {
        ureq::Error::Timeout(_) => "it took too long".to_owned(),
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::Protocol(_) => "the answer is not HTTP".to_owned(),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "no encrypted connection".to_owned(),
        _ => "the request failed".to_owned(),
    };
    WechatError::Unreachable(why)
}
