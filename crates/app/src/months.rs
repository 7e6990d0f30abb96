//! Makes the months that orders are kept in before they begin.

use crate::state::State;
use actix_web::web::block;
use chrono::Months;
use kernel::BusinessDay;
use std::time::Duration;

/// How far ahead: long enough that nobody has to hurry when it fails.
const AHEAD: Months = Months::new(2);
/// How often it is looked after.
const INTERVAL: Duration = Duration::from_hours(24);
/// When to try again after a failure.
const RETRY: Duration = Duration::from_mins(1);

/// Prepares this month and the next two. A failure is logged, and keeps no server from serving: an order of a month that
/// is not prepared is kept too, in the default partition.
pub(crate) fn prepare(state: &State) -> bool {
    let today = BusinessDay::of(state.clock.now()).date();
    let last = today.checked_add_months(AHEAD).unwrap_or(today);
    match state.database.prepare_months(today, last) {
        Ok(made) => {
            if made > 0 {
                tracing::info!(tables = made, "months prepared");
            }
            true
        }
        Err(error) => {
            tracing::error!(%error, "the coming months cannot be prepared");
            false
        }
    }
}

/// Prepares every day, for as long as it is polled; `prepared` says whether it has just been done.
pub(crate) async fn keep_prepared(state: State, mut prepared: bool) {
    loop {
        actix_web::rt::time::sleep(if prepared { INTERVAL } else { RETRY }).await;
        let state = state.clone();
        prepared = block(move || prepare(&state)).await.unwrap_or(false);
    }
}
