//! The key file: what seals personal columns and what blinds their indexes.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;
use zeroize::Zeroizing;

/// A secret of 256 bits.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The secrets of one installation. Nothing sealed can be read without them; they never stand in the database.
pub struct Keys {
    pub(crate) index: Secret,
    pub(crate) sealing: BTreeMap<u32, Secret>,
    pub(crate) current: u32,
    demo: bool,
}

/// The file's own shape.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    demo: bool,
    current: u32,
    index: String,
    sealing: BTreeMap<String, String>,
}

/// Why a key file cannot be used. No message shows a key.
#[derive(Debug, Error)]
pub enum KeysError {
    /// It is not the TOML this expects.
    #[error("the key file is not readable: {0}")]
    Malformed(String),
    /// A key is not 32 bytes in base64.
    #[error("the key `{0}` is not 32 bytes in base64")]
    WrongLength(String),
    /// The version that new values are to be sealed with has no key.
    #[error("the key file names version {0} as current but has no key for it")]
    CurrentMissing(u32),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness: {0}")]
    NoRandomness(String),
}

impl Keys {
    /// Fresh random keys; `demo` marks them, so that `serve` refuses them.
    pub fn generate(demo: bool) -> Result<Self, KeysError> {
        let secret = || {
            let mut bytes = Zeroizing::new([0; 32]);
            getrandom::fill(&mut *bytes).map_err(|error| KeysError::NoRandomness(error.to_string()))?;
            Ok(bytes)
        };
        Ok(Self {
            index: secret()?,
            sealing: BTreeMap::from([(1, secret()?)]),
            current: 1,
            demo,
        })
    }

    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        // The parser's message quotes the line it stopped at, which may be a key.
        let file: KeyFile =
            toml::from_str(text).map_err(|error| KeysError::Malformed(error.message().to_owned()))?;
        let secret = |name: &str, text: &str| {
            let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).unwrap_or_default());
            <[u8; 32]>::try_from(bytes.as_slice())
                .map(Zeroizing::new)
                .map_err(|_| KeysError::WrongLength(name.to_owned()))
        };
        let mut sealing = BTreeMap::new();
        for (version, text) in &file.sealing {
            let number = version
                .parse()
                .map_err(|_| KeysError::Malformed(format!("`{version}` is no version")))?;
            sealing.insert(number, secret(&format!("sealing.{version}"), text)?);
        }
        if !sealing.contains_key(&file.current) {
            return Err(KeysError::CurrentMissing(file.current));
        }
        Ok(Self {
            index: secret("index", &file.index)?,
            sealing,
            current: file.current,
            demo: file.demo,
        })
    }

    /// The text of a key file with these keys. Keep it readable by its owner only.
    pub fn to_text(&self) -> Result<Zeroizing<String>, KeysError> {
        let file = KeyFile {
            demo: self.demo,
            current: self.current,
            index: BASE64_STANDARD.encode(*self.index),
            sealing: self
                .sealing
                .iter()
                .map(|(version, key)| (version.to_string(), BASE64_STANDARD.encode(**key)))
                .collect(),
        };
        toml::to_string(&file)
            .map(Zeroizing::new)
            .map_err(|error| KeysError::Malformed(error.to_string()))
    }

    /// Whether these keys were made for a demo company.
    pub const fn is_demo(&self) -> bool {
        self.demo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back() {
        let text = Keys::generate(true).unwrap().to_text().unwrap();
        let read = Keys::parse(&text).unwrap();
        assert!(read.is_demo());
        assert_eq!(*read.to_text().unwrap(), *text);
    }

    #[test]
    fn a_defect_is_named_and_no_key_is_shown() {
        let good = Keys::generate(false).unwrap().to_text().unwrap();
        let shown = |text: &str| Keys::parse(text).err().unwrap().to_string();
        assert_eq!(
            shown(&good.replace("current = 1", "current = 2")),
            KeysError::CurrentMissing(2).to_string()
        );
        assert_eq!(
            shown("current = 1\nindex = \"c2hvcnQ=\"\n[sealing]\n1 = \"c2hvcnQ=\"\n"),
            KeysError::WrongLength("sealing.1".to_owned()).to_string()
        );
        assert!(!shown("current = 1\nindex = secret-words\n").contains("secret-words"));
    }
}
