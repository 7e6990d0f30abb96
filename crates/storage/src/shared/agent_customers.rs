//! What agents know of customers.

use super::{
    BATCH_ROWS,
    agent_customer_sets::upsert_known_rows,
    schema::{agent_customers, customer_agents},
    sealed_person::{SealedPerson, WantedIndexes},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::AGENT_CUSTOMERS};
use customers::{AgentCustomer, AgentCustomerRepository, CustomerFilter, FirstOrder};
use diesel::prelude::*;
use kernel::{
    AgentId, CustomerId, MobileNumber, Page, PageRequest, PersonName, ReachedAgent, RepositoryError,
};
use std::collections::BTreeSet;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = agent_customers, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct AgentCustomerRow {
    agent_id: Key,
    customer_id: Key,
    name_sealed: Envelope,
    name_index: Vec<u8>,
    surname_index: Vec<u8>,
    phone_sealed: Option<Envelope>,
    phone_index: Option<Vec<u8>>,
    last_four_index: Option<Vec<u8>>,
    first_order_id: Option<Key>,
    first_ordered_at: Option<Moment>,
}

#[derive(Insertable)]
#[diesel(table_name = customer_agents, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct CustomerAgentRow {
    customer_id: Key,
    agent_id: Key,
}

fn sealed_row(vault: &Vault, agent_id: AgentId, customer_id: CustomerId) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &AGENT_CUSTOMERS,
        key: RowKey::ids(agent_id.as_uuid(), customer_id.as_uuid()),
    }
}

fn to_row(vault: &Vault, known: &AgentCustomer) -> Result<AgentCustomerRow, RepositoryError> {
    let row = sealed_row(vault, known.agent_id, known.customer_id);
    let person = SealedPerson::seal(&row, &known.name, known.phone.as_ref())?;
    Ok(AgentCustomerRow {
        agent_id: known.agent_id.into(),
        customer_id: known.customer_id.into(),
        name_sealed: person.name_sealed,
        name_index: person.name_index,
        surname_index: person.surname_index,
        phone_sealed: person.phone_sealed,
        phone_index: person.phone_index,
        last_four_index: person.last_four_index,
        first_order_id: known.first_order.map(|first| first.order_id.into()),
        first_ordered_at: known.first_order.map(|first| first.ordered_at.into()),
    })
}

fn to_agent_customer(vault: &Vault, row: &AgentCustomerRow) -> Result<AgentCustomer, RepositoryError> {
    let (agent_id, customer_id) = (row.agent_id.into(), row.customer_id.into());
    let (name, phone) = SealedPerson::open(
        &sealed_row(vault, agent_id, customer_id),
        &row.name_sealed,
        row.phone_sealed.as_ref(),
    )?;
    let first_order = row.first_order_id.zip(row.first_ordered_at);
    Ok(AgentCustomer {
        agent_id,
        customer_id,
        name,
        phone,
        first_order: first_order.map(|(order_id, ordered_at)| FirstOrder {
            order_id: order_id.into(),
            ordered_at: ordered_at.0,
        }),
    })
}

impl AgentCustomerRepository for Session {
    fn insert_agent_customers(
        &mut self,
        rows: &[AgentCustomer],
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError> {
        let (mut seen, mut new) = (BTreeSet::new(), BTreeSet::new());
        // In key order, so that two sets that share rows never wait for each other.
        let mut known: Vec<_> = rows
            .iter()
            .filter(|row| seen.insert((row.agent_id, row.customer_id)))
            .collect();
        known.sort_by_key(|row| (row.agent_id, row.customer_id));
        for batch in known.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|known| to_row(vault, known))
                .collect::<Result<Vec<_>, _>>()?;
            let written =
                upsert_known_rows(&mut self.connection, &rows).map_err(|error| self.faults.of(error))?;
            new.extend(
                written
                    .into_iter()
                    .filter(|(.., first_order_id)| first_order_id.is_some())
                    .map(|(agent_id, customer_id, _)| (agent_id.into(), customer_id.into())),
            );
            let agents: Vec<_> = rows
                .iter()
                .map(|row| CustomerAgentRow {
                    customer_id: row.customer_id,
                    agent_id: row.agent_id,
                })
                .collect();
            diesel::insert_into(customer_agents::table)
                .values(&agents)
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(new)
    }

    fn find_known_customers(
        &mut self,
        pairs: &BTreeSet<(AgentId, CustomerId)>,
    ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError> {
        // One statement over both columns finds a few pairs too many, since it crosses them.
        let agents: BTreeSet<_> = pairs.iter().map(|(agent_id, _)| Key::from(*agent_id)).collect();
        let customers: BTreeSet<_> = pairs
            .iter()
            .map(|(_, customer_id)| Key::from(*customer_id))
            .collect();
        let found: Vec<(Key, Key)> = agent_customers::table
            .filter(agent_customers::agent_id.eq_any(agents))
            .filter(agent_customers::customer_id.eq_any(customers))
            .select((agent_customers::agent_id, agent_customers::customer_id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(found
            .into_iter()
            .map(|(agent_id, customer_id)| (agent_id.into(), customer_id.into()))
            .filter(|pair| pairs.contains(pair))
            .collect())
    }

    fn list_agent_customers(
        &mut self,
        agent: ReachedAgent,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerId>,
    ) -> Result<Page<AgentCustomer, CustomerId>, RepositoryError> {
        let wanted = WantedIndexes::of(&self.shared.vault, filter);
        let mut query = agent_customers::table
            .filter(agent_customers::agent_id.eq(Key::from(agent.id())))
            .order(agent_customers::customer_id.desc())
            .limit(page.fetch_limit())
            .select(AgentCustomerRow::as_select())
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(agent_customers::customer_id.lt(Key::from(after)));
        }
        if let Some(phone) = wanted.phone {
            query = query.filter(agent_customers::phone_index.eq(phone));
        }
        if let Some(last_four) = wanted.last_four {
            query = query.filter(agent_customers::last_four_index.eq(last_four));
        }
        if let Some((name, surname)) = wanted.name {
            query = query.filter(
                agent_customers::name_index
                    .eq(name)
                    .or(agent_customers::surname_index.eq(surname)),
            );
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_agent_customer(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |row: &AgentCustomer| row.customer_id))
    }

    fn list_agents_of_customer(&mut self, customer_id: CustomerId) -> Result<Vec<AgentId>, RepositoryError> {
        let found: Vec<Key> = customer_agents::table
            .filter(customer_agents::customer_id.eq(Key::from(customer_id)))
            .order(customer_agents::agent_id)
            .select(customer_agents::agent_id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    fn rename_agent_customers(
        &mut self,
        customer_id: CustomerId,
        name: &PersonName,
        phone: Option<&MobileNumber>,
    ) -> Result<(), RepositoryError> {
        for agent_id in self.list_agents_of_customer(customer_id)? {
            let row = sealed_row(&self.shared.vault, agent_id, customer_id);
            let person = SealedPerson::seal(&row, name, phone)?;
            diesel::update(agent_customers::table)
                .filter(agent_customers::agent_id.eq(Key::from(agent_id)))
                .filter(agent_customers::customer_id.eq(Key::from(customer_id)))
                .set((
                    agent_customers::name_sealed.eq(person.name_sealed),
                    agent_customers::name_index.eq(person.name_index),
                    agent_customers::surname_index.eq(person.surname_index),
                    agent_customers::phone_sealed.eq(person.phone_sealed),
                    agent_customers::phone_index.eq(person.phone_index),
                    agent_customers::last_four_index.eq(person.last_four_index),
                ))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }
}
