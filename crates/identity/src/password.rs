//! Passwords, and the port behind which they are hashed.

use kernel::Invalid;
use std::fmt;
use zeroize::Zeroizing;

const MINIMUM_CHARACTERS: usize = 8;
const MAXIMUM_CHARACTERS: usize = 128;

/// A password as somebody typed it: 8 to 128 characters of any kind. Debug output hides it, and its memory is wiped
/// when it is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Checks the length. Nothing is cut or changed.
    pub fn parse(text: String) -> Result<Self, Invalid> {
        let text = Zeroizing::new(text);
        let characters = text.chars().count();
        if characters < MINIMUM_CHARACTERS {
            Err(Invalid::new(
                "password_too_short",
                "密码至少 8 个字符",
                "must have at least 8 characters",
            ))
        } else if characters > MAXIMUM_CHARACTERS {
            Err(Invalid::new(
                "password_too_long",
                "密码最多 128 个字符",
                "must have at most 128 characters",
            ))
        } else {
            Ok(Self(text))
        }
    }

    /// The password itself. For hashing only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(hidden)")
    }
}

/// What is kept of a password: the hasher's own text form with its parameters and salt. Debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a text that a [`PasswordHasher`] made, from itself or from a row.
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The text form. For storage and for the hasher that made it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(hidden)")
    }
}

/// Hashes passwords and verifies them. Both are slow on purpose: never call them inside a transaction.
pub trait PasswordHasher: Send + Sync {
    /// The hash to keep, with a salt of its own.
    fn hash(&self, password: &Password) -> PasswordHash;

    /// Whether the hash was made of that password. Without a hash it takes as long as with one and answers `false`, so
    /// that the time does not tell whether an account exists.
    fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_bounded_in_characters() {
        assert!(Password::parse("八个字的密码可以".to_owned()).is_ok());
        assert!(Password::parse("x".repeat(128)).is_ok());
        assert_eq!(
            Password::parse("七个字的密码短".to_owned()).unwrap_err().code,
            "password_too_short"
        );
        assert_eq!(
            Password::parse("x".repeat(129)).unwrap_err().code,
            "password_too_long"
        );
    }

    #[test]
    fn debug_output_hides_it() {
        let password = Password::parse("correct horse".to_owned()).unwrap();
        let hash = PasswordHash::from_text("$argon2id$…".to_owned());
        assert_eq!(
            format!("{password:?} {hash:?}"),
            "Password(hidden) PasswordHash(hidden)"
        );
    }
}
