//! A JSON body.

use super::deserialization::field_problem;
use crate::{answer_clock::receive, problem::Problem};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use identity::RequestDigest;
use kernel::{Invalid, Validation};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{future::Future, pin::Pin, time::Duration};

/// The largest body that is read.
pub const MAXIMUM_BODY_BYTES: usize = 64 * 1024;

/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A body of that shape.
///
/// - not `application/json`, or compressed: 415
/// - larger than [`MAXIMUM_BODY_BYTES`]: 413; sent too slowly: 408
/// - not JSON: 400 `malformed_json`
/// - a wrong type, an unknown, missing or doubled field, a NUL in a text: 422 with the field's path
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// The digest of method, path and body, which an idempotency key is bound to.
    pub digest: RequestDigest,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let acceptable = is_plain_json(request);
        let announced = announced_bytes(request);
        let payload = payload.take();
        let request = request.clone();
        Box::pin(async move {
            if !acceptable {
                return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            if announced.is_some_and(|bytes| bytes > MAXIMUM_BODY_BYTES) {
                return Err(too_large(MAXIMUM_BODY_BYTES));
            }
            let raw = receive(&request, BODY_TIMEOUT, collect(payload, MAXIMUM_BODY_BYTES)).await?;
            let value = parse(&raw)?;
            let digest = RequestDigest::of(request.method().as_str(), request.path(), &raw);
            Ok(Self { value, digest })
        })
    }
}

/// A body that may be left out: what is not sent stands at its default. Refuses what [`Body`] refuses.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let in_chunks = request.headers().contains_key(header::TRANSFER_ENCODING);
        if !in_chunks && announced_bytes(request).unwrap_or_default() == 0 {
            return Box::pin(async { Ok(Self(T::default())) });
        }
        let body = Body::from_request(request, payload);
        Box::pin(async move { body.await.map(|body| Self(body.value)) })
    }
}

fn is_plain_json(request: &HttpRequest) -> bool {
    is_plain(request, &["application/json"])
}

/// Whether the body is said to be of one of those media types, and not compressed.
pub(super) fn is_plain(request: &HttpRequest, media_types: &[&str]) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|told| {
            media_types
                .iter()
                .any(|media_type| told.trim().eq_ignore_ascii_case(media_type))
        });
    let plain = match request.headers().get(header::CONTENT_ENCODING) {
        None => true,
        Some(value) => value.as_bytes().eq_ignore_ascii_case(b"identity"),
    };
    media_type && plain
}

pub(super) fn announced_bytes(request: &HttpRequest) -> Option<usize> {
    let value = request.headers().get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

pub(super) fn too_large(maximum_bytes: usize) -> Problem {
    Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE).with("maximum_bytes", maximum_bytes)
}

pub(super) async fn collect(mut payload: Payload, maximum_bytes: usize) -> Result<Bytes, Problem> {
    let mut collected = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "incomplete_body",
                "请求体不完整",
                "The request body ended early.",
            )
        })?;
        if collected.len() + chunk.len() > maximum_bytes {
            return Err(too_large(maximum_bytes));
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.freeze())
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    // Every body is an object, yet serde would fill a struct from an array, by position.
    if raw.trim_ascii_start().starts_with(b"[") {
        return Err(field_problem("", "invalid type: sequence, expected an object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().is_data() {
            let message = error.inner().to_string();
            field_problem(&error.path().to_string(), &message)
        } else {
            malformed(error.inner())
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    // JSON can write a NUL only as this escape, so that almost every body is looked at once.
    if raw.windows(6).any(|window| window == b"\\u0000") {
        refuse_nul(raw)?;
    }
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_json",
        format!("请求体不是合法的 JSON（第 {line} 行第 {column} 列）"),
        format!("The body is not valid JSON (line {line}, column {column})."),
    )
}

/// Names every text that holds a NUL: PostgreSQL cannot keep one.
fn refuse_nul(raw: &[u8]) -> Result<(), Problem> {
    fn walk(path: &str, value: &Value, validation: &mut Validation) {
        match value {
            Value::String(text) if text.contains('\0') => validation.refuse(path.to_owned(), nul()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(&format!("{path}[{index}]"), item, validation);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    walk(&path, member, validation);
                }
            }
            _ => {}
        }
    }
    let value = serde_json::from_slice(raw).map_err(|error| malformed(&error))?;
    let mut validation = Validation::default();
    walk("", &value, &mut validation);
    validation.finish(|| ()).map_err(Problem::invalid)
}

pub(super) const fn nul() -> Invalid {
    Invalid::new("nul", "不能含有空字符（NUL）", "must not contain NUL")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{language::Language, request_id::RequestId};
    use actix_web::http::header::HeaderMap;
    use serde::Deserialize;
    use testing::{SeededIds, instant};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it parses matters")]
    struct Order {
        lines: Vec<Line>,
        note: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it parses matters")]
    struct Line {
        quantity: u32,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Bucket,
    }

    fn refusal(body: &str) -> Value {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        let request_id = RequestId::of(
            &HeaderMap::new(),
            &SeededIds::new(1),
            instant("2026-11-22T08:00:00Z"),
        );
        serde_json::to_value(problem.document(Language::English, &request_id)).unwrap()
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place() {
        for body in [
            "",
            "{",
            "{]",
            "nonsense",
            "{\"lines\":[]} x",
            "\u{feff}{}",
            "{\"lines\":[],}",
        ] {
            assert_eq!(refusal(body)["code"], "malformed_json", "{body}");
        }
        assert!(parse::<Order>(b"{\"note\":\"\xff\"}").is_err());
        let deep = format!("{{\"lines\":{}", "[".repeat(60_000));
        assert_eq!(refusal(&deep)["status"], 422, "a wrong type is found first");
    }

    #[test]
    fn a_wrong_field_is_named_by_its_path() {
        for (body, field, code) in [
            (
                r#"{"lines":[{"quantity":-1}]}"#,
                "lines[0].quantity",
                "out_of_range",
            ),
            (
                r#"{"lines":[{"quantity":1},{"quantity":"2"}]}"#,
                "lines[1].quantity",
                "wrong_type",
            ),
            (
                r#"{"lines":[{"quantity":1.5}]}"#,
                "lines[0].quantity",
                "wrong_type",
            ),
            (
                r#"{"lines":[{"quantity":99999999999}]}"#,
                "lines[0].quantity",
                "out_of_range",
            ),
            (r#"{"lines":[{}]}"#, "lines[0].quantity", "required"),
            (
                r#"{"lines":[{"quantity":1,"kind":"jug"}]}"#,
                "lines[0].kind",
                "unknown_value",
            ),
            (r#"{"lines":[],"agent_id":"x"}"#, "agent_id", "unknown_field"),
            (r#"{"lines":[],"lines":[]}"#, "lines", "duplicate_field"),
            (r"{}", "lines", "required"),
            (r"[]", "", "wrong_type"),
            ("null", "", "wrong_type"),
            (r#"{"lines":[],"note":"a\u0000b"}"#, "note", "nul"),
        ] {
            let document = refusal(body);
            assert_eq!(document["status"], 422, "{body}");
            assert_eq!(document["errors"][0]["field"], field, "{body}");
            assert_eq!(document["errors"][0]["code"], code, "{body}");
        }
    }
}
