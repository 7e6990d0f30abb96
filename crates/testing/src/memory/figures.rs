//! The rollups.

use super::Memory;
use insights::{Counters, DailyDelta, FigureRepository, FigureScope};
use kernel::{AgentId, BusinessDay, BusinessRange, DivisionCode, RepositoryError};
use std::collections::BTreeMap;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    by_county: BTreeMap<(AgentId, BusinessDay, DivisionCode), Counters>,
}

impl FigureRepository for Memory {
    fn add_daily_figures(&mut self, deltas: &[DailyDelta]) -> Result<(), RepositoryError> {
        for delta in deltas {
            let row = self
                .figures
                .by_county
                .entry((delta.agent_id, delta.day, delta.county_code))
                .or_default();
            *row = row.plus(delta.counters).unwrap();
        }
        Ok(())
    }

    fn sum_figures(
        &mut self,
        scope: &FigureScope,
        range: BusinessRange,
    ) -> Result<Counters, RepositoryError> {
        let days = self.sum_figures_by_day(scope, range)?;
        Ok(days
            .into_values()
            .fold(Counters::default(), |sum, day| sum.plus(day).unwrap()))
    }

    fn sum_figures_by_day(
        &mut self,
        scope: &FigureScope,
        range: BusinessRange,
    ) -> Result<BTreeMap<BusinessDay, Counters>, RepositoryError> {
        let mut days: BTreeMap<BusinessDay, Counters> = BTreeMap::new();
        for ((agent_id, day, county), counters) in &self.figures.by_county {
            let wanted = scope.agent_id().is_none_or(|wanted| wanted == *agent_id)
                && scope
                    .spans()
                    .is_none_or(|spans| spans.iter().any(|span| span.contains(*county)))
                && range.contains(*day);
            if wanted {
                let row = days.entry(*day).or_default();
                *row = row.plus(*counters).unwrap();
            }
        }
        Ok(days)
    }
}
