//! What an agent owes under a contract, period by period, and how it stands. All of it is worked out from the terms, the
//! figures and the day; nothing here is stored.

pub(crate) mod quota;
pub(crate) mod read;

use crate::QuotaPeriod;
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use kernel::{BusinessDay, BusinessRange, Period};

/// How an obligation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObligationStatus {
    /// Done.
    Met,
    /// On the way.
    OnTrack,
    /// It will be missed unless something happens.
    AtRisk,
    /// Its time and the days of grace are over.
    Missed,
}

impl ObligationStatus {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::OnTrack => "on_track",
            Self::AtRisk => "at_risk",
            Self::Missed => "missed",
        }
    }
}

/// A calendar period that a contract reaches into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObligationPeriod {
    /// The whole month, quarter or year.
    pub calendar: BusinessRange,
    /// The days of it that the contract covers.
    pub days: BusinessRange,
}

impl ObligationPeriod {
    /// The last day on which it is not too late.
    pub fn due_on(self, grace_days: u16) -> BusinessDay {
        self.days.last.plus_days(grace_days.into())
    }
}

impl QuotaPeriod {
    /// The month, quarter or year that a day lies in.
    pub fn around(self, day: BusinessDay) -> BusinessRange {
        let months = match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        };
        let month = day.month_start().date();
        let into = Months::new(month.month0() % months);
        let first = month.checked_sub_months(into).unwrap_or(NaiveDate::MIN);
        let next = first
            .checked_add_months(Months::new(months))
            .unwrap_or(NaiveDate::MAX);
        BusinessRange {
            first: BusinessDay::from_date(first),
            last: BusinessDay::from_date(next).minus_days(1),
        }
    }
}

/// The days that a validity covers, one that it only begins or ends on among them.
pub fn covered_days(validity: Period) -> BusinessRange {
    BusinessRange {
        first: BusinessDay::of(validity.from()),
        last: BusinessDay::of(validity.until() - TimeDelta::microseconds(1)),
    }
}

/// The periods of a contract that have begun, the newest first.
pub fn begun_periods(
    validity: Period,
    length: QuotaPeriod,
    today: BusinessDay,
) -> impl Iterator<Item = ObligationPeriod> {
    let covered = covered_days(validity);
    let newest = Some(today.min(covered.last));
    std::iter::successors(newest, move |day| Some(length.around(*day).first.minus_days(1)))
        .take_while(move |day| covered.first <= *day)
        .map(move |day| {
            let calendar = length.around(day);
            let days = BusinessRange {
                first: calendar.first.max(covered.first),
                last: calendar.last.min(covered.last),
            };
            ObligationPeriod { calendar, days }
        })
}

/// How many days a range has.
pub(crate) fn count_days(range: BusinessRange) -> i64 {
    (range.last.date() - range.first.date()).num_days() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> BusinessDay {
        BusinessDay::from_date(text.parse().unwrap())
    }

    fn range(first: &str, last: &str) -> BusinessRange {
        BusinessRange {
            first: day(first),
            last: day(last),
        }
    }

    #[test]
    fn periods_are_those_of_the_calendar() {
        for (length, first, last) in [
            (QuotaPeriod::Month, "2028-02-01", "2028-02-29"),
            (QuotaPeriod::Quarter, "2028-01-01", "2028-03-31"),
            (QuotaPeriod::Year, "2028-01-01", "2028-12-31"),
        ] {
            assert_eq!(length.around(day("2028-02-29")), range(first, last));
        }
        assert_eq!(
            QuotaPeriod::Quarter.around(day("2026-12-31")),
            range("2026-10-01", "2026-12-31")
        );
    }

    #[test]
    fn a_contract_covers_the_first_and_the_last_period_in_part() {
        // From the 20th of November in Shanghai up to, and not including, the 10th of February.
        let validity = Period::new(
            "2026-11-19T16:00:00Z".parse().unwrap(),
            "2027-02-09T16:00:00Z".parse().unwrap(),
        )
        .unwrap();
        let begun = |today| -> Vec<_> {
            begun_periods(validity, QuotaPeriod::Month, day(today))
                .map(|period| period.days)
                .collect()
        };
        assert_eq!(begun("2026-11-19"), []);
        assert_eq!(begun("2026-11-20"), [range("2026-11-20", "2026-11-30")]);
        let all = [
            range("2027-02-01", "2027-02-09"),
            range("2027-01-01", "2027-01-31"),
            range("2026-12-01", "2026-12-31"),
            range("2026-11-20", "2026-11-30"),
        ];
        assert_eq!(begun("2027-02-03"), all);
        assert_eq!(begun("2030-01-01"), all);
    }

    #[test]
    fn grace_follows_the_last_day() {
        let period = ObligationPeriod {
            calendar: range("2026-11-01", "2026-11-30"),
            days: range("2026-11-20", "2026-11-30"),
        };
        assert_eq!(period.due_on(0), day("2026-11-30"));
        assert_eq!(period.due_on(7), day("2026-12-07"));
    }
}
