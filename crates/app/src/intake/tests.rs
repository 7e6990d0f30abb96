//! How sets are gathered. What a set does is tested over HTTP, on both databases.

use super::*;
use actix_web::{ResponseError, http::header};
use identity::{Principal, Role, TokenDigest};
use kernel::Instant;
use kernel::{AccountId, MembershipId, PersonName, ProductId, Scope};
use orders::{Actor, Destination, PaymentMethod};
use std::{
    iter,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use storage::{Keys, Options, Vault};
use testing::SeededIds;
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

#[actix_web::test]
async fn a_full_lane_turns_away_at_once() {
    let (sender, _queue) = mpsc::channel(1);
    let intake = Intake { lanes: vec![sender] };
    let placement = || waiting(1, "k", "{}").0.placement;
    let patience = Duration::from_millis(10);
    assert!(
        tokio::time::timeout(patience, intake.place(placement()))
            .await
            .is_err(),
        "the first one waits"
    );
    let refused = intake.place(placement()).await.err().unwrap();
    assert_eq!(refused.code(), "queue_full");
    let response = refused.error_response();
    assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), "1");
}

/// A clock that breaks when it is first looked at.
struct BrokenOnce(AtomicU32);

impl Clock for BrokenOnce {
    fn now(&self) -> Instant {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(looks > 0, "as the test wants");
        "2026-11-22T08:00:00Z".parse().unwrap()
    }
}

#[test]
fn a_set_that_fails_as_a_whole_is_placed_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
    let database = Database::open(&url, Options::default(), vault).unwrap();
    database.migrate().unwrap();
    let clock = Arc::new(BrokenOnce(AtomicU32::new(0)));
    let lane = Lane {
        database,
        clock: clock.clone(),
        ids: Arc::new(SeededIds::new(1)),
    };
    let (first, mut first_answer) = waiting(1, "a", "{}");
    let (second, mut second_answer) = waiting(2, "b", "{}");
    lane.place(vec![first, second]);
    // Nobody is signed in here: that each is told so shows that each was looked at by itself.
    for answer in [&mut first_answer, &mut second_answer] {
        let refused = answer.try_recv().unwrap().err().unwrap();
        assert_eq!(refused.code(), "unauthenticated");
    }
    assert_eq!(clock.0.load(Ordering::Relaxed), 3);
}
