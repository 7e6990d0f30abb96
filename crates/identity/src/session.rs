//! Sign-ins and their tokens, as they are kept.

use crate::{Principal, Token, TokenDigest};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use std::collections::BTreeMap;

/// One sign-in, from password to sign-out: the family that its tokens belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub account_id: AccountId,
    /// When.
    pub started_at: Instant,
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

    /// Uses up a refresh token; `false` if it is used up already.
    fn use_refresh_token(&mut self, digest: &TokenDigest, at: Instant) -> Result<bool, RepositoryError>;

    /// Uses up every token of a sign-in that is not yet.
    fn use_tokens(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError>;

    /// Ends a sign-in. One that has ended keeps its earlier end.
    fn end_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError>;
}
