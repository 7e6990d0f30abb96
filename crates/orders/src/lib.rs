//! Orders: placing, dispatch, delivery, ratings. The use cases are written for sets: they load what the whole set needs,
//! decide each command in memory in the order of arrival, and save one statement a table. A single order is a set of one.
//!
//! This crate knows no HTTP and no database. Here another program places an order against the in-memory ports:
//!
//! ```
//! use customers::CustomerRepository;
//! use inventory::{ProductRepository, ReceiptLine, ReceiveStock, receive_stock};
//! use kernel::{AgentId, Scope};
//! use orders::{Actor, OrderDraft, PlaceOrderRefusal, place_orders};
//! use regions::DivisionTree;
//! use testing::{Memory, SeededIds, build, instant};
//!
//! let (mut memory, ids, tree) = (Memory::default(), SeededIds::new(1), DivisionTree::embedded());
//! let now = instant("2026-11-22T08:00:00Z");
//! let (product, customer) = (build::inventory::product(1), build::customers::customer(1));
//! let address = build::customers::address(1, 1);
//! memory.insert_products(std::slice::from_ref(&product)).unwrap();
//! memory.insert_customers(std::slice::from_ref(&customer)).unwrap();
//! memory.insert_addresses(std::slice::from_ref(&address)).unwrap();
//! let lines = vec![ReceiptLine { product_id: product.id, quantity: 5 }];
//! let receipt = ReceiveStock { agent_id: AgentId::HEADQUARTERS, actor: None, lines, reason: None };
//! receive_stock(&mut memory, &ids, now, &receipt).unwrap();
//!
//! let actor = Actor { account_id: None, scope: Scope::Customer(customer.id) };
//! let commands = [2, 4].map(|quantity| {
//!     let lines = vec![(product.id, quantity)];
//!     let draft = OrderDraft { address_id: Some(address.id), lines, ..OrderDraft::default() };
//!     draft.check(tree, actor, now).unwrap()
//! });
//! let outcomes = place_orders(&mut memory, tree, &ids, &commands).unwrap();
//! let order = outcomes[0].as_ref().unwrap();
//! assert_eq!((order.agent_id, order.total.fen()), (AgentId::HEADQUARTERS, 4_000));
//! assert!(matches!(outcomes[1], Err(PlaceOrderRefusal::OutOfStock(_))));
//! ```

mod actor;
mod book;
mod change;
mod courier;
mod courier_account;
mod courier_repository;
mod hire;
mod history;
mod number;
mod order;
mod order_repository;
mod place;
mod rate;
mod rating;
mod reserved_customer;
mod state;

pub use actor::Actor;
pub use change::{ChangeOrder, ChangeOrderRefusal, OrderChange, change_orders};
pub use courier::Courier;
pub use courier_account::{
    CourierAccountError, find_courier_without_account, leave_courier, link_courier_account,
};
pub use courier_repository::CourierRepository;
pub use hire::{
    ChangeCourier, ChangeCourierError, CourierDraft, HireCourierError, change_courier, hire_courier,
};
pub use history::OrderHistoryEntry;
pub use number::OrderNumber;
pub use order::{AddressSnapshot, MAXIMUM_ORDER_LINES, Order, OrderLine, PaymentMethod, Routing};
pub use order_repository::{OrderFilter, OrderRepository};
pub use place::{Destination, PlaceOrder, PlaceOrderRefusal, Shortage, draft::OrderDraft, place_orders};
pub use rate::{RateOrder, RateOrderRefusal, RatingDraft, rate_orders};
pub use rating::{MAXIMUM_RATING_TAGS, Rating, Score};
pub use reserved_customer::{
    MAXIMUM_RESERVED_CUSTOMERS, ReservedCustomer, ReservedCustomerRepository,
    release::release_customer,
    reserve::{ReserveCustomer, ReserveCustomerError, reserve_customer},
};
pub use state::{Delivery, OrderState, WrongState};
