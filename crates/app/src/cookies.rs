//! The cookies in which a browser holds its tokens, where no script can read them.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use chrono::TimeDelta;
use identity::{ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME, TokenPair};

/// What the cookies are called and where a browser sends them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CookieStyle {
    /// `__Host-` and Secure: over TLS only, to this host only, and no other host or path can put one in its place
    /// (RFC 6265bis, 4.1.3.2).
    #[default]
    HostOnly,
    /// Plainly named and not Secure, for the demo, which serves on loopback without TLS.
    PlainForLoopback,
}

impl CookieStyle {
    /// The name of the cookie with the access token.
    pub const fn access(self) -> &'static str {
        match self {
            Self::HostOnly => "__Host-catchment-access",
            Self::PlainForLoopback => "catchment-access",
        }
    }

    /// The name of the cookie with the refresh token.
    pub const fn refresh(self) -> &'static str {
        match self {
            Self::HostOnly => "__Host-catchment-refresh",
            Self::PlainForLoopback => "catchment-refresh",
        }
    }

    /// The scheme of the pages that hold such cookies.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::HostOnly => "https",
            Self::PlainForLoopback => "http",
        }
    }

    /// The cookies that hold these tokens, each for as long as its token is good.
    pub(crate) fn of_tokens(self, tokens: &TokenPair) -> [Cookie<'static>; 2] {
        [
            self.cookie(self.access(), tokens.access.expose(), ACCESS_TOKEN_LIFETIME),
            self.cookie(self.refresh(), tokens.refresh.expose(), REFRESH_TOKEN_LIFETIME),
        ]
    }

    /// What makes a browser forget both.
    pub(crate) fn removal(self) -> [Cookie<'static>; 2] {
        [self.access(), self.refresh()].map(|name| self.cookie(name, "", TimeDelta::zero()))
    }

    fn cookie(self, name: &'static str, value: &str, lifetime: TimeDelta) -> Cookie<'static> {
        Cookie::build(name, value.to_owned())
            .path("/")
            .http_only(true)
            .secure(self == Self::HostOnly)
            .same_site(SameSite::Strict)
            .max_age(Duration::seconds(lifetime.num_seconds()))
            .finish()
    }
}
