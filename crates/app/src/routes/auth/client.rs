//! Where a sign-in comes from.

use crate::origin::RequestOrigin;
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use identity::{Client, UserAgent};
use std::{
    convert::Infallible,
    future::{Ready, ready},
};

/// An extractor of what is kept of a sign-in.
pub struct SignInClient(pub Client);

impl FromRequest for SignInClient {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let RequestOrigin(origin) = RequestOrigin::of(request);
        let user_agent = request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|value| UserAgent::cut(&String::from_utf8_lossy(value.as_bytes())));
        ready(Ok(Self(Client { origin, user_agent })))
    }
}
