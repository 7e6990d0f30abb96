//! The access token that a request presents.

use crate::{
    cookies::CookieStyle,
    cross_site::{is_safe, require_csrf_token, require_own_origin},
    problem::Problem,
    state::State,
};
use actix_web::{HttpRequest, http::header};
use identity::TokenDigest;

/// How a token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedBy {
    /// By a program that put it into `Authorization`.
    Bearer,
    /// By a browser, which sends its cookies along whoever asks.
    Cookie,
}

/// A token, and how it came.
pub(crate) struct Presented {
    pub(crate) token: TokenDigest,
    pub(crate) by: PresentedBy,
}

impl Presented {
    /// The token of the request, if it can be one of ours. `Authorization` goes before the cookie: whoever sends it means
    /// it, even where it is wrong.
    pub(crate) fn of(request: &HttpRequest, style: CookieStyle) -> Option<Self> {
        let (token, by) = if request.headers().contains_key(header::AUTHORIZATION) {
            (bearer_token(request)?, PresentedBy::Bearer)
        } else {
            let cookie = request.cookie(style.access())?;
            (TokenDigest::of(cookie.value())?, PresentedBy::Cookie)
        };
        Some(Self { token, by })
    }

    /// Refuses what a foreign page may have made a browser send.
    pub(crate) fn refuse_forgery(&self, request: &HttpRequest, state: &State) -> Result<(), Problem> {
        if self.by == PresentedBy::Bearer || is_safe(request.method()) {
            return Ok(());
        }
        require_own_origin(request, state.cookies)?;
        require_csrf_token(request, state.database.vault(), &self.token)
    }
}

/// The token of `Authorization: Bearer` (RFC 6750, 2.1), if it can be one of ours.
pub(crate) fn bearer_token(request: &HttpRequest) -> Option<TokenDigest> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let one = values.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    if one { TokenDigest::of(token.trim()) } else { None }
}
