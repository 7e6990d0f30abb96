//! Who may use a route, and who is using it.

use crate::{problem::Problem, state::State};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use identity::{Origin, Permission, Principal, TokenDigest};
use kernel::{Instant, RepositoryError, Scope};
use std::future::{Ready, ready};
use storage::Session;

/// Who may use a route. Whose rows it then reaches is the [`Scope`] of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody signed in.
    SignedIn,
    /// Those whose role has the permission.
    Permission(Permission),
}

/// Who sent the request: signed in, and permitted to use its route, when the request came in.
///
/// An extractor, for routes that are not [`Access::Public`].
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// The token it came with.
    pub token: TokenDigest,
    /// Where the request came from.
    pub origin: Origin,
    permission: Option<Permission>,
}

impl Caller {
    /// A caller that no request stands behind.
    #[cfg(test)]
    pub(crate) fn for_tests(principal: Principal, token: TokenDigest) -> Self {
        Self {
            principal,
            token,
            origin: Origin::default(),
            permission: None,
        }
    }

    pub(crate) async fn authenticate(
        state: &State,
        token: TokenDigest,
        origin: Origin,
        permission: Option<Permission>,
    ) -> Result<Self, Problem> {
        let principal = state
            .read(move |session, now| confirm(session, token, permission, now))
            .await?;
        Ok(Self {
            principal,
            token,
            origin,
            permission,
        })
    }

    /// Who the caller is now, as the transaction of `session` sees it: a command asks again, so that no write outlives a
    /// right.
    pub(crate) fn confirm(&self, session: &mut dyn Session, now: Instant) -> Result<Principal, Unconfirmed> {
        confirm(session, self.token, self.permission, now)
    }

    /// Whose rows the caller may reach. A caller who may reach none of any tenant is told 403.
    pub fn scope(&self) -> Result<Scope, Problem> {
        self.principal.scope().ok_or_else(Problem::forbidden)
    }
}

fn confirm(
    session: &mut dyn Session,
    token: TokenDigest,
    permission: Option<Permission>,
    now: Instant,
) -> Result<Principal, Unconfirmed> {
    let principal = identity::authenticate(session, &token, now)?.ok_or(Unconfirmed::SignedOut)?;
    match permission {
        Some(permission) if !principal.may(permission) => Err(Unconfirmed::NotPermitted),
        _ => Ok(principal),
    }
}

/// Why a caller is not let through.
#[derive(Debug)]
pub enum Unconfirmed {
    /// No sign-in stands behind the token, or none any more.
    SignedOut,
    /// The role has no such permission, or no longer.
    NotPermitted,
    /// It could not be found out.
    Repository(RepositoryError),
}

impl From<RepositoryError> for Unconfirmed {
    fn from(error: RepositoryError) -> Self {
        Self::Repository(error)
    }
}

impl From<Unconfirmed> for Problem {
    fn from(unconfirmed: Unconfirmed) -> Self {
        match unconfirmed {
            Unconfirmed::SignedOut => Self::unauthenticated(),
            Unconfirmed::NotPermitted => Self::forbidden(),
            Unconfirmed::Repository(error) => error.into(),
        }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(Problem::unauthenticated))
    }
}
