//! The bulk, through the use cases in sets.

use super::values::Canaries;
use crate::support::TestApp;
use ::customers::{AddressInput, CreateCustomer, Customer, Position, create_customer};
use inventory::Quantity;
use kernel::{CustomerId, IdSource, Instant, MobileNumber, PersonName, Scope, Text};
use orders::{
    Actor, AddressSnapshot, ChangeOrder, Destination, Order, OrderChange, PaymentMethod, PlaceOrder,
    RateOrder, Score, change_orders, place_orders, rate_orders,
};
use regions::DivisionTree;
use storage::Session;
use testing::build::{inventory::product, orders::courier, territories::agent_id};

/// How many people one transaction lets in.
const SET: usize = 100;

/// Until that many values are in.
pub fn fill(app: &TestApp, canaries: &mut Canaries, wanted: usize) {
    let database = &app.state.database;
    database
        .write::<_, kernel::RepositoryError>(|session| {
            session.insert_couriers(&[courier(9_999, agent_id(1))])
        })
        .unwrap();
    while canaries.len() < wanted {
        database
            .write::<_, kernel::RepositoryError>(|session| {
                let (ids, now) = (app.state.ids.as_ref(), app.state.clock.now());
                let people: Vec<_> = (0..SET).map(|_| settle(session, ids, now, canaries)).collect();
                order(session, ids, now, &people, canaries);
                Ok(())
            })
            .unwrap();
    }
}

fn settle(session: &mut dyn Session, ids: &dyn IdSource, now: Instant, canaries: &mut Canaries) -> Customer {
    let (longitude, latitude) = canaries.position();
    let command = CreateCustomer {
        scope: Scope::Agent(agent_id(1)),
        account_id: None,
        name: canaries.name(),
        phone: Some(canaries.phone()),
        address: Some(AddressInput {
            division_code: "330106".to_owned(),
            detail: canaries.text("detail of an address"),
            contact_name: canaries.name(),
            contact_phone: canaries.phone(),
            longitude: Some(longitude),
            latitude: Some(latitude),
        }),
    };
    create_customer(session, DivisionTree::embedded(), ids, now, &command)
        .unwrap()
        .customer
}

fn text<const MAX: usize>(canaries: &mut Canaries, what: &'static str) -> Text<MAX> {
    Text::parse(&canaries.text(what)).unwrap()
}

fn order(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    at: Instant,
    people: &[Customer],
    canaries: &mut Canaries,
) {
    let commands: Vec<_> = people
        .iter()
        .map(|customer| place(customer.id, at, canaries))
        .collect();
    let placed: Vec<Order> = place_orders(session, DivisionTree::embedded(), ids, &commands)
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let changes: Vec<_> = placed
        .iter()
        .enumerate()
        .flat_map(|(index, order)| ways(index, canaries).into_iter().map(|change| (order.id, change)))
        .map(|(order_id, change)| ChangeOrder {
            actor: Actor::SYSTEM,
            at,
            order_id,
            change,
        })
        .collect();
    for outcome in change_orders(session, ids, &changes).unwrap() {
        outcome.unwrap();
    }
    let ratings: Vec<_> = placed
        .iter()
        .step_by(3)
        .map(|order| RateOrder {
            actor: Actor::SYSTEM,
            at,
            order_id: order.id,
            score: Score::parse(3).unwrap(),
            comment: Some(text(canaries, "comment")),
            tags: vec![text(canaries, "tag")],
        })
        .collect();
    for outcome in rate_orders(session, ids, &ratings).unwrap() {
        outcome.unwrap();
    }
}

/// Every third order is delivered, every third fails, the others are called off.
fn ways(index: usize, canaries: &mut Canaries) -> Vec<OrderChange> {
    let courier_id = courier(9_999, agent_id(1)).id;
    let out = || vec![OrderChange::Assign { courier_id }, OrderChange::Start];
    match index % 3 {
        0 => [
            out(),
            vec![OrderChange::Deliver {
                buckets_returned: 1,
                proof: Some(text(canaries, "proof")),
            }],
        ]
        .concat(),
        1 => [
            out(),
            vec![OrderChange::Fail {
                reason: text(canaries, "reason of a failure"),
            }],
        ]
        .concat(),
        _ => vec![OrderChange::Cancel {
            reason: Some(text(canaries, "reason of a cancellation")),
        }],
    }
}

fn place(customer_id: CustomerId, at: Instant, canaries: &mut Canaries) -> PlaceOrder {
    let (longitude, latitude) = canaries.position();
    PlaceOrder {
        actor: Actor {
            account_id: None,
            scope: Scope::Agent(agent_id(1)),
        },
        at,
        customer_id,
        destination: Destination::Given(AddressSnapshot {
            address_id: None,
            division_code: "330106".parse().unwrap(),
            detail: text(canaries, "detail of an order's address"),
            contact_name: PersonName::parse(&canaries.name()).unwrap(),
            contact_phone: Some(MobileNumber::parse(&canaries.phone()).unwrap()),
            position: Some(Position::parse(longitude, latitude).unwrap()),
        }),
        lines: vec![(product(1).id, Quantity::new(1).unwrap())],
        wanted: None,
        note: Some(text(canaries, "note of an order")),
        payment_method: PaymentMethod::default(),
        agent_id: None,
    }
}
