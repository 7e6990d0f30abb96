//! The id that a request carries through answers and logs.

use actix_web::http::header::{HeaderMap, HeaderName};
use kernel::{IdSource, Instant};
use std::fmt;

/// The header that brings and returns it.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAXIMUM_CHARACTERS: usize = 64;

/// Names one request. A client may bring its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The client's id if it is 1 to 64 letters, digits, `-`, `_` or `.`, so that it is safe in a log line; else a fresh one.
    pub fn of(headers: &HeaderMap, ids: &dyn IdSource, now: Instant) -> Self {
        let brought = headers
            .get(X_REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|text| (1..=MAXIMUM_CHARACTERS).contains(&text.len()))
            .filter(|text| {
                text.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            });
        Self(brought.map_or_else(|| ids.next_uuid(now).to_string(), str::to_owned))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use testing::{SeededIds, instant};

    fn taken(value: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
        RequestId::of(&headers, &SeededIds::new(1), instant("2026-11-22T08:00:00Z"))
            .as_str()
            .to_owned()
    }

    #[test]
    fn a_clean_id_is_kept_and_any_other_replaced() {
        assert_eq!(taken(b"trace-1.a_B"), "trace-1.a_B");
        assert_eq!(taken(&[b'a'; 64]), "a".repeat(64));
        for bad in [&b""[..], b"a b", b"a\"b", b"\xff\xff", &[b'a'; 65]] {
            assert_eq!(taken(bad).len(), 36, "{bad:?}");
        }
    }
}
