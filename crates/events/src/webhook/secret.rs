//! What proves to a receiver that a request is ours.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Invalid;
use sha2::Sha256;
use std::fmt::{self, Write};
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";
const HEXADECIMAL_CHARACTERS: usize = 64;

/// The secret of one webhook: `whsec_` and 256 random bits in hexadecimal. The whole text is the key, so that a receiver has
/// nothing to decode. Debug output hides it, and its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Zeroizing<String>);

impl WebhookSecret {
    /// A secret of those bytes, which nobody can foresee.
    pub fn of(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(Zeroizing::new(format!("{PREFIX}{}", hexadecimal(&bytes[..]))))
    }

    /// The secret of that text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bits = text.strip_prefix(PREFIX).unwrap_or_default();
        if bits.len() == HEXADECIMAL_CHARACTERS && bits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(Invalid::new(
                "invalid_webhook_secret",
                "不是回调密钥",
                "is not a webhook's secret",
            ))
        }
    }

    /// The text. For whoever has just made the webhook, and for sealing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value of `Catchment-Signature`: `v1=` and, in hexadecimal, HMAC-SHA256 (RFC 2104) of the seconds since 1970, a
    /// full stop and the body.
    pub fn sign(&self, timestamp_seconds: i64, body: &[u8]) -> String {
        // A key of any length is taken, so that there is no error to tell.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
            return String::new();
        };
        mac.update(timestamp_seconds.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        format!("v1={}", hexadecimal(&mac.finalize().into_bytes()))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_is_never_shown() {
        let secret = WebhookSecret::of([7; 32]);
        assert_eq!(WebhookSecret::parse(secret.expose()).unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(hidden)");
        let short = secret.expose().split_at(20).0;
        for text in ["", "whsec_", short, &secret.expose().replace("whsec_", "secret")] {
            assert!(WebhookSecret::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_signature_is_what_any_other_program_makes_of_it() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac "whsec_$(printf '07%.0s' {1..32})"
        let secret = WebhookSecret::of([7; 32]);
        assert_eq!(
            secret.sign(1_700_000_000, b"{}"),
            "v1=10eb95cf4a8fbb92d9cdd5655a9900a61caa572273291bb9ae0bf2f4886ce760"
        );
        assert_ne!(
            secret.sign(1_700_000_001, b"{}"),
            secret.sign(1_700_000_000, b"{}")
        );
    }
}
