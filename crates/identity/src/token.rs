//! Bearer tokens: opaque and random, known to the client as text and to us only by their digest.

use crate::{SecretSource, bearer_secret};
use chrono::TimeDelta;
use kernel::{AccountId, Instant, MembershipId, SessionId};
use std::fmt;

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How long a refresh token is good for; each refresh starts it anew.
pub const REFRESH_TOKEN_LIFETIME: TimeDelta = TimeDelta::days(30);

/// A token as its client holds it. Debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// A fresh token of that account, and what we know it by.
    pub fn generate(secrets: &dyn SecretSource, account_id: AccountId) -> (Self, TokenDigest) {
        let (text, sha256) = bearer_secret::generate(secrets, account_id.as_uuid());
        (Self(text), TokenDigest { account_id, sha256 })
    }

    /// The text. For the client only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenText(hidden)")
    }
}

/// What we know a token by: its account and its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest {
    account_id: AccountId,
    sha256: [u8; 32],
}

impl TokenDigest {
    /// The digest of what a client presented; `None` if that cannot be a token of ours.
    pub fn of(text: &str) -> Option<Self> {
        bearer_secret::digest(text).map(|(account, sha256)| Self {
            account_id: AccountId::from_uuid(account),
            sha256,
        })
    }

    /// A digest read from its row.
    pub const fn from_row(account_id: AccountId, sha256: [u8; 32]) -> Self {
        Self { account_id, sha256 }
    }

    /// The account the token claims to be of; only a stored token proves it.
    pub const fn account_id(&self) -> AccountId {
        self.account_id
    }

    /// The SHA-256 of the token's bytes.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Goes with every request.
    Access,
    /// Buys one new pair of tokens.
    Refresh,
}

impl TokenKind {
    /// The stable name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Access, Self::Refresh]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Access => ACCESS_TOKEN_LIFETIME,
            Self::Refresh => REFRESH_TOKEN_LIFETIME,
        }
    }
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is known by; it names the account.
    pub digest: TokenDigest,
    /// The sign-in it belongs to.
    pub session_id: SessionId,
    /// The membership it acts in.
    pub membership_id: MembershipId,
    /// What it is good for.
    pub kind: TokenKind,
    /// When it stops being good.
    pub expires_at: Instant,
    /// When it was used up: a refresh token by its refresh, any token by a change of membership.
    pub used_at: Option<Instant>,
}

/// A fresh access and refresh token, as the client is handed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPair {
    /// Goes with every request, for [`ACCESS_TOKEN_LIFETIME`].
    pub access: TokenText,
    /// Buys the next pair, within [`REFRESH_TOKEN_LIFETIME`].
    pub refresh: TokenText,
}

impl TokenPair {
    /// Makes a pair, and the two rows to keep of it.
    pub(crate) fn issue(
        secrets: &dyn SecretSource,
        now: Instant,
        account_id: AccountId,
        session_id: SessionId,
        membership_id: MembershipId,
    ) -> (Self, [Token; 2]) {
        let (access, access_digest) = TokenText::generate(secrets, account_id);
        let (refresh, refresh_digest) = TokenText::generate(secrets, account_id);
        let rows = [
            (access_digest, TokenKind::Access),
            (refresh_digest, TokenKind::Refresh),
        ];
        let rows = rows.map(|(digest, kind)| Token {
            digest,
            session_id,
            membership_id,
            kind,
            expires_at: now + kind.lifetime(),
            used_at: None,
        });
        (Self { access, refresh }, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bearer_secret::tests::Sevens;
    use uuid::Uuid;

    #[test]
    fn a_token_is_known_by_its_account_and_digest() {
        let account_id = AccountId::from_uuid(Uuid::from_u128(42));
        let (token, digest) = TokenText::generate(&Sevens, account_id);
        assert_eq!(TokenDigest::of(token.expose()), Some(digest));
        assert_eq!(digest.account_id(), account_id);
        assert_eq!(TokenDigest::from_row(account_id, *digest.sha256()), digest);
        assert_eq!(format!("{token:?}"), "TokenText(hidden)");
    }

    #[test]
    fn a_pair_is_two_rows_of_two_lifetimes() {
        let now = "2026-11-22T08:00:00Z".parse().unwrap();
        let id = Uuid::from_u128(1);
        let (_, rows) = TokenPair::issue(
            &Sevens,
            now,
            AccountId::from_uuid(id),
            SessionId::from_uuid(id),
            MembershipId::from_uuid(id),
        );
        let lifetimes: Vec<_> = rows.iter().map(|row| row.expires_at - now).collect();
        assert_eq!(lifetimes, [ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME]);
    }

    #[test]
    fn names_of_kinds_come_back() {
        for kind in [TokenKind::Access, TokenKind::Refresh] {
            assert_eq!(TokenKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(TokenKind::from_name("other"), None);
    }
}
