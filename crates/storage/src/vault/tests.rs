use super::*;
use crate::KeyFile;
use proptest::prelude::*;
use uuid::Uuid;

fn row(id: u128) -> RowKey {
    RowKey::id(Uuid::from_u128(id))
}

fn name(row: &RowKey) -> Place<'_> {
    Place {
        table: "customers",
        column: "name_sealed",
        row,
    }
}

fn vault() -> Vault {
    Vault::new(&Keys::generate(false).unwrap()).unwrap()
}

#[test]
fn a_sealed_value_opens_in_its_place_only() {
    let (vault, here) = (vault(), row(1));
    let sealed = vault.seal(name(&here), "张三".as_bytes()).unwrap();
    assert_eq!(vault.open(name(&here), &sealed).unwrap(), "张三".as_bytes());
    let elsewhere = [
        Place {
            table: "couriers",
            ..name(&here)
        },
        Place {
            column: "phone_sealed",
            ..name(&here)
        },
        name(&row(2)),
        name(&row(1).and_number(1)),
    ]
    .map(|place| vault.open(place, &sealed).is_err());
    assert_eq!(elsewhere, [true; 4]);
    assert_ne!(
        vault.seal(name(&here), "张三".as_bytes()).unwrap(),
        sealed,
        "the nonce is random"
    );
}

#[test]
fn an_altered_or_cut_envelope_is_refused() {
    let (vault, here) = (vault(), row(1));
    let sealed = vault.seal(name(&here), b"value").unwrap();
    for position in 0..sealed.0.len() {
        let mut altered = sealed.clone();
        altered.0[position] ^= 1;
        assert!(vault.open(name(&here), &altered).is_err(), "byte {position}");
        assert!(
            vault
                .open(name(&here), &Sealed(sealed.0[..position].to_vec()))
                .is_err(),
            "cut at {position}"
        );
    }
}

#[test]
fn blind_indexes_agree_on_equal_values_and_purposes_only() {
    let vault_one = vault();
    assert_eq!(
        vault_one.blind("phone", "13812345678"),
        vault_one.blind("phone", "13812345678")
    );
    assert_ne!(
        vault_one.blind("phone", "13812345678"),
        vault_one.blind("last_four", "13812345678")
    );
    assert_ne!(
        vault_one.blind("phone", "13812345678"),
        vault().blind("phone", "13812345678")
    );
}

#[test]
fn what_an_unknown_version_sealed_makes_it_read_the_file_again_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    KeyFile::create(&path, &Keys::generate(false).unwrap()).unwrap();
    let open = || Vault::open_source(KeySource::File(KeyFile::at(&path))).unwrap();
    let (slow, here) = (open(), row(1));
    let old = slow.seal(name(&here), b"old").unwrap();
    KeyFile::at(&path)
        .change(|keys| {
            let version = keys.add()?;
            keys.make_current(version)
        })
        .unwrap();
    let new = open().seal(name(&here), b"new").unwrap();
    assert_eq!(slow.current_version(), 1);
    assert_eq!(slow.open(name(&here), &new).unwrap(), b"new");
    assert_eq!(slow.current_version(), 2);
    assert_eq!(slow.open(name(&here), &old).unwrap(), b"old");
    KeyFile::at(&path).change(|keys| keys.remove(1)).unwrap();
    assert!(slow.follow().unwrap());
    assert!(!slow.follow().unwrap());
    assert!(slow.open(name(&here), &old).is_err());
}

#[test]
fn keys_of_another_installation_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    KeyFile::create(&path, &Keys::generate(false).unwrap()).unwrap();
    let vault = Vault::open_source(KeySource::File(KeyFile::at(&path))).unwrap();
    let here = row(1);
    let sealed = vault.seal(name(&here), b"value").unwrap();
    std::fs::remove_file(&path).unwrap();
    KeyFile::create(&path, &Keys::generate(false).unwrap()).unwrap();
    assert!(matches!(vault.follow(), Err(KeysError::OtherInstallation)));
    assert_eq!(vault.open(name(&here), &sealed).unwrap(), b"value");
}

#[test]
fn debug_shows_no_key_and_no_ciphertext() {
    let keys = Keys::generate(false).unwrap();
    let text = keys.to_text().unwrap();
    let vault = Vault::new(&keys).unwrap();
    let here = row(1);
    let shown = format!(
        "{vault:?} {keys:?} {:?} {:?} {:?}",
        keys.index,
        vault.seal(name(&here), b"value").unwrap(),
        KeySource::Text(text.clone())
    );
    assert_eq!(
        shown,
        "Vault(sealing under version 1) Keys(sealing versions [1], current 1) Secret(hidden) Sealed(38 bytes) KeySource::Text(hidden)"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_envelope_parser_panic_or_open(bytes in prop::collection::vec(any::<u8>(), 0..80), known in any::<bool>()) {
        let (vault, here) = (vault(), row(1));
        let bytes = if known { [&header(1)[..], &bytes].concat() } else { bytes };
        prop_assert!(vault.open(name(&here), &Sealed(bytes)).is_err());
    }

    #[test]
    fn any_bytes_come_back_as_they_were(plain in prop::collection::vec(any::<u8>(), 0..300), id in any::<u128>()) {
        let (vault, here) = (vault(), row(id));
        let sealed = vault.seal(name(&here), &plain).unwrap();
        prop_assert_eq!(sealed.parts().map(|parts| parts.version), Ok(1));
        prop_assert_eq!(vault.open(name(&here), &sealed).unwrap(), plain);
    }
}
