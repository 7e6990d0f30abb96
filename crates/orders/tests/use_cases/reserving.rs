//! Customers whom headquarters keeps for itself inside an agent's territory.

use crate::shop::{BINJIANG, Shop, account, actor, agent, customer};
use agents::{AgentAction, AgentLevel, AgentLifeRepository, AgentRepository};
use customers::AgentCustomerRepository;
use kernel::{PageRequest, Scope};
use orders::{
    PlaceOrder, PlaceOrderRefusal, ReserveCustomer, ReserveCustomerError, release_customer, reserve_customer,
};
use regions::RoutingRule;
use testing::build::agents as build;

/// The shop, where agent 1 has a contract over its territory.
fn shop() -> Shop {
    let mut shop = Shop::new(2, &[(0, 1, 10), (1, 1, 10), (2, 1, 10)]);
    shop.memory.insert_agents(&[build::agent(1)]).unwrap();
    let contract = build::contract(1, AgentLevel::County);
    shop.memory.insert_contracts(&[contract]).unwrap();
    shop
}

fn command() -> ReserveCustomer {
    ReserveCustomer {
        agent_id: agent(1),
        contract_id: build::contract(1, AgentLevel::County).id,
        customer_id: customer(1),
        actor: account(9),
        reason: "总部大客户".into(),
    }
}

#[test]
fn a_reserved_customers_orders_are_headquarters_until_released() {
    let mut shop = shop();
    let before = shop.placed(1, 1);
    reserve_customer(&mut shop.memory, &shop.ids, shop.now, &command()).unwrap();
    let reserved = shop.placed(1, 1);
    assert_eq!(
        (
            reserved.agent_id,
            reserved.routing.rule,
            reserved.routing.territory_id
        ),
        (agent(0), RoutingRule::ReservedCustomer, None)
    );
    assert_eq!(shop.order(&before).agent_id, agent(1), "what was placed stays");
    // Others, and other territories, are as they were.
    assert_eq!(shop.placed(2, 1).agent_id, agent(1));
    let elsewhere = shop.place_one(shop.command_to(BINJIANG, 1, 1)).unwrap();
    assert_eq!(elsewhere.agent_id, agent(2));

    release_customer(&mut shop.memory, &shop.ids, shop.now, &command()).unwrap();
    assert_eq!(shop.placed(1, 1).agent_id, agent(1));
    let of_agent = Scope::All.agent(agent(1)).unwrap();
    let history = shop
        .memory
        .list_agent_history(of_agent, &PageRequest::first())
        .unwrap();
    let actions: Vec<_> = history.items.iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [AgentAction::CustomerReleased, AgentAction::CustomerReserved]
    );
}

#[test]
fn the_agents_staff_does_not_order_for_a_reserved_customer() {
    let mut shop = shop();
    shop.placed(1, 1);
    let known = shop
        .memory
        .find_known_customers(&[(agent(1), customer(1))].into())
        .unwrap();
    assert_eq!(known.len(), 1);
    reserve_customer(&mut shop.memory, &shop.ids, shop.now, &command()).unwrap();
    let by_staff = PlaceOrder {
        actor: actor(Scope::Agent(agent(1))),
        ..shop.command(1, 1)
    };
    let refused = shop.place_one(by_staff.clone()).unwrap_err();
    assert!(
        matches!(refused, PlaceOrderRefusal::OutsideTerritory { .. }),
        "{refused:?}"
    );
    // Headquarters may still name the agent.
    let named = PlaceOrder {
        actor: actor(Scope::All),
        agent_id: Some(agent(1)),
        ..by_staff
    };
    let order = shop.place_one(named).unwrap();
    assert_eq!(
        (order.agent_id, order.routing.rule),
        (agent(1), RoutingRule::HeadquartersOverride)
    );
}

#[test]
fn what_cannot_be_reserved_changes_nothing() {
    let mut shop = shop();
    let events = shop.memory.events().len();
    let mut refusal = |command: &ReserveCustomer, release: bool| {
        let change = if release {
            release_customer
        } else {
            reserve_customer
        };
        change(&mut shop.memory, &shop.ids, shop.now, command).unwrap_err()
    };
    let wrong = ReserveCustomer {
        contract_id: build::contract(2, AgentLevel::County).id,
        customer_id: customer(99),
        reason: " ".into(),
        ..command()
    };
    for release in [false, true] {
        let ReserveCustomerError::Invalid(errors) = refusal(&wrong, release) else {
            panic!("taken")
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["contract_id", "customer_id", "reason"]);
        let nobody = ReserveCustomer {
            agent_id: agent(0),
            ..command()
        };
        assert!(matches!(
            refusal(&nobody, release),
            ReserveCustomerError::NotFound
        ));
    }
    assert!(matches!(
        refusal(&command(), true),
        ReserveCustomerError::NotReserved
    ));
    assert_eq!(shop.memory.events().len(), events);
    reserve_customer(&mut shop.memory, &shop.ids, shop.now, &command()).unwrap();
    let again = reserve_customer(&mut shop.memory, &shop.ids, shop.now, &command()).unwrap_err();
    assert!(
        matches!(again, ReserveCustomerError::AlreadyReserved),
        "{again:?}"
    );
}
