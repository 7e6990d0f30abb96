//! Closes an inspection that was answered.

use super::InspectionAnswer;
use crate::{access::Caller, extract::PathIds, problem::Problem, routes::agents::reached, state::State};
use ::agents::{CloseInspection, close_inspection};
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay, InspectionId};

/// 结束品牌检查的整改
#[utoipa::path(
    post,
    path = "/agents/{id}/inspections/{inspection_id}/close",
    responses(
        (status = 200, description = "已结", body = InspectionAnswer),
        (status = 409, description = "尚未答复，或已结（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, inspection_id): PathIds<AgentId, InspectionId>,
) -> Result<Json<InspectionAnswer>, Problem> {
    state
        .command(&caller, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = CloseInspection {
                agent: reached(work.session, scope, id)?,
                inspection_id,
                actor: work.principal.account_id,
            };
            let inspection = close_inspection(work.session, work.ids, work.now, &command)?;
            Ok(Json(InspectionAnswer::of(inspection, BusinessDay::of(work.now))))
        })
        .await
}
