//! The rights of the person behind an account.

pub mod consent;
pub mod erase;
pub mod export;
pub(super) mod held;

use super::auth::seconds_up;
use crate::problem::Problem;
use actix_web::http::StatusCode;
use identity::AgreeAnewError;
use privacy::AdmitExportError;

impl From<AdmitExportError> for Problem {
    fn from(error: AdmitExportError) -> Self {
        match error {
            AdmitExportError::TooMany { wait } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_exports",
                "导出次数过多，请稍后再试",
                "Exported too often; try again later.",
            )
            .retry_after_seconds(seconds_up(wait)),
            AdmitExportError::Repository(error) => error.into(),
        }
    }
}

impl From<AgreeAnewError> for Problem {
    fn from(error: AgreeAnewError) -> Self {
        match error {
            AgreeAnewError::Invalid(invalid) => Self::invalid_field("privacy_policy_version", invalid),
            AgreeAnewError::NotFound(_) => Self::not_found(),
            AgreeAnewError::Repository(error) => error.into(),
        }
    }
}
