//! Sealing of contents.
//!
//! A sealed content is one byte of format, twelve random bytes of nonce, then the ciphertext and tag of AES-256-GCM (NIST SP
//! 800-38D) under the content's own key. The id is associated data, so a content that was moved to another id does not open
//! even if their keys are alike.

use crate::Place;
use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use attachments::{ContentError, ContentKey, ContentStore, MAXIMUM_CONTENT_BYTES};
use kernel::AttachmentId;

const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const MAXIMUM_SEALED_BYTES: usize = 1 + NONCE_BYTES + MAXIMUM_CONTENT_BYTES + TAG_BYTES;

/// A store of contents that seals what it hands on to a place.
pub struct Sealed<P>(P);

impl<P: Place> Sealed<P> {
    /// Seals for that place.
    pub const fn new(place: P) -> Self {
        Self(place)
    }
}

fn refused(why: impl std::fmt::Display) -> ContentError {
    ContentError::Refused(format!("sealing: {why}"))
}

fn associated_data(id: AttachmentId) -> Vec<u8> {
    [&b"attachments\0content\0"[..], id.as_uuid().as_bytes()].concat()
}

fn cipher(key: &ContentKey) -> Result<Aes256Gcm, ContentError> {
    Aes256Gcm::new_from_slice(key.expose()).map_err(refused)
}

impl<P: Place> ContentStore for Sealed<P> {
    fn put_content(&self, id: AttachmentId, key: &ContentKey, content: &[u8]) -> Result<(), ContentError> {
        if content.len() > MAXIMUM_CONTENT_BYTES {
            return Err(refused("too large"));
        }
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(refused)?;
        let payload = Payload {
            msg: content,
            aad: &associated_data(id),
        };
        let ciphertext = cipher(key)?
            .encrypt(&nonce.into(), payload)
            .map_err(|_| refused("the cipher refused"))?;
        self.0.put(id, &[&[FORMAT][..], &nonce, &ciphertext].concat())
    }

    fn get_content(&self, id: AttachmentId, key: &ContentKey) -> Result<Vec<u8>, ContentError> {
        let corrupt = |reason| ContentError::Corrupt { id, reason };
        let sealed = self
            .0
            .get(id, MAXIMUM_SEALED_BYTES)?
            .ok_or_else(|| corrupt("it is not there"))?;
        let (nonce, ciphertext) = match sealed.split_first() {
            Some((&FORMAT, rest)) => rest.split_first_chunk::<NONCE_BYTES>(),
            _ => return Err(corrupt("of an unknown format")),
        }
        .ok_or_else(|| corrupt("too short to be sealed"))?;
        let payload = Payload {
            msg: ciphertext,
            aad: &associated_data(id),
        };
        cipher(key)?
            .decrypt(&(*nonce).into(), payload)
            .map_err(|_| corrupt("moved, altered, or sealed with another key"))
    }

    fn delete_content(&self, id: AttachmentId) -> Result<(), ContentError> {
        self.0.delete(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, sync::Mutex};
    use uuid::Uuid;

    #[derive(Default)]
    struct Memory(Mutex<BTreeMap<AttachmentId, Vec<u8>>>);

    impl Place for Memory {
        fn put(&self, id: AttachmentId, sealed: &[u8]) -> Result<(), ContentError> {
            self.0.lock().unwrap().insert(id, sealed.to_vec());
            Ok(())
        }

        fn get(&self, id: AttachmentId, _: usize) -> Result<Option<Vec<u8>>, ContentError> {
            Ok(self.0.lock().unwrap().get(&id).cloned())
        }

        fn delete(&self, id: AttachmentId) -> Result<(), ContentError> {
            self.0.lock().unwrap().remove(&id);
            Ok(())
        }
    }

    fn id(number: u128) -> AttachmentId {
        AttachmentId::from_uuid(Uuid::from_u128(number))
    }

    fn key(byte: u8) -> ContentKey {
        ContentKey::from_bytes([byte; 32])
    }

    #[test]
    fn a_content_opens_under_its_own_id_and_key_only() {
        let contents = Sealed::new(Memory::default());
        contents.put_content(id(1), &key(1), b"a picture").unwrap();
        assert_eq!(contents.get_content(id(1), &key(1)).unwrap(), b"a picture");
        let stored = contents.0.0.lock().unwrap()[&id(1)].clone();
        assert!(!stored.windows(9).any(|part| part == b"a picture"));
        contents.0.put(id(2), &stored).unwrap();
        for (id, key) in [(id(1), key(2)), (id(2), key(1)), (id(3), key(1))] {
            let refused = contents.get_content(id, &key);
            assert!(
                matches!(refused, Err(ContentError::Corrupt { .. })),
                "{refused:?}"
            );
        }
        contents.put_content(id(1), &key(1), b"a picture").unwrap();
        assert_ne!(
            contents.0.0.lock().unwrap()[&id(1)],
            stored,
            "the nonce is random"
        );
        contents.delete_content(id(1)).unwrap();
        assert!(contents.get_content(id(1), &key(1)).is_err());
    }

    #[test]
    fn an_altered_or_cut_content_is_refused() {
        let contents = Sealed::new(Memory::default());
        contents.put_content(id(1), &key(1), b"value").unwrap();
        let stored = contents.0.0.lock().unwrap()[&id(1)].clone();
        for position in 0..stored.len() {
            let mut altered = stored.clone();
            altered[position] ^= 1;
            for broken in [altered, stored[..position].to_vec()] {
                contents.0.put(id(1), &broken).unwrap();
                let refused = contents.get_content(id(1), &key(1));
                assert!(
                    matches!(refused, Err(ContentError::Corrupt { .. })),
                    "byte {position}"
                );
            }
        }
    }

    #[test]
    fn a_content_larger_than_any_picture_is_refused() {
        let contents = Sealed::new(Memory::default());
        let most = vec![0; MAXIMUM_CONTENT_BYTES];
        contents.put_content(id(1), &key(1), &most).unwrap();
        assert_eq!(contents.0.0.lock().unwrap()[&id(1)].len(), MAXIMUM_SEALED_BYTES);
        let more = vec![0; MAXIMUM_CONTENT_BYTES + 1];
        let refused = contents.put_content(id(1), &key(1), &more);
        assert!(matches!(refused, Err(ContentError::Refused(_))), "{refused:?}");
    }
}
