//! Figures: what each counts, the daily deltas that events cause, and how they are read.
//!
//! Two rollups are kept, one per agent and day and one per agent, county and day, both in the transaction of the event
//! they count. Each counter counts on the business day of its own event, so a closed day never changes. Figures of
//! headquarters and of subtrees are sums, never a row that every order would write.
//!
//! This crate knows no order and no database: only days, agents, counties and numbers.
//!
//! ```
//! use insights::{Counters, Ratings};
//!
//! let ratings = Ratings::from_counts([0, 0, 1, 1, 2]);
//! assert_eq!(ratings.count(), 4);
//! assert_eq!(ratings.average(), Some(4.25));
//! assert_eq!(Counters::default().average_order(), None);
//! ```

mod counters;
mod figure_scope;
mod overview;
mod repository;

pub use counters::{Counters, DailyDelta, Ratings};
pub use figure_scope::FigureScope;
pub use overview::{Overview, PeriodFigures, SATISFACTION_DAYS, SeriesDay, daily_series, overview};
pub use repository::FigureRepository;
