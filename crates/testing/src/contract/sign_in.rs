//! What the sign-ins and their tokens promise.

use super::identity::{account, membership};
use crate::{Store, instant};
use identity::{
    Account, AccountRepository, Membership, MembershipRepository, Position, Principal,
    REFRESH_TOKEN_LIFETIME, SessionRepository, SignIn, Token, TokenDigest, TokenKind, UserAgent,
};
use kernel::{AccountId, Instant, MembershipId, RepositoryError, SessionId};
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

/// Sign-in `number` of an account.
fn sign_in(number: u128, account_id: AccountId) -> SignIn {
    SignIn {
        id: SessionId::from_uuid(Uuid::from_u128(number)),
        account_id,
        user_agent: UserAgent::cut("微信/8.0"),
        address: Some("2001:db8::7".parse().unwrap()),
        started_at: now(),
        refreshed_at: now(),
        ended_at: None,
    }
}

/// An access and a refresh token, whose digests are made of that byte and the next.
fn tokens(byte: u8, sign_in: &SignIn, membership_id: MembershipId) -> [Token; 2] {
    [(byte, TokenKind::Access), (byte + 1, TokenKind::Refresh)].map(|(byte, kind)| Token {
        digest: digest(sign_in.account_id, byte),
        session_id: sign_in.id,
        membership_id,
        kind,
        expires_at: later(),
        used_at: None,
    })
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
    let sign_in = sign_in(1, account.id);
    let tokens = tokens(1, &sign_in, membership.id);
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
    let (account, membership, sign_in, tokens) = signed_in(store);
    for token in tokens {
        let found = write(store, |session| session.find_token(&token.digest));
        assert_eq!(found, Some((token, sign_in.clone())));
    }
    let bare = SignIn {
        user_agent: None,
        address: None,
        ..self::sign_in(2, account.id)
    };
    let [token, _] = self::tokens(3, &bare, membership.id);
    write(store, |session| {
        session.insert_session(&bare)?;
        session.insert_tokens(std::slice::from_ref(&token))
    });
    let found = write(store, |session| session.find_token(&token.digest));
    assert_eq!(found, Some((token, bare)));
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

/// Sign-ins are listed that have not ended and were refreshed after the instant asked for, oldest first.
pub fn live_sign_ins_are_listed_oldest_first<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, first, _) = signed_in(store);
    let ended = SignIn {
        ended_at: Some(now()),
        ..sign_in(2, account.id)
    };
    let third = SignIn {
        started_at: later(),
        refreshed_at: later(),
        ..sign_in(3, account.id)
    };
    let theirs = self::account(2, "li.si");
    write(store, |session| {
        session.insert_accounts(std::slice::from_ref(&theirs))?;
        session.insert_session(&third)?;
        session.insert_session(&ended)?;
        session.insert_session(&sign_in(4, theirs.id))
    });
    let listed = |since| write(store, |session| session.list_sessions(account.id, since));
    let before = instant("2026-11-22T07:59:59Z");
    assert_eq!(listed(before), [first.clone(), third.clone()]);
    assert_eq!(listed(now()), std::slice::from_ref(&third));
    write(store, |session| {
        session.refresh_session(account.id, first.id, later())
    });
    let refreshed = SignIn {
        refreshed_at: later(),
        ..first
    };
    assert_eq!(listed(now()), [refreshed, third]);
}

/// A sign-in is ended once, and only under the account that it is of.
pub fn a_sign_in_is_ended_once_and_by_its_own_account<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, _, sign_in, [access, _]) = signed_in(store);
    let end = |account_id, id| write(store, |session| session.end_session(account_id, id, now()));
    assert!(!end(AccountId::from_uuid(Uuid::from_u128(2)), sign_in.id));
    assert!(!end(account.id, SessionId::from_uuid(Uuid::from_u128(404))));
    assert!(caller(store, &access, now()).is_some());
    assert!(end(account.id, sign_in.id));
    assert!(!end(account.id, sign_in.id));
}

/// All sign-ins of an account but one end together; those that had ended keep their end.
pub fn all_other_sign_ins_end_together<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, membership, kept, [access, _]) = signed_in(store);
    let ended = SignIn {
        ended_at: Some(now()),
        ..sign_in(3, account.id)
    };
    let theirs = self::account(2, "li.si");
    let others = [
        sign_in(4, account.id),
        sign_in(2, account.id),
        ended,
        sign_in(5, theirs.id),
    ];
    let [other, _] = tokens(7, &others[0], membership.id);
    write(store, |session| {
        session.insert_accounts(std::slice::from_ref(&theirs))?;
        for other in &others {
            session.insert_session(other)?;
        }
        session.insert_tokens(std::slice::from_ref(&other))
    });
    let ended = write(store, |session| {
        session.end_other_sessions(account.id, kept.id, later())
    });
    assert_eq!(
        ended,
        [2, 4].map(|number| SessionId::from_uuid(Uuid::from_u128(number)))
    );
    assert!(caller(store, &access, now()).is_some());
    assert_eq!(caller(store, &other, now()), None);
    let theirs = write(store, |session| {
        session.list_sessions(theirs.id, instant("2026-11-22T07:00:00Z"))
    });
    assert_eq!(theirs.len(), 1);
}

/// Tokens are purged that expired before the instant named, at most as many as asked for; used ones stay until then.
pub fn only_expired_tokens_are_purged<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (_, _, _, [access, refresh]) = signed_in(store);
    write(store, |session| session.use_refresh_token(&refresh.digest, now()));
    let purge = |before, limit| write(store, |session| session.purge_expired_tokens(before, limit));
    assert_eq!(purge(later(), 10), 0);
    let after = later() + chrono::TimeDelta::microseconds(1);
    assert_eq!(purge(after, 1), 1);
    assert_eq!(purge(after, 10), 1);
    for token in [access, refresh] {
        assert_eq!(write(store, |session| session.find_token(&token.digest)), None);
    }
}

/// Sign-ins are purged, with their tokens, that ended before the instant named or could not be refreshed any more by then.
pub fn only_sign_ins_that_are_over_are_purged<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository + SessionRepository,
{
    let (account, membership, live, [access, _]) = signed_in(store);
    let moment = chrono::TimeDelta::microseconds(1);
    let ended = SignIn {
        ended_at: Some(now() - moment),
        ..sign_in(2, account.id)
    };
    let just_ended = SignIn {
        ended_at: Some(now()),
        ..sign_in(3, account.id)
    };
    let [lapsed, just_good] = [(4, moment), (5, chrono::TimeDelta::zero())].map(|(number, more)| SignIn {
        started_at: now() - REFRESH_TOKEN_LIFETIME - more,
        refreshed_at: now() - REFRESH_TOKEN_LIFETIME - more,
        ..sign_in(number, account.id)
    });
    let with_tokens: Vec<_> = [(3, &ended), (5, &just_ended), (7, &lapsed), (9, &just_good)]
        .map(|(byte, sign_in)| (sign_in.clone(), tokens(byte, sign_in, membership.id)))
        .into_iter()
        .collect();
    write(store, |session| {
        for (sign_in, tokens) in &with_tokens {
            session.insert_session(sign_in)?;
            session.insert_tokens(tokens)?;
        }
        Ok(())
    });
    let purge = |limit| write(store, |session| session.purge_sessions(now(), limit));
    assert_eq!(purge(1), 1);
    assert_eq!(purge(10), 1);
    assert_eq!(purge(10), 0);
    let left = |token: &Token| write(store, |session| session.find_token(&token.digest)).is_some();
    let found: Vec<_> = with_tokens.iter().map(|(_, [token, _])| left(token)).collect();
    assert_eq!(found, [false, true, false, true]);
    assert!(left(&access));
    let listed = write(store, |session| {
        session.list_sessions(account.id, now() - REFRESH_TOKEN_LIFETIME - moment)
    });
    assert_eq!(listed, [just_good, live]);
}
