//! Daily rollups.

use super::{
    dialect,
    schema::{daily_county_figures, daily_figures},
    session::Session,
    values::Key,
};
use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use insights::{Counters, DailyDelta, FigureRepository, FigureScope, Ratings};
use kernel::{AgentId, BusinessDay, BusinessRange, Money, RepositoryError};
use std::collections::BTreeMap;

/// A row of either rollup, as far as both have it.
#[derive(Insertable, Clone)]
#[diesel(table_name = daily_figures)]
pub(super) struct DayRow {
    pub(super) agent_id: Key,
    pub(super) day: NaiveDate,
    #[diesel(embed)]
    pub(super) counts: Counts,
}

/// A row of the rollup by county.
#[derive(Insertable, Clone)]
#[diesel(table_name = daily_county_figures)]
pub(super) struct CountyRow {
    pub(super) agent_id: Key,
    pub(super) day: NaiveDate,
    pub(super) county_code: i32,
    #[diesel(embed)]
    pub(super) counts: CountyCounts,
}

/// The counters' columns, once for each table.
macro_rules! counts {
    ($($name:ident of $table:ident)*) => {$(
        #[derive(Insertable, Clone, Copy)]
        #[diesel(table_name = $table)]
        pub(super) struct $name {
            orders: i64,
            delivered: i64,
            cancelled: i64,
            sales_fen: i64,
            buckets: i64,
            new_customers: i64,
            ratings_1: i64,
            ratings_2: i64,
            ratings_3: i64,
            ratings_4: i64,
            ratings_5: i64,
        }

        impl From<Counters> for $name {
            fn from(counters: Counters) -> Self {
                let [ratings_1, ratings_2, ratings_3, ratings_4, ratings_5] = counters.ratings.counts();
                Self {
                    orders: counters.orders,
                    delivered: counters.delivered,
                    cancelled: counters.cancelled,
                    sales_fen: counters.sales.fen(),
                    buckets: counters.buckets,
                    new_customers: counters.new_customers,
                    ratings_1,
                    ratings_2,
                    ratings_3,
                    ratings_4,
                    ratings_5,
                }
            }
        }
    )*};
}

counts! { Counts of daily_figures CountyCounts of daily_county_figures }

pub(super) type Sums = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

pub(super) fn to_counters(sums: Sums) -> Counters {
    let (orders, delivered, cancelled, sales_fen, buckets, new_customers, one, two, three, four, five) = sums;
    Counters {
        orders,
        delivered,
        cancelled,
        sales: Money::from_fen(sales_fen),
        buckets,
        new_customers,
        ratings: Ratings::from_counts([one, two, three, four, five]),
    }
}

/// The sums of a rollup by day; a sum of bigints is a numeric on PostgreSQL, and goes back to bigint.
macro_rules! sums_by_day {
    ($session:expr, $table:ident, $scope:expr, $range:expr $(, $column:ident between $span:expr)?) => {{
        let mut query = $table::table
            .filter($table::day.between($range.first.date(), $range.last.date()))
            .group_by($table::day)
            .select((
                $table::day,
                (
                    sql::<BigInt>("CAST(SUM(orders) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(delivered) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(cancelled) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(sales_fen) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(buckets) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(new_customers) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(ratings_1) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(ratings_2) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(ratings_3) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(ratings_4) AS bigint)"),
                    sql::<BigInt>("CAST(SUM(ratings_5) AS bigint)"),
                ),
            ))
            .into_boxed();
        if let Some(agent_id) = $scope.agent_id() {
            query = query.filter($table::agent_id.eq(Key::from(agent_id)));
        }
        $(
            let bound = |code: u32| i32::try_from(code).unwrap_or(i32::MAX);
            query = query.filter($table::$column.ge(bound($span.first)).and($table::$column.lt(bound($span.end))));
        )?
        let rows: Vec<(NaiveDate, Sums)> =
            query.load(&mut $session.connection).map_err(|error| $session.faults.of(error))?;
        rows
    }};
}

impl FigureRepository for Session {
    fn add_daily_figures(&mut self, deltas: &[DailyDelta]) -> Result<(), RepositoryError> {
        let mut days: BTreeMap<(AgentId, BusinessDay), Counters> = BTreeMap::new();
        let mut counties = BTreeMap::new();
        for delta in deltas {
            let county = (delta.agent_id, delta.day, delta.county_code);
            add(
                days.entry((delta.agent_id, delta.day)).or_default(),
                delta.counters,
            )?;
            add(counties.entry(county).or_default(), delta.counters)?;
        }
        let days: Vec<_> = days
            .into_iter()
            .map(|((agent_id, day), counters)| DayRow {
                agent_id: agent_id.into(),
                day: day.date(),
                counts: counters.into(),
            })
            .collect();
        let counties = counties
            .into_iter()
            .map(|((agent_id, day, county_code), counters)| {
                Ok(CountyRow {
                    agent_id: agent_id.into(),
                    day: day.date(),
                    county_code: i32::try_from(county_code.nine_digits())
                        .map_err(|error| RepositoryError::Refused(error.to_string()))?,
                    counts: counters.into(),
                })
            })
            .collect::<Result<Vec<_>, RepositoryError>>()?;
        dialect::add_figures(&mut self.connection, &days, &counties).map_err(|error| self.faults.of(error))
    }

    fn sum_figures(
        &mut self,
        scope: &FigureScope,
        range: BusinessRange,
    ) -> Result<Counters, RepositoryError> {
        let mut sum = Counters::default();
        for day in self.sum_figures_by_day(scope, range)?.into_values() {
            add(&mut sum, day)?;
        }
        Ok(sum)
    }

    fn sum_figures_by_day(
        &mut self,
        scope: &FigureScope,
        range: BusinessRange,
    ) -> Result<BTreeMap<BusinessDay, Counters>, RepositoryError> {
        let mut rows = Vec::new();
        match scope.spans() {
            None => rows.extend(sums_by_day!(self, daily_figures, scope, range)),
            Some(spans) => {
                for span in spans {
                    rows.extend(
                        sums_by_day!(self, daily_county_figures, scope, range, county_code between span),
                    );
                }
            }
        }
        let mut days = BTreeMap::new();
        for (day, sums) in rows {
            let sum = days.entry(BusinessDay::from_date(day)).or_default();
            add(sum, to_counters(sums))?;
        }
        Ok(days)
    }
}

pub(super) fn add(sum: &mut Counters, more: Counters) -> Result<(), RepositoryError> {
    *sum = sum
        .plus(more)
        .ok_or_else(|| RepositoryError::Refused("a figure does not fit".to_owned()))?;
    Ok(())
}
