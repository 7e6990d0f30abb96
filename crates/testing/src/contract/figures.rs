//! What the rollups promise.

use crate::Store;
use insights::{Counters, DailyDelta, FigureRepository, FigureScope, Ratings};
use kernel::{AgentId, BusinessDay, BusinessRange, DivisionCode, Money, RepositoryError, Scope};
use uuid::Uuid;

fn agent(number: u128) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> BusinessDay {
    BusinessDay::from_date(text.parse().unwrap())
}

fn delta(agent_id: AgentId, county: &str, on: &str, orders: i64) -> DailyDelta {
    let counters = Counters {
        orders,
        delivered: 1,
        cancelled: 2,
        sales: Money::from_fen(1_800),
        buckets: 5,
        new_customers: 3,
        ratings: Ratings::one(4),
    };
    DailyDelta {
        agent_id,
        county_code: DivisionCode::parse(county).unwrap(),
        day: day(on),
        counters,
    }
}

fn all() -> FigureScope {
    FigureScope::within(Scope::All, None, None).unwrap()
}

fn written<S: Store>(store: &S)
where
    S::Session: FigureRepository,
{
    let first = [
        delta(agent(1), "330106", "2026-11-01", 1),
        delta(agent(1), "330106", "2026-11-01", 2),
    ];
    let second = [
        delta(agent(1), "330108", "2026-11-02", 4),
        delta(agent(2), "320106", "2026-11-02", 8),
    ];
    store
        .write::<_, RepositoryError>(|session| session.add_daily_figures(&first))
        .unwrap();
    store
        .write::<_, RepositoryError>(|session| session.add_daily_figures(&second))
        .unwrap();
}

/// Deltas of one key add up, inside one call and over several, in every counter.
pub fn deltas_add_up<S: Store>(store: &S)
where
    S::Session: FigureRepository,
{
    written(store);
    let range = BusinessRange {
        first: day("2026-11-01"),
        last: day("2026-11-02"),
    };
    let sum = store
        .write::<_, RepositoryError>(|session| session.sum_figures(&all(), range))
        .unwrap();
    let expected = Counters {
        orders: 15,
        delivered: 4,
        cancelled: 8,
        sales: Money::from_fen(7_200),
        buckets: 20,
        new_customers: 12,
        ratings: Ratings::from_counts([0, 0, 0, 4, 0]),
    };
    assert_eq!(sum, expected);
}

/// Sums hold to the agent, the run of codes and the days asked for; nothing counted is zero.
pub fn sums_hold_to_their_scope<S: Store>(store: &S)
where
    S::Session: FigureRepository,
{
    written(store);
    let orders = |agent_id, division: Option<&str>, first: &str, last: &str| {
        let span = division.map(|code| DivisionCode::parse(code).unwrap().span());
        let range = BusinessRange {
            first: day(first),
            last: day(last),
        };
        store
            .write::<_, RepositoryError>(|session| {
                let scope = FigureScope::within(Scope::All, agent_id, span).unwrap();
                session.sum_figures(&scope, range)
            })
            .unwrap()
            .orders
    };
    assert_eq!(orders(Some(agent(1)), None, "2026-11-01", "2026-11-30"), 7);
    assert_eq!(orders(None, None, "2026-11-02", "2026-11-02"), 12);
    assert_eq!(orders(None, Some("330000"), "2026-11-01", "2026-11-02"), 7);
    assert_eq!(
        orders(Some(agent(1)), Some("330106"), "2026-11-01", "2026-11-02"),
        3
    );
    assert_eq!(orders(Some(agent(3)), None, "2026-11-01", "2026-11-02"), 0);
}

/// A series has the days on which something was counted.
pub fn a_series_has_the_days_that_counted<S: Store>(store: &S)
where
    S::Session: FigureRepository,
{
    written(store);
    let range = BusinessRange {
        first: day("2026-10-01"),
        last: day("2026-11-30"),
    };
    let series = store
        .write::<_, RepositoryError>(|session| session.sum_figures_by_day(&all(), range))
        .unwrap();
    let orders: Vec<_> = series
        .into_iter()
        .map(|(day, counters)| (day, counters.orders))
        .collect();
    assert_eq!(orders, [(day("2026-11-01"), 3), (day("2026-11-02"), 12)]);
}
