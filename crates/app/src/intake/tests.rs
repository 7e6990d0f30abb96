//! How sets are gathered. What a set does is tested over HTTP, on both databases.

use super::*;
use identity::{Principal, Role, TokenDigest};
use kernel::{AccountId, MembershipId, PersonName, ProductId, Scope};
use orders::{Actor, Destination, PaymentMethod};
use std::iter;
use uuid::Uuid;

type Answers = oneshot::Receiver<Result<Answer, Problem>>;

/// Somebody's order under a key; `body` tells requests apart.
fn waiting(account: u128, key: &str, body: &str) -> (Waiting, Answers) {
    let uuid = Uuid::from_u128(account);
    let principal = Principal {
        account_id: AccountId::from_uuid(uuid),
        membership_id: MembershipId::from_uuid(uuid),
        name: PersonName::parse("张三").unwrap(),
        role: Role::Customer,
        agent_id: None,
        courier_id: None,
        customer_id: Some(CustomerId::from_uuid(uuid)),
    };
    let order = PlaceOrder {
        actor: Actor {
            account_id: Some(principal.account_id),
            scope: Scope::Customer(CustomerId::from_uuid(uuid)),
        },
        at: "2026-11-22T08:00:00Z".parse().unwrap(),
        customer_id: CustomerId::from_uuid(uuid),
        destination: Destination::Known(kernel::AddressId::from_uuid(uuid)),
        lines: vec![(ProductId::from_uuid(uuid), inventory::Quantity::new(1).unwrap())],
        wanted: None,
        note: None,
        payment_method: PaymentMethod::default(),
        agent_id: None,
    };
    let (reply, answers) = oneshot::channel();
    let placement = Placement {
        caller: Caller::for_tests(
            principal,
            TokenDigest::from_row(AccountId::from_uuid(uuid), [7; 32]),
        ),
        key: IdempotencyKey::parse(key).unwrap(),
        digest: RequestDigest::of("POST", "/api/v1/orders", body.as_bytes()),
        order,
    };
    (Waiting { placement, reply }, answers)
}

fn keys(set: &[Waiting]) -> Vec<&str> {
    set.iter().map(|waiting| waiting.placement.key.as_str()).collect()
}

#[test]
fn a_set_is_what_has_arrived_up_to_its_size() {
    let (arrived, _answers): (Vec<_>, Vec<_>) = (0..MAXIMUM_SET + 5)
        .map(|number| waiting(1, &format!("key-{number}"), "{}"))
        .unzip();
    let mut arrived = arrived.into_iter();
    let mut deferred = VecDeque::new();
    let set = gather(&mut deferred, || arrived.next());
    assert_eq!(set.len(), MAXIMUM_SET);
    assert_eq!(gather(&mut deferred, || arrived.next()).len(), 5);
    assert!(gather(&mut deferred, || None).is_empty());
}

#[test]
fn whose_client_has_gone_is_left_out() {
    let (staying, _answer) = waiting(1, "staying", "{}");
    let (gone, answer) = waiting(1, "gone", "{}");
    drop(answer);
    let mut arrived = [gone, staying].into_iter();
    let set = gather(&mut VecDeque::new(), || arrived.next());
    assert_eq!(keys(&set), ["staying"]);
}

#[test]
fn two_requests_under_one_key_are_placed_one_after_the_other() {
    let (first, _a) = waiting(1, "k", "{}");
    let (same, _b) = waiting(1, "k", "{}");
    let (other, _c) = waiting(1, "k", "{ }");
    let (stranger, _d) = waiting(2, "k", "{ }");
    let mut arrived = [first, same, other, stranger].into_iter();
    let mut deferred = VecDeque::new();
    let set = gather(&mut deferred, || arrived.next());
    assert_eq!(set.len(), 3, "the same request may be in a set twice");
    let next = gather(&mut deferred, || None);
    assert_eq!(next.len(), 1);
    assert!(deferred.is_empty());
}

#[test]
fn what_is_deferred_is_bounded() {
    let (arrived, _answers): (Vec<_>, Vec<_>) = (0..10 * MAXIMUM_SET)
        .map(|number| waiting(1, "k", &number.to_string()))
        .unzip();
    let mut arrived = arrived.into_iter();
    let mut deferred = VecDeque::new();
    let mut placed = 0;
    for set in iter::from_fn(|| {
        let set = gather(&mut deferred, || arrived.next());
        assert!(deferred.len() <= 2 * MAXIMUM_SET);
        (!set.is_empty()).then_some(set)
    }) {
        assert_eq!(set.len(), 1);
        placed += set.len();
    }
    assert_eq!(placed, 10 * MAXIMUM_SET);
}
