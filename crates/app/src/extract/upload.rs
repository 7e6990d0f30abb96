//! A file as a body.

use super::body::{announced_bytes, collect, is_plain, too_large};
use crate::{access::Caller, answer_clock::receive, places::Place, problem::Problem, state::State};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::StatusCode,
    web::{Bytes, Data},
};
use attachments::MAXIMUM_UPLOAD_BYTES;
use identity::RequestDigest;
use std::{future::Future, pin::Pin, time::Duration};

/// How long a client may take to send its file: five mebibytes at 0.7 Mbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(1);

/// What a file may be said to be. What it is, its content decides.
const MEDIA_TYPES: [&str; 3] = ["image/jpeg", "image/png", "application/octet-stream"];

/// A file that somebody signed in sends.
///
/// - said to be something else than a picture or bytes, or compressed: 415
/// - larger than [`MAXIMUM_UPLOAD_BYTES`]: 413; sent too slowly: 408
/// - while the account sends others, or too many do: 429, 503
pub struct Upload {
    /// The file.
    pub file: Bytes,
    /// The digest of method, path and file, which an idempotency key is bound to.
    pub digest: RequestDigest,
    /// One of the places for files in memory, given back when this is dropped.
    pub place: Place,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        let request = request.clone();
        Box::pin(async move {
            if !is_plain(&request, &MEDIA_TYPES) {
                return Err(not_a_picture());
            }
            if announced_bytes(&request).is_some_and(|bytes| bytes > MAXIMUM_UPLOAD_BYTES) {
                return Err(upload_too_large());
            }
            let place = enter(&request)?;
            let file = receive(&request, UPLOAD_TIMEOUT, collect(payload, MAXIMUM_UPLOAD_BYTES)).await?;
            let digest = RequestDigest::of(request.method().as_str(), request.path(), &file);
            Ok(Self { file, digest, place })
        })
    }
}

fn enter(request: &HttpRequest) -> Result<Place, Problem> {
    let state = request
        .app_data::<Data<State>>()
        .ok_or_else(|| Problem::internal("a route without state"))?;
    let caller = request.extensions().get::<Caller>().cloned();
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    state.uploads.enter(caller.principal.account_id)
}

/// 415: neither JPEG nor PNG.
pub(crate) fn not_a_picture() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not_a_picture",
        "只接受未压缩传输的 JPEG 或 PNG 图片",
        "Only JPEG and PNG pictures are taken, without a content encoding.",
    )
}

/// 413: more than [`MAXIMUM_UPLOAD_BYTES`].
pub(crate) fn upload_too_large() -> Problem {
    too_large(MAXIMUM_UPLOAD_BYTES)
}
