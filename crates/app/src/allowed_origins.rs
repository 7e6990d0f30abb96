//! The web pages, beside our own, whose scripts may read what this server answers (CORS).
//!
//! Closed by default. An origin is listed exactly as a browser writes it; there is no pattern and no "everybody".

use actix_cors::Cors;
use actix_web::http::Method;
use std::str::FromStr;
use url::Url;

const MAXIMUM_ORIGINS: usize = 64;
/// How long a browser may remember what it was allowed.
const PREFLIGHT_SECONDS: usize = 600;

/// Request headers that a listed page may send beside the harmless ones.
const REQUEST_HEADERS: &[&str] = &[
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "x-csrf-token",
    "x-request-id",
];

/// Answer headers that a listed page may read beside the harmless ones.
const ANSWER_HEADERS: &[&str] = &[
    "etag",
    "idempotency-replayed",
    "location",
    "retry-after",
    "x-request-id",
];

/// Listed origins, each as a browser sends it in `Origin`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    /// Whether no origin is listed.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether that value of an `Origin` header is listed.
    pub fn contain(&self, origin: &str) -> bool {
        self.0.iter().any(|listed| listed == origin)
    }

    /// The middleware that lets listed pages in. The edge adds the permission to send credentials.
    pub(crate) fn middleware(&self) -> Cors {
        let open = Cors::default()
            .allowed_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allowed_headers(REQUEST_HEADERS.iter().copied())
            .expose_headers(ANSWER_HEADERS.iter().copied())
            .max_age(PREFLIGHT_SECONDS);
        self.0
            .iter()
            .fold(open, |cors, origin| cors.allowed_origin(origin))
    }
}

/// Why a list of origins is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOrigins;

impl FromStr for AllowedOrigins {
    type Err = NotOrigins;

    /// Origins with commas between, such as `https://shop.example,http://localhost:5173`.
    fn from_str(text: &str) -> Result<Self, NotOrigins> {
        let origins = text
            .split(',')
            .map(|part| exact_origin(part.trim()).ok_or(NotOrigins))
            .collect::<Result<Vec<_>, _>>()?;
        if origins.len() > MAXIMUM_ORIGINS {
            return Err(NotOrigins);
        }
        Ok(Self(origins))
    }
}

/// The text, if it is the serialisation of a web page's origin (RFC 6454, 6.2), so that comparing texts is comparing origins.
fn exact_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    // A URL's host may hold an asterisk; a browser never sends one.
    let exact = !text.contains('*') && url.origin().ascii_serialization() == text;
    (web && exact).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_exact_origins_are_listed() {
        let listed: AllowedOrigins = "https://shop.example, http://localhost:5173".parse().unwrap();
        assert!(listed.contain("https://shop.example"));
        assert!(listed.contain("http://localhost:5173"));
        for other in [
            "http://shop.example",
            "https://shop.example:8443",
            "https://shop.example.evil",
            "null",
            "",
        ] {
            assert!(!listed.contain(other), "{other}");
        }
        assert!(!AllowedOrigins::default().contain(""));
    }

    #[test]
    fn patterns_and_what_no_browser_sends_are_refused() {
        for bad in [
            "*",
            "https://*.shop.example",
            "https://*",
            "null",
            "",
            "shop.example",
            "https://shop.example/",
            "https://shop.example/app",
            "https://shop.example:443",
            "https://SHOP.example",
            "https://user@shop.example",
            "https://shop.example?",
            "file:///etc",
            "ftp://shop.example",
            "https://a.example,,https://b.example",
        ] {
            assert_eq!(bad.parse::<AllowedOrigins>(), Err(NotOrigins), "{bad}");
        }
        let many = vec!["https://a.example"; MAXIMUM_ORIGINS + 1].join(",");
        assert!(many.parse::<AllowedOrigins>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_listed_is_what_was_written(text in "(https?://)?[a-zA-Z0-9.*:/@, \\[\\]-]{0,30}|\\PC{0,30}") {
            if let Ok(listed) = text.parse::<AllowedOrigins>() {
                for part in text.split(',') {
                    prop_assert!(listed.contain(part.trim()));
                    prop_assert!(!part.contains('*'));
                }
            }
        }
    }
}
