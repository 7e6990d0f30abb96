//! The client's name for a request, so that the same one sent twice has one effect.

use crate::problem::Problem;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use identity::IdempotencyKey;
use kernel::Invalid;
use std::future::{Ready, ready};
use utoipa::IntoParams;

const HEADER: &str = "Idempotency-Key";

/// `Idempotency-Key`, where a request must have one; 422 without it.
pub struct RequiredKey(pub IdempotencyKey);

/// `Idempotency-Key`, where a request may have one.
pub struct OptionalKey(pub Option<IdempotencyKey>);

/// 幂等键（必填）
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described by this")]
pub struct RequiredKeyParameter {
    /// 客户端为本次请求取的名字：相同的键与内容只生效一次，再次发送得到第一次的答复（`Idempotency-Replayed: true`）
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 128)]
    idempotency_key: String,
}

/// 幂等键（可选）
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only described by this")]
pub struct OptionalKeyParameter {
    /// 客户端为本次请求取的名字：相同的键与内容只生效一次，再次发送得到第一次的答复（`Idempotency-Replayed: true`）
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 128)]
    idempotency_key: Option<String>,
}

impl FromRequest for RequiredKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key_of(request).and_then(|key| {
            key.map(Self).ok_or_else(|| {
                Problem::invalid_field(HEADER, Invalid::required()).called("idempotency_key_required")
            })
        }))
    }
}

impl FromRequest for OptionalKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key_of(request).map(Self))
    }
}

fn key_of(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = request.headers().get_all(HEADER);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    // Bytes that are no text, and a second key, are as wrong as a key that is too long.
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    IdempotencyKey::parse(text.unwrap_or_default())
        .map(Some)
        .map_err(|invalid| Problem::invalid_field(HEADER, invalid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::header::HeaderValue, test::TestRequest};
    use proptest::prelude::*;

    fn read(lines: &[Vec<u8>]) -> Result<Option<String>, Problem> {
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header((HEADER, HeaderValue::from_bytes(line).unwrap()));
        }
        key_of(&request.to_http_request()).map(|key| key.map(|key| key.as_str().to_owned()))
    }

    proptest! {
        #[test]
        fn a_key_is_taken_as_it_is_or_not_at_all(
            lines in prop::collection::vec(prop::collection::vec(prop_oneof![32_u8..127, 128_u8..=255], 0..140), 0..3),
        ) {
            match read(&lines) {
                Ok(None) => prop_assert!(lines.is_empty()),
                Ok(Some(key)) => {
                    prop_assert_eq!(lines.len(), 1);
                    prop_assert_eq!(key.as_bytes(), lines[0].as_slice());
                    prop_assert!((1..=128).contains(&key.len()) && !key.contains(' '));
                }
                Err(problem) => prop_assert_eq!(problem.code(), "invalid_input"),
            }
        }
    }
}
