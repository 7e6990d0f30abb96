//! A bucket of a store that speaks S3: Amazon's, or that of another maker.
//!
//! Requests are signed by `rusty-s3` in their query string (Signature Version 4) and sent by `ureq`, without a runtime.

use crate::Place;
use attachments::ContentError;
use kernel::AttachmentId;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use std::{fmt, time::Duration};
use thiserror::Error;
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, Uri},
};
use zeroize::Zeroizing;

/// How long a signature is good for: whoever sees one may repeat that one request for so long.
const SIGNATURE_LIFETIME: Duration = Duration::from_mins(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For a whole request; 20 MiB pass in it over a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// How much of an error's answer is looked at.
const MAXIMUM_ERROR_BYTES: u64 = 4 * 1024;
const FOLDER: &str = "attachments";

/// Where the bucket is, and as whom it is used.
#[derive(Clone)]
pub struct S3Settings {
    /// `https://…`, or `http://…` of this machine; the bucket's name is added to its path.
    pub endpoint: String,
    /// The region that signatures name; stores of one's own mostly take `us-east-1`.
    pub region: String,
    /// The bucket. It has to be there.
    pub bucket: String,
    /// Who.
    pub access_key: String,
    /// What proves it.
    pub secret_key: Zeroizing<String>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (endpoint, bucket) = (&self.endpoint, &self.bucket);
        write!(formatter, "S3Settings({endpoint}, {bucket}, keys hidden)")
    }
}

/// Why a bucket cannot be used as the settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum S3Error {
    /// The endpoint is no URL of the web, or one that signatures would travel to in the clear.
    #[error("the endpoint must be a URL such as https://s3.example.com; plain http is for loopback only")]
    Endpoint,
    /// A name is empty, or no URL can be made of it.
    #[error("region, bucket, access key and secret key must not be empty")]
    Names,
}

/// Keeps each content in an object `attachments/<id>` of one bucket.
pub struct S3 {
    agent: Agent,
    bucket: Bucket,
    credentials: Credentials,
}

impl S3 {
    /// Ready to use that bucket; nothing is sent yet.
    pub fn new(settings: &S3Settings) -> Result<Self, S3Error> {
        let S3Settings {
            endpoint,
            region,
            bucket,
            access_key,
            secret_key,
        } = settings;
        let names = [region, bucket, access_key, &**secret_key];
        if names.iter().any(|name| name.is_empty()) {
            return Err(S3Error::Names);
        }
        let uri = endpoint.parse::<Uri>().map_err(|_| S3Error::Endpoint)?;
        let host = uri.host().ok_or(S3Error::Endpoint)?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => false,
            _ => return Err(S3Error::Endpoint),
        };
        let url = endpoint.parse().map_err(|_| S3Error::Endpoint)?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // An answer from elsewhere than the endpoint is not the bucket's.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Signed URLs are for this endpoint alone, and the environment says nothing of where they go.
            .proxy(None)
            .https_only(encrypted)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(REQUEST_TIMEOUT))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            bucket: Bucket::new(url, UrlStyle::Path, bucket.clone(), region.clone())
                .map_err(|_| S3Error::Endpoint)?,
            credentials: Credentials::new(access_key, secret_key.as_str()),
        })
    }
}

fn name(id: AttachmentId) -> String {
    format!("{FOLDER}/{id}")
}

/// A signed URL is a key to its object: no message may show it.
fn unreachable(error: &ureq::Error) -> ContentError {
    ContentError::Unavailable(match error {
        ureq::Error::BadUri(_) => "a URL that is none".to_owned(),
        error => error.to_string(),
    })
}

/// What an answer that is no success means.
fn failed(mut response: Response<Body>) -> ContentError {
    let status = response.status();
    let code = error_code(&mut response);
    let why = format!("{status} {code}");
    if status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
    {
        ContentError::Unavailable(why)
    } else {
        ContentError::Refused(why)
    }
}

/// The `Code` of an error's document, such as `NoSuchKey`.
fn error_code(response: &mut Response<Body>) -> String {
    let body = response.body_mut().with_config().limit(MAXIMUM_ERROR_BYTES);
    let text = body.read_to_string().unwrap_or_default();
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map_or("", |(code, _)| code);
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(50)
        .collect()
}

impl Place for S3 {
    fn put(&self, id: AttachmentId, sealed: &[u8]) -> Result<(), ContentError> {
        let name = name(id);
        let action = self.bucket.put_object(Some(&self.credentials), &name);
        let url = action.sign(SIGNATURE_LIFETIME);
        let response = self
            .agent
            .put(url.as_str())
            .send(sealed)
            .map_err(|error| unreachable(&error))?;
        if response.status().is_success() {
            Ok(())
        } else {
            Err(failed(response))
        }
    }

    fn get(&self, id: AttachmentId, maximum_bytes: usize) -> Result<Option<Vec<u8>>, ContentError> {
        let name = name(id);
        let action = self.bucket.get_object(Some(&self.credentials), &name);
        let url = action.sign(SIGNATURE_LIFETIME);
        let mut response = self
            .agent
            .get(url.as_str())
            .call()
            .map_err(|error| unreachable(&error))?;
        if response.status() == StatusCode::NOT_FOUND {
            // A bucket that is not there is a fault of the set-up, not a content that is lost.
            return match error_code(&mut response).as_str() {
                "NoSuchKey" => Ok(None),
                code => Err(ContentError::Refused(format!("404 {code}"))),
            };
        }
        if !response.status().is_success() {
            return Err(failed(response));
        }
        let limit = u64::try_from(maximum_bytes).unwrap_or(u64::MAX);
        response
            .body_mut()
            .with_config()
            .limit(limit)
            .read_to_vec()
            .map(Some)
            .map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(_) => ContentError::Corrupt {
                    id,
                    reason: "larger than any content",
                },
                error => unreachable(&error),
            })
    }

    fn delete(&self, id: AttachmentId) -> Result<(), ContentError> {
        let name = name(id);
        let action = self.bucket.delete_object(Some(&self.credentials), &name);
        let url = action.sign(SIGNATURE_LIFETIME);
        let mut response = self
            .agent
            .delete(url.as_str())
            .call()
            .map_err(|error| unreachable(&error))?;
        if response.status().is_success() {
            return Ok(());
        }
        // Amazon answers 204 for an object that is not there; others say so.
        if response.status() == StatusCode::NOT_FOUND {
            return match error_code(&mut response).as_str() {
                "NoSuchKey" => Ok(()),
                code => Err(ContentError::Refused(format!("404 {code}"))),
            };
        }
        Err(failed(response))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> S3Settings {
        S3Settings {
            endpoint: "https://s3.example.com".to_owned(),
            region: "us-east-1".to_owned(),
            bucket: "pictures".to_owned(),
            access_key: "visible-id".to_owned(),
            secret_key: Zeroizing::new("hidden-secret".to_owned()),
        }
    }

    #[test]
    fn wrong_settings_are_refused() {
        assert!(S3::new(&settings()).is_ok());
        for endpoint in [
            "",
            "s3.example.com",
            "ftp://s3.example.com",
            "https://",
            "https:///a",
            "file:///a",
            "http://s3.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@s3.example.com",
        ] {
            let settings = S3Settings {
                endpoint: endpoint.to_owned(),
                ..settings()
            };
            assert_eq!(S3::new(&settings).err(), Some(S3Error::Endpoint), "{endpoint}");
        }
        for endpoint in ["http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000"] {
            let settings = S3Settings {
                endpoint: endpoint.to_owned(),
                ..settings()
            };
            assert!(S3::new(&settings).is_ok(), "{endpoint}");
        }
        let nameless = S3Settings {
            bucket: String::new(),
            ..settings()
        };
        assert_eq!(S3::new(&nameless).err(), Some(S3Error::Names));
    }

    #[test]
    fn no_key_is_shown() {
        let shown = format!("{:?}", settings());
        assert!(
            !shown.contains("hidden-secret") && !shown.contains("visible-id"),
            "{shown}"
        );
    }
}
