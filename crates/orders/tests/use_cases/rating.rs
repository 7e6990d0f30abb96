//! Rating delivered orders.

use crate::shop::{Shop, actor, agent, courier, customer};
use kernel::{OrderId, Scope};
use orders::{OrderRepository, RateOrderRefusal, RatingDraft};
use testing::instant;

#[test]
fn a_rating_is_kept_and_counted_on_its_own_day() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order = shop.delivered(1, 1);
    shop.now = instant("2026-11-23T08:00:00Z");
    let rating = shop.rate(&[shop.rating(1, order.id, 4)]).remove(0).unwrap();
    assert_eq!((rating.agent_id, rating.courier_id), (agent(1), courier(1)));
    assert_eq!((rating.customer_id, rating.rated_at), (customer(1), shop.now));
    let found = shop.memory.find_ratings(&[order.key()].into()).unwrap();
    assert_eq!(found[&order.id], rating);
    assert_eq!(shop.figures(1, "2026-11-22").ratings.count(), 0);
    assert_eq!(shop.figures(1, "2026-11-23").ratings.counts(), [0, 0, 0, 1, 0]);
    assert_eq!(shop.facts().last(), Some(&"order_rated"));
    // The order stays as it was delivered.
    assert_eq!(shop.order(&order), order);
}

#[test]
fn an_order_is_rated_once() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.delivered(1, 1).id;
    let set = [5, 1].map(|score| shop.rating(1, order_id, score));
    let outcomes = shop.rate(&set);
    assert_eq!(outcomes[0].as_ref().unwrap().score.get(), 5);
    let refusal = RateOrderRefusal::AlreadyRated(order_id);
    assert_eq!(outcomes[1], Err(refusal.clone()));
    assert_eq!(shop.rate(&set[1..]), [Err(refusal)]);
    assert_eq!(shop.figures(1, "2026-11-22").ratings.counts(), [0, 0, 0, 0, 1]);
}

#[test]
fn only_delivered_orders_are_rated_and_a_refusal_refuses_nobody_else() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let (placed, delivered) = (shop.placed(1, 1).id, shop.delivered(1, 1).id);
    let set = [placed, delivered].map(|order_id| shop.rating(1, order_id, 3));
    let outcomes = shop.rate(&set);
    assert_eq!(
        outcomes[0],
        Err(RateOrderRefusal::NotDelivered { state: "placed" })
    );
    assert!(outcomes[1].is_ok());
}

#[test]
fn a_stranger_does_not_find_the_order() {
    let mut shop = Shop::new(2, &[(1, 1, 10)]);
    let order_id = shop.delivered(1, 1).id;
    let absent = OrderId::from_uuid(crate::shop::account(5).as_uuid());
    let outcomes = shop.rate(&[shop.rating(2, order_id, 1), shop.rating(1, absent, 1)]);
    assert_eq!(
        outcomes,
        [
            Err(RateOrderRefusal::NotFound(order_id)),
            Err(RateOrderRefusal::NotFound(absent)),
        ]
    );
    assert_eq!(shop.figures(1, "2026-11-22").ratings.count(), 0);
}

#[test]
fn every_wrong_field_of_a_rating_is_reported_at_once() {
    let shop = Shop::new(0, &[]);
    let check = |draft: RatingDraft| {
        draft.check(
            actor(Scope::Customer(customer(1))),
            shop.now,
            OrderId::from_uuid(crate::shop::account(5).as_uuid()),
        )
    };
    let mut tags = vec!["准时".to_owned(); 10];
    tags[3] = String::new();
    tags.push("长".repeat(21));
    let errors = check(RatingDraft {
        score: 6,
        comment: Some("好".repeat(501)),
        tags,
    })
    .unwrap_err();
    let errors: Vec<_> = errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect();
    assert_eq!(
        errors,
        [
            ("score", "out_of_range"),
            ("comment", "too_long"),
            ("tags", "too_many"),
            ("tags[3]", "empty"),
            ("tags[10]", "too_long"),
        ]
    );
    let edge = RatingDraft {
        score: 1,
        comment: Some("好".repeat(500)),
        tags: vec!["长".repeat(20); 10],
    };
    assert_eq!(check(edge).unwrap().tags.len(), 10);
    assert_eq!(
        check(RatingDraft::default()).unwrap_err()[0].field,
        "score",
        "zero is no score"
    );
}
