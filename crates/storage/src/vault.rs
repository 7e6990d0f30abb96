//! Sealing of personal columns and blind indexes over them.
//!
//! A sealed value is an envelope: one byte of format, four bytes of key version, twelve random bytes of nonce, then the
//! ciphertext and tag of AES-256-GCM (NIST SP 800-38D). The associated data are table, column and row id, none of which
//! can change: an envelope moved to another place does not open. A blind index is HMAC-SHA256 (RFC 2104) under a key of
//! its own, over the column's purpose and the normalised value.

use crate::keys::{Keys, KeysError};
use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use kernel::RepositoryError;
use sha2::Sha256;
use std::collections::BTreeMap;
use uuid::Uuid;

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 5;
const NONCE_BYTES: usize = 12;

/// Where a sealed value stands. A value sealed for one place opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

impl Place {
    fn associated_data(self) -> Vec<u8> {
        [
            self.table.as_bytes(),
            b"\0",
            self.column.as_bytes(),
            b"\0",
            self.row.as_bytes(),
        ]
        .concat()
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

/// Seals, opens and blinds. One for the whole process.
pub struct Vault {
    ciphers: BTreeMap<u32, Aes256Gcm>,
    current: u32,
    index: Hmac<Sha256>,
}

impl Vault {
    /// A vault over these keys.
    pub fn new(keys: &Keys) -> Result<Self, KeysError> {
        let ciphers = keys
            .sealing
            .iter()
            .map(|(version, key)| Aes256Gcm::new_from_slice(key.as_slice()).map(|cipher| (*version, cipher)))
            .collect::<Result<_, _>>()
            .map_err(|_| KeysError::WrongLength("sealing".to_owned()))?;
        let index = Hmac::new_from_slice(keys.index.as_slice())
            .map_err(|_| KeysError::WrongLength("index".to_owned()))?;
        Ok(Self {
            ciphers,
            current: keys.current,
            index,
        })
    }

    /// Seals bytes for a place, under a fresh random nonce.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Sealed, RepositoryError> {
        let refused = |reason: &str| {
            RepositoryError::Refused(format!("sealing {}.{}: {reason}", place.table, place.column))
        };
        let cipher = self
            .ciphers
            .get(&self.current)
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
            [&[FORMAT][..], &self.current.to_be_bytes(), &nonce, &ciphertext].concat(),
        ))
    }

    /// Opens what was sealed for this place. An envelope that was moved, altered, or sealed under a key that is no
    /// longer there is [`RepositoryError::Corrupt`].
    pub fn open(&self, place: Place, sealed: &Sealed) -> Result<Vec<u8>, RepositoryError> {
        let bytes = sealed.0.as_slice();
        let (header, rest) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or_else(|| place.corrupt("too short to be sealed"))?;
        let (nonce, ciphertext) = rest
            .split_at_checked(NONCE_BYTES)
            .ok_or_else(|| place.corrupt("too short to be sealed"))?;
        let version = match *header {
            [FORMAT, a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
            _ => return Err(place.corrupt("of an unknown format")),
        };
        let cipher = self
            .ciphers
            .get(&version)
            .ok_or_else(|| place.corrupt("sealed under a key that is not in the key file"))?;
        let nonce =
            <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| place.corrupt("too short to be sealed"))?;
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

    /// Opens text.
    pub fn open_text(&self, place: Place, sealed: &Sealed) -> Result<String, RepositoryError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| place.corrupt("not text"))
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

/// An envelope, as it stands in its column. Made by [`Vault::seal`] alone, so that no repository can forget to seal.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes the bytes of a column.
    pub(crate) const fn from_column(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes for the column.
    pub(crate) fn as_column(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u128) -> Place {
        Place {
            table: "customers",
            column: "name",
            row: Uuid::from_u128(row),
        }
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_only() {
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let sealed = vault.seal(place(1), "张三".as_bytes()).unwrap();
        assert_eq!(vault.open_text(place(1), &sealed).unwrap(), "张三");
        assert!(vault.open(place(2), &sealed).is_err());
        assert!(
            vault
                .open(
                    Place {
                        column: "phone",
                        ..place(1)
                    },
                    &sealed
                )
                .is_err()
        );
        assert_ne!(
            vault.seal(place(1), "张三".as_bytes()).unwrap(),
            sealed,
            "the nonce is random"
        );
    }

    #[test]
    fn an_altered_or_cut_envelope_is_refused() {
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        let sealed = vault.seal(place(1), b"value").unwrap();
        for position in 0..sealed.0.len() {
            let mut altered = sealed.clone();
            altered.0[position] ^= 1;
            assert!(vault.open(place(1), &altered).is_err(), "byte {position}");
            assert!(
                vault
                    .open(place(1), &Sealed(sealed.0[..position].to_vec()))
                    .is_err(),
                "cut at {position}"
            );
        }
    }

    #[test]
    fn blind_indexes_agree_on_equal_values_and_purposes_only() {
        let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        assert_eq!(
            vault.blind("phone", "13812345678"),
            vault.blind("phone", "13812345678")
        );
        assert_ne!(
            vault.blind("phone", "13812345678"),
            vault.blind("last_four", "13812345678")
        );
        let other = Vault::new(&Keys::generate(false).unwrap()).unwrap();
        assert_ne!(
            vault.blind("phone", "13812345678"),
            other.blind("phone", "13812345678")
        );
    }
}
