//! Whether a division can be applied for.

use super::{ApplicationRepository, finding::find_holders};
use kernel::{DivisionCode, Instant, RepositoryError};
use regions::{DivisionError, DivisionTree, TerritoryRepository};
use thiserror::Error;

/// What someone who thinks of a division is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Nobody holds it and nobody waits for it.
    Available,
    /// Somebody holds it within the coming year, or excludes others from it.
    Held,
    /// An open application wants it; others may queue.
    Pending,
}

impl Availability {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held => "held",
            Self::Pending => "pending",
        }
    }
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
) -> Result<Availability, AvailabilityError> {
    let wanted = [tree.grantable(code)?.code];
    if !find_holders(session, tree, now, &wanted)?.is_empty() {
        Ok(Availability::Held)
    } else if !session.list_waiting_divisions(&wanted, None)?.is_empty() {
        Ok(Availability::Pending)
    } else {
        Ok(Availability::Available)
    }
}
