//! What a port's failure looks like from outside.

use super::Problem;
use actix_web::http::StatusCode;
use kernel::RepositoryError;

const RETRY_AFTER_SECONDS: u16 = 1;

impl From<RepositoryError> for Problem {
    fn from(error: RepositoryError) -> Self {
        let status = match error {
            // Whoever lost every race it was given met a crowd; the next moment is a better one.
            RepositoryError::Unavailable(_) | RepositoryError::LostRace(_) => StatusCode::SERVICE_UNAVAILABLE,
            RepositoryError::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            RepositoryError::Corrupt { .. } | RepositoryError::Refused(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
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
    fn each_failure_has_its_status_and_only_passing_ones_say_when_to_retry() {
        let corrupt = RepositoryError::Corrupt {
            table: "orders",
            column: "state",
            row: "1".into(),
            reason: "unknown".into(),
        };
        for (error, status, retry) in [
            (RepositoryError::Unavailable("gone".into()), 503, true),
            (RepositoryError::LostRace("stock"), 503, true),
            (RepositoryError::DiskFull, 507, false),
            (corrupt, 500, false),
            (RepositoryError::Refused("syntax".into()), 500, false),
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
