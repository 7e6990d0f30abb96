//! Customers.

use super::{
    BATCH_ROWS,
    schema::customers,
    sealed_person::{SealedPerson, WantedIndexes},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::CUSTOMERS};
use ::customers::{Address, Customer, CustomerFilter, CustomerRepository};
use diesel::prelude::*;
use kernel::{AccountId, AddressId, CustomerId, Page, PageRequest, RepositoryError, Scope};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct CustomerRow {
    id: Key,
    account_id: Option<Key>,
    name_sealed: Envelope,
    name_index: Vec<u8>,
    surname_index: Vec<u8>,
    phone_sealed: Option<Envelope>,
    phone_index: Option<Vec<u8>>,
    last_four_index: Option<Vec<u8>>,
    created_at: Moment,
    erased_at: Option<Moment>,
    version: i64,
}

fn sealed_row(vault: &Vault, id: CustomerId) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &CUSTOMERS,
        key: RowKey::id(id.as_uuid()),
    }
}

fn to_row(vault: &Vault, customer: &Customer) -> Result<CustomerRow, RepositoryError> {
    let person = SealedPerson::seal(
        &sealed_row(vault, customer.id),
        &customer.name,
        customer.phone.as_ref(),
    )?;
    Ok(CustomerRow {
        id: customer.id.into(),
        account_id: customer.account_id.map(Key::from),
        name_sealed: person.name_sealed,
        name_index: person.name_index,
        surname_index: person.surname_index,
        phone_sealed: person.phone_sealed,
        phone_index: person.phone_index,
        last_four_index: person.last_four_index,
        created_at: customer.created_at.into(),
        erased_at: customer.erased_at.map(Moment),
        version: customer.version,
    })
}

fn to_customer(vault: &Vault, row: &CustomerRow) -> Result<Customer, RepositoryError> {
    let id = CustomerId::from(row.id);
    let (name, phone) = SealedPerson::open(
        &sealed_row(vault, id),
        &row.name_sealed,
        row.phone_sealed.as_ref(),
    )?;
    Ok(Customer {
        id,
        account_id: row.account_id.map(Into::into),
        name,
        phone,
        created_at: row.created_at.0,
        erased_at: row.erased_at.map(|at| at.0),
        version: row.version,
    })
}

impl CustomerRepository for Session {
    fn insert_customers(&mut self, added: &[Customer]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|customer| to_row(vault, customer))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(customers::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_customers(
        &mut self,
        ids: &BTreeSet<CustomerId>,
    ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError> {
        customers::table
            .filter(customers::id.eq_any(ids.iter().copied().map(Key::from)))
            .select(CustomerRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| Ok((row.id.into(), to_customer(&self.shared.vault, row)?)))
            .collect()
    }

    fn find_customer_by_account(
        &mut self,
        account_id: AccountId,
    ) -> Result<Option<Customer>, RepositoryError> {
        customers::table
            .filter(customers::account_id.eq(Key::from(account_id)))
            .order(customers::id)
            .select(CustomerRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_customer(&self.shared.vault, &row))
            .transpose()
    }

    fn list_customers(
        &mut self,
        scope: Scope,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<Customer, CustomerId>, RepositoryError> {
        let wanted = WantedIndexes::of(&self.shared.vault, filter);
        let mut query = customers::table
            .order(customers::id.desc())
            .limit(page.fetch_limit())
            .select(CustomerRow::as_select())
            .into_boxed();
        match scope {
            Scope::All => {}
            Scope::Customer(own) => query = query.filter(customers::id.eq(Key::from(own))),
            Scope::Agent(_) | Scope::Courier { .. } => {
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            }
        }
        if let Some(after) = page.after {
            query = query.filter(customers::id.lt(Key::from(after)));
        }
        if let Some(phone) = wanted.phone {
            query = query.filter(customers::phone_index.eq(phone));
        }
        if let Some(last_four) = wanted.last_four {
            query = query.filter(customers::last_four_index.eq(last_four));
        }
        if let Some((name, surname)) = wanted.name {
            query = query.filter(
                customers::name_index
                    .eq(name)
                    .or(customers::surname_index.eq(surname)),
            );
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_customer(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |customer: &Customer| customer.id))
    }

    fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, customer)?;
        let written = diesel::update(customers::table)
            .filter(customers::id.eq(row.id))
            .filter(customers::version.eq(row.version))
            .set((
                customers::account_id.eq(row.account_id),
                customers::name_sealed.eq(row.name_sealed),
                customers::name_index.eq(row.name_index),
                customers::surname_index.eq(row.surname_index),
                customers::phone_sealed.eq(row.phone_sealed),
                customers::phone_index.eq(row.phone_index),
                customers::last_four_index.eq(row.last_four_index),
                customers::erased_at.eq(row.erased_at),
                customers::version.eq(row.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "customers")
    }

    fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError> {
        self.append_addresses(addresses)
    }

    fn find_addresses(
        &mut self,
        ids: &BTreeSet<AddressId>,
    ) -> Result<BTreeMap<AddressId, Address>, RepositoryError> {
        self.addresses_of_ids(ids)
    }

    fn list_addresses(&mut self, customer: &Customer) -> Result<Vec<Address>, RepositoryError> {
        self.addresses_of_customer(customer.id)
    }
}
