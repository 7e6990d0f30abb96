//! Who may use a route, and who is using it.

use crate::{presented::PresentedBy, problem::Problem, reach::Reach, state::State};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use agents::ApplicationScope;
use identity::{Origin, Permission, Principal, TokenDigest};
use kernel::{Instant, RepositoryError, Scope};
use std::future::{Ready, ready};
use storage::Session;

/// Who may use a route. Whose rows it then reaches is its [`Reach`].
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
    /// How that came.
    pub presented_by: PresentedBy,
    /// Where the request came from.
    pub origin: Origin,
    permission: Option<Permission>,
    reach: Reach,
}

impl Caller {
    /// A caller that no request stands behind, of a route that reaches what the role holds.
    #[cfg(test)]
    pub(crate) fn for_tests(principal: Principal, token: TokenDigest) -> Self {
        Self {
            principal,
            token,
            presented_by: PresentedBy::Bearer,
            origin: Origin::default(),
            permission: None,
            reach: Reach::Tenant,
        }
    }

    pub(crate) async fn authenticate(
        state: &State,
        token: TokenDigest,
        origin: Origin,
        permission: Option<Permission>,
        reach: Reach,
    ) -> Result<Self, Problem> {
        let principal = state
            .read(move |session, now| confirm(session, token, permission, reach, now))
            .await?;
        Ok(Self {
            principal,
            token,
            presented_by: PresentedBy::Bearer,
            origin,
            permission,
            reach,
        })
    }

    /// The same, its token presented so.
    pub(crate) fn presented_by(self, presented_by: PresentedBy) -> Self {
        Self { presented_by, ..self }
    }

    /// Who the caller is now, as the transaction of `session` sees it: a command asks again, so that no write outlives a
    /// right.
    pub(crate) fn confirm(&self, session: &mut dyn Session, now: Instant) -> Result<Principal, Unconfirmed> {
        confirm(session, self.token, self.permission, self.reach, now)
    }

    /// Whose rows the route reaches for this caller.
    pub fn scope(&self) -> Result<Scope, Problem> {
        self.reach.scope(&self.principal)
    }

    /// Whose applications the route reaches for this caller.
    pub fn applications(&self) -> Result<ApplicationScope, Problem> {
        self.reach.applications(&self.principal)
    }

    /// How far the route reaches.
    pub(crate) const fn reach(&self) -> Reach {
        self.reach
    }
}

fn confirm(
    session: &mut dyn Session,
    token: TokenDigest,
    permission: Option<Permission>,
    reach: Reach,
    now: Instant,
) -> Result<Principal, Unconfirmed> {
    let principal = identity::authenticate(session, &token, now)?.ok_or(Unconfirmed::SignedOut)?;
    if permission.is_none_or(|permission| principal.may(permission)) && reach.is_open_to(&principal) {
        Ok(principal)
    } else {
        Err(Unconfirmed::NotPermitted)
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
