//! Random interleavings of every command, in sets of random size, against a model that knows only states and sums.

use crate::shop::{Shop, actor, agent, assign, cancel, customer, deliver, fail, the_courier};
use kernel::{OrderId, Scope};
use orders::{ChangeOrder, OrderChange};
use proptest::prelude::*;

const STOCK: i64 = 30;

#[derive(Clone, Debug)]
enum Command {
    Place { quantity: i64 },
    Change { order: prop::sample::Index, what: What },
}

#[derive(Clone, Copy, Debug)]
enum What {
    Assign,
    Start,
    Deliver,
    Fail,
    CancelByAgent,
    CancelByCustomer,
}

fn command() -> impl Strategy<Value = Command> {
    let what = prop_oneof![
        3 => Just(What::Assign),
        3 => Just(What::Start),
        2 => Just(What::Deliver),
        1 => Just(What::Fail),
        1 => Just(What::CancelByAgent),
        1 => Just(What::CancelByCustomer),
    ];
    prop_oneof![
        (1_i64..9).prop_map(|quantity| Command::Place { quantity }),
        (any::<prop::sample::Index>(), what).prop_map(|(order, what)| Command::Change { order, what }),
    ]
}

/// An order as the model knows it.
struct Known {
    id: OrderId,
    quantity: i64,
    state: &'static str,
}

/// The state after a command, `None` where it is refused: the business's own table, written a second time.
fn next(state: &str, what: What) -> Option<&'static str> {
    match (state, what) {
        ("placed" | "failed", What::Assign) => Some("assigned"),
        ("assigned", What::Start) => Some("out_for_delivery"),
        ("out_for_delivery", What::Deliver) => Some("delivered"),
        ("out_for_delivery", What::Fail) => Some("failed"),
        ("placed" | "assigned", What::CancelByAgent | What::CancelByCustomer)
        | ("out_for_delivery" | "failed", What::CancelByAgent) => Some("cancelled"),
        _ => None,
    }
}

fn change(shop: &Shop, order_id: OrderId, what: What) -> ChangeOrder {
    let agent = actor(Scope::Agent(agent(1)));
    let (actor, change) = match what {
        What::Assign => (agent, assign(1)),
        What::Start => (the_courier(1), OrderChange::Start),
        What::Deliver => (the_courier(1), deliver()),
        What::Fail => (the_courier(1), fail("无人在家")),
        What::CancelByAgent => (agent, cancel(Some("改期"))),
        What::CancelByCustomer => (actor(Scope::Customer(customer(1))), cancel(None)),
    };
    shop.change_command(actor, order_id, change)
}

/// Runs a set of placings and then a set of changes, and holds both against the model.
fn run(shop: &mut Shop, known: &mut Vec<Known>, available: &mut i64, commands: &[Command]) {
    let quantities: Vec<_> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Place { quantity } => Some(*quantity),
            Command::Change { .. } => None,
        })
        .collect();
    let set: Vec<_> = quantities
        .iter()
        .map(|quantity| shop.command(1, *quantity))
        .collect();
    for (quantity, outcome) in quantities.into_iter().zip(shop.place(&set)) {
        assert_eq!(outcome.is_ok(), quantity <= *available);
        if let Ok(order) = outcome {
            *available -= quantity;
            known.push(Known {
                id: order.id,
                quantity,
                state: "placed",
            });
        }
    }

    let changes: Vec<_> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Change { order, what } if !known.is_empty() => Some((order.index(known.len()), *what)),
            _ => None,
        })
        .collect();
    let set: Vec<_> = changes
        .iter()
        .map(|(index, what)| change(shop, known[*index].id, *what))
        .collect();
    for ((index, what), outcome) in changes.into_iter().zip(shop.change_all(&set)) {
        let order = &mut known[index];
        let expected = next(order.state, what);
        assert_eq!(outcome.as_ref().ok().map(|order| order.state.name()), expected);
        if let Some(state) = expected {
            order.state = state;
            *available += if state == "cancelled" { order.quantity } else { 0 };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn stock_is_what_the_orders_say_after_every_interleaving(
        sets in prop::collection::vec(prop::collection::vec(command(), 1..12), 1..16),
    ) {
        let mut shop = Shop::new(1, &[(1, 1, STOCK)]);
        let (mut known, mut available) = (Vec::new(), STOCK);
        for set in &sets {
            run(&mut shop, &mut known, &mut available, set);
        }
        let sum = |state: &str| -> i64 {
            let orders = known.iter().filter(|order| order.state == state);
            orders.map(|order| order.quantity).sum()
        };
        let (on_hand, reserved) = shop.stock(1, 1);
        prop_assert_eq!(on_hand, STOCK - sum("delivered"));
        prop_assert_eq!(on_hand - reserved, available);
        let figures = shop.figures(1, "2026-11-22");
        let count = |state: &str| known.iter().filter(|order| order.state == state).count();
        prop_assert_eq!(usize::try_from(figures.orders).unwrap(), known.len());
        prop_assert_eq!(usize::try_from(figures.delivered).unwrap(), count("delivered"));
        prop_assert_eq!(usize::try_from(figures.cancelled).unwrap(), count("cancelled"));
        prop_assert_eq!(figures.sales.fen(), sum("delivered") * 2_000);
        prop_assert_eq!(figures.buckets, sum("delivered"));
        prop_assert_eq!(figures.new_customers, i64::from(!known.is_empty()));
    }
}
