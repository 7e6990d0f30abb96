//! What orders, their history, their ratings and couriers promise.

use crate::{SeededIds, Store, build, instant};
use customers::CustomerRepository;
use inventory::ProductRepository;
use kernel::{
    AccountId, AgentId, BusinessDay, BusinessRange, CustomerId, Instant, Page, PageRequest, Period,
    RepositoryError, Scope, Text,
};
use orders::{
    Courier, CourierRepository, Delivery, Order, OrderFilter, OrderHistoryEntry, OrderRepository, OrderState,
    Rating, Score,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const PLACED_AT: &str = "2026-11-22T08:00:00Z";

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn find<S: Store>(store: &S, scope: Scope, order: &Order) -> Option<Order>
where
    S::Session: OrderRepository,
{
    write(store, |session| session.find_order(scope, order.id))
}

/// Orders of customers 1 and 2 in turn, oldest first, one minute apart, with what they refer to.
fn written<S: Store>(store: &S, count: u32) -> Vec<Order>
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository,
{
    let ids = SeededIds::new(1);
    let orders: Vec<_> = (0..count)
        .map(|index| {
            let placed_at = instant(PLACED_AT) + std::time::Duration::from_secs(60 * u64::from(index));
            build::orders::order(
                &ids,
                placed_at,
                index + 1,
                build::customers::customer_id(u128::from(index % 2 + 1)),
            )
        })
        .collect();
    write(store, |session| {
        session.insert_products(&[build::inventory::product(1)])?;
        session.insert_customers(&[build::customers::customer(1), build::customers::customer(2)])?;
        session.insert_orders(&orders)
    });
    orders
}

/// Numbers are given out once, in runs, by agent and day.
pub fn order_numbers_are_given_out_once<S: Store>(store: &S)
where
    S::Session: OrderRepository,
{
    let day = |text| BusinessDay::of(instant(text));
    let (today, tomorrow) = (day(PLACED_AT), day("2026-11-23T08:00:00Z"));
    let hq = AgentId::HEADQUARTERS;
    let take = |wanted: BTreeMap<_, _>| write(store, |session| session.take_order_numbers(&wanted));
    assert_eq!(
        take(BTreeMap::from([((hq, today), 3)])),
        BTreeMap::from([((hq, today), 1)])
    );
    let both = take(BTreeMap::from([((hq, today), 2), ((hq, tomorrow), 1)]));
    assert_eq!(both, BTreeMap::from([((hq, today), 4), ((hq, tomorrow), 1)]));
    assert_eq!(take(BTreeMap::new()), BTreeMap::new());
}

/// An order reads back as it was written, with every optional part there and absent.
pub fn an_order_reads_back_as_it_was_written<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository,
{
    let orders = written(store, 1);
    let mut full = build::orders::order(
        &SeededIds::new(2),
        instant(PLACED_AT),
        9,
        build::customers::customer_id(1),
    );
    full.wanted = Period::new(
        instant("2026-11-23T01:00:00Z"),
        instant("2026-11-23T03:00:00.000001Z"),
    );
    full.note = Some(Text::parse("放门口，\n别按铃").unwrap());
    full.placed_by = Some(AccountId::from_uuid(Uuid::from_u128(5)));
    full.address.address_id = None;
    let mut bare = build::orders::order(
        &SeededIds::new(3),
        instant(PLACED_AT),
        10,
        build::customers::customer_id(2),
    );
    bare.address.position = None;
    write(store, |session| {
        session.insert_orders(&[full.clone(), bare.clone()])
    });
    for order in [orders[0].clone(), full, bare] {
        assert_eq!(find(store, Scope::All, &order), Some(order.clone()));
        let locked = write(store, |session| session.lock_orders(&BTreeSet::from([order.id])));
        assert_eq!(locked, BTreeMap::from([(order.id, order)]));
    }
    let unknown = SeededIds::new(9);
    let missing = build::orders::order(&unknown, instant(PLACED_AT), 1, build::customers::customer_id(1));
    assert_eq!(find(store, Scope::All, &missing), None);
    assert_eq!(
        write(store, |session| session
            .lock_orders(&BTreeSet::from([missing.id]))),
        BTreeMap::new()
    );
}

/// Each state is saved whole, under the next version only.
pub fn a_state_is_saved_under_the_next_version<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository + CourierRepository,
{
    let order = written(store, 1).remove(0);
    let courier = build::orders::courier(1, AgentId::HEADQUARTERS);
    write(store, |session| {
        session.insert_couriers(std::slice::from_ref(&courier))
    });
    let courier_id = courier.id;
    let delivery = Delivery {
        courier_id,
        delivered_at: instant("2026-11-22T09:00:00.123456Z"),
        buckets_returned: 2,
        proof: Some(Text::parse("签收码 8812").unwrap()),
    };
    let states = [
        OrderState::Assigned { courier_id },
        OrderState::OutForDelivery { courier_id },
        OrderState::Failed {
            courier_id,
            reason: Text::parse("无人在家").unwrap(),
        },
        OrderState::Delivered(delivery),
        OrderState::Cancelled {
            reason: Some(Text::parse("客户改期").unwrap()),
        },
        OrderState::Cancelled { reason: None },
        OrderState::Placed,
    ];
    let mut version = order.version;
    for state in states {
        version += 1;
        let changed = Order {
            state,
            version,
            ..order.clone()
        };
        write(store, |session| {
            session.save_orders(std::slice::from_ref(&changed))
        });
        assert_eq!(find(store, Scope::All, &order), Some(changed));
    }
    let stale = Order {
        version,
        ..order.clone()
    };
    let refused =
        store.write::<_, RepositoryError>(|session| session.save_orders(std::slice::from_ref(&stale)));
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
}

/// Who may not see an order does not find it.
pub fn an_order_is_there_inside_its_scope_only<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository + CourierRepository,
{
    let order = written(store, 1).remove(0);
    let (own, other) = (build::customers::customer_id(1), build::customers::customer_id(2));
    let stranger = AgentId::from_uuid(Uuid::from_u128(77));
    let [first, second] = [1, 2].map(|id| build::orders::courier(id, AgentId::HEADQUARTERS));
    write(store, |session| {
        session.insert_couriers(&[first.clone(), second.clone()])
    });
    let of = |courier: &Courier| Scope::Courier {
        agent_id: courier.agent_id,
        courier_id: courier.id,
    };
    let seen = |scope| find(store, scope, &order).is_some();
    let listed = |scope| {
        let page = write(store, |session| {
            session.list_orders(scope, &OrderFilter::default(), &PageRequest::first())
        });
        !page.items.is_empty()
    };
    let check = |scope, expected: bool| {
        assert_eq!((seen(scope), listed(scope)), (expected, expected), "{scope:?}");
    };
    check(Scope::All, true);
    check(Scope::Agent(AgentId::HEADQUARTERS), true);
    check(Scope::Agent(stranger), false);
    check(Scope::Customer(own), true);
    check(Scope::Customer(other), false);
    // In the pool it is everybody's, assigned it is one courier's.
    check(of(&first), true);
    check(of(&second), true);
    check(
        Scope::Courier {
            agent_id: stranger,
            courier_id: first.id,
        },
        false,
    );
    let assigned = Order {
        state: OrderState::Assigned { courier_id: first.id },
        version: 2,
        ..order.clone()
    };
    write(store, |session| {
        session.save_orders(std::slice::from_ref(&assigned))
    });
    check(of(&first), true);
    check(of(&second), false);
    // Cancelled it is in nobody's pool.
    let cancelled = Order {
        state: OrderState::Cancelled { reason: None },
        version: 3,
        ..order.clone()
    };
    write(store, |session| {
        session.save_orders(std::slice::from_ref(&cancelled))
    });
    check(of(&first), false);
    check(Scope::Customer(own), true);
}

/// Lists are newest first, cut into pages without gap or repeat, and hold to their filter.
pub fn orders_are_listed_in_pages_by_filter<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository,
{
    let orders = written(store, 5);
    let list = |filter: OrderFilter, page: &PageRequest<_>| -> Page<Order, _> {
        write(store, |session| session.list_orders(Scope::All, &filter, page))
    };
    let (mut seen, mut page) = (
        Vec::new(),
        PageRequest {
            limit: 2,
            after: None,
        },
    );
    loop {
        let Page { items, next } = list(OrderFilter::default(), &page);
        seen.extend(items);
        match next {
            Some(after) => page.after = Some(after),
            None => break,
        }
    }
    assert_eq!(seen, orders.iter().rev().cloned().collect::<Vec<_>>());

    let count = |filter| list(filter, &PageRequest::first()).items.len();
    let none = OrderFilter::default();
    let span = |code: &str| Some(code.parse::<kernel::DivisionCode>().unwrap().span());
    let on = |text: &str| Some(BusinessRange::day(BusinessDay::of(instant(text))));
    let customer_id: CustomerId = build::customers::customer_id(2);
    assert_eq!(
        count(OrderFilter {
            customer_id: Some(customer_id),
            ..none
        }),
        2
    );
    assert_eq!(
        count(OrderFilter {
            agent_id: Some(AgentId::HEADQUARTERS),
            ..none
        }),
        5
    );
    assert_eq!(
        count(OrderFilter {
            agent_id: Some(AgentId::from_uuid(Uuid::from_u128(77))),
            ..none
        }),
        0
    );
    assert_eq!(
        count(OrderFilter {
            state: Some("placed"),
            ..none
        }),
        5
    );
    assert_eq!(
        count(OrderFilter {
            state: Some("failed"),
            ..none
        }),
        0
    );
    assert_eq!(
        count(OrderFilter {
            span: span("330000"),
            ..none
        }),
        5
    );
    assert_eq!(
        count(OrderFilter {
            span: span("330108"),
            ..none
        }),
        0
    );
    assert_eq!(
        count(OrderFilter {
            placed: on(PLACED_AT),
            ..none
        }),
        5
    );
    assert_eq!(
        count(OrderFilter {
            placed: on("2026-11-21T08:00:00Z"),
            ..none
        }),
        0
    );
    assert_eq!(
        list(
            OrderFilter {
                number: Some(orders[3].number),
                ..none
            },
            &PageRequest::first()
        )
        .items,
        orders[3..4]
    );
}

fn entry(order: &Order, version: i64, at: Instant) -> OrderHistoryEntry {
    OrderHistoryEntry {
        agent_id: order.agent_id,
        order_id: order.id,
        version,
        at,
        actor: (version > 1).then(|| AccountId::from_uuid(Uuid::from_u128(5))),
        from_state: (version > 1).then_some("placed"),
        to_state: if version > 1 { "cancelled" } else { "placed" },
        reason: (version > 1).then(|| Text::parse("改期").unwrap()),
    }
}

/// A history comes back oldest first, and holds one order's entries only.
pub fn a_history_comes_back_oldest_first<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository,
{
    let orders = written(store, 2);
    let entries = [1, 2].map(|version| entry(&orders[0], version, instant(PLACED_AT)));
    let other = entry(&orders[1], 1, instant(PLACED_AT));
    write(store, |session| {
        session.insert_order_history(&[entries[1].clone(), other.clone(), entries[0].clone()])
    });
    assert_eq!(
        write(store, |session| session.list_order_history(&orders[0])),
        entries
    );
}

/// A rating comes back whole; a second one for an order is refused.
pub fn an_order_is_rated_once<S: Store>(store: &S)
where
    S::Session: OrderRepository + ProductRepository + CustomerRepository + CourierRepository,
{
    let orders = written(store, 2);
    let courier = build::orders::courier(1, AgentId::HEADQUARTERS);
    write(store, |session| {
        session.insert_couriers(std::slice::from_ref(&courier))
    });
    let rating = Rating {
        agent_id: orders[0].agent_id,
        order_id: orders[0].id,
        customer_id: orders[0].customer_id,
        courier_id: courier.id,
        score: Score::parse(4).unwrap(),
        comment: Some(Text::parse("很快").unwrap()),
        tags: vec![Text::parse("准时").unwrap(), Text::parse("有礼貌").unwrap()],
        rated_at: instant("2026-11-22T10:00:00Z"),
    };
    write(store, |session| {
        session.insert_ratings(std::slice::from_ref(&rating))
    });
    let keys = orders.iter().map(Order::key).collect();
    let found = write(store, |session| session.find_ratings(&keys));
    assert_eq!(found, BTreeMap::from([(orders[0].id, rating.clone())]));
    let again =
        store.write::<_, RepositoryError>(|session| session.insert_ratings(std::slice::from_ref(&rating)));
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
}

/// Couriers are found by agent and id, listed in the order they joined, and saved under their version.
pub fn couriers_are_found_listed_and_saved<S: Store>(store: &S)
where
    S::Session: CourierRepository,
{
    let hq = AgentId::HEADQUARTERS;
    let [first, second] = [1, 2].map(|id| build::orders::courier(id, hq));
    write(store, |session| {
        session.insert_couriers(&[second.clone(), first.clone()])
    });
    let stranger = AgentId::from_uuid(Uuid::from_u128(77));
    let keys = BTreeSet::from([(hq, first.id), (stranger, second.id)]);
    let found = write(store, |session| session.find_couriers(&keys));
    assert_eq!(found, BTreeMap::from([(first.id, first.clone())]));
    let page = PageRequest {
        limit: 1,
        after: None,
    };
    let listed = write(store, |session| {
        session.list_couriers(Scope::Agent(hq), None, &page)
    });
    assert_eq!(
        listed,
        Page {
            items: vec![first.clone()],
            next: Some(first.id)
        }
    );
    let page = PageRequest {
        limit: 1,
        after: Some(first.id),
    };
    let listed = write(store, |session| {
        session.list_couriers(Scope::All, Some(hq), &page)
    });
    assert_eq!(
        listed,
        Page {
            items: vec![second.clone()],
            next: None
        }
    );
    let changed = Courier {
        on_duty: false,
        version: 2,
        ..second.clone()
    };
    write(store, |session| session.save_courier(&changed));
    assert_eq!(
        write(store, |session| session.find_courier(Scope::Agent(hq), second.id)),
        Some(changed.clone())
    );
    assert_eq!(
        write(store, |session| session
            .find_courier(Scope::Agent(stranger), second.id)),
        None
    );
    let stale = store.write::<_, RepositoryError>(|session| session.save_courier(&changed));
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
}
