//! Placing orders.

pub(crate) mod draft;
mod known;

use crate::{
    Actor, AddressSnapshot, MAXIMUM_ORDER_LINES, Order, OrderNumber, OrderRepository, OrderState,
    PaymentMethod, ReservedCustomerRepository, book::OrderBook,
};
use customers::{AgentCustomer, AgentCustomerRepository, CustomerRepository, FirstOrder};
use events::{Fact, OutboxRepository};
use insights::{Counters, FigureRepository};
use inventory::{ProductRepository, Quantity, StockKey, StockRepository};
use kernel::{
    AddressId, AgentId, BusinessDay, CustomerId, DivisionCode, IdSource, Instant, OrderId, Period, ProductId,
    RepositoryError, Text,
};
use known::{Known, Routed};
use regions::{DivisionTree, TerritoryRepository};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// An order somebody wants to place; made from client input by [`crate::OrderDraft::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceOrder {
    /// Who places it.
    pub actor: Actor,
    /// When it arrived.
    pub at: Instant,
    /// Who orders.
    pub customer_id: CustomerId,
    /// Where it goes.
    pub destination: Destination,
    /// What is ordered, 1 to [`MAXIMUM_ORDER_LINES`]; a product may be in several.
    pub lines: Vec<(ProductId, Quantity)>,
    /// When it is wanted.
    pub wanted: Option<Period>,
    /// What the courier should know.
    pub note: Option<Text<200>>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// The agent that headquarters wants to deliver; ignored from anybody else.
    pub agent_id: Option<AgentId>,
}

/// Where an order goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To one of the customer's addresses.
    Known(AddressId),
    /// To an address given with the order.
    Given(AddressSnapshot),
}

/// Why an order was not placed. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlaceOrderRefusal {
    /// There is no such customer, or the actor has nothing to do with it.
    #[error("customer {0} is not there")]
    CustomerNotFound(CustomerId),
    /// The customer has no such address.
    #[error("address {0} is not there")]
    AddressNotFound(AddressId),
    /// A product is not there or not for sale.
    #[error("the product of line {line} is not for sale")]
    ProductNotForSale {
        /// The line, from zero.
        line: usize,
    },
    /// Headquarters named an agent that holds no territory.
    #[error("agent {0} is not there")]
    AgentNotFound(AgentId),
    /// An agent's staff ordered for an address that another party answers for.
    #[error("{division_code} is outside the agent's territory")]
    OutsideTerritory {
        /// The address's division.
        division_code: DivisionCode,
    },
    /// There is too little of a product.
    #[error("{} products are short", .0.len())]
    OutOfStock(Vec<Shortage>),
    /// The total does not fit an amount of money.
    #[error("the total is too large")]
    TotalTooLarge,
}

/// A product of which there is too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// How many pieces were ordered, over all lines.
    pub requested: i64,
    /// How many there are to promise.
    pub available: i64,
}

/// Places every order of the set that can be placed, in the order given; the outcome of each stands alone.
///
/// Loads in two steps, what decides the way and then the stock of the agents it leads to; decides in memory; saves what
/// was decided, one statement a table.
pub fn place_orders(
    session: &mut (
             impl OrderRepository
             + StockRepository
             + ProductRepository
             + CustomerRepository
             + AgentCustomerRepository
             + TerritoryRepository
             + ReservedCustomerRepository
             + FigureRepository
             + OutboxRepository
             + ?Sized
         ),
    tree: &DivisionTree,
    ids: &dyn IdSource,
    commands: &[PlaceOrder],
) -> Result<Vec<Result<Order, PlaceOrderRefusal>>, RepositoryError> {
    let known = Known::load(session, commands)?;
    let routed: Vec<_> = commands
        .iter()
        .map(|command| known.route(tree, command))
        .collect();
    let mut book = OrderBook::new(ids, session.lock_stock_items(&stock_keys(&routed))?);

    let mut outcomes = Vec::with_capacity(commands.len());
    for routed in routed {
        outcomes.push(match routed {
            Ok(routed) => decide(&mut book, ids, &routed)?,
            Err(refusal) => Err(refusal),
        });
    }

    number_orders(session, &mut outcomes)?;
    let placed: Vec<_> = outcomes.iter().flatten().cloned().collect();
    session.insert_orders(&placed)?;
    count_new_customers(session, &mut book, &known, &placed)?;
    book.save(session)?;
    Ok(outcomes)
}

fn stock_keys(routed: &[Result<Routed<'_>, PlaceOrderRefusal>]) -> BTreeSet<StockKey> {
    routed
        .iter()
        .flatten()
        .flat_map(|routed| {
            let agent_id = routed.responsible.agent_id;
            routed.lines.iter().map(move |line| StockKey {
                agent_id,
                product_id: line.product_id,
            })
        })
        .collect()
}

/// Decides one order on the stock that the orders before it have left.
fn decide(
    book: &mut OrderBook<'_>,
    ids: &dyn IdSource,
    routed: &Routed<'_>,
) -> Result<Result<Order, PlaceOrderRefusal>, RepositoryError> {
    let (command, responsible) = (routed.command, &routed.responsible);
    let mut requested: BTreeMap<ProductId, i64> = BTreeMap::new();
    for line in &routed.lines {
        *requested.entry(line.product_id).or_default() += line.quantity.get();
    }
    let shortages: Vec<_> = requested
        .into_iter()
        .map(|(product_id, requested)| {
            let available = book.available(StockKey {
                agent_id: responsible.agent_id,
                product_id,
            });
            Shortage {
                product_id,
                requested,
                available,
            }
        })
        .filter(|shortage| shortage.available < shortage.requested)
        .collect();
    if !shortages.is_empty() {
        return Ok(Err(PlaceOrderRefusal::OutOfStock(shortages)));
    }
    let order = Order {
        id: ids.next_order_id(command.at, responsible.agent_number),
        agent_id: responsible.agent_id,
        // Numbers are taken for all placed orders at once, by `number_orders`.
        number: OrderNumber::new(responsible.agent_number, BusinessDay::of(command.at), 0),
        customer_id: command.customer_id,
        address: routed.address.clone(),
        county_code: routed.county_code,
        routing: routed.routing,
        lines: routed.lines.clone(),
        total: routed.total,
        wanted: command.wanted,
        note: command.note.clone(),
        payment_method: command.payment_method,
        placed_at: command.at,
        placed_by: command.actor.account_id,
        state: OrderState::Placed,
        version: 1,
    };
    book.reserve(&order, command.actor)?;
    book.record(
        &order,
        None,
        command.at,
        command.actor,
        None,
        Fact::OrderPlaced { order_id: order.id },
    );
    book.count(
        &order,
        command.at,
        Counters {
            orders: 1,
            ..Counters::default()
        },
    )?;
    Ok(Ok(order))
}

/// Gives each placed order the next number of its agent and day.
fn number_orders(
    session: &mut (impl OrderRepository + ?Sized),
    outcomes: &mut [Result<Order, PlaceOrderRefusal>],
) -> Result<(), RepositoryError> {
    let mut wanted: BTreeMap<_, u32> = BTreeMap::new();
    for order in outcomes.iter().flatten() {
        *wanted.entry((order.agent_id, order.number.day())).or_default() += 1;
    }
    let mut next = session.take_order_numbers(&wanted)?;
    for order in outcomes.iter_mut().flatten() {
        let count = next
            .get_mut(&(order.agent_id, order.number.day()))
            .ok_or_else(|| RepositoryError::Refused("no order number was given out".to_owned()))?;
        order.number = OrderNumber::new(order.number.agent(), order.number.day(), *count);
        *count += 1;
    }
    Ok(())
}

/// Makes customers known to the agents they ordered from; who was not known before counts as new.
fn count_new_customers(
    session: &mut (impl AgentCustomerRepository + ?Sized),
    book: &mut OrderBook<'_>,
    known: &Known,
    placed: &[Order],
) -> Result<(), RepositoryError> {
    let mut firsts: BTreeMap<(AgentId, CustomerId), &Order> = BTreeMap::new();
    for order in placed {
        firsts.entry((order.agent_id, order.customer_id)).or_insert(order);
    }
    let rows: Vec<_> = firsts
        .values()
        .filter_map(|order| {
            known
                .customer(order.customer_id)
                .map(|customer| (order, customer))
        })
        .map(|(order, customer)| AgentCustomer {
            agent_id: order.agent_id,
            customer_id: order.customer_id,
            name: customer.name.clone(),
            phone: customer.phone.clone(),
            first_order: Some(FirstOrder {
                order_id: order.id,
                ordered_at: order.placed_at,
            }),
        })
        .collect();
    for pair in session.insert_agent_customers(&rows)? {
        if let Some(order) = firsts.get(&pair) {
            book.count(
                order,
                order.placed_at,
                Counters {
                    new_customers: 1,
                    ..Counters::default()
                },
            )?;
        }
    }
    Ok(())
}

/// Refuses a number of lines outside 1 to [`MAXIMUM_ORDER_LINES`].
pub(crate) fn check_line_count(count: usize) -> Result<(), kernel::Invalid> {
    if (1..=MAXIMUM_ORDER_LINES).contains(&count) {
        return Ok(());
    }
    Err(kernel::Invalid {
        code: "out_of_range",
        message_zh: format!("应有 1 到 {MAXIMUM_ORDER_LINES} 行").into(),
        message_en: format!("must have from 1 to {MAXIMUM_ORDER_LINES} lines").into(),
    })
}

/// The id of the order a placed command made, for whoever stores it beside an idempotency key.
impl Order {
    /// The key of the order: its agent and its id.
    pub const fn key(&self) -> (AgentId, OrderId) {
        (self.agent_id, self.id)
    }
}
