//! How tokens go back to whoever signed in: in the body of the answer, or, for browsers, in cookies.

use super::shapes::{PrincipalShape, SignedInShape};
use crate::{
    access::Caller,
    cross_site::{csrf_token, require_own_origin},
    presented::PresentedBy,
    problem::Problem,
    state::State,
};
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use identity::{ACCESS_TOKEN_LIFETIME, SignedIn, TokenDigest};

/// The way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the body.
    Body,
    /// In cookies.
    Cookies,
}

impl Delivery {
    /// As the body asks for it. Cookies are set for our own pages only, or another site could sign a browser in as somebody
    /// of its own choice.
    pub fn asked(state: &State, request: &HttpRequest, cookie: bool) -> Result<Self, Problem> {
        if cookie {
            require_own_origin(request, state.cookies)?;
            Ok(Self::Cookies)
        } else {
            Ok(Self::Body)
        }
    }

    /// As the caller's present tokens came.
    pub const fn like(caller: &Caller) -> Self {
        match caller.presented_by {
            PresentedBy::Bearer => Self::Body,
            PresentedBy::Cookie => Self::Cookies,
        }
    }

    /// Answers with tokens, which no cache may keep (RFC 6749, 5.1).
    pub fn answer(
        self,
        state: &State,
        mut response: HttpResponseBuilder,
        signed_in: &SignedIn,
    ) -> HttpResponse {
        let tokens = &signed_in.tokens;
        let mut shape = SignedInShape {
            access_token: None,
            refresh_token: None,
            token_type: None,
            csrf_token: None,
            expires_in: ACCESS_TOKEN_LIFETIME.num_seconds(),
            principal: PrincipalShape::from(&signed_in.principal),
        };
        match self {
            Self::Body => {
                shape.access_token = Some(tokens.access.expose().to_owned());
                shape.refresh_token = Some(tokens.refresh.expose().to_owned());
                shape.token_type = Some("Bearer");
            }
            Self::Cookies => {
                let access = TokenDigest::of(tokens.access.expose());
                shape.csrf_token = access.map(|access| csrf_token(state.database.vault(), &access));
                for cookie in state.cookies.of_tokens(tokens) {
                    response.cookie(cookie);
                }
            }
        }
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(shape)
    }

    /// Answers that a sign-in is over: a browser forgets its cookies.
    pub fn farewell(self, state: &State) -> HttpResponse {
        let mut response = HttpResponse::NoContent();
        if self == Self::Cookies {
            for cookie in state.cookies.removal() {
                response.cookie(cookie);
            }
        }
        response.finish()
    }

    /// The same of a sign-in that is found to be over; other problems pass, and with them nothing is over.
    pub fn refuse(self, state: &State, problem: Problem) -> Problem {
        if self == Self::Body || problem.status_code() != StatusCode::UNAUTHORIZED {
            return problem;
        }
        let values = state.cookies.removal().map(|cookie| cookie.to_string());
        let values = values
            .iter()
            .filter_map(|value| HeaderValue::from_str(value).ok());
        values.fold(problem, |problem, value| {
            problem.header(header::SET_COOKIE, value)
        })
    }
}
