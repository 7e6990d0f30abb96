//! The id in a path.

use crate::problem::Problem;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use std::{
    future::{Ready, ready},
    str::FromStr,
};

/// The last `{..}` of the route's path. What cannot be an id names nothing: 404.
pub struct PathId<T>(pub T);

impl<T: FromStr> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let last = request.match_info().iter().last();
        let id = last.and_then(|(_, text)| text.parse().ok());
        ready(id.map(Self).ok_or_else(Problem::not_found))
    }
}
