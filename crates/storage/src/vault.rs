//! Sealing of personal columns and blind indexes over them.
//!
//! A sealed value is an envelope: one byte of format, four bytes of key version, twelve random bytes of nonce, then the
//! ciphertext and tag of AES-256-GCM (NIST SP 800-38D). The associated data are table, column and row key, none of which
//! can change: an envelope moved to another place does not open. A blind index is HMAC-SHA256 (RFC 2104) under a key of
//! its own, over the column's purpose and the normalised value.

use crate::{
    RowKey,
    key_source::{KeyFile, KeySource},
    keys::{Keys, KeysError, Secret},
};
use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use identity::ChainDigest;
use kernel::RepositoryError;
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 5;
const NONCE_BYTES: usize = 12;

/// Where a sealed value stands. A value sealed for one place opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The table.
    pub(crate) table: &'static str,
    /// The column.
    pub(crate) column: &'static str,
    /// The row's key.
    pub(crate) row: &'a RowKey,
}

impl Place<'_> {
    fn associated_data(self) -> Vec<u8> {
        let row = self.row.bytes();
        [self.table.as_bytes(), b"\0", self.column.as_bytes(), b"\0", &row].concat()
    }

    fn corrupt(self, reason: &str) -> RepositoryError {
        RepositoryError::Corrupt {
            table: self.table,
            column: self.column,
            row: self.row.to_string(),
            reason: reason.to_owned(),
        }
    }
}

/// Seals, opens and blinds. One for the whole process. It follows the key file it was opened with: see [`Self::follow`].
pub struct Vault {
    sealing: RwLock<Arc<Sealing>>,
    index: Hmac<Sha256>,
    source: Option<KeySource>,
}

/// The sealing keys of one moment.
struct Sealing {
    ciphers: BTreeMap<u32, Aes256Gcm>,
    current: u32,
    /// To tell whether others have come.
    keys: BTreeMap<u32, Secret>,
}

impl Sealing {
    fn new(keys: &Keys) -> Result<Self, KeysError> {
        let ciphers = keys
            .sealing
            .iter()
            .map(|(version, key)| Aes256Gcm::new_from_slice(key.expose()).map(|cipher| (*version, cipher)))
            .collect::<Result<_, _>>()
            .map_err(|_| KeysError::WrongLength("sealing".to_owned()))?;
        Ok(Self {
            ciphers,
            current: keys.current,
            keys: keys.sealing.clone(),
        })
    }
}

impl Vault {
    /// A vault over these keys, which stay as they are.
    pub fn new(keys: &Keys) -> Result<Self, KeysError> {
        Ok(Self {
            sealing: RwLock::new(Arc::new(Sealing::new(keys)?)),
            index: hmac(keys)?,
            source: None,
        })
    }

    /// A vault over the keys that are kept there. It follows when they change.
    pub fn open_source(source: KeySource) -> Result<Self, KeysError> {
        let fixed = Self::new(&source.load()?)?;
        Ok(Self {
            source: Some(source),
            ..fixed
        })
    }

    /// Takes over what has changed where the keys are kept since they were read; tells whether something had. Keys that
    /// cannot be read leave this as it is, and so does a file of another installation: what is found by its blind index
    /// would be lost.
    pub fn follow(&self) -> Result<bool, KeysError> {
        let Some(source) = &self.source else {
            return Ok(false);
        };
        let keys = source.load()?;
        // Nobody can find a difference by the time this takes: the keys are ours.
        let present = self.sealing();
        if present.current == keys.current && present.keys == keys.sealing {
            return Ok(false);
        }
        if hmac(&keys)?.finalize().into_bytes() != self.index.clone().finalize().into_bytes() {
            return Err(KeysError::OtherInstallation);
        }
        let sealing = Arc::new(Sealing::new(&keys)?);
        *self.sealing.write().unwrap_or_else(PoisonError::into_inner) = sealing;
        Ok(true)
    }

    /// The file that this follows; `None` where the keys cannot change.
    pub(crate) const fn key_file(&self) -> Option<&KeyFile> {
        match &self.source {
            Some(KeySource::File(file)) => Some(file),
            Some(KeySource::Text(_)) | None => None,
        }
    }

    /// The version that new values are sealed under.
    pub fn current_version(&self) -> u32 {
        self.sealing().current
    }

    fn sealing(&self) -> Arc<Sealing> {
        Arc::clone(&self.sealing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals bytes for a place, under a fresh random nonce.
    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Sealed, RepositoryError> {
        let refused = |reason: &str| {
            RepositoryError::Refused(format!("sealing {}.{}: {reason}", place.table, place.column))
        };
        let sealing = self.sealing();
        let cipher = sealing
            .ciphers
            .get(&sealing.current)
            .ok_or_else(|| refused("no current key"))?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| refused(&error.to_string()))?;
        let ciphertext = cipher
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: plain,
                    aad: &place.associated_data(),
                },
            )
            .map_err(|_| refused("the cipher refused"))?;
        Ok(Sealed(
            [&header(sealing.current)[..], &nonce, &ciphertext].concat(),
        ))
    }

    /// Opens what was sealed for this place. An envelope that was moved, altered, or sealed under a key that is no
    /// longer there is [`RepositoryError::Corrupt`].
    pub(crate) fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<Vec<u8>, RepositoryError> {
        let Parts {
            version,
            nonce,
            ciphertext,
        } = sealed.parts().map_err(|reason| place.corrupt(reason))?;
        let mut sealing = self.sealing();
        if !sealing.ciphers.contains_key(&version) {
            // The keys have just rotated, and somebody else knew first.
            match self.follow() {
                Ok(_) => sealing = self.sealing(),
                Err(error) => tracing::warn!(%error, "the keys cannot be read again"),
            }
        }
        let cipher = sealing
            .ciphers
            .get(&version)
            .ok_or_else(|| place.corrupt("sealed under a key that is not in the key file"))?;
        cipher
            .decrypt(
                &nonce.into(),
                Payload {
                    msg: ciphertext,
                    aad: &place.associated_data(),
                },
            )
            .map_err(|_| place.corrupt("moved or altered"))
    }

    /// The blind index of a normalised value for a purpose, such as `username`. Equal values have equal indexes; nothing
    /// else can be told from one without the key.
    pub fn blind(&self, purpose: &str, value: &str) -> Vec<u8> {
        self.keyed_digest(&[purpose.as_bytes(), b"\0", value.as_bytes()])
    }

    /// A keyed digest for tamper-evidence, such as that of a cursor.
    pub fn keyed_digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut digest = self.index.clone();
        for part in parts {
            digest.update(part);
        }
        digest.finalize().into_bytes().to_vec()
    }
}

impl ChainDigest for Vault {
    fn chain_digest(&self, previous: &[u8], entry: &[u8]) -> [u8; 32] {
        let mut digest = self.index.clone();
        for part in [&b"audit"[..], b"\0", previous, entry] {
            digest.update(part);
        }
        digest.finalize().into_bytes().into()
    }
}

fn hmac(keys: &Keys) -> Result<Hmac<Sha256>, KeysError> {
    Hmac::new_from_slice(keys.index.expose()).map_err(|_| KeysError::WrongLength("index".to_owned()))
}

/// What every envelope that is sealed under this version begins with.
pub(crate) fn header(version: u32) -> [u8; HEADER_BYTES] {
    let [a, b, c, d] = version.to_be_bytes();
    [FORMAT, a, b, c, d]
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Vault(sealing under version {})",
            self.current_version()
        )
    }
}

/// An envelope, as it stands in its column. Made by [`Vault::seal`] alone, so that no repository can forget to seal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed(Vec<u8>);

struct Parts<'a> {
    version: u32,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'a [u8],
}

impl Sealed {
    /// Takes the bytes of a column.
    pub(crate) const fn from_column(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes for the column.
    pub(crate) fn as_column(&self) -> &[u8] {
        &self.0
    }

    fn parts(&self) -> Result<Parts<'_>, &'static str> {
        const TOO_SHORT: &str = "too short to be sealed";
        let (header, rest) = self.0.split_first_chunk::<HEADER_BYTES>().ok_or(TOO_SHORT)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(TOO_SHORT)?;
        let [FORMAT, version @ ..] = *header else {
            return Err("of an unknown format");
        };
        Ok(Parts {
            version: u32::from_be_bytes(version),
            nonce: *nonce,
            ciphertext,
        })
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests;
