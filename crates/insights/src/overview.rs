//! The dashboard: today, this week, this month, each beside the period before.

use crate::{Counters, FigureRepository, FigureScope, Ratings};
use kernel::{BusinessDay, BusinessRange, Instant, RepositoryError};

/// Satisfaction is that of the last so many business days, today included: an agent's standing now, not its whole past.
pub const SATISFACTION_DAYS: u64 = 30;

/// A period's figures and those of the period before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodFigures {
    /// The period so far.
    pub current: Counters,
    /// The same days of the period before: yesterday, last week up to the same weekday, last month up to the same date.
    pub previous: Counters,
}

/// What a dashboard shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The instant whose business day is "today".
    pub as_of: Instant,
    /// Today.
    pub today: PeriodFigures,
    /// Since Monday.
    pub this_week: PeriodFigures,
    /// Since the first of the month.
    pub this_month: PeriodFigures,
    /// Ratings of the last [`SATISFACTION_DAYS`].
    pub satisfaction: Ratings,
}

/// Reads the dashboard's figures.
pub fn overview(
    session: &mut (impl FigureRepository + ?Sized),
    scope: &FigureScope,
    as_of: Instant,
) -> Result<Overview, RepositoryError> {
    let today = BusinessDay::of(as_of);
    let yesterday = today.minus_days(1);
    let (week, month) = (today.week_start(), today.month_start());
    let last_month_end = month.minus_days(1);
    let last_month = last_month_end.month_start();
    // The 31st has no counterpart in a shorter month, whose last day stands for it.
    let last_month_same_date = last_month
        .plus_days(days_between(month, today))
        .min(last_month_end);

    let mut figures =
        |current: BusinessRange, previous: BusinessRange| -> Result<PeriodFigures, RepositoryError> {
            Ok(PeriodFigures {
                current: session.sum_figures(scope, current)?,
                previous: session.sum_figures(scope, previous)?,
            })
        };
    Ok(Overview {
        as_of,
        today: figures(BusinessRange::day(today), BusinessRange::day(yesterday))?,
        this_week: figures(
            BusinessRange {
                first: week,
                last: today,
            },
            BusinessRange {
                first: week.minus_days(7),
                last: today.minus_days(7),
            },
        )?,
        this_month: figures(
            BusinessRange {
                first: month,
                last: today,
            },
            BusinessRange {
                first: last_month,
                last: last_month_same_date,
            },
        )?,
        satisfaction: session
            .sum_figures(
                scope,
                BusinessRange {
                    first: today.minus_days(SATISFACTION_DAYS - 1),
                    last: today,
                },
            )?
            .ratings,
    })
}

/// One day of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesDay {
    /// The day.
    pub day: BusinessDay,
    /// What was counted on it.
    pub counters: Counters,
}

/// Every day of a range with its figures, days without any included.
pub fn daily_series(
    session: &mut (impl FigureRepository + ?Sized),
    scope: &FigureScope,
    range: BusinessRange,
) -> Result<Vec<SeriesDay>, RepositoryError> {
    let counted = session.sum_figures_by_day(scope, range)?;
    let days = (0..=days_between(range.first, range.last)).map(|offset| range.first.plus_days(offset));
    Ok(days
        .map(|day| SeriesDay {
            day,
            counters: counted.get(&day).copied().unwrap_or_default(),
        })
        .collect())
}

fn days_between(first: BusinessDay, last: BusinessDay) -> u64 {
    u64::try_from((last.date() - first.date()).num_days()).unwrap_or_default()
}
