//! The port of the rollups.

use crate::{Counters, DailyDelta, FigureScope};
use kernel::{BusinessDay, BusinessRange, RepositoryError};
use std::collections::BTreeMap;

/// Daily rollups.
pub trait FigureRepository {
    /// Adds deltas to both rollups. Rows are written in key order, so that two sets never wait for each other crosswise.
    fn add_daily_figures(&mut self, deltas: &[DailyDelta]) -> Result<(), RepositoryError>;

    /// The sums over a range of days; zero where nothing was counted.
    fn sum_figures(&mut self, scope: &FigureScope, range: BusinessRange)
    -> Result<Counters, RepositoryError>;

    /// The sums of each day of a range; a day without any is absent.
    fn sum_figures_by_day(
        &mut self,
        scope: &FigureScope,
        range: BusinessRange,
    ) -> Result<BTreeMap<BusinessDay, Counters>, RepositoryError>;
}
