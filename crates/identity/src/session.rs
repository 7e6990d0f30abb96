//! Sign-ins and their tokens, as they are kept.

use crate::{Principal, Token, TokenDigest, UserAgent};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use std::{collections::BTreeMap, net::IpAddr};

/// One sign-in, from password to sign-out: the family that its tokens belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub account_id: AccountId,
    /// With what program, as it called itself.
    pub user_agent: Option<UserAgent>,
    /// From which address.
    pub address: Option<IpAddr>,
    /// When.
    pub started_at: Instant,
    /// When tokens were last issued for it: at its start, by a refresh, by a change of membership.
    pub refreshed_at: Instant,
    /// Since when none of its tokens is good any more.
    pub ended_at: Option<Instant>,
}

/// The sign-ins and their tokens.
pub trait SessionRepository {
    /// Adds a sign-in.
    fn insert_session(&mut self, sign_in: &SignIn) -> Result<(), RepositoryError>;

    /// Adds tokens of sign-ins that are there.
    fn insert_tokens(&mut self, tokens: &[Token]) -> Result<(), RepositoryError>;

    /// The token of that digest, whatever state it is in, with its sign-in.
    fn find_token(&mut self, digest: &TokenDigest) -> Result<Option<(Token, SignIn)>, RepositoryError>;

    /// Who stands behind those access tokens at `now`, in one statement. Absent are tokens that are unknown, of another
    /// kind, expired or used up, whose sign-in or membership ended, or whose account is disabled.
    fn find_callers(
        &mut self,
        digests: &[TokenDigest],
        now: Instant,
    ) -> Result<BTreeMap<TokenDigest, Principal>, RepositoryError>;

    /// The sign-ins of an account that have not ended and were refreshed after `since`, oldest first.
    fn list_sessions(
        &mut self,
        account_id: AccountId,
        since: Instant,
    ) -> Result<Vec<SignIn>, RepositoryError>;

    /// Uses up a refresh token; `false` if it is used up already.
    fn use_refresh_token(&mut self, digest: &TokenDigest, at: Instant) -> Result<bool, RepositoryError>;

    /// Uses up every token of a sign-in that is not yet.
    fn use_tokens(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError>;

    /// Notes that tokens were issued for a sign-in.
    fn refresh_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError>;

    /// Ends a sign-in; `false` if the account has none of that id, or it has ended: it then keeps its earlier end.
    fn end_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<bool, RepositoryError>;

    /// Ends every sign-in of an account but that one; answers which, in the order of their ids.
    fn end_other_sessions(
        &mut self,
        account_id: AccountId,
        kept: SessionId,
        at: Instant,
    ) -> Result<Vec<SessionId>, RepositoryError>;

    /// Removes at most `limit` tokens that expired before `before`; answers how many. A used refresh token is kept until
    /// it expires, so that its second use is seen.
    fn purge_expired_tokens(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError>;

    /// Removes at most `limit` sign-ins, with their tokens, that ended before `before` or could not be refreshed any more
    /// by then; answers how many.
    fn purge_sessions(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError>;
}
