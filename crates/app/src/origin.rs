//! Where a request came from, for the audit log.

use crate::{client_address::ClientAddress, request_id::RequestId};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use identity::Origin;
use std::{
    convert::Infallible,
    future::{Ready, ready},
};

/// The origin of the request. An extractor, for handlers that nobody need be signed in for; elsewhere it is in
/// [`crate::state::Work`].
#[derive(Clone, Debug)]
pub struct RequestOrigin(pub Origin);

impl RequestOrigin {
    /// What is known of it.
    pub fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        Self(Origin {
            request_id: extensions.get::<RequestId>().map(|id| id.as_str().to_owned()),
            address: extensions.get::<ClientAddress>().map(|address| address.ip()),
        })
    }
}

impl FromRequest for RequestOrigin {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
