//! The operating system's randomness.

use identity::SecretSource;

/// Fills secrets from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSecrets;

impl SecretSource for SystemSecrets {
    fn fill(&self, bytes: &mut [u8]) {
        // A machine without randomness cannot make a token that is safe to hand out.
        assert!(
            getrandom::fill(bytes).is_ok(),
            "the operating system gave no randomness"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_alike() {
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemSecrets.fill(&mut first);
        SystemSecrets.fill(&mut second);
        assert_ne!(first, second);
    }
}
