//! The business day: a day in Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991 (IANA tz database,
//! `asia`), so that a fixed offset is exact for every instant this system can meet.

use crate::Instant;
use chrono::{Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3_600;

fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS)
        .unwrap_or_else(|| unreachable!("eight hours are a valid offset"))
}

/// A calendar day in Asia/Shanghai. "Today", "this week" and "this month" are made of these, never of UTC days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessDay(NaiveDate);

impl BusinessDay {
    /// The business day that `instant` falls on.
    pub fn of(instant: Instant) -> Self {
        Self(instant.with_timezone(&shanghai()).date_naive())
    }

    /// Takes a calendar date as a business day.
    pub const fn from_date(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date.
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The first instant of this day.
    pub fn start(self) -> Instant {
        shanghai()
            .from_local_datetime(&self.0.and_time(NaiveTime::MIN))
            .single()
            .unwrap_or_else(|| unreachable!("a fixed offset has no gaps"))
            .with_timezone(&Utc)
    }

    /// The day `days` later, or the last day there is.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        Self(self.0.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX))
    }

    /// The day `days` earlier, or the first day there is.
    #[must_use]
    pub fn minus_days(self, days: u64) -> Self {
        Self(self.0.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN))
    }

    /// The Monday of this day's week.
    #[must_use]
    pub fn week_start(self) -> Self {
        self.minus_days(u64::from(self.0.weekday().num_days_from_monday()))
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        self.minus_days(u64::from(self.0.day0()))
    }
}

impl fmt::Display for BusinessDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Consecutive business days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessRange {
    /// The first day counted.
    pub first: BusinessDay,
    /// The last day counted.
    pub last: BusinessDay,
}

impl BusinessRange {
    /// That one day.
    pub const fn day(day: BusinessDay) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    /// Whether `day` is counted.
    pub fn contains(self, day: BusinessDay) -> bool {
        self.first <= day && day <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> BusinessDay {
        BusinessDay::from_date(text.parse().unwrap())
    }

    #[test]
    fn the_day_turns_at_sixteen_hundred_utc() {
        let before: Instant = "2026-11-22T15:59:59.999999Z".parse().unwrap();
        let after: Instant = "2026-11-22T16:00:00Z".parse().unwrap();
        assert_eq!(BusinessDay::of(before), day("2026-11-22"));
        assert_eq!(BusinessDay::of(after), day("2026-11-23"));
        assert_eq!(day("2026-11-23").start(), after);
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        assert_eq!(day("2026-11-22").week_start(), day("2026-11-16"));
        assert_eq!(day("2026-11-16").week_start(), day("2026-11-16"));
        assert_eq!(day("2026-11-22").month_start(), day("2026-11-01"));
    }
}
