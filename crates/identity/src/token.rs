//! Bearer tokens: opaque and random, known to the client as text and to us only by their digest.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use kernel::{AccountId, Instant, MembershipId, SessionId};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How long a refresh token is good for; each refresh starts it anew.
pub const REFRESH_TOKEN_LIFETIME: TimeDelta = TimeDelta::days(30);

const ACCOUNT_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// Unpredictable bytes. Handed in like the clock, so that tests repeat.
pub trait SecretSource: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A token as its client holds it: the account's id and 256 random bits, in URL-safe base64. Debug output hides it.
///
/// The account's id is inside so that the rows of one sign-in are found on the shard of their account.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// A fresh token of that account.
    pub fn generate(secrets: &dyn SecretSource, account_id: AccountId) -> Self {
        let mut bytes = [0; ACCOUNT_BYTES + SECRET_BYTES];
        let (account, secret) = bytes.split_at_mut(ACCOUNT_BYTES);
        account.copy_from_slice(account_id.as_uuid().as_bytes());
        secrets.fill(secret);
        Self(URL_SAFE_NO_PAD.encode(bytes))
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

/// What we know a token by: its account and its SHA-256. Slow hashing would add nothing to 256 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest {
    account_id: AccountId,
    sha256: [u8; 32],
}

impl TokenDigest {
    /// The digest of what a client presented; `None` if that cannot be a token of ours.
    pub fn of(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (account, secret) = bytes.split_first_chunk::<ACCOUNT_BYTES>()?;
        (secret.len() == SECRET_BYTES).then(|| Self {
            account_id: AccountId::from_uuid(Uuid::from_bytes(*account)),
            sha256: Sha256::digest(&bytes).into(),
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
    ) -> (Self, Vec<Token>) {
        let pair = Self {
            access: TokenText::generate(secrets, account_id),
            refresh: TokenText::generate(secrets, account_id),
        };
        let rows = [
            (&pair.access, TokenKind::Access),
            (&pair.refresh, TokenKind::Refresh),
        ];
        let rows = rows
            .into_iter()
            .filter_map(|(text, kind)| {
                Some(Token {
                    digest: TokenDigest::of(text.expose())?,
                    session_id,
                    membership_id,
                    kind,
                    expires_at: now + kind.lifetime(),
                    used_at: None,
                })
            })
            .collect();
        (pair, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl SecretSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_token_is_known_by_its_account_and_digest() {
        let account_id = AccountId::from_uuid(Uuid::from_u128(42));
        let token = TokenText::generate(&Sevens, account_id);
        let digest = TokenDigest::of(token.expose()).unwrap();
        assert_eq!(digest.account_id(), account_id);
        assert_eq!(TokenDigest::from_row(account_id, *digest.sha256()), digest);
        assert_eq!(format!("{token:?}"), "TokenText(hidden)");
    }

    #[test]
    fn what_cannot_be_a_token_has_no_digest() {
        let token = TokenText::generate(&Sevens, AccountId::from_uuid(Uuid::from_u128(42)));
        let long = format!("{}AAAA", token.expose());
        for text in ["", "x", "???", token.expose().split_at(40).0, &long] {
            assert_eq!(TokenDigest::of(text), None, "{text}");
        }
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
