//! One key, one effect: what was answered to a request that may be sent again.

use kernel::{AccountId, Instant, Invalid, RepositoryError};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt};
use uuid::Uuid;

const MAXIMUM_CHARACTERS: usize = 128;

/// A client's name for one request: 1 to 128 printable ASCII characters without spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes the text of the header as it is.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let length_is_right = (1..=MAXIMUM_CHARACTERS).contains(&text.len());
        if length_is_right && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "invalid_idempotency_key",
                "须为 1 至 128 个可见的 ASCII 字符",
                "must be 1 to 128 printable ASCII characters without spaces",
            ))
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What tells one request from another under the same key: SHA-256 of method, path and raw body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestDigest([u8; 32]);

impl RequestDigest {
    /// The digest of a request. The line breaks cannot stand in a method or a path, so no two requests run together.
    pub fn of(method: &str, path: &str, body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// A digest read from its row.
    pub const fn from_row(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The bytes, for storage.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for RequestDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RequestDigest")
    }
}

/// A request that had its effect, and what was answered to it. Refusals leave none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Who sent it: a key is the account's own, whatever agent the effect went to.
    pub account_id: AccountId,
    /// The account's name for it.
    pub key: IdempotencyKey,
    /// What was asked.
    pub request_digest: RequestDigest,
    /// The HTTP status of the answer, 200 to 299.
    pub status: u16,
    /// The body of the answer. It may hold personal values: storage seals it.
    pub answer: Vec<u8>,
    /// What was made.
    pub resource_id: Option<Uuid>,
    /// When.
    pub created_at: Instant,
}

/// The records.
pub trait IdempotencyRepository {
    /// The records that are there under those keys.
    fn find_idempotency_records(
        &mut self,
        keys: &[(AccountId, IdempotencyKey)],
    ) -> Result<BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>, RepositoryError>;

    /// Keeps records in the transaction of their effects. A rival that has not committed is waited for;
    /// [`RepositoryError::LostRace`] if a key is taken, so that the command runs again and finds the rival's answer.
    fn insert_idempotency_records(&mut self, records: &[IdempotencyRecord]) -> Result<(), RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_bounded_and_printable() {
        assert!(IdempotencyKey::parse("a").is_ok());
        assert!(IdempotencyKey::parse(&"~".repeat(128)).is_ok());
        for text in ["", "a b", "键", "a\0", &"a".repeat(129)] {
            assert_eq!(
                IdempotencyKey::parse(text).unwrap_err().code,
                "invalid_idempotency_key"
            );
        }
    }

    #[test]
    fn method_path_and_body_each_make_another_request() {
        let base = RequestDigest::of("POST", "/a", b"{}");
        assert_eq!(base, RequestDigest::from_row(*base.as_bytes()));
        for other in [
            RequestDigest::of("PUT", "/a", b"{}"),
            RequestDigest::of("POST", "/b", b"{}"),
            RequestDigest::of("POST", "/a", b"{ }"),
            RequestDigest::of("POST", "/a\n{", b"}"),
        ] {
            assert_ne!(base, other);
        }
    }
}
