//! What decides an order's way: customers, addresses, products and the territory map, loaded for a whole set.

use super::{Destination, PlaceOrder, PlaceOrderRefusal};
use crate::{AddressSnapshot, OrderLine, ReservedCustomerRepository, Routing};
use customers::{Address, AgentCustomerRepository, Customer, CustomerRepository};
use inventory::{Product, ProductRepository};
use kernel::{
    AddressId, AgentId, ContractId, CustomerId, DivisionCode, Money, ProductId, RepositoryError, Scope,
};
use regions::{DivisionLevel, DivisionTree, Responsible, RoutingRule, TerritoryMap, TerritoryRepository};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Everything that routing and pricing look at.
pub(super) struct Known {
    customers: BTreeMap<CustomerId, Customer>,
    addresses: BTreeMap<AddressId, Address>,
    products: BTreeMap<ProductId, Product>,
    customers_of_agents: BTreeSet<(AgentId, CustomerId)>,
    reserved: BTreeSet<(CustomerId, ContractId)>,
    map: Arc<TerritoryMap>,
}

/// An order whose agent and prices are known, and whose stock is still to be looked at.
pub(super) struct Routed<'command> {
    pub(super) command: &'command PlaceOrder,
    pub(super) address: AddressSnapshot,
    pub(super) responsible: Responsible,
    pub(super) routing: Routing,
    pub(super) county_code: DivisionCode,
    pub(super) lines: Vec<OrderLine>,
    pub(super) total: Money,
}

impl Known {
    pub(super) fn load(
        session: &mut (
                 impl CustomerRepository
                 + AgentCustomerRepository
                 + ProductRepository
                 + TerritoryRepository
                 + ReservedCustomerRepository
                 + ?Sized
             ),
        commands: &[PlaceOrder],
    ) -> Result<Self, RepositoryError> {
        let customers = commands.iter().map(|command| command.customer_id).collect();
        let addresses = commands
            .iter()
            .filter_map(|command| match &command.destination {
                Destination::Known(address_id) => Some(*address_id),
                Destination::Given(_) => None,
            })
            .collect();
        let products = commands
            .iter()
            .flat_map(|command| command.lines.iter().map(|(product_id, _)| *product_id))
            .collect();
        let pairs = commands
            .iter()
            .filter_map(|command| match command.actor.scope {
                Scope::Agent(agent_id) => Some((agent_id, command.customer_id)),
                Scope::All | Scope::Courier { .. } | Scope::Customer(_) => None,
            })
            .collect();
        Ok(Self {
            customers: session.find_customers(&customers)?,
            addresses: session.find_addresses(&addresses)?,
            products: session.find_products(&products)?,
            customers_of_agents: session.find_known_customers(&pairs)?,
            reserved: session.find_reserved_customers(&customers)?,
            map: session.territory_map()?,
        })
    }

    pub(super) fn customer(&self, id: CustomerId) -> Option<&Customer> {
        self.customers.get(&id)
    }

    /// Finds the agent and the prices of one order.
    pub(super) fn route<'command>(
        &self,
        tree: &DivisionTree,
        command: &'command PlaceOrder,
    ) -> Result<Routed<'command>, PlaceOrderRefusal> {
        self.check_customer(command)?;
        let address = self.address(command)?;
        let responsible = self.responsible(tree, command, address.division_code)?;
        let lines = self.priced_lines(command)?;
        let total = lines
            .iter()
            .map(|line| line.unit_price.times(line.quantity.get()))
            .collect::<Option<Vec<_>>>()
            .and_then(Money::total)
            .ok_or(PlaceOrderRefusal::TotalTooLarge)?;
        let county_code = tree
            .path(responsible.division_code)
            .find(|division| division.level != DivisionLevel::Township)
            .map_or(responsible.division_code, |division| division.code);
        let routing = Routing {
            rule: responsible.rule,
            territory_id: responsible.territory_id,
            map_version: self.map.version,
        };
        Ok(Routed {
            command,
            address,
            responsible,
            routing,
            county_code,
            lines,
            total,
        })
    }

    fn check_customer(&self, command: &PlaceOrder) -> Result<(), PlaceOrderRefusal> {
        let known_to_actor = match command.actor.scope {
            Scope::Agent(agent_id) => self
                .customers_of_agents
                .contains(&(agent_id, command.customer_id)),
            Scope::All | Scope::Courier { .. } | Scope::Customer(_) => true,
        };
        if known_to_actor
            && command.actor.may_order_for(command.customer_id)
            && self
                .customer(command.customer_id)
                .is_some_and(|customer| !customer.is_erased())
        {
            Ok(())
        } else {
            Err(PlaceOrderRefusal::CustomerNotFound(command.customer_id))
        }
    }

    fn address(&self, command: &PlaceOrder) -> Result<AddressSnapshot, PlaceOrderRefusal> {
        match &command.destination {
            Destination::Given(address) => Ok(address.clone()),
            Destination::Known(address_id) => self
                .addresses
                .get(address_id)
                .filter(|address| address.customer_id == command.customer_id)
                .map(|address| AddressSnapshot {
                    address_id: Some(address.id),
                    division_code: address.division_code,
                    detail: address.detail.clone(),
                    contact_name: address.contact_name.clone(),
                    contact_phone: Some(address.contact_phone.clone()),
                    position: address.position,
                })
                .ok_or(PlaceOrderRefusal::AddressNotFound(*address_id)),
        }
    }

    /// Who answers for the address: whom headquarters names, else the territory map, unless the contract that it leads to
    /// reserves the customer. An agent's staff orders inside its own territory only.
    fn responsible(
        &self,
        tree: &DivisionTree,
        command: &PlaceOrder,
        division_code: DivisionCode,
    ) -> Result<Responsible, PlaceOrderRefusal> {
        let routed = self.map.responsible(tree, division_code, command.at);
        let reserves = |contract_id| self.reserved.contains(&(command.customer_id, contract_id));
        let routed = if routed.contract_id.is_some_and(reserves) {
            Responsible::headquarters(routed.division_code, RoutingRule::ReservedCustomer)
        } else {
            routed
        };
        match (command.actor.scope, command.agent_id) {
            (Scope::All, Some(agent_id)) if agent_id == AgentId::HEADQUARTERS => Ok(
                Responsible::headquarters(routed.division_code, RoutingRule::HeadquartersOverride),
            ),
            (Scope::All, Some(agent_id)) => {
                let agent_number = self
                    .map
                    .agent_number(agent_id, command.at)
                    .ok_or(PlaceOrderRefusal::AgentNotFound(agent_id))?;
                let rule = RoutingRule::HeadquartersOverride;
                Ok(Responsible {
                    agent_id,
                    agent_number,
                    territory_id: None,
                    contract_id: None,
                    rule,
                    ..routed
                })
            }
            (Scope::Agent(agent_id), _) if agent_id != routed.agent_id => {
                Err(PlaceOrderRefusal::OutsideTerritory { division_code })
            }
            _ => Ok(routed),
        }
    }

    fn priced_lines(&self, command: &PlaceOrder) -> Result<Vec<OrderLine>, PlaceOrderRefusal> {
        command
            .lines
            .iter()
            .enumerate()
            .map(|(line, (product_id, quantity))| {
                let product = self
                    .products
                    .get(product_id)
                    .filter(|product| product.listed)
                    .ok_or(PlaceOrderRefusal::ProductNotForSale { line })?;
                Ok(OrderLine {
                    product_id: *product_id,
                    product_name: product.name.clone(),
                    quantity: *quantity,
                    unit_price: product.unit_price,
                    container: product.container,
                })
            })
            .collect()
    }
}
