//! Asks the applicant for a supplement.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{RequestSupplement, request_supplement};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 补充要求
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplementRequest {
    /// 需要补充的内容
    #[schema(example = "请补充营业执照", max_length = 500)]
    message: String,
}

/// 要求补充材料
#[utoipa::path(
    post,
    path = "/applications/{id}/request-supplement",
    request_body = SupplementRequest,
    responses(
        (status = 200, description = "待补充", body = ApplicationAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
    body: Body<SupplementRequest>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let (message, deadlines) = (body.value.message, state.deadlines);
    let now = state.clock.now();
    let application = state
        .command(&caller, move |work| {
            let command = RequestSupplement {
                application_id: id,
                actor: work.principal.account_id,
                message: message.clone(),
                deadlines,
            };
            request_supplement(work.session, work.ids, work.now, &command)
        })
        .await?;
    Ok(Json(ApplicationAnswer::of(&application, now, language)))
}
