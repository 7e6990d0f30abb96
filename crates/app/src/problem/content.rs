//! What a failure of the store of contents looks like from outside.

use super::Problem;
use actix_web::http::StatusCode;
use attachments::ContentError;

const RETRY_AFTER_SECONDS: u16 = 5;

impl From<ContentError> for Problem {
    fn from(error: ContentError) -> Self {
        let status = match error {
            ContentError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            ContentError::Full => StatusCode::INSUFFICIENT_STORAGE,
            ContentError::Corrupt { .. } | ContentError::Refused(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = Self::of_status(status).because(error);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            problem.retry_after_seconds(RETRY_AFTER_SECONDS)
        } else {
            problem
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{ResponseError, http::header::RETRY_AFTER};

    #[test]
    fn each_failure_has_its_status_and_its_cause_for_the_log() {
        let corrupt = ContentError::Corrupt {
            id: testing::build::attachments::attachment_id(1),
            reason: "it is not there",
        };
        for (error, status, retry) in [
            (ContentError::Unavailable("gone".into()), 503, true),
            (ContentError::Full, 507, false),
            (corrupt, 500, false),
            (ContentError::Refused("403".into()), 500, false),
        ] {
            let cause = error.to_string();
            let problem = Problem::from(error);
            let response = problem.error_response();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key(RETRY_AFTER), retry);
            assert_eq!(problem.cause(), Some(cause.as_str()));
        }
    }
}
