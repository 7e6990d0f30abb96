//! One day after another.

use super::{DemoError, agenda::Agenda, random::Random, roster::Roster, supplies};
use chrono::Datelike;
use inventory::Quantity;
use kernel::{BusinessDay, Instant, PageRequest, ProductId, Scope};
use orders::{
    Actor, Destination, OrderFilter, PaymentMethod, PlaceOrder, PlaceOrderRefusal, change_orders,
    place_orders, rate_orders,
};
use regions::DivisionTree;
use std::time::Duration;
use storage::Database;

/// How many orders the half year before today has; those that find too little stock are not placed.
const ORDERS_PER_HALF_YEAR: i64 = 51_500;
/// How busy a month is, from January on, in percent of an ordinary one: people drink in summer.
const MONTHS: [i64; 12] = [85, 80, 90, 95, 100, 110, 120, 120, 110, 100, 92, 88];
/// The same for the days of a week, from Monday on.
const WEEKDAYS: [i64; 7] = [106, 97, 96, 98, 104, 107, 92];
/// The same for the hours of a day.
const HOURS: [i64; 24] = [
    1, 1, 1, 1, 1, 2, 6, 20, 55, 85, 90, 70, 45, 40, 55, 65, 70, 75, 60, 45, 30, 18, 8, 3,
];
/// A day that has only begun has at least so many orders.
const FEWEST_TODAY: i64 = 12;
/// How often each product is ordered.
const MIX: [i64; 5] = [46, 24, 10, 13, 7];

/// The day after the newest order's, or `founded` where there is none.
pub(super) fn first_missing_day(database: &Database, founded: BusinessDay) -> Result<BusinessDay, DemoError> {
    let newest = database.read(|session| {
        let page = PageRequest {
            limit: 1,
            after: None,
        };
        session.list_orders(Scope::All, &OrderFilter::default(), &page)
    })?;
    Ok(newest
        .items
        .first()
        .map_or(founded, |order| BusinessDay::of(order.placed_at).plus_days(1)))
}

/// Lives through one day, or through what has passed of it by `now`: lorries, orders, deliveries, ratings.
pub(super) fn live_through(
    database: &Database,
    roster: &Roster,
    agenda: &mut Agenda,
    day: BusinessDay,
    now: Instant,
) -> Result<(), DemoError> {
    let mut random = Random::seeded(&format!("day {day}"));
    let end = day.plus_days(1).start().min(now);
    let wanted = orders_of(&mut random, roster, day, end, BusinessDay::of(now));
    database.write(|session| {
        // The closure may run again: each run draws the same lorries.
        let mut lorries = Random::seeded(&format!("lorries {day}"));
        supplies::restock(
            session,
            &mut lorries,
            roster,
            day.start() + Duration::from_secs(1),
        )
    })?;
    let placed = database.write(|session| {
        let ids = Random::seeded(&format!("orders {day}"));
        place_orders(session, DivisionTree::embedded(), &ids, &wanted).map_err(DemoError::from)
    })?;
    for order in placed {
        match order {
            Ok(order) => agenda.plan(&mut random, roster, &order)?,
            Err(PlaceOrderRefusal::OutOfStock(_)) => {}
            Err(refusal) => return Err(DemoError::refused(refusal)),
        }
    }
    let (changes, ratings) = agenda.take_before(end);
    database.write(|session| {
        let ids = Random::seeded(&format!("deliveries {day}"));
        refuse_any(change_orders(session, &ids, &changes)?)?;
        refuse_any(rate_orders(session, &ids, &ratings)?)
    })
}

fn refuse_any<Done, Refusal: std::fmt::Debug>(outcomes: Vec<Result<Done, Refusal>>) -> Result<(), DemoError> {
    outcomes
        .into_iter()
        .try_for_each(|outcome| outcome.map(drop).map_err(DemoError::refused))
}

fn weight(day: BusinessDay) -> i64 {
    let of = |weights: &[i64], index: u32| {
        usize::try_from(index)
            .ok()
            .and_then(|index| weights.get(index))
            .copied()
            .unwrap_or(100)
    };
    of(&MONTHS, day.date().month0()) * of(&WEEKDAYS, day.date().weekday().num_days_from_monday())
}

fn orders_of(
    random: &mut Random,
    roster: &Roster,
    day: BusinessDay,
    end: Instant,
    today: BusinessDay,
) -> Vec<PlaceOrder> {
    let half_year: i64 = (0..super::PAST_DAYS)
        .map(|back| weight(today.minus_days(back)))
        .sum();
    let count = ORDERS_PER_HALF_YEAR * weight(day) / half_year.max(1) * random.between(92, 109) / 100;
    let products: Vec<_> = roster.products().collect();
    let (midnight, next) = (day.start(), day.plus_days(1).start());
    let mut times: Vec<_> = (0..count)
        .map(|_| moment(random, midnight))
        .filter(|at| *at < end)
        .collect();
    let passed = (end - midnight).num_seconds();
    while end < next && i64::try_from(times.len()).unwrap_or(i64::MAX) < FEWEST_TODAY && passed > 0 {
        times.push(midnight + seconds(random.between(0, passed)));
    }
    times.sort_unstable();
    times
        .into_iter()
        .filter_map(|at| order_at(random, roster, &products, at))
        .collect()
}

fn moment(random: &mut Random, midnight: Instant) -> Instant {
    let hour = i64::try_from(random.weighted(&HOURS)).unwrap_or_default();
    midnight + seconds(hour * 3_600 + random.between(0, 3_600))
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or_default())
}

fn order_at(random: &mut Random, roster: &Roster, products: &[ProductId], at: Instant) -> Option<PlaceOrder> {
    // Some order every week, many now and then: the smaller of two draws favours the first residents.
    let last = i64::try_from(roster.residents.len()).ok()?;
    let index = random.between(0, last).min(random.between(0, last));
    let resident = roster.residents.get(usize::try_from(index).ok()?)?;
    let mut lines = vec![line(random, products)?];
    if random.per_mille(180) {
        lines.push(line(random, products)?);
    }
    Some(PlaceOrder {
        actor: Actor {
            account_id: None,
            scope: Scope::Customer(resident.customer_id),
        },
        at,
        customer_id: resident.customer_id,
        destination: Destination::Known(resident.address_id),
        lines,
        wanted: None,
        note: None,
        payment_method: if random.per_mille(150) {
            PaymentMethod::MonthlyBill
        } else {
            PaymentMethod::CashOnDelivery
        },
        agent_id: None,
    })
}

fn line(random: &mut Random, products: &[ProductId]) -> Option<(ProductId, Quantity)> {
    let product_id = *products.get(random.weighted(&MIX))?;
    let quantity = if random.per_mille(60) {
        random.between(5, 16)
    } else {
        random.between(1, 5)
    };
    Some((product_id, Quantity::new(quantity)?))
}
