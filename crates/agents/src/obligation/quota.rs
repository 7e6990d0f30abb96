//! What has to be sold in a period, and how far that is.

use super::{ObligationPeriod, ObligationStatus, count_days, covered_days};
use crate::{Contract, Quota, QuotaMeasure};
use chrono::{Datelike, Months};
use insights::{Counters, FigureRepository, FigureScope};
use kernel::{AgentId, BusinessDay, BusinessRange, Period, Rate, RepositoryError, Scope};

/// How far sales may be behind the days gone before they count as at risk: ten hundredths of the target.
pub const PACE_TOLERANCE_BP: u16 = 1_000;

/// One period of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaProgress {
    /// Which period.
    pub period: ObligationPeriod,
    /// What is counted.
    pub measure: QuotaMeasure,
    /// What has to be sold: buckets, or fen.
    pub target: i64,
    /// What was sold.
    pub done: i64,
    /// How it stands.
    pub status: ObligationStatus,
}

/// What a quota asks for in a period. The target of a contract year is that of the year before, grown by the yearly growth
/// and cut down to a whole; the contract year is that of the period's first covered day. A period that the contract covers
/// in part owes its share by days, cut up to a whole, so that it owes something.
pub fn target_of(quota: &Quota, validity: Period, period: ObligationPeriod) -> i64 {
    let whole = i128::from(Rate::WHOLE_BASIS_POINTS);
    let growth = whole + i128::from(quota.yearly_growth.basis_points());
    let years = years_between(covered_days(validity).first, period.days.first);
    let most = i128::from(i64::MAX);
    let yearly = (0..years).fold(i128::from(quota.target), |target, _| {
        (target * growth / whole).min(most)
    });
    let (covered, calendar) = (count_days(period.days), count_days(period.calendar));
    let share = yearly * i128::from(covered);
    let calendar = i128::from(calendar.max(1));
    i64::try_from((share + calendar - 1) / calendar).unwrap_or(i64::MAX)
}

/// How many whole years lie between two days: the 29th of February comes round on the 28th.
fn years_between(first: BusinessDay, day: BusinessDay) -> u32 {
    let (first, day) = (first.date(), day.date());
    let years = u32::try_from(day.year() - first.year()).unwrap_or_default();
    let anniversary = first.checked_add_months(Months::new(years * 12));
    if anniversary.is_some_and(|anniversary| anniversary <= day) {
        years
    } else {
        years.saturating_sub(1)
    }
}

/// How a quota stands today. It is at risk where what is done lags behind the whole days gone by more than
/// [`PACE_TOLERANCE_BP`] of the target; that what is over and still in its grace is not done is a risk too.
pub fn judge_quota(
    target: i64,
    done: i64,
    period: ObligationPeriod,
    grace_days: u16,
    today: BusinessDay,
) -> ObligationStatus {
    if done >= target {
        return ObligationStatus::Met;
    }
    if period.due_on(grace_days) < today {
        return ObligationStatus::Missed;
    }
    let whole = i128::from(Rate::WHOLE_BASIS_POINTS);
    let days = i128::from(count_days(period.days));
    let gone = i128::from((today.date() - period.days.first.date()).num_days()).clamp(0, days);
    let (target, done) = (i128::from(target), i128::from(done));
    // done / target + tolerance < gone / days, without a division.
    let lags = done * days * whole + i128::from(PACE_TOLERANCE_BP) * target * days < gone * target * whole;
    if lags {
        ObligationStatus::AtRisk
    } else {
        ObligationStatus::OnTrack
    }
}

/// How each of those periods of a contract's quota stands, from the daily figures; nothing without a quota.
pub fn measure_quota(
    session: &mut (impl FigureRepository + ?Sized),
    contract: &Contract,
    periods: &[ObligationPeriod],
    today: BusinessDay,
) -> Result<Vec<QuotaProgress>, RepositoryError> {
    let terms = &contract.terms;
    let (Some(quota), Some(scope)) = (terms.quota, figures_of(contract.agent_id)) else {
        return Ok(Vec::new());
    };
    let mut measured = Vec::new();
    for period in periods {
        let sold = session.sum_figures(&scope, sold_in(*period, today))?;
        let target = target_of(&quota, terms.validity, *period);
        let done = done_of(quota.measure, &sold);
        measured.push(QuotaProgress {
            period: *period,
            measure: quota.measure,
            target,
            done,
            status: judge_quota(target, done, *period, terms.grace_days, today),
        });
    }
    Ok(measured)
}

/// The agent's own figures, wherever it delivered.
fn figures_of(agent_id: AgentId) -> Option<FigureScope> {
    FigureScope::within(Scope::All, Some(agent_id), None)
}

fn sold_in(period: ObligationPeriod, today: BusinessDay) -> BusinessRange {
    BusinessRange {
        first: period.days.first,
        last: period.days.last.min(today),
    }
}

const fn done_of(measure: QuotaMeasure, sold: &Counters) -> i64 {
    match measure {
        QuotaMeasure::Buckets => sold.buckets,
        QuotaMeasure::Amount => sold.sales.fen(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{QuotaPeriod, obligation::begun_periods};

    fn day(text: &str) -> BusinessDay {
        BusinessDay::from_date(text.parse().unwrap())
    }

    fn validity(from: &str, until: &str) -> Period {
        Period::new(day(from).start(), day(until).start()).unwrap()
    }

    fn period(validity: Period, length: QuotaPeriod, at: &str) -> ObligationPeriod {
        begun_periods(validity, length, day(at)).next().unwrap()
    }

    fn monthly(target: i64, growth_bp: u16) -> Quota {
        Quota {
            period: QuotaPeriod::Month,
            measure: QuotaMeasure::Buckets,
            target,
            yearly_growth: Rate::from_basis_points(growth_bp).unwrap(),
        }
    }

    #[test]
    fn a_target_grows_with_each_contract_year() {
        let validity = validity("2024-06-15", "2034-06-15");
        let target = |at| {
            target_of(
                &monthly(1_001, 500),
                validity,
                period(validity, QuotaPeriod::Month, at),
            )
        };
        assert_eq!(target("2024-07-01"), 1_001);
        // June 2025 begins in the first contract year.
        assert_eq!(target("2025-06-20"), 1_001);
        assert_eq!(target("2025-07-01"), 1_051);
        // 1,051 and a twentieth of it, cut down: compounding.
        assert_eq!(target("2026-07-01"), 1_103);
        // The first of the contract's months has sixteen of thirty days.
        assert_eq!(target("2024-06-30"), 534);
        let endless = target_of(
            &monthly(i64::MAX, 10_000),
            validity,
            period(validity, QuotaPeriod::Month, "2030-01-01"),
        );
        assert_eq!(endless, i64::MAX);
    }

    #[test]
    fn a_leap_day_comes_round_on_the_28th() {
        assert_eq!(years_between(day("2024-02-29"), day("2025-02-27")), 0);
        assert_eq!(years_between(day("2024-02-29"), day("2025-02-28")), 1);
        assert_eq!(years_between(day("2024-02-29"), day("2028-02-29")), 4);
        assert_eq!(years_between(day("2024-02-29"), day("2024-02-29")), 0);
    }

    #[test]
    fn a_part_of_a_period_owes_its_days_and_never_nothing() {
        let validity = validity("2026-11-30", "2027-01-02");
        for (length, at, target, owed) in [
            (QuotaPeriod::Month, "2026-11-30", 3_000, 100),
            (QuotaPeriod::Month, "2026-11-30", 1, 1),
            (QuotaPeriod::Month, "2026-12-01", 3_000, 3_000),
            (QuotaPeriod::Month, "2027-01-01", 3_100, 100),
            (QuotaPeriod::Quarter, "2026-12-31", 9_200, 3_200),
            (QuotaPeriod::Year, "2027-01-01", 36_500, 100),
        ] {
            let quota = monthly(target, 0);
            assert_eq!(
                target_of(&quota, validity, period(validity, length, at)),
                owed,
                "{at}"
            );
        }
    }

    #[test]
    fn a_quota_is_judged_by_its_pace_and_missed_after_its_grace() {
        let validity = validity("2026-11-01", "2027-11-01");
        let november = period(validity, QuotaPeriod::Month, "2026-11-01");
        let judged = |done, today| judge_quota(1_000, done, november, 7, day(today));
        for (done, today, status) in [
            (0, "2026-11-01", ObligationStatus::OnTrack),
            // Three of thirty days gone are the tolerance itself.
            (0, "2026-11-04", ObligationStatus::OnTrack),
            (0, "2026-11-05", ObligationStatus::AtRisk),
            // Half of the days: 400 of 1,000 is just within the tolerance.
            (400, "2026-11-16", ObligationStatus::OnTrack),
            (399, "2026-11-16", ObligationStatus::AtRisk),
            (1_000, "2026-11-02", ObligationStatus::Met),
            (999, "2026-12-01", ObligationStatus::OnTrack),
            (800, "2026-12-07", ObligationStatus::AtRisk),
            (999, "2026-12-08", ObligationStatus::Missed),
            (1_000, "2026-12-08", ObligationStatus::Met),
        ] {
            assert_eq!(judged(done, today), status, "{done} on {today}");
        }
    }
}
