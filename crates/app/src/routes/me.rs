//! The rights of the person behind an account.

pub mod consent;
pub mod erase;
pub mod export;
pub(super) mod held;

use crate::problem::Problem;
use identity::AgreeAnewError;

impl From<AgreeAnewError> for Problem {
    fn from(error: AgreeAnewError) -> Self {
        match error {
            AgreeAnewError::Invalid(invalid) => Self::invalid_field("privacy_policy_version", invalid),
            AgreeAnewError::NotFound(_) => Self::not_found(),
            AgreeAnewError::Repository(error) => error.into(),
        }
    }
}
