//! Changing placed orders: assign, claim, start, deliver, fail, cancel.

use crate::{Actor, Courier, CourierRepository, Order, OrderRepository, WrongState, book::OrderBook};
use events::{Fact, OutboxRepository};
use insights::{Counters, FigureRepository};
use inventory::{StockKey, StockRepository};
use kernel::{AgentId, CourierId, IdSource, Instant, OrderId, RepositoryError, Scope, Text};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// One change that somebody wants to make to one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeOrder {
    /// Who wants it.
    pub actor: Actor,
    /// When it arrived.
    pub at: Instant,
    /// The order.
    pub order_id: OrderId,
    /// The change.
    pub change: OrderChange,
}

/// What is to happen to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderChange {
    /// Give it to a courier of its agent who is on duty.
    Assign {
        /// The courier.
        courier_id: CourierId,
    },
    /// The acting courier takes it from the pool.
    Claim,
    /// The courier sets out.
    Start,
    /// The courier hands it over: its stock is consumed.
    Deliver {
        /// Empty buckets taken back.
        buckets_returned: u16,
        /// A photo's reference or a code.
        proof: Option<Text<200>>,
    },
    /// The courier cannot hand it over.
    Fail {
        /// Why.
        reason: Text<200>,
    },
    /// Call it off: its stock is released. Everybody but the customer says why.
    Cancel {
        /// Why.
        reason: Option<Text<200>>,
    },
}

/// Why an order was not changed. Nothing of the change is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChangeOrderRefusal {
    /// There is no such order, or the actor has nothing to do with it.
    #[error("order {0} is not there")]
    NotFound(OrderId),
    /// The order's state does not allow it.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The order's agent has no such courier.
    #[error("courier {0} is not there")]
    CourierNotFound(CourierId),
    /// The courier is off duty.
    #[error("courier {0} is off duty")]
    CourierOffDuty(CourierId),
    /// Only couriers take orders from the pool.
    #[error("only a courier can claim an order")]
    NotACourier,
    /// Only a customer may cancel without a reason.
    #[error("a reason is needed")]
    ReasonRequired,
}

/// Changes every order of the set that can be changed, in the order given; the outcome of each stands alone. An order
/// may be in a set more than once.
pub fn change_orders(
    session: &mut (
             impl OrderRepository
             + CourierRepository
             + StockRepository
             + FigureRepository
             + OutboxRepository
             + ?Sized
         ),
    ids: &dyn IdSource,
    commands: &[ChangeOrder],
) -> Result<Vec<Result<Order, ChangeOrderRefusal>>, RepositoryError> {
    let mut orders = session.lock_orders(&commands.iter().map(|command| command.order_id).collect())?;
    let couriers = session.find_couriers(&wanted_couriers(&orders, commands))?;
    let mut book = OrderBook::new(ids, session.lock_stock_items(&stock_keys(&orders, commands))?);

    let mut outcomes = Vec::with_capacity(commands.len());
    let mut changed = BTreeSet::new();
    for command in commands {
        let outcome = decide(&orders, &couriers, command);
        if let Ok(order) = &outcome {
            let before = orders.insert(order.id, order.clone());
            changed.insert(order.id);
            enter(&mut book, command, before.as_ref(), order)?;
        }
        outcomes.push(outcome);
    }

    let changed: Vec<_> = orders
        .into_iter()
        .filter(|(id, _)| changed.contains(id))
        .map(|(_, order)| order)
        .collect();
    session.save_orders(&changed)?;
    book.save(session)?;
    Ok(outcomes)
}

fn wanted_couriers(
    orders: &BTreeMap<OrderId, Order>,
    commands: &[ChangeOrder],
) -> BTreeSet<(AgentId, CourierId)> {
    commands
        .iter()
        .filter_map(|command| {
            let agent_id = orders.get(&command.order_id)?.agent_id;
            match (&command.change, command.actor.scope) {
                (OrderChange::Assign { courier_id }, _) => Some((agent_id, *courier_id)),
                (OrderChange::Claim, Scope::Courier { courier_id, .. }) => Some((agent_id, courier_id)),
                _ => None,
            }
        })
        .collect()
}

/// Only delivery and cancelling move stock.
fn stock_keys(orders: &BTreeMap<OrderId, Order>, commands: &[ChangeOrder]) -> BTreeSet<StockKey> {
    commands
        .iter()
        .filter(|command| {
            matches!(
                command.change,
                OrderChange::Deliver { .. } | OrderChange::Cancel { .. }
            )
        })
        .filter_map(|command| orders.get(&command.order_id))
        .flat_map(|order| {
            order.lines.iter().map(|line| StockKey {
                agent_id: order.agent_id,
                product_id: line.product_id,
            })
        })
        .collect()
}

/// The order as the command would leave it.
fn decide(
    orders: &BTreeMap<OrderId, Order>,
    couriers: &BTreeMap<CourierId, Courier>,
    command: &ChangeOrder,
) -> Result<Order, ChangeOrderRefusal> {
    let order = orders
        .get(&command.order_id)
        .filter(|order| command.actor.sees(order))
        .ok_or(ChangeOrderRefusal::NotFound(command.order_id))?;
    let by_customer = matches!(command.actor.scope, Scope::Customer(_));
    let state = order.state.clone();
    let state = match &command.change {
        OrderChange::Assign { courier_id } => state.assign(on_duty(couriers, order, *courier_id)?)?,
        OrderChange::Claim => match command.actor.scope {
            Scope::Courier { courier_id, .. } => state.claim(on_duty(couriers, order, courier_id)?)?,
            Scope::All | Scope::Agent(_) | Scope::Customer(_) => return Err(ChangeOrderRefusal::NotACourier),
        },
        OrderChange::Start => state.start()?,
        OrderChange::Deliver {
            buckets_returned,
            proof,
        } => state.deliver(command.at, *buckets_returned, proof.clone())?,
        OrderChange::Fail { reason } => state.fail(reason.clone())?,
        OrderChange::Cancel { reason } => {
            if reason.is_none() && !by_customer {
                return Err(ChangeOrderRefusal::ReasonRequired);
            }
            state.cancel(by_customer, reason.clone())?
        }
    };
    Ok(Order {
        state,
        version: order.version + 1,
        ..order.clone()
    })
}

fn on_duty(
    couriers: &BTreeMap<CourierId, Courier>,
    order: &Order,
    courier_id: CourierId,
) -> Result<CourierId, ChangeOrderRefusal> {
    let courier = couriers
        .get(&courier_id)
        .filter(|courier| courier.agent_id == order.agent_id)
        .ok_or(ChangeOrderRefusal::CourierNotFound(courier_id))?;
    if courier.on_duty {
        Ok(courier_id)
    } else {
        Err(ChangeOrderRefusal::CourierOffDuty(courier_id))
    }
}

/// Writes down what follows from a change: stock, figures, history, event.
fn enter(
    book: &mut OrderBook<'_>,
    command: &ChangeOrder,
    before: Option<&Order>,
    order: &Order,
) -> Result<(), RepositoryError> {
    let (at, actor, order_id) = (command.at, command.actor, order.id);
    let mut reason = None;
    let fact = match &command.change {
        OrderChange::Assign { .. } | OrderChange::Claim => match order.state.courier_id() {
            Some(courier_id) => Fact::OrderAssigned { order_id, courier_id },
            None => {
                return Err(RepositoryError::Refused(
                    "an assigned order has a courier".to_owned(),
                ));
            }
        },
        OrderChange::Start => Fact::OrderStarted { order_id },
        OrderChange::Deliver { .. } => {
            book.consume(order, at, actor)?;
            let buckets = order.buckets();
            let buckets = buckets.ok_or_else(|| RepositoryError::Refused("buckets do not fit".to_owned()))?;
            book.count(
                order,
                at,
                Counters {
                    delivered: 1,
                    sales: order.total,
                    buckets,
                    ..Counters::default()
                },
            )?;
            Fact::OrderDelivered { order_id }
        }
        OrderChange::Fail { reason: why } => {
            reason = Some(why.clone());
            Fact::OrderFailed { order_id }
        }
        OrderChange::Cancel { reason: why } => {
            book.release(order, at, actor)?;
            book.count(
                order,
                at,
                Counters {
                    cancelled: 1,
                    ..Counters::default()
                },
            )?;
            reason.clone_from(why);
            Fact::OrderCancelled { order_id }
        }
    };
    book.record(
        order,
        before.map(|before| before.state.name()),
        at,
        actor,
        reason,
        fact,
    );
    Ok(())
}
