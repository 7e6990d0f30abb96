//! What the sign-ins and their tokens promise.

use super::identity::{account, membership};
use crate::{Store, instant};
use identity::{
    Account, AccountRepository, Membership, MembershipRepository, Position, Principal, SessionRepository,
    SignIn, Token, TokenDigest, TokenKind,
};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn later() -> Instant {
    instant("2026-11-22T09:00:00Z")
}

fn digest(account_id: AccountId, byte: u8) -> TokenDigest {
    TokenDigest::from_row(account_id, [byte; 32])
}

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

/// Account 1, an applicant, signed in with an access token 1 and a refresh token 2.
fn signed_in<S: Store>(store: &S) -> (Account, Membership, SignIn, [Token; 2])
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let account = account(1, "zhang.san");
    let membership = membership(1, Position::Applicant);
    let sign_in = SignIn {
        id: SessionId::from_uuid(Uuid::from_u128(1)),
        account_id: account.id,
        started_at: now(),
        ended_at: None,
    };
    let tokens = [(1, TokenKind::Access), (2, TokenKind::Refresh)].map(|(byte, kind)| Token {
        digest: digest(account.id, byte),
        session_id: sign_in.id,
        membership_id: membership.id,
        kind,
        expires_at: later(),
        used_at: None,
    });
    write(store, |session| {
        session.insert_accounts(std::slice::from_ref(&account))?;
        session.insert_memberships(&[membership])?;
        session.insert_session(&sign_in)?;
        session.insert_tokens(&tokens)
    });
    (account, membership, sign_in, tokens)
}

fn caller<S: Store>(store: &S, token: &Token, at: Instant) -> Option<Principal>
where
    S::Session: SessionRepository,
{
    write(store, |session| session.find_callers(&[token.digest], at)).remove(&token.digest)
}

/// A token comes back with its sign-in, under its own account only.
pub fn a_token_comes_back_with_its_sign_in<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, sign_in, tokens) = signed_in(store);
    for token in tokens {
        let found = write(store, |session| session.find_token(&token.digest));
        assert_eq!(found, Some((token, sign_in)));
    }
    let other_account = AccountId::from_uuid(Uuid::from_u128(2));
    for unknown in [digest(account.id, 9), digest(other_account, 1)] {
        assert_eq!(write(store, |session| session.find_token(&unknown)), None);
    }
}

/// Only a live access token has a caller behind it, until the very instant it expires.
pub fn only_a_live_access_token_has_a_caller<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, membership, _, [access, refresh]) = signed_in(store);
    let found = write(store, |session| {
        session.find_callers(&[access.digest, refresh.digest, digest(account.id, 9)], now())
    });
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        [(access.digest, Principal::of(&account, &membership))]
    );
    assert_eq!(caller(store, &access, later()), None);
    assert!(write(store, |session| session.find_callers(&[], now())).is_empty());
}

/// Nobody stands behind a token of an ended sign-in, and its end stays where it was.
pub fn nobody_stands_behind_an_ended_sign_in<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, sign_in, [access, _]) = signed_in(store);
    write(store, |session| {
        session.end_session(account.id, sign_in.id, now())
    });
    write(store, |session| {
        session.end_session(account.id, sign_in.id, later())
    });
    assert_eq!(caller(store, &access, now()), None);
    let (_, ended) = write(store, |session| session.find_token(&access.digest)).unwrap();
    assert_eq!(ended.ended_at, Some(now()));
}

/// Nobody stands behind a token of a disabled account.
pub fn nobody_stands_behind_a_disabled_account<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, _, [access, _]) = signed_in(store);
    let disabled = Account {
        disabled_at: Some(now()),
        ..account
    };
    write(store, |session| session.save_account(&disabled));
    assert_eq!(caller(store, &access, now()), None);
}

/// A refresh token is used up once; an access token is never one.
pub fn a_refresh_token_is_used_up_once<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (_, _, _, [access, refresh]) = signed_in(store);
    let using = |token: &Token, at| write(store, |session| session.use_refresh_token(&token.digest, at));
    assert!(using(&refresh, now()));
    assert!(!using(&refresh, later()));
    assert!(!using(&access, now()));
    let (used, _) = write(store, |session| session.find_token(&refresh.digest)).unwrap();
    assert_eq!(used.used_at, Some(now()));
}

/// Using up a sign-in's tokens leaves none of them good, and the sign-in as it is.
pub fn all_tokens_of_a_sign_in_are_used_up_together<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, sign_in, [access, refresh]) = signed_in(store);
    write(store, |session| session.use_tokens(account.id, sign_in.id, now()));
    assert_eq!(caller(store, &access, now()), None);
    assert!(!write(store, |session| session.use_refresh_token(&refresh.digest, now())));
    let (used, same) = write(store, |session| session.find_token(&access.digest)).unwrap();
    assert_eq!((used.used_at, same), (Some(now()), sign_in));
}
