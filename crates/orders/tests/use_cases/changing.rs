//! Assigning, claiming, starting, delivering, failing and cancelling.

use crate::shop::{
    Shop, account, actor, agent, assign, cancel, courier, customer, deliver, fail, the_courier,
};
use inventory::{Container, Quantity};
use kernel::{Money, OrderId, RepositoryError, Scope};
use orders::{
    Actor, ChangeOrderRefusal, Courier, CourierRepository, Delivery, OrderChange, OrderLine, OrderRepository,
    OrderState, WrongState, change_orders,
};
use testing::{SeededIds, build, instant};

fn the_customer(id: u16) -> Actor {
    actor(Scope::Customer(customer(id)))
}

fn the_agent(id: u16) -> Actor {
    actor(Scope::Agent(agent(id)))
}

#[test]
fn an_order_goes_from_the_pool_to_the_door() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let placed = shop.placed(1, 3);
    let assigned = shop.change(the_agent(1), placed.id, assign(2)).unwrap();
    assert_eq!(
        assigned.state,
        OrderState::Assigned {
            courier_id: courier(2)
        }
    );
    let started = shop
        .change(the_courier(2), placed.id, OrderChange::Start)
        .unwrap();
    assert_eq!(
        started.state,
        OrderState::OutForDelivery {
            courier_id: courier(2)
        }
    );
    assert_eq!(shop.stock(1, 1), (10, 3));

    shop.now = instant("2026-11-22T17:00:00Z");
    let delivered = shop.change(the_courier(2), placed.id, deliver()).unwrap();
    let delivery = Delivery {
        courier_id: courier(2),
        delivered_at: shop.now,
        buckets_returned: 1,
        proof: None,
    };
    assert_eq!(delivered.state, OrderState::Delivered(delivery));
    assert_eq!((delivered.version, shop.order(&placed)), (4, delivered.clone()));
    assert_eq!(shop.stock(1, 1), (7, 0));

    // Placed on one business day, delivered on the next.
    assert_eq!(shop.figures(1, "2026-11-22").orders, 1);
    let next_day = shop.figures(1, "2026-11-23");
    assert_eq!((next_day.delivered, next_day.sales), (1, Money::from_fen(6_000)));
    assert_eq!(next_day.buckets, 3);
    assert_eq!(next_day.orders, 0);
    assert_eq!(
        shop.facts(),
        [
            "order_placed",
            "order_assigned",
            "order_started",
            "order_delivered"
        ]
    );
    let history = shop.memory.list_order_history(&placed).unwrap();
    assert!(history.iter().all(|entry| entry.actor == Some(account(9))));
    assert_eq!(history[0].from_state, None);
}

#[test]
fn a_failed_order_keeps_its_stock_and_is_assigned_again_or_called_off() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 3).id;
    for (actor, change) in [
        (the_courier(1), OrderChange::Claim),
        (the_courier(1), OrderChange::Start),
        (the_courier(1), fail("无人在家")),
    ] {
        shop.change(actor, order_id, change).unwrap();
    }
    assert_eq!(shop.stock(1, 1), (10, 3));
    shop.change(the_agent(1), order_id, assign(2)).unwrap();
    shop.change(the_courier(2), order_id, OrderChange::Start).unwrap();
    let failed = shop.change(the_courier(2), order_id, fail("地址不存在")).unwrap();
    shop.change(the_agent(1), order_id, cancel(Some("联系不上")))
        .unwrap();
    assert_eq!(shop.stock(1, 1), (10, 0));
    let figures = shop.figures(1, "2026-11-22");
    assert_eq!((figures.orders, figures.delivered, figures.cancelled), (1, 0, 1));
    let history = shop.memory.list_order_history(&failed).unwrap();
    let reasons: Vec<_> = history
        .iter()
        .filter_map(|entry| Some(entry.reason.as_ref()?.as_str()))
        .collect();
    assert_eq!(reasons, ["无人在家", "地址不存在", "联系不上"]);
    assert!(shop.facts().ends_with(&["order_failed", "order_cancelled"]));
}

#[test]
fn a_customer_cancels_without_a_reason_until_the_order_is_out() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let placed = shop.placed(1, 1);
    shop.change(the_customer(1), placed.id, cancel(None)).unwrap();

    let order_id = shop.placed(1, 1).id;
    shop.change(the_agent(1), order_id, assign(1)).unwrap();
    shop.change(the_customer(1), order_id, cancel(Some("改期")))
        .unwrap();
    assert_eq!(shop.stock(1, 1), (10, 0));

    let order_id = shop.placed(1, 1).id;
    shop.change(the_courier(1), order_id, OrderChange::Claim).unwrap();
    shop.change(the_courier(1), order_id, OrderChange::Start).unwrap();
    let wrong = WrongState {
        from: "out_for_delivery",
        to: "cancelled",
    };
    assert_eq!(
        shop.change(the_customer(1), order_id, cancel(None)),
        Err(ChangeOrderRefusal::WrongState(wrong))
    );
    // The agent still can, and says why.
    assert_eq!(
        shop.change(the_agent(1), order_id, cancel(None)),
        Err(ChangeOrderRefusal::ReasonRequired)
    );
    shop.change(the_agent(1), order_id, cancel(Some("车坏了")))
        .unwrap();
    assert_eq!(shop.figures(1, "2026-11-22").cancelled, 3);
}

#[test]
fn no_stock_moves_twice() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.delivered(1, 4).id;
    let wrong = |from, to| Err(ChangeOrderRefusal::WrongState(WrongState { from, to }));
    assert_eq!(
        shop.change(the_courier(1), order_id, deliver()),
        wrong("delivered", "delivered")
    );
    assert_eq!(
        shop.change(the_agent(1), order_id, cancel(Some("误送"))),
        wrong("delivered", "cancelled")
    );
    let cancelled = shop.placed(1, 2).id;
    // Twice in one set: the second finds what the first left.
    let set =
        [cancel(None), cancel(None)].map(|change| shop.change_command(the_customer(1), cancelled, change));
    let outcomes = shop.change_all(&set);
    assert!(outcomes[0].is_ok());
    assert_eq!(outcomes[1], wrong("cancelled", "cancelled"));
    assert_eq!(shop.stock(1, 1), (6, 0));
    let movements = shop.memory.stock_movements().len();
    assert_eq!(movements, 1 + 2 + 2);
}

#[test]
fn an_order_may_be_in_a_set_more_than_once() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 4).id;
    let set = [
        shop.change_command(the_courier(1), order_id, OrderChange::Start),
        shop.change_command(the_courier(1), order_id, OrderChange::Claim),
        shop.change_command(the_courier(1), order_id, OrderChange::Start),
        shop.change_command(the_courier(1), order_id, OrderChange::Claim),
        shop.change_command(the_courier(1), order_id, deliver()),
    ];
    let outcomes = shop.change_all(&set);
    let versions: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().ok().map(|order| order.version))
        .collect();
    assert_eq!(versions, [None, Some(2), Some(3), None, Some(4)]);
    assert_eq!(shop.stock(1, 1), (6, 0));
}

#[test]
fn one_claim_wins() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;
    let set = [1, 2].map(|id| shop.change_command(the_courier(id), order_id, OrderChange::Claim));
    let outcomes = shop.change_all(&set);
    assert!(outcomes[0].is_ok());
    // The loser no longer has anything to do with the order.
    assert_eq!(outcomes[1], Err(ChangeOrderRefusal::NotFound(order_id)));
}

#[test]
fn a_refused_change_refuses_nobody_else() {
    let mut shop = Shop::new(2, &[(1, 1, 10)]);
    let (first, second) = (shop.placed(1, 1).id, shop.placed(2, 1).id);
    let set = [
        shop.change_command(the_agent(1), first, assign(1)),
        shop.change_command(the_agent(1), second, OrderChange::Start),
        shop.change_command(the_agent(1), second, assign(2)),
    ];
    let outcomes = shop.change_all(&set);
    assert_eq!(
        outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
}

#[test]
fn who_has_nothing_to_do_with_an_order_does_not_find_it() {
    let mut shop = Shop::new(2, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;
    let not_found = Err(ChangeOrderRefusal::NotFound(order_id));
    for stranger in [the_customer(2), the_agent(2), the_agent(0), the_courier(3)] {
        let outcome = shop.change(stranger, order_id, cancel(Some("试试")));
        assert_eq!(outcome, not_found, "{stranger:?}");
    }
    shop.change(the_agent(1), order_id, assign(1)).unwrap();
    assert_eq!(
        shop.change(the_courier(2), order_id, OrderChange::Start),
        not_found
    );
    // Once it is cancelled it is nobody's: not even in the pool.
    shop.change(actor(Scope::All), order_id, cancel(Some("关店")))
        .unwrap();
    assert_eq!(
        shop.change(the_courier(2), order_id, OrderChange::Claim),
        not_found
    );
    let absent = OrderId::from_uuid(account(5).as_uuid());
    assert_eq!(
        shop.change(actor(Scope::All), absent, cancel(None)),
        Err(ChangeOrderRefusal::NotFound(absent))
    );
}

#[test]
fn only_a_courier_claims() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;
    for other in [the_agent(1), the_customer(1), actor(Scope::All)] {
        assert_eq!(
            shop.change(other, order_id, OrderChange::Claim),
            Err(ChangeOrderRefusal::NotACourier)
        );
    }
}

#[test]
fn orders_go_to_couriers_of_their_agent_who_are_on_duty() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;
    for stranger in [3, 99] {
        assert_eq!(
            shop.change(the_agent(1), order_id, assign(stranger)),
            Err(ChangeOrderRefusal::CourierNotFound(courier(stranger)))
        );
    }
    let off_duty = Courier {
        on_duty: false,
        version: 2,
        ..build::orders::courier(1, agent(1))
    };
    shop.memory.save_courier(&off_duty).unwrap();
    let refusal = Err(ChangeOrderRefusal::CourierOffDuty(courier(1)));
    assert_eq!(shop.change(the_agent(1), order_id, assign(1)), refusal);
    assert_eq!(shop.change(the_courier(1), order_id, OrderChange::Claim), refusal);
}

#[test]
fn every_transition_that_the_state_forbids_names_the_state() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let order_id = shop.placed(1, 1).id;
    for (change, to) in [
        (OrderChange::Start, "out_for_delivery"),
        (deliver(), "delivered"),
        (fail("无人在家"), "failed"),
    ] {
        let wrong = WrongState { from: "placed", to };
        assert_eq!(
            shop.change(the_agent(1), order_id, change),
            Err(ChangeOrderRefusal::WrongState(wrong))
        );
    }
    assert_eq!(shop.memory.events().len(), 1);
}

#[test]
fn the_system_acts_in_nobodys_name() {
    let mut shop = Shop::new(1, &[(1, 1, 10)]);
    let placed = shop.placed(1, 1);
    shop.change(Actor::SYSTEM, placed.id, cancel(Some("超时未接单")))
        .unwrap();
    assert_eq!(shop.memory.stock_movements().last().unwrap().note.actor, None);
    assert_eq!(shop.memory.list_order_history(&placed).unwrap()[1].actor, None);
}

#[test]
fn stock_that_disagrees_with_an_order_is_named_and_nothing_is_saved() {
    let mut shop = Shop::new(1, &[]);
    // An order that no reservation was ever made for.
    let order = build::orders::order(&shop.ids, shop.now, 1, customer(1));
    shop.memory.insert_orders(std::slice::from_ref(&order)).unwrap();
    let command = shop.change_command(actor(Scope::All), order.id, cancel(Some("误下单")));
    let refused = change_orders(&mut shop.memory, &shop.ids, &[command]);
    assert!(
        matches!(
            refused,
            Err(RepositoryError::Corrupt {
                table: "stock_items",
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(shop.order(&order), order);
}

#[test]
fn only_returnable_buckets_are_counted_as_buckets() {
    let placed_at = instant("2026-11-22T08:00:00Z");
    let mut order = build::orders::order(&SeededIds::new(1), placed_at, 1, customer(1));
    let packs = OrderLine {
        container: Container::Disposable,
        quantity: Quantity::new(24).unwrap(),
        ..order.lines[0].clone()
    };
    order.lines.push(packs);
    assert_eq!(order.buckets(), Some(2));
}
