//! What stands in the way of a grant, before anyone applies for it or grants it.

use crate::{Claim, DivisionError, DivisionTree, Exclusivity, Territory, TerritoryRepository};
use kernel::{DivisionCode, Period, RepositoryError};
use thiserror::Error;

/// A grant that someone thinks of.
#[derive(Clone, Debug)]
pub struct CheckTerritories {
    /// The divisions wanted.
    pub division_codes: Vec<DivisionCode>,
    /// Who else may be appointed inside.
    pub exclusivity: Exclusivity,
    /// For how long.
    pub validity: Period,
}

/// Why a thought-of grant cannot be checked.
#[derive(Debug, Error)]
pub enum CheckTerritoriesError {
    /// One of the codes cannot be granted.
    #[error("division {index}: {error}")]
    Division {
        /// Its place in the list.
        index: usize,
        /// What is wrong with it.
        error: DivisionError,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// The territories that conflict with the grant; none if it could be made now.
pub fn check_territories(
    session: &mut (impl TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    command: &CheckTerritories,
) -> Result<Vec<Territory>, CheckTerritoriesError> {
    let mut claims = Vec::new();
    for (index, code) in command.division_codes.iter().enumerate() {
        let division = tree
            .grantable(*code)
            .map_err(|error| CheckTerritoriesError::Division { index, error })?;
        claims.extend(Claim::of(
            division.code,
            division.level,
            command.exclusivity,
            command.validity,
        ));
    }
    Ok(session.find_territory_conflicts(&claims)?)
}
