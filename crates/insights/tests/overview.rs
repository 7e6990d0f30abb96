//! The dashboard, on the fake.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use insights::{Counters, DailyDelta, FigureRepository, FigureScope, Ratings, daily_series, overview};
use kernel::{AgentId, BusinessDay, BusinessRange, DivisionCode, Money, Scope};
use testing::{Memory, instant};

fn all() -> FigureScope {
    FigureScope::within(Scope::All, None, None).unwrap()
}

fn day(text: &str) -> BusinessDay {
    BusinessDay::from_date(text.parse().unwrap())
}

/// One order on each of these days.
fn memory_with_orders_on(days: &[&str]) -> Memory {
    let mut memory = Memory::default();
    let counters = Counters {
        orders: 1,
        sales: Money::from_fen(100),
        ratings: Ratings::one(5),
        ..Counters::default()
    };
    let delta = |text: &&str| DailyDelta {
        agent_id: AgentId::HEADQUARTERS,
        county_code: DivisionCode::parse("330106").unwrap(),
        day: day(text),
        counters,
    };
    memory
        .add_daily_figures(&days.iter().map(delta).collect::<Vec<_>>())
        .unwrap();
    memory
}

#[test]
fn a_period_stands_beside_the_same_days_of_the_one_before() {
    // Sunday the 22nd; its week began on Monday the 16th.
    let mut memory = memory_with_orders_on(&[
        "2026-11-22",
        "2026-11-21",
        "2026-11-16",
        "2026-11-15",
        "2026-11-09",
        "2026-11-08",
        "2026-11-01",
        "2026-10-22",
        "2026-10-23",
        "2026-10-01",
        "2026-09-30",
    ]);
    let read = overview(&mut memory, &all(), instant("2026-11-22T08:00:00Z")).unwrap();
    let orders = |figures: insights::PeriodFigures| (figures.current.orders, figures.previous.orders);
    assert_eq!(orders(read.today), (1, 1));
    assert_eq!(orders(read.this_week), (3, 2));
    assert_eq!(orders(read.this_month), (7, 2));
}

#[test]
fn today_is_a_day_in_shanghai() {
    let mut memory = memory_with_orders_on(&["2026-11-23"]);
    assert_eq!(
        overview(&mut memory, &all(), instant("2026-11-22T15:59:59Z"))
            .unwrap()
            .today
            .current
            .orders,
        0
    );
    assert_eq!(
        overview(&mut memory, &all(), instant("2026-11-22T16:00:00Z"))
            .unwrap()
            .today
            .current
            .orders,
        1
    );
}

#[test]
fn the_thirty_first_is_compared_with_the_whole_shorter_month() {
    let mut memory = memory_with_orders_on(&["2026-12-31", "2026-11-30", "2026-11-01"]);
    let read = overview(&mut memory, &all(), instant("2026-12-31T08:00:00Z")).unwrap();
    assert_eq!(
        (read.this_month.current.orders, read.this_month.previous.orders),
        (1, 2)
    );
}

#[test]
fn satisfaction_is_of_the_last_thirty_days() {
    let mut memory = memory_with_orders_on(&["2026-11-22", "2026-10-24", "2026-10-23"]);
    let read = overview(&mut memory, &all(), instant("2026-11-22T08:00:00Z")).unwrap();
    assert_eq!(read.satisfaction.count(), 2);
}

#[test]
fn a_series_shows_empty_days_too() {
    let mut memory = memory_with_orders_on(&["2026-11-20", "2026-11-22"]);
    let range = BusinessRange {
        first: day("2026-11-20"),
        last: day("2026-11-22"),
    };
    let orders: Vec<_> = daily_series(&mut memory, &all(), range)
        .unwrap()
        .into_iter()
        .map(|day| day.counters.orders)
        .collect();
    assert_eq!(orders, [1, 0, 1]);
}
