//! Secrets that whoever bears them is believed by: 256 random bits behind the id of the secret's owner.
//!
//! The owner's id is inside so that the row is found on the owner's shard. The bearer holds the text; we keep its SHA-256:
//! slow hashing would add nothing to 256 random bits.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const OWNER_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// Unpredictable bytes. Handed in like the clock, so that tests repeat.
pub trait SecretSource: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A fresh secret of that owner, as text in URL-safe base64, and its digest.
pub(crate) fn generate(secrets: &dyn SecretSource, owner: Uuid) -> (String, [u8; 32]) {
    let mut bytes = [0; OWNER_BYTES + SECRET_BYTES];
    let (owner_part, secret) = bytes.split_at_mut(OWNER_BYTES);
    owner_part.copy_from_slice(owner.as_bytes());
    secrets.fill(secret);
    (URL_SAFE_NO_PAD.encode(bytes), Sha256::digest(bytes).into())
}

/// The owner that a presented text claims, and the text's digest; `None` if it cannot be a secret of ours.
pub(crate) fn digest(text: &str) -> Option<(Uuid, [u8; 32])> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (owner, secret) = bytes.split_first_chunk::<OWNER_BYTES>()?;
    (secret.len() == SECRET_BYTES).then(|| (Uuid::from_bytes(*owner), Sha256::digest(&bytes).into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A source that is not random at all.
    pub(crate) struct Sevens;

    impl SecretSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_secret_names_its_owner_and_is_known_by_its_digest() {
        let owner = Uuid::from_u128(42);
        let (text, sha256) = generate(&Sevens, owner);
        assert_eq!(digest(&text), Some((owner, sha256)));
    }

    #[test]
    fn what_cannot_be_a_secret_has_no_digest() {
        let (text, _) = generate(&Sevens, Uuid::from_u128(42));
        let long = format!("{text}AAAA");
        for other in ["", "x", "???", text.split_at(40).0, &long] {
            assert_eq!(digest(other), None, "{other}");
        }
    }
}
