//! What every error answer is: a problem document (RFC 9457) in the reader's language.
//!
//! Handlers and middleware answer a [`Problem`]; the outermost middleware (`edge`), which alone knows the request's
//! id and language, writes it out.

mod content;
mod document;
mod repository;

pub use document::ProblemDocument;

use crate::{language::Language, request_id::RequestId};
use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use kernel::FieldError;
use serde::Serialize;
use std::{borrow::Cow, fmt};

/// A status in Chinese words, for the API's description.
pub(crate) fn title_zh(status: StatusCode) -> &'static str {
    document::title(status, Language::Chinese)
}

/// Why a request was not done, for programs (`code`) and for readers of both languages.
#[derive(Clone)]
pub struct Problem(Box<Contents>);

/// Boxed, because every handler's result carries room for it.
#[derive(Clone)]
struct Contents {
    status: StatusCode,
    code: &'static str,
    detail_zh: Cow<'static, str>,
    detail_en: Cow<'static, str>,
    errors: Vec<FieldError>,
    members: serde_json::Map<String, serde_json::Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    /// A problem with a stable `snake_case` code and a sentence in both languages.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail_zh: impl Into<Cow<'static, str>>,
        detail_en: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Contents {
            status,
            code,
            detail_zh: detail_zh.into(),
            detail_en: detail_en.into(),
            errors: Vec::new(),
            members: serde_json::Map::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// 409: the thing is in a state that forbids it.
    pub fn conflict(
        code: &'static str,
        detail_zh: impl Into<Cow<'static, str>>,
        detail_en: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail_zh, detail_en)
    }

    /// 404: not there, or not the caller's; the same answer, so that ids leak nothing.
    pub fn not_found() -> Self {
        Self::of_status(StatusCode::NOT_FOUND)
    }

    /// 401: nobody is signed in, or no longer.
    pub fn unauthenticated() -> Self {
        Self::of_status(StatusCode::UNAUTHORIZED)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: signed in, but this is not theirs to do.
    pub fn forbidden() -> Self {
        Self::of_status(StatusCode::FORBIDDEN)
    }

    /// 412: somebody else changed it since the client read it.
    pub fn stale_version() -> Self {
        Self::of_status(StatusCode::PRECONDITION_FAILED)
    }

    /// 422: these fields were not taken.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::of_status(StatusCode::UNPROCESSABLE_ENTITY);
        problem.0.errors = errors;
        problem
    }

    /// 422: this field was not taken.
    pub fn invalid_field(field: impl Into<Cow<'static, str>>, invalid: kernel::Invalid) -> Self {
        let mut validation = kernel::Validation::default();
        validation.refuse(field, invalid);
        Self::invalid(validation.finish(|| ()).err().unwrap_or_default())
    }

    /// 500: a defect of ours. The cause goes to the log, never to the client, and names no personal value.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR).because(cause)
    }

    /// The plain problem of a status, with its usual code and words.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail_zh, detail_en) = document::words(status);
        Self::new(status, code, detail_zh, detail_en)
    }

    /// The same with a code of its own.
    #[must_use]
    pub fn called(mut self, code: &'static str) -> Self {
        self.0.code = code;
        self
    }

    /// Adds a member beside the standard ones, such as `conflicts`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => {
                self.0.members.insert(name.to_owned(), value);
                self
            }
            Err(error) => Self::internal(error),
        }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Tells the client when to try again.
    #[must_use]
    pub fn retry_after_seconds(self, seconds: impl Into<u32>) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.into()))
    }

    /// Notes what to log beside the answer. It names no personal value.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What to log.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The document as the client gets it.
    pub fn document(&self, language: Language, request_id: &RequestId) -> ProblemDocument {
        let errors = self.0.errors.iter().map(|error| document::FieldProblem {
            field: error.field.to_string(),
            code: error.code.to_owned(),
            message: language.pick(&error.message_zh, &error.message_en).to_string(),
        });
        ProblemDocument {
            kind: format!("urn:catchment:problem:{}", self.0.code),
            title: document::title(self.0.status, language).to_owned(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_owned(),
            detail: language.pick(&self.0.detail_zh, &self.0.detail_en).to_string(),
            request_id: request_id.to_string(),
            errors: errors.collect(),
            members: self.0.members.clone(),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Status and headers; the edge writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.0.status);
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0.status.as_u16(), self.0.code)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Problem({self}, {:?})", self.0.cause)
    }
}
