//! A small company: headquarters, agent 1 in 西湖区 with couriers 1 and 2, agent 2 in 滨江区 with courier 3, two products,
//! customers with one address in each place.

use customers::CustomerRepository;
use insights::{Counters, FigureRepository, FigureScope};
use inventory::{Product, ProductRepository, Quantity, StockItem, StockRepository};
use kernel::{
    AccountId, AddressId, AgentId, BusinessDay, BusinessRange, CourierId, CustomerId, Instant, OrderId,
    ProductId, Scope,
};
use orders::{
    Actor, ChangeOrder, ChangeOrderRefusal, CourierRepository, Destination, Order, OrderChange,
    OrderRepository, PaymentMethod, PlaceOrder, PlaceOrderRefusal, RateOrder, RateOrderRefusal, Rating,
    Score, change_orders, place_orders, rate_orders,
};
use regions::{DivisionTree, TerritoryRepository};
use std::collections::BTreeMap;
use testing::{Memory, SeededIds, build, instant};
use uuid::Uuid;

/// The divisions of the addresses that every customer has, in this order.
pub const PLACES: [&str; 4] = ["330106", "330108", "110101", "441900"];
/// In the territory of agent 1.
pub const XIHU: usize = 0;
/// In the territory of agent 2.
pub const BINJIANG: usize = 1;
/// In nobody's territory.
pub const DONGCHENG: usize = 2;
/// A city without counties, in nobody's territory.
pub const DONGGUAN: usize = 3;

pub struct Shop {
    pub memory: Memory,
    pub ids: SeededIds,
    pub now: Instant,
}

pub fn agent(id: u16) -> AgentId {
    if id == 0 {
        AgentId::HEADQUARTERS
    } else {
        build::territories::agent_id(id)
    }
}

pub fn customer(id: u16) -> CustomerId {
    build::customers::customer_id(u128::from(id))
}

pub fn product(id: u128) -> ProductId {
    ProductId::from_uuid(Uuid::from_u128(id))
}

pub fn courier(id: u128) -> CourierId {
    CourierId::from_uuid(Uuid::from_u128(id))
}

pub fn account(id: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(id))
}

pub fn address_id(customer: u16, place: usize) -> AddressId {
    let id = u128::from(customer) * 10 + u128::try_from(place).unwrap();
    build::customers::address(id, customer).id
}

pub fn pieces(number: i64) -> Quantity {
    Quantity::new(number).unwrap()
}

/// Somebody with that scope, by account 9.
pub fn actor(scope: Scope) -> Actor {
    Actor {
        account_id: Some(account(9)),
        scope,
    }
}

pub fn the_courier(id: u128) -> Actor {
    let agent_id = if id == 3 { agent(2) } else { agent(1) };
    actor(Scope::Courier {
        agent_id,
        courier_id: courier(id),
    })
}

impl Shop {
    /// `customers` customers, and that much of each product at each agent.
    pub fn new(customers: u16, stock: &[(u16, u128, i64)]) -> Self {
        let mut memory = Memory::default();
        let products = [1, 2].map(build::inventory::product);
        memory.insert_products(&products).unwrap();
        for id in 1..=customers {
            memory
                .insert_customers(&[build::customers::customer(id)])
                .unwrap();
            for (place, code) in PLACES.iter().enumerate() {
                let mut address = build::customers::address(1, id);
                address.id = address_id(id, place);
                address.division_code = code.parse().unwrap();
                memory.insert_addresses(&[address]).unwrap();
            }
        }
        memory
            .insert_territories(&[
                build::territories::territory(1, PLACES[XIHU]),
                build::territories::territory(2, PLACES[BINJIANG]),
            ])
            .unwrap();
        memory
            .insert_couriers(&[
                build::orders::courier(1, agent(1)),
                build::orders::courier(2, agent(1)),
                build::orders::courier(3, agent(2)),
            ])
            .unwrap();
        for (number, &(agent_id, product_id, quantity)) in (1_000_000..).zip(stock) {
            let key = build::inventory::stock_key(agent(agent_id), product_id);
            let (item, movement) = build::inventory::received_stock(key, quantity, number);
            memory.save_stock_items(&[item]).unwrap();
            memory.insert_stock_movements(&[movement]).unwrap();
        }
        Self {
            memory,
            ids: SeededIds::new(1),
            now: instant("2026-11-22T08:00:00Z"),
        }
    }

    pub fn add_product(&mut self, change: impl FnOnce(&mut Product)) {
        let mut product = build::inventory::product(9);
        change(&mut product);
        self.memory.insert_products(&[product]).unwrap();
    }

    /// A customer's order of some pieces of product 1, to its address in 西湖区.
    pub fn command(&self, customer_id: u16, quantity: i64) -> PlaceOrder {
        PlaceOrder {
            actor: actor(Scope::Customer(customer(customer_id))),
            at: self.now,
            customer_id: customer(customer_id),
            destination: Destination::Known(address_id(customer_id, XIHU)),
            lines: vec![(product(1), pieces(quantity))],
            wanted: None,
            note: None,
            payment_method: PaymentMethod::default(),
            agent_id: None,
        }
    }

    /// The same to another of its addresses.
    pub fn command_to(&self, place: usize, customer_id: u16, quantity: i64) -> PlaceOrder {
        PlaceOrder {
            destination: Destination::Known(address_id(customer_id, place)),
            ..self.command(customer_id, quantity)
        }
    }

    /// Places a set and checks every ledger.
    pub fn place(&mut self, commands: &[PlaceOrder]) -> Vec<Result<Order, PlaceOrderRefusal>> {
        let outcomes = place_orders(&mut self.memory, DivisionTree::embedded(), &self.ids, commands).unwrap();
        self.check();
        outcomes
    }

    pub fn place_one(&mut self, command: PlaceOrder) -> Result<Order, PlaceOrderRefusal> {
        self.place(&[command]).remove(0)
    }

    /// A placed order of agent 1.
    pub fn placed(&mut self, customer_id: u16, quantity: i64) -> Order {
        self.place_one(self.command(customer_id, quantity)).unwrap()
    }

    pub fn change_command(&self, actor: Actor, order_id: OrderId, change: OrderChange) -> ChangeOrder {
        ChangeOrder {
            actor,
            at: self.now,
            order_id,
            change,
        }
    }

    /// Changes a set and checks every ledger.
    pub fn change_all(&mut self, commands: &[ChangeOrder]) -> Vec<Result<Order, ChangeOrderRefusal>> {
        let outcomes = change_orders(&mut self.memory, &self.ids, commands).unwrap();
        self.check();
        outcomes
    }

    pub fn change(
        &mut self,
        actor: Actor,
        order_id: OrderId,
        change: OrderChange,
    ) -> Result<Order, ChangeOrderRefusal> {
        self.change_all(&[self.change_command(actor, order_id, change)])
            .remove(0)
    }

    /// Takes an order of agent 1 to its customer with courier 1.
    pub fn delivered(&mut self, customer_id: u16, quantity: i64) -> Order {
        let order_id = self.placed(customer_id, quantity).id;
        let changes = [OrderChange::Claim, OrderChange::Start, deliver()]
            .map(|change| self.change_command(the_courier(1), order_id, change));
        self.change_all(&changes).pop().unwrap().unwrap()
    }

    pub fn rating(&self, customer_id: u16, order_id: OrderId, score: i64) -> RateOrder {
        RateOrder {
            actor: actor(Scope::Customer(customer(customer_id))),
            at: self.now,
            order_id,
            score: Score::parse(score).unwrap(),
            comment: None,
            tags: Vec::new(),
        }
    }

    pub fn rate(&mut self, commands: &[RateOrder]) -> Vec<Result<Rating, RateOrderRefusal>> {
        let outcomes = rate_orders(&mut self.memory, &self.ids, commands).unwrap();
        self.check();
        outcomes
    }

    pub fn order(&mut self, order: &Order) -> Order {
        self.memory.find_order(Scope::All, order.id).unwrap().unwrap()
    }

    pub fn stock(&mut self, agent_id: u16, product_id: u128) -> (i64, i64) {
        let key = build::inventory::stock_key(agent(agent_id), product_id);
        let item = self.memory.find_stock_item(key).unwrap().unwrap();
        (item.on_hand(), item.reserved())
    }

    pub fn figures(&mut self, agent_id: u16, day: &str) -> Counters {
        let scope = FigureScope::within(Scope::Agent(agent(agent_id)), None, None).unwrap();
        let day = BusinessDay::from_date(day.parse().unwrap());
        self.memory.sum_figures(&scope, BusinessRange::day(day)).unwrap()
    }

    /// The names of the events since the shop opened.
    pub fn facts(&self) -> Vec<&'static str> {
        let events = self.memory.events().iter();
        events.map(|event| event.fact.name()).collect()
    }

    /// What holds after every command: each balance is the sum of its movements, what is reserved is what open orders
    /// hold, nothing is below zero, and every history runs from 1 to the order's version without a gap.
    pub fn check(&mut self) {
        let orders: Vec<_> = self.memory.orders().cloned().collect();
        let mut held = BTreeMap::new();
        for order in &orders {
            for line in order.lines.iter().filter(|_| order.state.holds_stock()) {
                *held.entry((order.agent_id, line.product_id)).or_insert(0) += line.quantity.get();
            }
            let history = self.memory.list_order_history(order).unwrap();
            let versions: Vec<_> = history.iter().map(|entry| entry.version).collect();
            assert_eq!(versions, (1..=order.version).collect::<Vec<_>>());
            assert!(
                history
                    .windows(2)
                    .all(|pair| pair[1].from_state == Some(pair[0].to_state))
            );
            assert_eq!(history.last().unwrap().to_state, order.state.name());
        }
        let mut sums = BTreeMap::new();
        for movement in self.memory.stock_movements() {
            let (on_hand, reserved) = sums.entry(movement.key).or_insert((0, 0));
            assert_eq!(
                (*on_hand, *reserved),
                (movement.on_hand_before, movement.reserved_before)
            );
            (*on_hand, *reserved) = (movement.on_hand_after, movement.reserved_after);
        }
        for (key, sum) in sums {
            let item = self.memory.find_stock_item(key).unwrap();
            let item = item.unwrap_or_else(|| StockItem::empty(key));
            assert_eq!((item.on_hand(), item.reserved()), sum);
            assert!(item.available() >= 0);
            let open = held.remove(&(key.agent_id, key.product_id)).unwrap_or_default();
            assert_eq!(item.reserved(), open);
        }
        assert!(held.is_empty(), "orders hold stock that has no ledger");
    }
}

pub fn deliver() -> OrderChange {
    OrderChange::Deliver {
        buckets_returned: 1,
        proof: None,
    }
}

pub fn cancel(reason: Option<&str>) -> OrderChange {
    OrderChange::Cancel {
        reason: reason.map(|reason| kernel::Text::parse(reason).unwrap()),
    }
}

pub fn fail(reason: &str) -> OrderChange {
    OrderChange::Fail {
        reason: kernel::Text::parse(reason).unwrap(),
    }
}

pub fn assign(id: u128) -> OrderChange {
    OrderChange::Assign {
        courier_id: courier(id),
    }
}
