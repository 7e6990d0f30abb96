//! What is still to happen to placed orders, and when.

use super::{
    DemoError,
    random::Random,
    roster::{Roster, all},
};
use kernel::{BusinessDay, Instant, OrderId, Scope, Text};
use orders::{Actor, ChangeOrder, Order, OrderChange, OrderFilter, OrderState, RateOrder, RatingDraft};
use std::{collections::BTreeMap, time::Duration};
use storage::Database;

/// How many of a thousand orders end in each way; the rest is delivered at the first try.
const CANCELLED_PER_MILLE: i64 = 28;
const FAILED_PER_MILLE: i64 = 16;
/// How many of a thousand delivered orders are rated, and how: scores 1 to 5.
const RATED_PER_MILLE: i64 = 340;
const SCORES: [i64; 5] = [2, 3, 9, 28, 58];
const PRAISE: [&str; 5] = ["送水很快", "师傅很有礼貌", "水质不错", "一如既往", "准时"];
const BLAME: [&str; 4] = ["等得有点久", "桶有点脏", "电话打不通", "晚了半小时"];

/// Changes and ratings ahead, in the order of time.
#[derive(Default)]
pub(super) struct Agenda {
    changes: BTreeMap<(Instant, OrderId), ChangeOrder>,
    ratings: BTreeMap<(Instant, OrderId), RateOrder>,
}

impl Agenda {
    /// What is left to do for the orders that were open when the demo last stopped: they go on in the morning of `day`.
    pub(super) fn of_open_orders(
        database: &Database,
        roster: &Roster,
        day: BusinessDay,
    ) -> Result<Self, DemoError> {
        let mut random = Random::seeded(&format!("open before {day}"));
        let mut agenda = Self::default();
        for state in ["placed", "assigned", "out_for_delivery", "failed"] {
            let filter = OrderFilter {
                state: Some(state),
                ..OrderFilter::default()
            };
            let orders = database.read(|session| {
                all(
                    |page| session.list_orders(Scope::All, &filter, page),
                    |order| order,
                )
            })?;
            for order in orders {
                let morning = day.start() + minutes(random.between(480, 600));
                agenda.deliver(&mut random, roster, &order, morning)?;
            }
        }
        Ok(agenda)
    }

    /// Plans the whole life of an order that was just placed.
    pub(super) fn plan(
        &mut self,
        random: &mut Random,
        roster: &Roster,
        order: &Order,
    ) -> Result<(), DemoError> {
        if random.per_mille(CANCELLED_PER_MILLE) {
            let at = order.placed_at + minutes(random.between(2, 25));
            let actor = Actor {
                account_id: None,
                scope: Scope::Customer(order.customer_id),
            };
            self.change(order, actor, at, OrderChange::Cancel { reason: None });
            return Ok(());
        }
        // What comes in the evening goes out in the morning.
        let opening = BusinessDay::of(order.placed_at).start() + minutes(480);
        let closing = opening + minutes(690);
        let first = if order.placed_at < opening {
            opening + minutes(random.between(0, 60))
        } else if order.placed_at > closing {
            opening + minutes(1_440 + random.between(0, 90))
        } else {
            order.placed_at + minutes(random.between(3, 30))
        };
        self.deliver(random, roster, order, first)
    }

    fn deliver(
        &mut self,
        random: &mut Random,
        roster: &Roster,
        order: &Order,
        first: Instant,
    ) -> Result<(), DemoError> {
        let Some(courier_id) = random.pick(roster.couriers(order.agent_id)).copied() else {
            return Ok(());
        };
        let mut at = first;
        let mut state = order.state.name();
        if matches!(order.state, OrderState::Placed | OrderState::Failed { .. }) {
            self.change(order, Actor::SYSTEM, at, OrderChange::Assign { courier_id });
            at += minutes(random.between(5, 40));
            state = "assigned";
        }
        if state == "assigned" {
            self.change(order, Actor::SYSTEM, at, OrderChange::Start);
            at += minutes(random.between(10, 75));
        }
        if random.per_mille(FAILED_PER_MILLE) {
            let reason = Text::parse("无人在家，电话未接").map_err(DemoError::refused)?;
            self.change(order, Actor::SYSTEM, at, OrderChange::Fail { reason });
            at += minutes(random.between(60, 240));
            if random.per_mille(300) {
                let reason = Some(Text::parse("客户要求取消").map_err(DemoError::refused)?);
                self.change(order, Actor::SYSTEM, at, OrderChange::Cancel { reason });
                return Ok(());
            }
            self.change(order, Actor::SYSTEM, at, OrderChange::Assign { courier_id });
            self.change(order, Actor::SYSTEM, at + minutes(5), OrderChange::Start);
            at += minutes(random.between(20, 60));
        }
        let pieces: i64 = order.lines.iter().map(|line| line.quantity.get()).sum();
        let buckets_returned = u16::try_from(random.between(0, pieces + 1)).unwrap_or_default();
        self.change(
            order,
            Actor::SYSTEM,
            at,
            OrderChange::Deliver {
                buckets_returned,
                proof: None,
            },
        );
        if random.per_mille(RATED_PER_MILLE) {
            at += minutes(random.between(20, 1_200));
            self.rate(random, order, at)?;
        }
        Ok(())
    }

    fn change(&mut self, order: &Order, actor: Actor, at: Instant, change: OrderChange) {
        self.changes.insert(
            (at, order.id),
            ChangeOrder {
                actor,
                at,
                order_id: order.id,
                change,
            },
        );
    }

    fn rate(&mut self, random: &mut Random, order: &Order, at: Instant) -> Result<(), DemoError> {
        let score = i64::try_from(random.weighted(&SCORES)).unwrap_or_default() + 1;
        let words: &[&str] = if score >= 4 { &PRAISE } else { &BLAME };
        let comment = if random.per_mille(450) {
            random.pick(words).map(ToString::to_string)
        } else {
            None
        };
        let tags = if random.per_mille(300) {
            random.pick(words).map(ToString::to_string)
        } else {
            None
        };
        let draft = RatingDraft {
            score,
            comment,
            tags: tags.into_iter().collect(),
        };
        let actor = Actor {
            account_id: None,
            scope: Scope::Customer(order.customer_id),
        };
        let command = draft.check(actor, at, order.id).map_err(DemoError::refused)?;
        self.ratings.insert((at, order.id), command);
        Ok(())
    }

    /// Takes out what happens before `end`.
    pub(super) fn take_before(&mut self, end: Instant) -> (Vec<ChangeOrder>, Vec<RateOrder>) {
        let bound = (end, OrderId::from_uuid(uuid::Uuid::nil()));
        let changes = take_before(&mut self.changes, &bound);
        let ratings = take_before(&mut self.ratings, &bound);
        (changes, ratings)
    }
}

fn take_before<Key: Ord + Clone, Value>(ahead: &mut BTreeMap<Key, Value>, bound: &Key) -> Vec<Value> {
    let later = ahead.split_off(bound);
    std::mem::replace(ahead, later).into_values().collect()
}

/// So many minutes.
pub(super) fn minutes(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count * 60).unwrap_or_default())
}
