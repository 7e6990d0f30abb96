//! What a browser may do with an answer: what it may load and run, who may frame it, who may keep it.

use crate::{access::Access, route_table::Entry};
use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

/// A year: what browsers' own lists ask for.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// The same for every answer.
fn always() -> [(HeaderName, &'static str); 6] {
    [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::PERMISSIONS_POLICY,
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
             microphone=(), midi=(), payment=(), usb=()",
        ),
        (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    ]
}

/// What an answer is, to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surface {
    /// Data: no page, and perhaps about a person.
    Data,
    /// Data that is the same for everybody and changes with a release only.
    PublishedData,
    /// A picture that somebody uploaded.
    Picture,
    /// The page of the API reference and its files.
    ReferencePage,
}

impl Surface {
    fn of(entry: Option<&Entry>) -> Self {
        if entry.is_some_and(|entry| entry.path.starts_with("/api/v1/attachments/{id}")) {
            return Self::Picture;
        }
        let Some(entry) = entry.filter(|entry| entry.access == Access::Public) else {
            return Self::Data;
        };
        match entry.path {
            "/docs" | "/docs/{file}" => Self::ReferencePage,
            "/api/v1/openapi.json"
            | "/api/v1/divisions"
            | "/api/v1/divisions/search"
            | "/api/v1/divisions/{code}" => Self::PublishedData,
            _ => Self::Data,
        }
    }

    /// Nowhere may a script stand inside a page.
    const fn content_security_policy(self) -> &'static str {
        match self {
            Self::Data | Self::PublishedData => "default-src 'none'; frame-ancestors 'none'",
            // Even a browser that is led there straight shows the picture and runs nothing.
            Self::Picture => "default-src 'none'; sandbox; frame-ancestors 'none'",
            // Swagger UI sets styles on its elements and carries its pictures in them.
            Self::ReferencePage => {
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                 font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            }
        }
    }

    const fn cache_control(self) -> &'static str {
        match self {
            Self::Data | Self::Picture => "no-store",
            Self::PublishedData | Self::ReferencePage => "public, max-age=300",
        }
    }
}

/// Adds them to an answer of that entry, or of no entry.
pub fn protect(headers: &mut HeaderMap, status: StatusCode, entry: Option<&Entry>, behind_tls: bool) {
    for (name, value) in always() {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // An error is written as data, whatever it stands in for, and is nobody's to keep.
    let entry = entry.filter(|_| !status.is_client_error() && !status.is_server_error());
    let surface = Surface::of(entry);
    let mut add = |name, value| headers.insert(name, HeaderValue::from_static(value));
    add(header::CONTENT_SECURITY_POLICY, surface.content_security_policy());
    add(header::CACHE_CONTROL, surface.cache_control());
    if behind_tls {
        add(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
    // The middleware of listed origins would say it to every page.
    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn whatever_needs_a_sign_in_is_never_kept_and_no_page_has_a_script_inside() {
        for entry in ROUTES {
            let surface = Surface::of(Some(entry));
            if entry.access != Access::Public || !entry.method.is_safe() {
                let kept_by_nobody = matches!(surface, Surface::Data | Surface::Picture);
                assert!(
                    kept_by_nobody && surface.cache_control() == "no-store",
                    "{}",
                    entry.path
                );
            }
            let policy = surface.content_security_policy();
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            for directive in policy
                .split("; ")
                .filter(|directive| directive.starts_with("script-src"))
            {
                assert_eq!(directive, "script-src 'self'");
            }
        }
        assert_eq!(Surface::of(None), Surface::Data);
    }

    #[test]
    fn every_path_named_here_is_in_the_table() {
        let all: Vec<_> = ROUTES.iter().map(|entry| Surface::of(Some(entry))).collect();
        let count = |wanted| all.iter().filter(|surface| **surface == wanted).count();
        assert_eq!(count(Surface::PublishedData), 4);
        assert_eq!(count(Surface::ReferencePage), 2);
        assert_eq!(count(Surface::Picture), 2);
    }
}
