//! Whether a division can be applied for.

use super::{ApplicationRepository, finding::find_holders};
use kernel::{DivisionCode, Instant, RepositoryError};
use regions::{DivisionError, DivisionTree, TerritoryRepository};
use thiserror::Error;

/// What someone who thinks of a division is told: the first of these that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Somebody holds it within the coming year, or excludes others from it.
    Held,
    /// It is kept for an application that waits; others may queue.
    OnHold {
        /// Until when.
        until: Instant,
    },
    /// An open application wants it; others may queue.
    Pending,
    /// Nobody holds it and nobody waits for it.
    Available,
}

impl Availability {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::OnHold { .. } => "on_hold",
            Self::Pending => "pending",
            Self::Available => "available",
        }
    }
}

/// The answer about one division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundAvailability {
    /// Whether it can be had.
    pub availability: Availability,
    /// How many open applications want it.
    pub queue_length: u64,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum AvailabilityError {
    /// It cannot be granted at all.
    #[error(transparent)]
    Division(#[from] DivisionError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Whether that division can be applied for.
pub fn find_availability(
    session: &mut (impl ApplicationRepository + TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    code: DivisionCode,
) -> Result<FoundAvailability, AvailabilityError> {
    let wanted = [tree.grantable(code)?.code];
    let queue_length = session.count_waiting(&wanted, None)?.into_values().sum();
    let availability = if !find_holders(session, tree, now, &wanted)?.is_empty() {
        Availability::Held
    } else if let Some(hold) = session.list_holds(&wanted, now)?.first() {
        Availability::OnHold { until: hold.until }
    } else if queue_length > 0 {
        Availability::Pending
    } else {
        Availability::Available
    };
    Ok(FoundAvailability {
        availability,
        queue_length,
    })
}
