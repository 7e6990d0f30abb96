//! A customer's name and phone as columns: sealed, and beside them the blind indexes they are found by. The same in
//! every table that has them.

use super::sealing::{Envelope, SealedRow};
use crate::Vault;
use customers::CustomerFilter;
use kernel::{MobileNumber, PersonName, RepositoryError};

/// The columns `name_sealed`, `name_index`, `surname_index`, `phone_sealed`, `phone_index` and `last_four_index`.
pub(super) struct SealedPerson {
    pub(super) name_sealed: Envelope,
    pub(super) name_index: Vec<u8>,
    pub(super) surname_index: Vec<u8>,
    pub(super) phone_sealed: Option<Envelope>,
    pub(super) phone_index: Option<Vec<u8>>,
    pub(super) last_four_index: Option<Vec<u8>>,
}

impl SealedPerson {
    /// Seals name and phone for a row.
    pub(super) fn seal(
        row: &SealedRow<'_>,
        name: &PersonName,
        phone: Option<&MobileNumber>,
    ) -> Result<Self, RepositoryError> {
        Ok(Self {
            name_sealed: row.seal("name_sealed", name.as_str())?,
            name_index: name_index(row.vault, name.as_str()),
            surname_index: surname_index(row.vault, name.surname()),
            phone_sealed: phone
                .map(|phone| row.seal("phone_sealed", phone.as_str()))
                .transpose()?,
            phone_index: phone.map(|phone| phone_index(row.vault, phone.as_str())),
            last_four_index: phone.map(|phone| last_four_index(row.vault, phone.last_four())),
        })
    }

    /// Opens name and phone of a row.
    pub(super) fn open(
        row: &SealedRow<'_>,
        name_sealed: &Envelope,
        phone_sealed: Option<&Envelope>,
    ) -> Result<(PersonName, Option<MobileNumber>), RepositoryError> {
        let name = row.open("name_sealed", name_sealed, PersonName::parse)?;
        let phone = phone_sealed
            .map(|sealed| row.open("phone_sealed", sealed, MobileNumber::parse))
            .transpose()?;
        Ok((name, phone))
    }
}

/// What the blind indexes of the wanted customers are; `None` where there is no such condition.
pub(super) struct WantedIndexes {
    pub(super) phone: Option<Vec<u8>>,
    pub(super) last_four: Option<Vec<u8>>,
    /// Of the whole name, and of the surname: either may be meant.
    pub(super) name: Option<(Vec<u8>, Vec<u8>)>,
}

impl WantedIndexes {
    /// Blinds what is looked for.
    pub(super) fn of(vault: &Vault, filter: &CustomerFilter) -> Self {
        Self {
            phone: filter
                .phone
                .as_ref()
                .map(|phone| phone_index(vault, phone.as_str())),
            last_four: filter
                .last_four
                .as_ref()
                .map(|digits| last_four_index(vault, digits.as_str())),
            name: filter.name.as_ref().map(|name| {
                (
                    name_index(vault, name.as_str()),
                    surname_index(vault, name.as_str()),
                )
            }),
        }
    }
}

fn name_index(vault: &Vault, name: &str) -> Vec<u8> {
    vault.blind("customer_name", name)
}

fn surname_index(vault: &Vault, surname: &str) -> Vec<u8> {
    vault.blind("customer_surname", surname)
}

fn phone_index(vault: &Vault, phone: &str) -> Vec<u8> {
    vault.blind("customer_phone", phone)
}

fn last_four_index(vault: &Vault, digits: &str) -> Vec<u8> {
    vault.blind("customer_last_four", digits)
}
