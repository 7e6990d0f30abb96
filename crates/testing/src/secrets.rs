//! Passwords and randomness that cost nothing.

use identity::{Password, PasswordHash, PasswordHasher, SecretSource};
use std::sync::atomic::{AtomicU8, Ordering};

/// Keeps passwords as they are: instant, and as unsafe as it sounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainPasswords;

impl PasswordHasher for PlainPasswords {
    fn hash(&self, password: &Password) -> PasswordHash {
        PasswordHash::from_text(format!("plain:{}", password.expose()))
    }

    fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> bool {
        hash.is_some_and(|hash| *hash == self.hash(password))
    }
}

/// "Random" bytes that count up from a seed, one step a call, at most 256 calls before they repeat.
#[derive(Debug)]
pub struct SeededSecrets(AtomicU8);

impl SeededSecrets {
    /// A source of its own.
    pub const fn new(seed: u8) -> Self {
        Self(AtomicU8::new(seed))
    }
}

impl SecretSource for SeededSecrets {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}
