//! Who is there: read back from the database, so that a company goes on with what it has.

use super::DemoError;
use agents::AgentFilter;
use customers::CustomerFilter;
use kernel::{
    AddressId, AgentId, CourierId, CustomerId, MAXIMUM_PAGE_LIMIT, Page, PageRequest, ProductId,
    RepositoryError, Scope,
};
use std::collections::BTreeMap;
use storage::{Database, Session};

/// A customer and where its water goes.
#[derive(Clone, Copy)]
pub(super) struct Resident {
    pub(super) customer_id: CustomerId,
    pub(super) address_id: AddressId,
}

/// Everybody who takes part in a day.
pub(super) struct Roster {
    pub(super) residents: Vec<Resident>,
    couriers: BTreeMap<AgentId, Vec<CourierId>>,
    products: Vec<ProductId>,
    agents: Vec<AgentId>,
}

impl Roster {
    pub(super) fn load(database: &Database) -> Result<Self, DemoError> {
        database.read(|session| {
            let products = all(|page| session.list_products(true, page), |product| product.id)?;
            let filter = AgentFilter::default();
            let agents = all(
                |page| session.list_agents(Scope::All, &filter, page),
                |agent| agent.id,
            )?;
            let agents: Vec<_> = agents.into_iter().chain([AgentId::HEADQUARTERS]).collect();
            let mut couriers: BTreeMap<_, Vec<_>> = BTreeMap::new();
            let hired = all(
                |page| session.list_couriers(Scope::All, None, page),
                |courier| (courier.agent_id, courier.id),
            )?;
            for (agent_id, courier_id) in hired {
                couriers.entry(agent_id).or_default().push(courier_id);
            }
            Ok(Self {
                residents: residents(session)?,
                couriers,
                products,
                agents,
            })
        })
    }

    pub(super) fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.agents.iter().copied()
    }

    pub(super) fn products(&self) -> impl Iterator<Item = ProductId> {
        self.products.iter().copied()
    }

    pub(super) fn couriers(&self, agent_id: AgentId) -> &[CourierId] {
        self.couriers.get(&agent_id).map_or(&[], Vec::as_slice)
    }
}

fn residents(session: &mut dyn Session) -> Result<Vec<Resident>, DemoError> {
    let filter = CustomerFilter::default();
    let customers = all(
        |page| session.list_customers(Scope::All, &filter, page),
        |customer| customer,
    )?;
    let mut residents = Vec::with_capacity(customers.len());
    for customer in customers {
        let addresses = session.list_addresses(&customer)?;
        residents.extend(addresses.first().map(|address| Resident {
            customer_id: customer.id,
            address_id: address.id,
        }));
    }
    Ok(residents)
}

/// Every row of a list, page by page.
pub(super) fn all<Item, Key, Wanted>(
    mut list: impl FnMut(&PageRequest<Key>) -> Result<Page<Item, Key>, RepositoryError>,
    wanted: impl Fn(Item) -> Wanted,
) -> Result<Vec<Wanted>, RepositoryError> {
    let mut found = Vec::new();
    let mut page = PageRequest {
        limit: MAXIMUM_PAGE_LIMIT,
        after: None,
    };
    loop {
        let Page { items, next } = list(&page)?;
        found.extend(items.into_iter().map(&wanted));
        match next {
            Some(after) => page.after = Some(after),
            None => return Ok(found),
        }
    }
}
