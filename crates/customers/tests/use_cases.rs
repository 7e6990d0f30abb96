//! The use cases of customers on the in-memory fake.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use customers::{
    AddAddress, AddAddressError, AddressInput, AgentCustomerRepository, ChangeCustomer, ChangeCustomerError,
    CreateCustomer, CreateCustomerError, CustomerFilter, CustomerRepository, MAXIMUM_ADDRESSES, add_address,
    change_customer, create_customer, find_customer_in_scope, list_addresses_in_scope,
    refresh_agent_customers, register_customer,
};
use events::{Event, Fact, OutboxRepository};
use kernel::{
    AccountId, AgentId, CourierId, CustomerId, EventId, FieldError, Instant, PageRequest, PersonName, Scope,
};
use regions::{DivisionTree, TerritoryRepository};
use testing::{
    Memory, SeededIds,
    build::{
        customers::{address, customer, customer_id, first_order},
        territories::{agent_id, territory},
    },
    instant,
};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

/// Agent 1 answers for 西湖区 330106, agent 2 for 上城区 330102.
fn with_agents() -> Memory {
    let mut memory = Memory::default();
    memory
        .insert_territories(&[territory(1, "330106"), territory(2, "330102")])
        .unwrap();
    memory
}

fn own(agent: u16) -> Scope {
    Scope::Agent(agent_id(agent))
}

fn input(division_code: &str) -> AddressInput {
    AddressInput {
        division_code: division_code.to_owned(),
        detail: "文三路 1 号".to_owned(),
        contact_name: "张三".to_owned(),
        contact_phone: "138 1234 5678".to_owned(),
        longitude: None,
        latitude: None,
    }
}

fn creation(scope: Scope, address: Option<AddressInput>) -> CreateCustomer {
    CreateCustomer {
        scope,
        account_id: None,
        name: "张三".to_owned(),
        phone: Some("13812345678".to_owned()),
        address,
    }
}

fn fields(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

fn create(
    memory: &mut Memory,
    ids: &SeededIds,
    command: &CreateCustomer,
) -> Result<CustomerId, CreateCustomerError> {
    create_customer(memory, DivisionTree::embedded(), ids, now(), command).map(|created| created.customer.id)
}

#[test]
fn a_customer_added_by_an_agent_is_known_to_it_and_to_no_other() {
    let (mut memory, ids) = (with_agents(), SeededIds::new(1));
    let id = create(&mut memory, &ids, &creation(own(1), Some(input("330106002")))).unwrap();
    let courier = Scope::Courier {
        agent_id: agent_id(1),
        courier_id: CourierId::from_uuid(Uuid::from_u128(1)),
    };
    for (scope, visible) in [
        (own(1), true),
        (own(2), false),
        (Scope::All, true),
        (Scope::Customer(id), true),
        (Scope::Customer(customer_id(9)), false),
        (courier, false),
    ] {
        let found = find_customer_in_scope(&mut memory, scope, id).unwrap();
        assert_eq!(found.is_some(), visible, "{scope:?}");
    }
    let absent = find_customer_in_scope(&mut memory, Scope::All, customer_id(9)).unwrap();
    assert_eq!(absent, None);
    let own = find_customer_in_scope(&mut memory, Scope::All, id)
        .unwrap()
        .unwrap();
    assert_eq!(memory.list_addresses(&own).unwrap().len(), 1);
}

#[test]
fn an_agent_adds_customers_inside_its_territory_only() {
    let (mut memory, ids) = (with_agents(), SeededIds::new(1));
    let outside = creation(own(1), Some(input("330102")));
    assert!(matches!(
        create(&mut memory, &ids, &outside),
        Err(CreateCustomerError::OutsideTerritory { agent_id: agent, division_code })
            if agent == agent_id(1) && division_code.to_string() == "330102"
    ));
    assert!(matches!(
        create(&mut memory, &ids, &creation(own(1), None)),
        Err(CreateCustomerError::Invalid(errors)) if fields(&errors) == [("address", "required")]
    ));
    let all = memory
        .list_customers(Scope::All, &CustomerFilter::default(), &PageRequest::first())
        .unwrap();
    assert!(all.items.is_empty());
    create(&mut memory, &ids, &creation(Scope::All, Some(input("540102")))).unwrap();
    create(&mut memory, &ids, &creation(Scope::All, None)).unwrap();
}

#[test]
fn every_wrong_field_of_a_new_customer_is_reported_at_once() {
    let mut command = creation(own(1), Some(input("999999")));
    command.name = " ".to_owned();
    command.phone = Some("110".to_owned());
    let outcome = create(&mut with_agents(), &SeededIds::new(1), &command);
    let Err(CreateCustomerError::Invalid(errors)) = outcome else {
        panic!("taken")
    };
    assert_eq!(
        fields(&errors),
        [
            ("name", "empty"),
            ("phone", "invalid_mobile_number"),
            ("address.division_code", "unknown_division")
        ]
    );
}

#[test]
fn customers_and_couriers_add_no_customers() {
    let command = creation(Scope::Customer(customer_id(1)), None);
    assert!(matches!(
        create(&mut with_agents(), &SeededIds::new(1), &command),
        Err(CreateCustomerError::NotAllowed)
    ));
}

#[test]
fn a_change_reaches_the_agents_through_the_outbox() {
    let mut memory = with_agents();
    memory.insert_customers(&[customer(1)]).unwrap();
    memory
        .insert_agent_customers(&[customer(1).known_to(agent_id(1), Some(first_order(1)))])
        .unwrap();
    let command = ChangeCustomer {
        scope: Scope::Customer(customer_id(1)),
        customer_id: customer_id(1),
        version: Some(1),
        name: Some("李四".to_owned()),
        phone: None,
    };
    let changed = change_customer(&mut memory, &SeededIds::new(2), now(), &command).unwrap();
    assert_eq!((changed.version, &changed.phone), (2, &customer(1).phone));

    let waiting = memory.find_waiting_events(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].agent_id, waiting[0].aggregate_version),
        (AgentId::HEADQUARTERS, 2)
    );
    for _ in 0..2 {
        refresh_agent_customers(&mut memory, &waiting).unwrap();
    }
    let page = memory
        .list_agent_customers(
            Scope::All.agent(agent_id(1)).unwrap(),
            &CustomerFilter::default(),
            &PageRequest::first(),
        )
        .unwrap();
    assert_eq!(page.items, [changed.known_to(agent_id(1), Some(first_order(1)))]);
}

#[test]
fn other_events_and_customers_that_are_gone_are_passed_over() {
    let mut memory = with_agents();
    memory.insert_customers(&[customer(1)]).unwrap();
    memory
        .insert_agent_customers(&[customer(1).known_to(agent_id(1), None)])
        .unwrap();
    let event = |fact| Event {
        id: EventId::from_uuid(Uuid::from_u128(1)),
        agent_id: AgentId::HEADQUARTERS,
        aggregate_id: Uuid::from_u128(1),
        aggregate_version: 1,
        occurred_at: now(),
        fact,
    };
    let gone = Fact::CustomerChanged {
        customer_id: customer_id(9),
    };
    let placed = Fact::OrderPlaced {
        order_id: first_order(1).order_id,
    };
    refresh_agent_customers(&mut memory, &[event(gone), event(placed)]).unwrap();
    let page = memory
        .list_agent_customers(
            Scope::All.agent(agent_id(1)).unwrap(),
            &CustomerFilter::default(),
            &PageRequest::first(),
        )
        .unwrap();
    assert_eq!(page.items, [customer(1).known_to(agent_id(1), None)]);
}

#[test]
fn a_customer_is_changed_only_where_it_is_there_fresh_and_right() {
    let (mut memory, ids) = (with_agents(), SeededIds::new(2));
    memory.insert_customers(&[customer(1)]).unwrap();
    let command = ChangeCustomer {
        scope: Scope::All,
        customer_id: customer_id(1),
        version: None,
        name: Some(String::new()),
        phone: Some("1".to_owned()),
    };
    let foreign = ChangeCustomer {
        scope: own(1),
        ..command.clone()
    };
    assert!(matches!(
        change_customer(&mut memory, &ids, now(), &foreign),
        Err(ChangeCustomerError::NotFound(id)) if id == customer_id(1)
    ));
    let stale = ChangeCustomer {
        version: Some(5),
        ..command.clone()
    };
    assert!(matches!(
        change_customer(&mut memory, &ids, now(), &stale),
        Err(ChangeCustomerError::Stale { current: 1 })
    ));
    assert!(matches!(
        change_customer(&mut memory, &ids, now(), &command),
        Err(ChangeCustomerError::Invalid(errors))
            if fields(&errors) == [("name", "empty"), ("phone", "invalid_mobile_number")]
    ));
    assert!(memory.events().is_empty());
}

#[test]
fn addresses_are_added_and_seen_where_the_agent_answers() {
    let mut memory = with_agents();
    let (ids, tree) = (SeededIds::new(2), DivisionTree::embedded());
    memory.insert_customers(&[customer(1)]).unwrap();
    memory
        .insert_agent_customers(&[customer(1).known_to(agent_id(1), None)])
        .unwrap();
    let mut add = |scope, code| {
        let command = AddAddress {
            scope,
            customer_id: customer_id(1),
            address: input(code),
        };
        add_address(&mut memory, tree, &ids, now(), &command)
    };
    let inside = add(own(1), "330106002").unwrap();
    let elsewhere = add(Scope::Customer(customer_id(1)), "330102").unwrap();
    assert!(matches!(
        add(own(1), "330102"),
        Err(AddAddressError::OutsideTerritory { agent_id: agent, .. }) if agent == agent_id(1)
    ));
    assert!(matches!(
        add(own(2), "330102"),
        Err(AddAddressError::NotFound(id)) if id == customer_id(1)
    ));
    assert!(matches!(
        add(Scope::All, "3301"),
        Err(AddAddressError::Invalid(errors))
            if fields(&errors) == [("division_code", "invalid_division_code")]
    ));

    let mut list = |scope| list_addresses_in_scope(&mut memory, tree, scope, now(), customer_id(1)).unwrap();
    assert_eq!(list(own(1)), Some(vec![inside.clone()]));
    assert_eq!(list(own(2)), None);
    assert_eq!(
        list(Scope::Customer(customer_id(1))),
        Some(vec![inside, elsewhere])
    );
}

#[test]
fn addresses_are_bounded() {
    let mut memory = with_agents();
    memory.insert_customers(&[customer(1)]).unwrap();
    let most: Vec<_> = (0..u128::try_from(MAXIMUM_ADDRESSES).unwrap())
        .map(|id| address(id, 1))
        .collect();
    memory.insert_addresses(&most[1..]).unwrap();
    let command = AddAddress {
        scope: Scope::All,
        customer_id: customer_id(1),
        address: input("330106"),
    };
    let (ids, tree) = (SeededIds::new(2), DivisionTree::embedded());
    add_address(&mut memory, tree, &ids, now(), &command).unwrap();
    assert!(matches!(
        add_address(&mut memory, tree, &ids, now(), &command),
        Err(AddAddressError::TooMany)
    ));
}

#[test]
fn whoever_registers_is_a_customer_that_no_agent_knows_yet() {
    let mut memory = Memory::default();
    let account_id = AccountId::from_uuid(Uuid::from_u128(1));
    let name = PersonName::parse("张三").unwrap();
    let now = instant("2026-11-22T08:00:00Z");
    let ids = SeededIds::new(1);
    let customer = register_customer(&mut memory, &ids, now, account_id, name).unwrap();
    assert_eq!(
        memory.find_customer_by_account(account_id).unwrap(),
        Some(customer.clone())
    );
    assert_eq!(memory.list_agents_of_customer(customer.id).unwrap(), []);
}
