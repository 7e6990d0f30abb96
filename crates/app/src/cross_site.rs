//! Keeps other sites' pages from using the cookies of a browser (cross-site request forgery).
//!
//! A browser sends cookies along by itself, so a cookie proves nothing about the page that asks. Two things do: `Origin`,
//! which no script can forge, and a token that only our own answers tell. Neither is stored: the token is a keyed digest of
//! the access token's.

use crate::{cookies::CookieStyle, edge::EdgeOptions, problem::Problem};
use actix_web::{
    HttpRequest,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
        uri::Authority,
    },
    web::Data,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::TokenDigest;
use storage::Vault;
use subtle::ConstantTimeEq;

/// Where a browser's page sends the token.
pub(crate) const X_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// What the digests are made for, so that none is good for anything else.
const PURPOSE: &[u8] = b"csrf token\0";

/// Whether a request of that method changes nothing (RFC 9110, 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The token that goes with an access token held in a cookie.
pub(crate) fn csrf_token(vault: &Vault, access: &TokenDigest) -> String {
    URL_SAFE_NO_PAD.encode(vault.keyed_digest(&[PURPOSE, access.sha256()]))
}

/// Refuses a request that was not sent by a page of this server or of a listed origin: 403 `cross_origin`.
pub(crate) fn require_own_origin(request: &HttpRequest, style: CookieStyle) -> Result<(), Problem> {
    let mut origins = request.headers().get_all(header::ORIGIN);
    let origin = origins.next().and_then(|origin| origin.to_str().ok());
    let only = origins.next().is_none();
    match origin {
        Some(origin) if only && (is_listed(request, origin) || is_own(request, style, origin)) => Ok(()),
        _ => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "cross_origin",
            "此请求不是由本站页面发出的",
            "The request was not sent by a page of this server.",
        )),
    }
}

/// Refuses a request without the token of its cookie: 403 `csrf_token_required`.
pub(crate) fn require_csrf_token(
    request: &HttpRequest,
    vault: &Vault,
    access: &TokenDigest,
) -> Result<(), Problem> {
    let expected = csrf_token(vault, access);
    let mut sent = request.headers().get_all(X_CSRF_TOKEN);
    let right = sent
        .next()
        .is_some_and(|token| bool::from(token.as_bytes().ct_eq(expected.as_bytes())));
    if right && sent.next().is_none() {
        Ok(())
    } else {
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "csrf_token_required",
            "以 cookie 登录时须在 X-CSRF-Token 中携带登录所得的 csrf_token",
            "Whoever signed in by cookie sends the csrf_token of that answer in X-CSRF-Token.",
        ))
    }
}

fn is_listed(request: &HttpRequest, origin: &str) -> bool {
    let options = request.app_data::<Data<EdgeOptions>>();
    options.is_some_and(|options| options.allowed_origins.contain(origin))
}

/// Whether that is the origin of our own pages: the host that the request was sent to. Behind a proxy that renames it, the
/// public origin has to be listed.
fn is_own(request: &HttpRequest, style: CookieStyle, origin: &str) -> bool {
    let host = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().ok(),
        // HTTP/2 names it in the request's URI.
        None => request.uri().authority().map(Authority::as_str),
    };
    host.is_some_and(|host| origin == format!("{}://{}", style.scheme(), host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use kernel::AccountId;
    use storage::Keys;
    use uuid::Uuid;

    fn judged(style: CookieStyle, host: &str, origins: &[&str]) -> bool {
        let mut request = TestRequest::post().insert_header((header::HOST, host));
        for origin in origins {
            request = request.append_header((header::ORIGIN, *origin));
        }
        require_own_origin(&request.to_http_request(), style).is_ok()
    }

    #[test]
    fn only_the_very_origin_that_was_asked_is_our_own() {
        let judged = |origins: &[&str]| judged(CookieStyle::HostOnly, "Shop.example:8443", origins);
        assert!(judged(&["https://shop.example:8443"]));
        for foreign in [
            "http://shop.example:8443",
            "https://shop.example",
            "https://shop.example:8443.evil",
            "https://evil.shop.example:8443",
            "null",
            "",
        ] {
            assert!(!judged(&[foreign]), "{foreign}");
        }
        assert!(!judged(&[]));
        assert!(!judged(&["https://shop.example:8443", "https://evil.example"]));
    }

    #[test]
    fn the_demos_own_origin_has_no_tls() {
        let judged = |origin| judged(CookieStyle::PlainForLoopback, "127.0.0.1:8080", &[origin]);
        assert!(judged("http://127.0.0.1:8080"));
        assert!(!judged("https://127.0.0.1:8080"));
        assert!(!judged("http://localhost:8080"));
    }

    #[test]
    fn a_listed_origin_is_as_good_as_our_own() {
        let judged = |origin| {
            let options = EdgeOptions {
                allowed_origins: "https://app.example".parse().unwrap(),
                ..EdgeOptions::default()
            };
            let request = TestRequest::post()
                .app_data(Data::new(options))
                .insert_header((header::HOST, "shop.example"))
                .insert_header((header::ORIGIN, origin))
                .to_http_request();
            require_own_origin(&request, CookieStyle::HostOnly).is_ok()
        };
        assert!(judged("https://app.example"));
        assert!(judged("https://shop.example"));
        assert!(!judged("https://evil.example"));
    }

    #[test]
    fn a_csrf_token_is_that_of_its_access_token_and_keys() {
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let digest = |byte| TokenDigest::from_row(AccountId::from_uuid(Uuid::from_u128(1)), [byte; 32]);
        let sent = |tokens: &[&str]| {
            let mut request = TestRequest::post();
            for token in tokens {
                request = request.append_header((X_CSRF_TOKEN, *token));
            }
            require_csrf_token(&request.to_http_request(), &vault, &digest(1)).is_ok()
        };
        let right = csrf_token(&vault, &digest(1));
        assert!(sent(&[&right]));
        let other_token = csrf_token(&vault, &digest(2));
        let other_keys = csrf_token(&Vault::new(&Keys::generate(false).unwrap()).unwrap(), &digest(1));
        let cut = &right[..right.len() - 1];
        for wrong in [
            &[][..],
            &[""],
            &[&other_token],
            &[&other_keys],
            &[cut],
            &[&right, &right],
        ] {
            assert!(!sent(wrong), "{wrong:?}");
        }
    }
}
