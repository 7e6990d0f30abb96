//! What could not be delivered.

pub mod list;
pub mod replay;

use crate::problem::Problem;
use ::events::ReplayDeliveryError;

impl From<ReplayDeliveryError> for Problem {
    fn from(error: ReplayDeliveryError) -> Self {
        match error {
            ReplayDeliveryError::NotFound(_) => Self::not_found(),
            ReplayDeliveryError::WebhookDisabled => Self::conflict(
                "webhook_disabled",
                "回调已停用，请先启用",
                "The webhook is disabled; enable it first.",
            ),
            ReplayDeliveryError::Repository(error) => error.into(),
        }
    }
}
