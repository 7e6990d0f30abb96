//! Customers whom headquarters keeps for itself. A small table that every shard has whole.

use super::{
    schema::reserved_customers,
    session::Session,
    values::{Key, Moment},
};
use diesel::prelude::*;
use kernel::{ContractId, CustomerId, ReachedAgent, RepositoryError};
use orders::{ReservedCustomer, ReservedCustomerRepository};
use std::collections::BTreeSet;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = reserved_customers, check_for_backend(super::Backend))]
struct ReservedRow {
    agent_id: Key,
    contract_id: Key,
    customer_id: Key,
    reserved_at: Moment,
}

impl ReservedCustomerRepository for Session {
    fn insert_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError> {
        let row = ReservedRow {
            agent_id: reserved.agent_id.into(),
            contract_id: reserved.contract_id.into(),
            customer_id: reserved.customer_id.into(),
            reserved_at: reserved.reserved_at.into(),
        };
        diesel::insert_into(reserved_customers::table)
            .values(&row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn delete_reserved_customer(&mut self, reserved: &ReservedCustomer) -> Result<(), RepositoryError> {
        let own = reserved_customers::table
            .filter(reserved_customers::agent_id.eq(Key::from(reserved.agent_id)))
            .filter(reserved_customers::contract_id.eq(Key::from(reserved.contract_id)))
            .filter(reserved_customers::customer_id.eq(Key::from(reserved.customer_id)));
        let deleted = diesel::delete(own)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(deleted, 1, "a reserved customer")
    }

    fn find_reserved_customers(
        &mut self,
        customers: &BTreeSet<CustomerId>,
    ) -> Result<BTreeSet<(CustomerId, ContractId)>, RepositoryError> {
        let rows: Vec<(Key, Key)> = reserved_customers::table
            .filter(reserved_customers::customer_id.eq_any(customers.iter().copied().map(Key::from)))
            .select((reserved_customers::customer_id, reserved_customers::contract_id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(rows
            .into_iter()
            .map(|(customer, contract)| (customer.into(), contract.into()))
            .collect())
    }

    fn list_reserved_customers(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<Vec<ReservedCustomer>, RepositoryError> {
        let rows = reserved_customers::table
            .filter(reserved_customers::agent_id.eq(Key::from(agent.id())))
            .order((reserved_customers::contract_id, reserved_customers::customer_id))
            .select(ReservedRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let reserved = rows.into_iter().map(|row| ReservedCustomer {
            agent_id: row.agent_id.into(),
            contract_id: row.contract_id.into(),
            customer_id: row.customer_id.into(),
            reserved_at: row.reserved_at.0,
        });
        Ok(reserved.collect())
    }
}
