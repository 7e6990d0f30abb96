//! The addresses of customers: the part of their port that has a table of its own.

use super::{
    BATCH_ROWS,
    schema::customer_addresses,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::CUSTOMER_ADDRESSES};
use ::customers::{Address, Position};
use diesel::prelude::*;
use kernel::{AddressId, CustomerId, DivisionCode, Invalid, MobileNumber, PersonName, RepositoryError, Text};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = customer_addresses, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct AddressRow {
    customer_id: Key,
    id: Key,
    division_code: i32,
    detail_sealed: Envelope,
    contact_name_sealed: Envelope,
    contact_phone_sealed: Envelope,
    position_sealed: Option<Envelope>,
    created_at: Moment,
}

fn sealed_row(vault: &Vault, customer_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &CUSTOMER_ADDRESSES,
        key: RowKey::ids(customer_id, id),
    }
}

fn to_row(vault: &Vault, address: &Address) -> Result<AddressRow, RepositoryError> {
    let row = sealed_row(vault, address.customer_id.into(), address.id.into());
    Ok(AddressRow {
        customer_id: address.customer_id.into(),
        id: address.id.into(),
        division_code: address.division_code.nine_digits().cast_signed(),
        detail_sealed: row.seal("detail_sealed", address.detail.as_str())?,
        contact_name_sealed: row.seal("contact_name_sealed", address.contact_name.as_str())?,
        contact_phone_sealed: row.seal("contact_phone_sealed", address.contact_phone.as_str())?,
        position_sealed: address
            .position
            .map(|position| {
                let text = format!("{},{}", position.longitude_e6(), position.latitude_e6());
                row.seal("position_sealed", &text)
            })
            .transpose()?,
        created_at: address.created_at.into(),
    })
}

fn to_address(vault: &Vault, stored: &AddressRow) -> Result<Address, RepositoryError> {
    let row = sealed_row(vault, stored.customer_id, stored.id);
    let division_code = u32::try_from(stored.division_code)
        .ok()
        .and_then(DivisionCode::from_nine_digits)
        .ok_or_else(|| row.corrupt("division_code", "has no nine digits"))?;
    Ok(Address {
        id: stored.id.into(),
        customer_id: stored.customer_id.into(),
        division_code,
        detail: row.open("detail_sealed", &stored.detail_sealed, Text::parse)?,
        contact_name: row.open(
            "contact_name_sealed",
            &stored.contact_name_sealed,
            PersonName::parse,
        )?,
        contact_phone: row.open(
            "contact_phone_sealed",
            &stored.contact_phone_sealed,
            MobileNumber::parse,
        )?,
        position: stored
            .position_sealed
            .as_ref()
            .map(|sealed| row.open("position_sealed", sealed, parse_position))
            .transpose()?,
        created_at: stored.created_at.0,
    })
}

fn parse_position(text: &str) -> Result<Position, Invalid> {
    const MALFORMED: Invalid = Invalid::new("malformed", "格式错误", "must be two whole numbers");
    let (longitude, latitude) = text.split_once(',').ok_or(MALFORMED)?;
    Position::from_e6(
        longitude.parse().map_err(|_| MALFORMED)?,
        latitude.parse().map_err(|_| MALFORMED)?,
    )
}

impl Session {
    pub(super) fn append_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError> {
        for batch in addresses.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|address| to_row(vault, address))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(customer_addresses::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    pub(super) fn addresses_of_ids(
        &mut self,
        ids: &BTreeSet<AddressId>,
    ) -> Result<BTreeMap<AddressId, Address>, RepositoryError> {
        customer_addresses::table
            .filter(customer_addresses::id.eq_any(ids.iter().copied().map(Key::from)))
            .select(AddressRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| Ok((row.id.into(), to_address(&self.shared.vault, row)?)))
            .collect()
    }

    pub(super) fn addresses_of_customer(
        &mut self,
        customer_id: CustomerId,
    ) -> Result<Vec<Address>, RepositoryError> {
        customer_addresses::table
            .filter(customer_addresses::customer_id.eq(Key::from(customer_id)))
            .order(customer_addresses::id)
            .select(AddressRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_address(&self.shared.vault, row))
            .collect()
    }
}
