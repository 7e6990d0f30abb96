//! A holder lets others into a part of its exclusive territory, and takes that back.

pub mod give;
pub mod withdraw;

use super::territory_conflict;
use crate::problem::Problem;
use ::agents::{HolderConsentError, MAXIMUM_HOLDER_CONSENTS};
use kernel::{DivisionCode, HolderConsentId, Instant};
use regions::HolderConsent;
use serde::Serialize;
use utoipa::ToSchema;

/// 持有者的同意
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolderConsent)]
pub struct ConsentAnswer {
    #[schema(value_type = Uuid)]
    id: HolderConsentId,
    /// 何处可另设代理：此区划及其下
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Instant,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Instant,
    #[schema(value_type = String, format = DateTime)]
    given_at: Instant,
}

impl From<&HolderConsent> for ConsentAnswer {
    fn from(consent: &HolderConsent) -> Self {
        Self {
            id: consent.id,
            division_code: consent.division_code,
            valid_from: consent.validity.from(),
            valid_until: consent.validity.until(),
            given_at: consent.given_at,
        }
    }
}

impl From<HolderConsentError> for Problem {
    fn from(error: HolderConsentError) -> Self {
        match error {
            HolderConsentError::NotFound => Self::not_found(),
            HolderConsentError::Invalid(errors) => Self::invalid(errors),
            HolderConsentError::NotExclusive => Self::conflict(
                "not_exclusive",
                "该区域并非独占，下级可另设代理，不需同意",
                "The territory is open to agents of lower levels; they need no consent.",
            ),
            HolderConsentError::TerritoryOver => {
                Self::conflict("territory_over", "该代理区域已失效", "The territory is over.")
            }
            HolderConsentError::TooMany => Self::conflict(
                "too_many_consents",
                format!("每个代理区域至多 {MAXIMUM_HOLDER_CONSENTS} 项同意"),
                format!("A territory has at most {MAXIMUM_HOLDER_CONSENTS} consents."),
            ),
            HolderConsentError::TerritoryConflict { conflicts } => territory_conflict(&conflicts),
            HolderConsentError::Repository(error) => error.into(),
        }
    }
}
