//! The access token: fetched once, kept until shortly before it expires, shared by all that call.

use crate::{WechatSettings, api::error_of, transport::Transport};
use chrono::TimeDelta;
use identity::WechatError;
use kernel::{Clock, Instant};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// How long before its end a token is given up. In the last five minutes of a token WeChat hands out the next one and
/// takes both, so nobody is ever without.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// How long a failure to get one is told to whoever asks next: those who waited behind it need not all try in turn, each
/// for as long as the first one.
const FAILURE_LASTS: TimeDelta = TimeDelta::seconds(1);

/// A token as it goes into a request.
pub(crate) type TokenText = Arc<Zeroizing<String>>;

/// Asks WeChat for tokens, by one caller at a time.
pub(crate) struct AccessTokens {
    clock: Arc<dyn Clock>,
    last: Mutex<Option<Last>>,
}

/// How the last fetch ended, and how long that holds.
struct Last {
    outcome: Result<TokenText, WechatError>,
    until: Instant,
}

#[derive(Serialize)]
struct Request<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
    /// A forced one would end the token that the other nodes use.
    force_refresh: bool,
}

#[derive(Deserialize)]
struct Fetched {
    access_token: Zeroizing<String>,
    /// Seconds.
    expires_in: u32,
}

impl AccessTokens {
    pub(crate) const fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            last: Mutex::new(None),
        }
    }

    /// A token that is good as far as we know; another than `refused`, which WeChat did not take.
    pub(crate) fn token(
        &self,
        transport: &Transport,
        settings: &WechatSettings,
        refused: Option<&TokenText>,
    ) -> Result<TokenText, WechatError> {
        // Whoever comes meanwhile waits here and finds what was fetched.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        match &*last {
            Some(Last { outcome, until })
                if *until > now && (refused.is_none() || outcome.as_ref().ok() != refused) =>
            {
                outcome.clone()
            }
            _ => {
                let fetched = fetch(transport, settings);
                let (outcome, lasts) = match fetched {
                    Ok(fetched) => (
                        Ok(Arc::new(fetched.access_token)),
                        TimeDelta::seconds(i64::from(fetched.expires_in)) - MARGIN,
                    ),
                    Err(error) => (Err(error), FAILURE_LASTS),
                };
                // Shown by the clock after the fetch, a token would seem to live longer than it does.
                let until = now + lasts;
                *last = Some(Last {
                    outcome: outcome.clone(),
                    until,
                });
                outcome
            }
        }
    }
}

fn fetch(transport: &Transport, settings: &WechatSettings) -> Result<Fetched, WechatError> {
    let request = Request {
        grant_type: "client_credential",
        appid: &settings.appid,
        secret: settings.secret.expose(),
        force_refresh: false,
    };
    let body = serde_json::to_vec(&request).map(Zeroizing::new);
    let body = body.map_err(|_| WechatError::Unreachable("the request failed".to_owned()))?;
    transport
        .post("/cgi-bin/stable_token", &[], &body)?
        .map_err(error_of)
}
