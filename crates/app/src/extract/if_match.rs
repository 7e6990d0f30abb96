//! Versions of things that people edit (RFC 9110, 8.8.3 and 13.1.1).

use crate::problem::Problem;
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderValue},
};
use kernel::Invalid;
use std::future::{Ready, ready};

/// The version that the client read, from `If-Match: "7"`; `None` where it sent none and takes whatever is there. Anything
/// but one quoted version, or `*`, is 422.
pub struct IfMatch(pub Option<i64>);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().get(header::IF_MATCH) {
            None => Ok(Self(None)),
            Some(value) if value.as_bytes() == b"*" => Ok(Self(None)),
            Some(value) => parse(value).map(|version| Self(Some(version))).ok_or_else(|| {
                Problem::invalid_field(
                    "If-Match",
                    Invalid::new(
                        "invalid_entity_tag",
                        "须为读取时得到的 ETag",
                        "must be the ETag that was read",
                    ),
                )
            }),
        })
    }
}

impl IfMatch {
    /// Refuses with 412 unless the client sent no version or the present one.
    pub fn check(&self, present: i64) -> Result<(), Problem> {
        match self.0 {
            Some(read) if read != present => Err(Problem::stale_version()),
            _ => Ok(()),
        }
    }
}

fn parse(value: &HeaderValue) -> Option<i64> {
    let text = value.to_str().ok()?;
    text.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The `ETag` of a version.
pub fn entity_tag(version: i64) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_version_reads_back_from_its_tag() {
        let (_, tag) = entity_tag(7);
        assert_eq!(parse(&HeaderValue::from_str(&tag).unwrap()), Some(7));
        for odd in [&b"7"[..], b"\"\"", b"W/\"7\"", b"\"7\", \"8\"", b"\xff"] {
            assert_eq!(parse(&HeaderValue::from_bytes(odd).unwrap()), None);
        }
    }

    #[test]
    fn only_the_present_version_or_none_passes() {
        assert!(IfMatch(None).check(3).is_ok());
        assert!(IfMatch(Some(3)).check(3).is_ok());
        assert_eq!(IfMatch(Some(2)).check(3).unwrap_err().code(), "stale_version");
    }

    proptest! {
        #[test]
        fn each_version_reads_back_and_nothing_else_is_one(
            version in any::<i64>(),
            bytes in prop::collection::vec(prop_oneof![32_u8..127, 128_u8..=255], 0..40),
        ) {
            let (_, tag) = entity_tag(version);
            prop_assert_eq!(parse(&HeaderValue::from_str(&tag).unwrap()), Some(version));
            if let Some(read) = parse(&HeaderValue::from_bytes(&bytes).unwrap()) {
                let text = std::str::from_utf8(&bytes).unwrap();
                prop_assert_eq!(text.trim_matches('"').parse(), Ok(read));
            }
        }
    }
}
