//! Whether the rollups agree with the events that they count, counted again by the domain's own arithmetic.

use super::{
    figures::{Sums, add, to_counters},
    schema::{
        agent_customers, daily_county_figures, daily_figures, order_history, order_lines, order_ratings,
        orders,
    },
    session::Session,
    values::{Key, Moment},
};
use crate::{Checked, Difference};
use chrono::NaiveDate;
use diesel::prelude::*;
use insights::{Counters, Ratings};
use inventory::Container;
use kernel::{BusinessDay, Money, RepositoryError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

type CountyDay = (NaiveDate, i32);
type OrderFacts = (Key, NaiveDate, i32, i64, Option<Moment>);

/// The counters' columns of a rollup.
macro_rules! sums {
    ($table:ident) => {
        (
            $table::orders,
            $table::delivered,
            $table::cancelled,
            $table::sales_fen,
            $table::buckets,
            $table::new_customers,
            $table::ratings_1,
            $table::ratings_2,
            $table::ratings_3,
            $table::ratings_4,
            $table::ratings_5,
        )
    };
}

impl Session {
    pub(super) fn check_daily_figures(&mut self, agent: Key) -> Result<Checked, RepositoryError> {
        let stored: Vec<(NaiveDate, Sums)> = daily_figures::table
            .filter(daily_figures::agent_id.eq(agent))
            .select((daily_figures::day, sums!(daily_figures)))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut derived: BTreeMap<NaiveDate, Counters> = BTreeMap::new();
        for ((day, _), counters) in self.count_again(agent)? {
            add(derived.entry(day).or_default(), counters)?;
        }
        Ok(compare(&derived, stored, |day| {
            format!("agent {}, figures of {day}", agent.0)
        }))
    }

    pub(super) fn check_county_figures(&mut self, agent: Key) -> Result<Checked, RepositoryError> {
        let stored: Vec<(CountyDay, Sums)> = daily_county_figures::table
            .filter(daily_county_figures::agent_id.eq(agent))
            .select((
                (daily_county_figures::day, daily_county_figures::county_code),
                sums!(daily_county_figures),
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(compare(&self.count_again(agent)?, stored, |(day, county)| {
            format!("agent {}, figures of {day} in {county}", agent.0)
        }))
    }

    /// What an agent's orders, ratings and first orders amount to, each on the business day of its own event.
    fn count_again(&mut self, agent: Key) -> Result<BTreeMap<CountyDay, Counters>, RepositoryError> {
        let placed: Vec<OrderFacts> = orders::table
            .filter(orders::agent_id.eq(agent))
            .select((
                orders::id,
                orders::day,
                orders::county_code,
                orders::total_fen,
                orders::delivered_at,
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let lines: Vec<(Key, i64)> = order_lines::table
            .filter(order_lines::agent_id.eq(agent))
            .filter(order_lines::container.eq(Container::ReturnableBucket.name()))
            .select((order_lines::order_id, order_lines::quantity))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut buckets: HashMap<Key, i64> = HashMap::new();
        for (order_id, quantity) in lines {
            *buckets.entry(order_id).or_default() += quantity;
        }
        let cancelled: Vec<(Key, Moment)> = order_history::table
            .filter(order_history::agent_id.eq(agent))
            .filter(order_history::to_state.eq("cancelled"))
            .select((order_history::order_id, order_history::at))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let rated: Vec<(Key, i16, Moment)> = order_ratings::table
            .filter(order_ratings::agent_id.eq(agent))
            .select((
                order_ratings::order_id,
                order_ratings::score,
                order_ratings::rated_at,
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let first: Vec<Option<Key>> = agent_customers::table
            .filter(agent_customers::agent_id.eq(agent))
            .select(agent_customers::first_order_id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;

        let known: HashMap<Key, CountyDay> = placed
            .iter()
            .map(|(id, day, county, ..)| (*id, (*day, *county)))
            .collect();
        let of_order = |id: &Key| known.get(id).copied();
        let on =
            |id: &Key, at: Moment| of_order(id).map(|(_, county)| (BusinessDay::of(at.0).date(), county));
        let mut counted = BTreeMap::new();
        let mut count = |key: Option<CountyDay>, counters: Counters| match key {
            Some(key) => add(counted.entry(key).or_default(), counters),
            // An event of an order that is not there: other equations name it.
            None => Ok(()),
        };
        for (id, day, county, total_fen, delivered_at) in &placed {
            let one = Counters {
                orders: 1,
                ..Counters::default()
            };
            count(Some((*day, *county)), one)?;
            if let Some(at) = delivered_at {
                let delivered = Counters {
                    delivered: 1,
                    sales: Money::from_fen(*total_fen),
                    buckets: buckets.get(id).copied().unwrap_or_default(),
                    ..Counters::default()
                };
                count(on(id, *at), delivered)?;
            }
        }
        for (id, at) in &cancelled {
            let one = Counters {
                cancelled: 1,
                ..Counters::default()
            };
            count(on(id, *at), one)?;
        }
        for (id, score, at) in &rated {
            let one = Counters {
                ratings: Ratings::one(u8::try_from(*score).unwrap_or_default()),
                ..Counters::default()
            };
            count(on(id, *at), one)?;
        }
        for id in first.iter().flatten() {
            let one = Counters {
                new_customers: 1,
                ..Counters::default()
            };
            count(of_order(id), one)?;
        }
        Ok(counted)
    }
}

/// The rows that differ; one that is missing counts as zeros.
fn compare<K: Copy + Ord>(
    derived: &BTreeMap<K, Counters>,
    stored: Vec<(K, Sums)>,
    row: impl Fn(K) -> String,
) -> Checked {
    let stored: BTreeMap<K, Counters> = stored
        .into_iter()
        .map(|(key, sums)| (key, to_counters(sums)))
        .collect();
    let keys: BTreeSet<K> = derived.keys().chain(stored.keys()).copied().collect();
    let counters = |of: &BTreeMap<K, Counters>, key: K| of.get(&key).copied().unwrap_or_default();
    let differences = keys
        .iter()
        .filter_map(|key| {
            let (expected, found) = (counters(derived, *key), counters(&stored, *key));
            (expected != found).then(|| Difference {
                row: row(*key),
                expected: what_differs(expected, found),
                found: what_differs(found, expected),
            })
        })
        .collect();
    Checked {
        rows: keys.len().try_into().unwrap_or(u64::MAX),
        differences,
    }
}

/// The counters that the other side has otherwise.
fn what_differs(counters: Counters, other: Counters) -> String {
    let shown: Vec<_> = named(counters)
        .into_iter()
        .zip(named(other))
        .filter(|(mine, theirs)| mine != theirs)
        .map(|((name, count), _)| format!("{name} {count}"))
        .collect();
    shown.join(", ")
}

fn named(counters: Counters) -> [(&'static str, i64); 11] {
    let [one, two, three, four, five] = counters.ratings.counts();
    [
        ("orders", counters.orders),
        ("delivered", counters.delivered),
        ("cancelled", counters.cancelled),
        ("sales_fen", counters.sales.fen()),
        ("buckets", counters.buckets),
        ("new_customers", counters.new_customers),
        ("ratings_1", one),
        ("ratings_2", two),
        ("ratings_3", three),
        ("ratings_4", four),
        ("ratings_5", five),
    ]
}
