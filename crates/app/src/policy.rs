//! The privacy policy: what people agree to.

use identity::{PolicyInForce, PrivacyPolicyVersion};
use kernel::TextError;
use std::{fs, io, path::Path};
use thiserror::Error;

/// The version of the built-in text, and the default of the setting `privacy_policy_version`.
pub const BUILT_IN_VERSION: &str = "2026-11";

/// The most a policy's file may hold.
const MAXIMUM_BYTES: usize = 256 * 1024;

const BUILT_IN_TEXT: &str = include_str!("policy/built_in.md");

/// A version and its text.
#[derive(Clone, Debug)]
pub struct PrivacyPolicy {
    in_force: PolicyInForce,
    text: String,
}

/// Why a policy cannot be taken.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The version is no short line of text.
    #[error("privacy_policy_version: {0}")]
    Version(TextError),
    /// The file cannot be read as text.
    #[error("privacy_policy_file cannot be read: {0}")]
    Unreadable(io::Error),
    /// Nobody would have agreed to anything.
    #[error("privacy_policy_file is empty")]
    Empty,
    /// It is not a text that people read.
    #[error("privacy_policy_file has more than {MAXIMUM_BYTES} bytes")]
    TooLarge,
}

impl PrivacyPolicy {
    /// What this program says of itself.
    pub fn built_in() -> Self {
        match Self::new(BUILT_IN_VERSION, BUILT_IN_TEXT.to_owned()) {
            Ok(policy) => policy,
            // The version and the text are constants.
            Err(error) => unreachable!("the built-in policy is refused: {error}"),
        }
    }

    /// The policy of that version: the file's text, or the built-in one without a file.
    pub fn load(version: &str, file: Option<&Path>) -> Result<Self, PolicyError> {
        let text = match file {
            Some(file) => fs::read_to_string(file).map_err(PolicyError::Unreadable)?,
            None => BUILT_IN_TEXT.to_owned(),
        };
        Self::new(version, text)
    }

    fn new(version: &str, text: String) -> Result<Self, PolicyError> {
        let version = PrivacyPolicyVersion::parse(version).map_err(PolicyError::Version)?;
        if text.trim().is_empty() {
            return Err(PolicyError::Empty);
        }
        if text.len() > MAXIMUM_BYTES {
            return Err(PolicyError::TooLarge);
        }
        Ok(Self {
            in_force: PolicyInForce::new(version),
            text,
        })
    }

    /// What has to be agreed to.
    pub fn in_force(&self) -> PolicyInForce {
        self.in_force.clone()
    }

    /// What it says, in Markdown.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_text_names_its_own_version() {
        let policy = PrivacyPolicy::built_in();
        assert_eq!(policy.in_force().version().as_str(), BUILT_IN_VERSION);
        assert!(policy.text().contains(BUILT_IN_VERSION));
    }

    #[test]
    fn a_file_goes_over_the_built_in_text_and_its_size_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.md");
        fs::write(&file, "# 政策").unwrap();
        let policy = PrivacyPolicy::load("2027-01", Some(&file)).unwrap();
        assert_eq!(
            (policy.in_force().version().as_str(), policy.text()),
            ("2027-01", "# 政策")
        );
        fs::write(&file, "x".repeat(MAXIMUM_BYTES)).unwrap();
        assert!(PrivacyPolicy::load("2027-01", Some(&file)).is_ok());
        fs::write(&file, "x".repeat(MAXIMUM_BYTES + 1)).unwrap();
        assert!(matches!(
            PrivacyPolicy::load("2027-01", Some(&file)),
            Err(PolicyError::TooLarge)
        ));
        fs::write(&file, " \n").unwrap();
        assert!(matches!(
            PrivacyPolicy::load("2027-01", Some(&file)),
            Err(PolicyError::Empty)
        ));
        assert!(matches!(
            PrivacyPolicy::load("2027-01", Some(&folder.path().join("absent"))),
            Err(PolicyError::Unreadable(_))
        ));
        assert!(matches!(
            PrivacyPolicy::load("", None),
            Err(PolicyError::Version(_))
        ));
    }
}
