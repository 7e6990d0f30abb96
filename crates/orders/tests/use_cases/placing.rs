//! Placing orders.

use crate::shop::{
    BINJIANG, DONGCHENG, DONGGUAN, Shop, XIHU, account, actor, address_id, agent, cancel, customer, pieces,
    product,
};
use customers::AgentCustomerRepository;
use inventory::{StockItem, StockRepository};
use kernel::{AgentId, AgentNumber, BusinessDay, DivisionCode, Money, Scope};
use orders::{Destination, OrderRepository, OrderState, PlaceOrder, PlaceOrderRefusal, Shortage};
use regions::{DivisionTree, RoutingRule};
use std::collections::BTreeSet;
use testing::{build, instant};

#[test]
fn an_order_is_priced_routed_numbered_and_reserved() {
    let mut shop = Shop::new(1, &[(1, 1, 10), (1, 2, 10)]);
    let lines = vec![
        (product(1), pieces(2)),
        (product(2), pieces(1)),
        (product(1), pieces(3)),
    ];
    let command = PlaceOrder {
        lines,
        ..shop.command(1, 1)
    };
    let order = shop.place_one(command).unwrap();
    assert_eq!((order.agent_id, order.customer_id), (agent(1), customer(1)));
    assert_eq!(
        (order.routing.rule, order.routing.map_version),
        (RoutingRule::County, 1)
    );
    assert!(order.routing.territory_id.is_some());
    assert_eq!((order.lines.len(), order.total), (3, Money::from_fen(12_000)));
    assert_eq!(order.lines[1].product_name, build::inventory::product(2).name);
    assert_eq!(order.number.to_string()[..17], *"00001-261122-0001");
    assert_eq!(order.id.agent_number(), AgentNumber::new(1));
    assert_eq!((&order.state, order.version), (&OrderState::Placed, 1));
    assert_eq!(order.placed_by, Some(account(9)));
    assert_eq!(order.address.address_id, Some(address_id(1, XIHU)));

    assert_eq!(shop.order(&order), order);
    assert_eq!((shop.stock(1, 1), shop.stock(1, 2)), ((10, 5), (10, 1)));
    let figures = shop.figures(1, "2026-11-22");
    assert_eq!(
        (figures.orders, figures.new_customers, figures.sales),
        (1, 1, Money::default())
    );
    assert_eq!(shop.facts(), ["order_placed"]);
    let event = &shop.memory.events()[0];
    assert_eq!((event.agent_id, event.aggregate_version), (agent(1), 1));
    let movement = shop.memory.stock_movements().last().unwrap();
    assert_eq!(
        (movement.note.actor, movement.note.order_id),
        (Some(account(9)), Some(order.id))
    );
}

#[test]
fn of_150_buyers_in_one_set_100_share_a_stock_of_100() {
    let mut shop = Shop::new(150, &[(1, 1, 100)]);
    let commands: Vec<_> = (1..=150).map(|id| shop.command(id, 1)).collect();
    let outcomes = shop.place(&commands);
    let numbers: Vec<_> = outcomes
        .iter()
        .flatten()
        .map(|order| order.number.count())
        .collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    // First come, first served.
    for outcome in &outcomes[100..] {
        let short = Shortage {
            product_id: product(1),
            requested: 1,
            available: 0,
        };
        assert_eq!(outcome, &Err(PlaceOrderRefusal::OutOfStock(vec![short])));
    }
    assert_eq!(shop.stock(1, 1), (100, 100));
    let figures = shop.figures(1, "2026-11-22");
    assert_eq!((figures.orders, figures.new_customers), (100, 100));
    assert_eq!(shop.memory.orders().count(), 100);
}

#[test]
fn a_refused_order_refuses_nobody_else_and_leaves_nothing() {
    let mut shop = Shop::new(3, &[(1, 1, 10)]);
    let set = [
        shop.command(1, 4),
        PlaceOrder {
            lines: vec![(product(1), pieces(1)), (product(77), pieces(1))],
            ..shop.command(2, 1)
        },
        shop.command(2, 7),
        shop.command(3, 5),
    ];
    let outcomes = shop.place(&set);
    assert_eq!(outcomes[0].as_ref().unwrap().number.count(), 1);
    assert_eq!(outcomes[1], Err(PlaceOrderRefusal::ProductNotForSale { line: 1 }));
    assert!(matches!(&outcomes[2], Err(PlaceOrderRefusal::OutOfStock(short)) if short[0].available == 6));
    assert_eq!(outcomes[3].as_ref().unwrap().number.count(), 2);
    assert_eq!(shop.stock(1, 1), (10, 9));
    assert_eq!(shop.facts(), ["order_placed", "order_placed"]);
    assert_eq!(shop.figures(1, "2026-11-22").new_customers, 2);
    let pairs = [(agent(1), customer(2))].into();
    assert!(shop.memory.find_known_customers(&pairs).unwrap().is_empty());
}

#[test]
fn an_order_is_placed_whole_or_not_at_all() {
    let mut shop = Shop::new(1, &[(1, 1, 10), (1, 2, 1)]);
    let command = PlaceOrder {
        lines: vec![
            (product(1), pieces(6)),
            (product(2), pieces(2)),
            (product(1), pieces(5)),
        ],
        ..shop.command(1, 1)
    };
    let short = |id, requested, available| Shortage {
        product_id: product(id),
        requested,
        available,
    };
    let shortages = vec![short(1, 11, 10), short(2, 2, 1)];
    assert_eq!(
        shop.place_one(command),
        Err(PlaceOrderRefusal::OutOfStock(shortages))
    );
    assert_eq!((shop.stock(1, 1), shop.stock(1, 2)), ((10, 0), (1, 0)));
    assert!(shop.facts().is_empty());
}

#[test]
fn an_agent_without_the_product_has_none_available() {
    let mut shop = Shop::new(1, &[]);
    let outcome = shop.place_one(shop.command(1, 1));
    assert!(matches!(outcome, Err(PlaceOrderRefusal::OutOfStock(short)) if short[0].available == 0));
}

#[test]
fn each_agent_numbers_its_own_orders_day_by_day() {
    let mut shop = Shop::new(1, &[(0, 1, 10), (1, 1, 10)]);
    let set = [
        shop.command(1, 1),
        shop.command_to(DONGCHENG, 1, 1),
        shop.command(1, 1),
    ];
    let mut counts: Vec<_> = shop.place(&set).into_iter().map(Result::unwrap).collect();
    shop.now = instant("2026-11-22T15:59:59.999999Z");
    counts.push(shop.placed(1, 1));
    shop.now = instant("2026-11-22T16:00:00Z");
    counts.push(shop.placed(1, 1));
    let counts: Vec<_> = counts
        .iter()
        .map(|order| (order.number.agent().get(), order.number.count()))
        .collect();
    assert_eq!(counts, [(1, 1), (0, 1), (1, 2), (1, 3), (1, 1)]);
    assert_eq!(shop.figures(1, "2026-11-22").orders, 3);
    let next_day = shop.figures(1, "2026-11-23");
    assert_eq!((next_day.orders, next_day.new_customers), (1, 0));
}

#[test]
fn a_customer_is_new_once_for_each_agent() {
    let mut shop = Shop::new(1, &[(0, 1, 10), (1, 1, 10)]);
    let set = [
        shop.command(1, 1),
        shop.command(1, 1),
        shop.command_to(DONGCHENG, 1, 1),
    ];
    shop.place(&set)
        .into_iter()
        .for_each(|outcome| drop(outcome.unwrap()));
    shop.placed(1, 1);
    for agent_id in [0, 1] {
        assert_eq!(
            shop.figures(agent_id, "2026-11-22").new_customers,
            1,
            "{agent_id}"
        );
    }
    let agents: BTreeSet<_> = shop
        .memory
        .list_agents_of_customer(customer(1))
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(agents, BTreeSet::from([agent(0), agent(1)]));
}

#[test]
fn figures_count_in_the_county_or_in_the_city_that_has_none() {
    let mut shop = Shop::new(1, &[(0, 1, 10), (1, 1, 10)]);
    let tree = DivisionTree::embedded();
    let code = |text: &str| text.parse::<DivisionCode>().unwrap();
    let mut given = |parent: &str| {
        let township = tree.children(Some(code(parent))).next().unwrap().code;
        let mut snapshot = build::orders::order(&shop.ids, shop.now, 1, customer(1)).address;
        snapshot.address_id = None;
        snapshot.division_code = township;
        let command = PlaceOrder {
            destination: Destination::Given(snapshot),
            ..shop.command(1, 1)
        };
        let order = shop.place_one(command).unwrap();
        assert_eq!(
            (order.address.address_id, order.address.division_code),
            (None, township)
        );
        (order.agent_id, order.county_code)
    };
    assert_eq!(given("330106"), (agent(1), code("330106")));
    let order = shop.place_one(shop.command_to(DONGGUAN, 1, 1)).unwrap();
    assert_eq!(order.county_code, code("441900"));
}

#[test]
fn headquarters_names_the_agent_and_nobody_else_does() {
    let mut shop = Shop::new(1, &[(0, 1, 10), (1, 1, 10)]);
    let named = |shop: &Shop, scope, place, agent_id: AgentId| PlaceOrder {
        actor: actor(scope),
        agent_id: Some(agent_id),
        ..shop.command_to(place, 1, 1)
    };
    let stranger = agent(8);
    let set = [
        named(&shop, Scope::All, DONGCHENG, agent(1)),
        named(&shop, Scope::All, XIHU, agent(0)),
        named(&shop, Scope::All, XIHU, stranger),
        named(&shop, Scope::Customer(customer(1)), XIHU, agent(0)),
    ];
    let outcomes = shop.place(&set);
    let ways: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let order = outcome.as_ref().ok()?;
            Some((
                order.agent_id,
                order.routing.rule,
                order.routing.territory_id.is_some(),
            ))
        })
        .collect();
    assert_eq!(
        ways,
        [
            Some((agent(1), RoutingRule::HeadquartersOverride, false)),
            Some((agent(0), RoutingRule::HeadquartersOverride, false)),
            None,
            Some((agent(1), RoutingRule::County, true)),
        ]
    );
    assert_eq!(outcomes[2], Err(PlaceOrderRefusal::AgentNotFound(stranger)));
}

#[test]
fn agents_staff_orders_for_its_own_customers_inside_its_territory() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let by_agent_1 = |command: PlaceOrder| PlaceOrder {
        actor: actor(Scope::Agent(agent(1))),
        ..command
    };
    let inside = by_agent_1(shop.command(1, 1));
    assert_eq!(
        shop.place_one(inside.clone()),
        Err(PlaceOrderRefusal::CustomerNotFound(customer(1)))
    );
    let known = build::customers::customer(1).known_to(agent(1), None);
    shop.memory.insert_agent_customers(&[known]).unwrap();
    shop.place_one(inside).unwrap();
    assert_eq!(shop.figures(1, "2026-11-22").new_customers, 1);
    let outside = by_agent_1(shop.command_to(BINJIANG, 1, 1));
    assert_eq!(
        shop.place_one(outside),
        Err(PlaceOrderRefusal::OutsideTerritory {
            division_code: "330108".parse().unwrap()
        })
    );
}

#[test]
fn nobody_orders_for_a_stranger_or_to_a_strangers_address() {
    let mut shop = Shop::new(2, &[(1, 1, 10)]);
    let courier = Scope::Courier {
        agent_id: agent(1),
        courier_id: crate::shop::courier(1),
    };
    for scope in [Scope::Customer(customer(2)), courier] {
        let command = PlaceOrder {
            actor: actor(scope),
            ..shop.command(1, 1)
        };
        let refusal = PlaceOrderRefusal::CustomerNotFound(customer(1));
        assert_eq!(shop.place_one(command), Err(refusal));
    }
    let absent = PlaceOrder {
        actor: actor(Scope::All),
        ..shop.command(3, 1)
    };
    assert_eq!(
        shop.place_one(absent),
        Err(PlaceOrderRefusal::CustomerNotFound(customer(3)))
    );
    for address in [address_id(2, XIHU), address_id(7, XIHU)] {
        let command = PlaceOrder {
            destination: Destination::Known(address),
            ..shop.command(1, 1)
        };
        assert_eq!(
            shop.place_one(command),
            Err(PlaceOrderRefusal::AddressNotFound(address))
        );
    }
    assert_eq!(shop.memory.orders().count(), 0);
}

#[test]
fn a_product_off_the_list_is_not_sold() {
    let mut shop = Shop::new(1, &[(1, 9, 10)]);
    shop.add_product(|product| product.listed = false);
    let command = PlaceOrder {
        lines: vec![(product(9), pieces(1))],
        ..shop.command(1, 1)
    };
    let refusal = PlaceOrderRefusal::ProductNotForSale { line: 0 };
    assert_eq!(shop.place_one(command), Err(refusal));
}

#[test]
fn a_total_that_does_not_fit_is_refused() {
    let mut shop = Shop::new(1, &[(1, 9, 10)]);
    shop.add_product(|product| product.unit_price = Money::from_fen(i64::MAX));
    for lines in [
        vec![(product(9), pieces(2))],
        vec![(product(9), pieces(1)), (product(9), pieces(1))],
    ] {
        let command = PlaceOrder {
            lines,
            ..shop.command(1, 1)
        };
        assert_eq!(shop.place_one(command), Err(PlaceOrderRefusal::TotalTooLarge));
    }
}

#[test]
fn low_stock_is_told_once_per_crossing() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let key = build::inventory::stock_key(agent(1), 1);
    let item = shop.memory.find_stock_item(key).unwrap().unwrap();
    let warned = StockItem::restore(key, item.on_hand(), 0, 5, item.version()).unwrap();
    shop.memory.save_stock_items(&[warned]).unwrap();
    let set: Vec<_> = [4, 1, 1, 2].map(|quantity| shop.command(1, quantity)).into();
    let orders: Vec<_> = shop.place(&set).into_iter().map(Result::unwrap).collect();
    let low = |shop: &Shop| shop.facts().iter().filter(|name| **name == "stock_low").count();
    assert_eq!(low(&shop), 1);
    shop.placed(1, 1);
    assert_eq!(low(&shop), 1);
    // Above the threshold again, and below once more.
    for order in [&orders[0], &orders[3]] {
        let customer = actor(Scope::Customer(customer(1)));
        shop.change(customer, order.id, cancel(None)).unwrap();
    }
    assert_eq!(low(&shop), 1);
    shop.placed(1, 2);
    assert_eq!(low(&shop), 2);
}

#[test]
fn an_empty_set_places_nothing() {
    let mut shop = Shop::new(1, &[]);
    assert!(shop.place(&[]).is_empty());
    let day = BusinessDay::of(shop.now);
    let next = shop.memory.take_order_numbers(&[((agent(1), day), 1)].into());
    assert_eq!(next.unwrap()[&(agent(1), day)], 1);
}
