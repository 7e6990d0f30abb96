//! The keys: what seals personal columns and what blinds their indexes, and their form as text.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, path::PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// A secret of 256 bits. It is wiped when dropped, and shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    fn random() -> Result<Self, KeysError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(|error| KeysError::NoRandomness(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// Reads one key. One that is a repeated byte was left as it came, or typed in.
    fn parse(name: &str, text: &str) -> Result<Self, KeysError> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).unwrap_or_default());
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| KeysError::WrongLength(name.to_owned()))?;
        let [first, rest @ ..] = &*key;
        if rest.iter().all(|byte| byte == first) {
            return Err(KeysError::Weak(name.to_owned()));
        }
        Ok(Self(key))
    }

    fn to_text(&self) -> String {
        BASE64_STANDARD.encode(*self.0)
    }

    /// For the cipher alone.
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

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
    /// A key that nobody drew at random: one byte, repeated.
    #[error("the key `{0}` is no random key: make keys with `catchment keys generate`")]
    Weak(String),
    /// Two keys are the same.
    #[error("the key `{0}` stands in the key file twice: each key is one of its own")]
    Repeated(String),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness: {0}")]
    NoRandomness(String),
    /// There is no such file.
    #[error(
        "there is no key file {0}: copy the one this database was made with, or make a new one for an empty database \
         with `catchment keys generate {0}`"
    )]
    NoFile(PathBuf),
    /// The file cannot be read or written.
    #[error("the key file {0} cannot be {1}: {2}")]
    File(PathBuf, &'static str, String),
    /// Others may read the file, or change it.
    #[error("the key file {0} can be read by others than its owner: run `chmod 600 {0}`")]
    OpenToOthers(PathBuf),
    /// The file that a change is written to first is there: two changes at once, or one that broke off.
    #[error(
        "{0} is there already: another change of the keys is under way, or broke off; then remove it and try again"
    )]
    Busy(PathBuf),
    /// The blind indexes of these keys are not those of the keys before.
    #[error("the keys are those of another installation: what is found by its index would be lost")]
    OtherInstallation,
    /// There is no key of that version.
    #[error("there is no key of version {0}")]
    NoVersion(u32),
    /// The key that new values are sealed with is needed.
    #[error("version {0} is current: run `catchment keys rotate` first")]
    IsCurrent(u32),
    /// Versions have run out.
    #[error("no version is left for another key")]
    NoVersionLeft,
}

impl Keys {
    /// Fresh random keys; `demo` marks them, so that `serve` refuses them.
    pub fn generate(demo: bool) -> Result<Self, KeysError> {
        Ok(Self {
            index: Secret::random()?,
            sealing: BTreeMap::from([(1, Secret::random()?)]),
            current: 1,
            demo,
        })
    }

    /// Adds a fresh sealing key under the next version and answers it. It is not current yet.
    pub fn add(&mut self) -> Result<u32, KeysError> {
        let version = self.newest().checked_add(1).ok_or(KeysError::NoVersionLeft)?;
        self.sealing.insert(version, Secret::random()?);
        Ok(version)
    }

    /// Seals new values under that version from now on.
    pub fn make_current(&mut self, version: u32) -> Result<(), KeysError> {
        if !self.sealing.contains_key(&version) {
            return Err(KeysError::NoVersion(version));
        }
        self.current = version;
        Ok(())
    }

    /// Forgets the key of a version that is not current.
    pub fn remove(&mut self, version: u32) -> Result<(), KeysError> {
        if version == self.current {
            return Err(KeysError::IsCurrent(version));
        }
        match self.sealing.remove(&version) {
            Some(_) => Ok(()),
            None => Err(KeysError::NoVersion(version)),
        }
    }

    /// The version that new values are sealed under.
    pub const fn current(&self) -> u32 {
        self.current
    }

    /// The highest version there is a key of.
    pub fn newest(&self) -> u32 {
        self.sealing.keys().next_back().copied().unwrap_or_default()
    }

    /// The versions there are keys of, ascending.
    pub fn versions(&self) -> Vec<u32> {
        self.sealing.keys().copied().collect()
    }

    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        // The parser's message quotes the line it stopped at, which may be a key.
        let file: KeyFile =
            toml::from_str(text).map_err(|error| KeysError::Malformed(error.message().to_owned()))?;
        let index = Secret::parse("index", &file.index)?;
        let mut sealing: BTreeMap<u32, Secret> = BTreeMap::new();
        for (version, text) in &file.sealing {
            let number = version
                .parse()
                .ok()
                .filter(|number: &u32| *number > 0 && number.to_string() == *version)
                .ok_or_else(|| KeysError::Malformed(format!("`{version}` is no version")))?;
            let name = format!("sealing.{version}");
            let key = Secret::parse(&name, text)?;
            if key == index || sealing.values().any(|other| *other == key) {
                return Err(KeysError::Repeated(name));
            }
            sealing.insert(number, key);
        }
        if !sealing.contains_key(&file.current) {
            return Err(KeysError::CurrentMissing(file.current));
        }
        Ok(Self {
            index,
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
            index: self.index.to_text(),
            sealing: self
                .sealing
                .iter()
                .map(|(version, key)| (version.to_string(), key.to_text()))
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

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Keys(sealing versions {:?}, current {})",
            self.versions(),
            self.current
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        Keys::parse(text).err().unwrap().to_string()
    }

    fn file(index: &str, sealing: &str) -> String {
        format!("current = 1\nindex = \"{index}\"\n[sealing]\n{sealing}\n")
    }

    fn encoded(key: [u8; 32]) -> String {
        BASE64_STANDARD.encode(key)
    }

    fn ascending(from: u8) -> String {
        let mut next = from;
        encoded([0; 32].map(|_: u8| {
            next += 1;
            next
        }))
    }

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
        assert_eq!(
            shown(&good.replace("current = 1", "current = 2")),
            KeysError::CurrentMissing(2).to_string()
        );
        assert!(!shown("current = 1\nindex = secret-words\n").contains("secret-words"));
        let (one, other) = (ascending(0), ascending(1));
        for (text, error) in [
            (
                file("c2hvcnQ=", &format!("1 = \"{other}\"")),
                KeysError::WrongLength("index".to_owned()),
            ),
            (
                file(&one, "1 = \"c2hvcnQ=\""),
                KeysError::WrongLength("sealing.1".to_owned()),
            ),
            (
                file(&one, "1 = \"not base64\""),
                KeysError::WrongLength("sealing.1".to_owned()),
            ),
            (
                file(&encoded([0; 32]), &format!("1 = \"{other}\"")),
                KeysError::Weak("index".to_owned()),
            ),
            (
                file(&one, &format!("1 = \"{}\"", encoded([b'A'; 32]))),
                KeysError::Weak("sealing.1".to_owned()),
            ),
            (
                file(&one, &format!("1 = \"{one}\"")),
                KeysError::Repeated("sealing.1".to_owned()),
            ),
            (
                file(&one, &format!("1 = \"{other}\"\n2 = \"{other}\"")),
                KeysError::Repeated("sealing.2".to_owned()),
            ),
            (
                file(&one, &format!("01 = \"{other}\"")),
                KeysError::Malformed("`01` is no version".to_owned()),
            ),
            (
                file(&one, &format!("0 = \"{other}\"")),
                KeysError::Malformed("`0` is no version".to_owned()),
            ),
        ] {
            assert_eq!(shown(&text), error.to_string());
        }
    }

    #[test]
    fn a_key_is_added_made_current_and_only_then_the_old_one_removed() {
        let mut keys = Keys::generate(false).unwrap();
        assert_eq!(keys.add().unwrap(), 2);
        assert_eq!((keys.current(), keys.versions()), (1, vec![1, 2]));
        assert!(matches!(keys.remove(1), Err(KeysError::IsCurrent(1))));
        assert!(matches!(keys.make_current(3), Err(KeysError::NoVersion(3))));
        keys.make_current(2).unwrap();
        keys.remove(1).unwrap();
        assert!(matches!(keys.remove(1), Err(KeysError::NoVersion(1))));
        let read = Keys::parse(&keys.to_text().unwrap()).unwrap();
        assert_eq!((read.current(), read.versions()), (2, vec![2]));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = Keys::parse(&text);
        }

        #[test]
        fn no_damage_to_a_key_file_is_taken_for_other_keys(
            position in any::<prop::sample::Index>(),
            replacement in any::<char>(),
        ) {
            let text = Keys::generate(false).unwrap().to_text().unwrap();
            let mut damaged: Vec<_> = text.chars().collect();
            let position = position.index(damaged.len());
            damaged[position] = replacement;
            let damaged: String = damaged.into_iter().collect();
            // A key with another letter is another key, and nothing here can tell; anything else is refused or the same.
            if let Ok(keys) = Keys::parse(&damaged) {
                prop_assert_eq!(keys.versions().len(), 1);
                let read = keys.to_text().unwrap();
                prop_assert_eq!(read.len(), text.len());
            }
        }
    }
}
