//! What the use cases of customers do when a port answers with an error.
#![allow(clippy::ref_option_ref, reason = "mockall takes arguments apart by reference")]

use customers::{
    AddAddress, AddAddressError, Address, AddressInput, AgentCustomer, AgentCustomerRepository,
    ChangeCustomer, ChangeCustomerError, CreateCustomer, CreateCustomerError, Customer, CustomerFilter,
    CustomerRepository, add_address, change_customer, create_customer,
};
use events::{Event, OutboxRepository};
use kernel::{
    AccountId, AddressId, AgentId, CustomerId, EventId, Instant, MobileNumber, Page, PageRequest, PersonName,
    ReachedAgent, RepositoryError, Scope, TerritoryId,
};
use mockall::mock;
use regions::{
    Claim, DivisionTree, Suspension, Territory, TerritoryFilter, TerritoryMap, TerritoryRepository,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use testing::{SeededIds, build::customers::customer_id, instant};

mock! {
    Away {}

    impl CustomerRepository for Away {
        fn insert_customers(&mut self, customers: &[Customer]) -> Result<(), RepositoryError>;
        fn find_customers(
            &mut self,
            ids: &BTreeSet<CustomerId>,
        ) -> Result<BTreeMap<CustomerId, Customer>, RepositoryError>;
        fn find_customer_by_account(&mut self, id: AccountId) -> Result<Option<Customer>, RepositoryError>;
        fn list_customers(
            &mut self,
            scope: Scope,
            filter: &CustomerFilter,
            page: &PageRequest<CustomerId>,
        ) -> Result<Page<Customer, CustomerId>, RepositoryError>;
        fn save_customer(&mut self, customer: &Customer) -> Result<(), RepositoryError>;
        fn insert_addresses(&mut self, addresses: &[Address]) -> Result<(), RepositoryError>;
        fn find_addresses(
            &mut self,
            ids: &BTreeSet<AddressId>,
        ) -> Result<BTreeMap<AddressId, Address>, RepositoryError>;
        fn list_addresses(&mut self, customer: &Customer) -> Result<Vec<Address>, RepositoryError>;
    }
    impl AgentCustomerRepository for Away {
        fn insert_agent_customers(
            &mut self,
            rows: &[AgentCustomer],
        ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;
        fn find_known_customers(
            &mut self,
            pairs: &BTreeSet<(AgentId, CustomerId)>,
        ) -> Result<BTreeSet<(AgentId, CustomerId)>, RepositoryError>;
        fn list_agent_customers(
            &mut self,
            agent: ReachedAgent,
            filter: &CustomerFilter,
            page: &PageRequest<CustomerId>,
        ) -> Result<Page<AgentCustomer, CustomerId>, RepositoryError>;
        fn list_agents_of_customer(&mut self, id: CustomerId) -> Result<Vec<AgentId>, RepositoryError>;
        fn rename_agent_customers<'phone>(
            &mut self,
            customer_id: CustomerId,
            name: &PersonName,
            phone: Option<&'phone MobileNumber>,
        ) -> Result<(), RepositoryError>;
    }
    impl TerritoryRepository for Away {
        fn insert_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn save_territories(&mut self, territories: &[Territory]) -> Result<(), RepositoryError>;
        fn find_territory_conflicts(&mut self, claims: &[Claim]) -> Result<Vec<Territory>, RepositoryError>;
        fn find_territories(
            &mut self,
            ids: &[TerritoryId],
        ) -> Result<BTreeMap<TerritoryId, Territory>, RepositoryError>;
        fn list_agent_territories(
            &mut self,
            agent_id: AgentId,
            after: Instant,
        ) -> Result<Vec<Territory>, RepositoryError>;
        fn save_suspension(&mut self, suspension: &Suspension) -> Result<(), RepositoryError>;
        fn list_suspensions(&mut self, agents: &[AgentId]) -> Result<Vec<Suspension>, RepositoryError>;
        fn list_territories(
            &mut self,
            scope: Scope,
            filter: &TerritoryFilter,
            page: &PageRequest<TerritoryId>,
        ) -> Result<Page<Territory, TerritoryId>, RepositoryError>;
        fn territory_map(&mut self) -> Result<Arc<TerritoryMap>, RepositoryError>;
    }
    impl OutboxRepository for Away {
        fn insert_events(&mut self, events: &[Event]) -> Result<(), RepositoryError>;
        fn find_waiting_events(&mut self, limit: u16) -> Result<Vec<Event>, RepositoryError>;
        fn mark_events_delivered(&mut self, events: &[Event], at: Instant) -> Result<BTreeSet<EventId>, RepositoryError>;
    }
}

fn away<T>() -> Result<T, RepositoryError> {
    Err(RepositoryError::Unavailable("on purpose".to_owned()))
}

#[test]
fn every_use_case_passes_on_that_the_database_is_away() {
    let mut session = MockAway::new();
    session.expect_insert_customers().returning(|_| away());
    session.expect_find_customers().returning(|_| away());
    let (ids, tree, now) = (
        SeededIds::new(1),
        DivisionTree::embedded(),
        instant("2026-11-22T08:00:00Z"),
    );
    let create = CreateCustomer {
        scope: Scope::All,
        account_id: None,
        name: "张三".to_owned(),
        phone: None,
        address: None,
    };
    assert!(matches!(
        create_customer(&mut session, tree, &ids, now, &create),
        Err(CreateCustomerError::Repository(RepositoryError::Unavailable(_)))
    ));
    let change = ChangeCustomer {
        scope: Scope::All,
        customer_id: customer_id(1),
        version: None,
        name: None,
        phone: None,
    };
    assert!(matches!(
        change_customer(&mut session, &ids, now, &change),
        Err(ChangeCustomerError::Repository(RepositoryError::Unavailable(_)))
    ));
    let add = AddAddress {
        scope: Scope::All,
        customer_id: customer_id(1),
        address: AddressInput {
            division_code: "330106".to_owned(),
            detail: "文三路 1 号".to_owned(),
            contact_name: "张三".to_owned(),
            contact_phone: "13812345678".to_owned(),
            longitude: None,
            latitude: None,
        },
    };
    assert!(matches!(
        add_address(&mut session, tree, &ids, now, &add),
        Err(AddAddressError::Repository(RepositoryError::Unavailable(_)))
    ));
}
