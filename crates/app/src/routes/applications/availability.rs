//! Tells whether a division can be applied for.

use crate::{extract::Query, problem::Problem, state::State};
use ::agents::{Availability, find_availability};
use actix_web::web::{Data, Json};
use kernel::{DivisionCode, Instant};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 区划
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// 区划代码
    #[param(example = "330106")]
    division: String,
}

/// 可否申请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Availability)]
pub struct AvailabilityAnswer {
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// `available` 可申请，`pending` 有申请待审（可排队），`on_hold` 已为一份申请保留（可排队），`held` 已有代理商
    availability: &'static str,
    /// 保留至何时；仅 `on_hold` 有
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
    /// 有几份未结的申请在排队
    queue_length: u64,
}

/// 区划可否申请
#[utoipa::path(
    get,
    path = "/applications/availability",
    params(Wanted),
    responses((status = 200, description = "可否申请", body = AvailabilityAnswer))
)]
pub async fn handle(
    state: Data<State>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<AvailabilityAnswer>, Problem> {
    let code = DivisionCode::parse(&wanted.division)
        .map_err(|invalid| Problem::invalid_field("division", invalid))?;
    let found = state
        .read(move |session, now| find_availability(session, DivisionTree::embedded(), now, code))
        .await?;
    Ok(Json(AvailabilityAnswer {
        division_code: code,
        availability: found.availability.name(),
        until: match found.availability {
            Availability::OnHold { until } => Some(until),
            Availability::Held | Availability::Pending | Availability::Available => None,
        },
        queue_length: found.queue_length,
    }))
}
