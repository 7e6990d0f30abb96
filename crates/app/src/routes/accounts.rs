//! Accounts, as whoever runs headquarters sees to them.

pub mod disable;
pub mod enable;

use crate::problem::Problem;
use identity::DisableAccountError;

impl From<DisableAccountError> for Problem {
    fn from(error: DisableAccountError) -> Self {
        match error {
            DisableAccountError::NotFound(_) => Self::not_found(),
            DisableAccountError::OwnAccount => Self::conflict(
                "own_account",
                "不能停用自己的账号",
                "An account cannot disable itself.",
            ),
            DisableAccountError::Repository(error) => error.into(),
        }
    }
}
