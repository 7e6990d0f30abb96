//! The checks of an order as a client sends it.

use crate::shop::{XIHU, actor, address_id, agent, customer, product};
use chrono::TimeDelta;
use customers::AddressInput;
use kernel::{Instant, Scope};
use orders::{Destination, MAXIMUM_ORDER_LINES, OrderDraft, PaymentMethod, PlaceOrder};
use regions::DivisionTree;
use testing::instant;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn draft() -> OrderDraft {
    OrderDraft {
        address_id: Some(address_id(1, XIHU)),
        lines: vec![(product(1), 2)],
        ..OrderDraft::default()
    }
}

fn address() -> AddressInput {
    AddressInput {
        division_code: "330106".to_owned(),
        detail: "文三路 1 号".to_owned(),
        contact_name: "张三".to_owned(),
        contact_phone: "13812345678".to_owned(),
        longitude: None,
        latitude: None,
    }
}

fn check_as(scope: Scope, draft: OrderDraft) -> Result<PlaceOrder, Vec<(String, &'static str)>> {
    draft
        .check(DivisionTree::embedded(), actor(scope), now())
        .map_err(|errors| {
            let errors = errors.into_iter();
            errors
                .map(|error| (error.field.into_owned(), error.code))
                .collect()
        })
}

fn check(draft: OrderDraft) -> Result<PlaceOrder, Vec<(String, &'static str)>> {
    check_as(Scope::Customer(customer(1)), draft)
}

fn assert_refused(draft: OrderDraft, field: &str, code: &'static str) {
    assert_eq!(check(draft), Err(vec![(field.to_owned(), code)]));
}

#[test]
fn a_short_draft_is_enough_for_a_customer() {
    let command = check(draft()).unwrap();
    assert_eq!(command.customer_id, customer(1));
    assert_eq!(command.destination, Destination::Known(address_id(1, XIHU)));
    assert_eq!(command.payment_method, PaymentMethod::CashOnDelivery);
    assert_eq!((command.wanted, command.note, command.at), (None, None, now()));
}

#[test]
fn a_full_draft_keeps_everything() {
    let command = check(OrderDraft {
        customer_id: Some(customer(2)),
        address_id: None,
        address: Some(address()),
        wanted_from: Some(now()),
        wanted_until: Some(now() + TimeDelta::days(30)),
        note: Some("放门口".to_owned()),
        payment_method: Some("monthly_bill".to_owned()),
        agent_id: Some(agent(1)),
        ..draft()
    })
    .unwrap();
    assert!(matches!(&command.destination, Destination::Given(given) if given.address_id.is_none()));
    assert_eq!(command.customer_id, customer(2));
    assert_eq!(command.wanted.unwrap().from(), now());
    assert_eq!(command.note.unwrap().as_str(), "放门口");
    assert_eq!(command.payment_method, PaymentMethod::MonthlyBill);
    assert_eq!(command.agent_id, Some(agent(1)));
}

#[test]
fn everybody_but_a_customer_says_who_orders() {
    let refused = check_as(Scope::Agent(agent(1)), draft());
    assert_eq!(refused, Err(vec![("customer_id".to_owned(), "required")]));
}

#[test]
fn an_order_has_one_destination() {
    let neither = OrderDraft {
        address_id: None,
        ..draft()
    };
    assert_refused(neither, "address_id", "required");
    let both = OrderDraft {
        address: Some(address()),
        ..draft()
    };
    assert_refused(both, "address_id", "both_given");
}

#[test]
fn lines_are_bounded_at_both_edges() {
    let with = |count| OrderDraft {
        lines: vec![(product(1), 1); count],
        ..draft()
    };
    assert_refused(with(0), "lines", "out_of_range");
    assert_eq!(check(with(MAXIMUM_ORDER_LINES)).unwrap().lines.len(), 20);
    assert_refused(with(MAXIMUM_ORDER_LINES + 1), "lines", "out_of_range");
}

#[test]
fn a_wanted_time_has_two_ends_and_lies_ahead() {
    let from_until = |from: Option<i64>, until: Option<i64>| {
        let hours_ahead = |hours| now() + TimeDelta::hours(hours);
        OrderDraft {
            wanted_from: from.map(hours_ahead),
            wanted_until: until.map(hours_ahead),
            ..draft()
        }
    };
    assert_refused(from_until(None, Some(1)), "wanted_from", "required");
    assert_refused(from_until(Some(1), None), "wanted_until", "required");
    assert_refused(from_until(Some(1), Some(1)), "wanted_until", "not_after_from");
    assert_refused(from_until(Some(-2), Some(0)), "wanted_until", "in_the_past");
    assert!(check(from_until(Some(-2), Some(1))).is_ok());
    assert_refused(
        from_until(Some(1), Some(30 * 24 + 1)),
        "wanted_until",
        "too_far_ahead",
    );
}

#[test]
fn every_wrong_field_is_reported_at_once() {
    let wrong = OrderDraft {
        customer_id: None,
        address_id: None,
        address: Some(AddressInput {
            division_code: "999999".to_owned(),
            detail: String::new(),
            contact_name: "\0".to_owned(),
            contact_phone: "1".to_owned(),
            longitude: Some(120.0),
            latitude: None,
        }),
        lines: vec![(product(1), 0), (product(1), 1), (product(1), 10_001)],
        wanted_from: Some(now()),
        wanted_until: None,
        note: Some("长".repeat(201)),
        payment_method: Some("seashells".to_owned()),
        agent_id: None,
    };
    let errors = check_as(Scope::All, wrong).unwrap_err();
    let errors: Vec<_> = errors
        .iter()
        .map(|(field, code)| (field.as_str(), *code))
        .collect();
    assert_eq!(
        errors,
        [
            ("customer_id", "required"),
            ("address.division_code", "unknown_division"),
            ("address.detail", "empty"),
            ("address.contact_name", "control_character"),
            ("address.contact_phone", "invalid_mobile_number"),
            ("address.latitude", "required"),
            ("lines[0].quantity", "out_of_range"),
            ("lines[2].quantity", "out_of_range"),
            ("wanted_until", "required"),
            ("note", "too_long"),
            ("payment_method", "unknown_payment_method"),
        ]
    );
}
