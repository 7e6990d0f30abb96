//! Two ids in a path.

use crate::problem::Problem;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use std::{
    future::{Ready, ready},
    str::FromStr,
};

/// The two `{..}` of the route's path, whose thing it is and the thing. What cannot be an id names nothing: 404.
pub struct PathIds<Whose, Thing>(pub Whose, pub Thing);

impl<Whose: FromStr, Thing: FromStr> FromRequest for PathIds<Whose, Thing> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut parts = request.match_info().iter().map(|(_, text)| text);
        let ids = parts.next().zip(parts.next()).and_then(|(whose, thing)| {
            let (whose, thing) = (whose.parse().ok()?, thing.parse().ok()?);
            Some(Self(whose, thing))
        });
        ready(ids.ok_or_else(Problem::not_found))
    }
}
