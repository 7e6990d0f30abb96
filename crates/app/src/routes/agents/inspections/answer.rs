//! Answers what an inspection found.

use super::InspectionAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{AnswerInspection, answer_inspection};
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay, InspectionId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 整改答复
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionAnswerForm)]
pub struct Form {
    /// 做了什么
    #[schema(example = "已更换门头与价目表", max_length = 2000)]
    text: String,
}

/// 答复品牌检查
#[utoipa::path(
    post,
    path = "/agents/{id}/inspections/{inspection_id}/answer",
    request_body = Form,
    responses(
        (status = 200, description = "已答复", body = InspectionAnswer),
        (status = 409, description = "没有待答复的整改（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, inspection_id): PathIds<AgentId, InspectionId>,
    body: Body<Form>,
) -> Result<Json<InspectionAnswer>, Problem> {
    let text = body.value.text;
    state
        .command(&caller, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = AnswerInspection {
                agent: reached(work.session, scope, id)?,
                inspection_id,
                actor: work.principal.account_id,
                text: text.clone(),
            };
            let inspection = answer_inspection(work.session, work.ids, work.now, &command)?;
            Ok(Json(InspectionAnswer::of(inspection, BusinessDay::of(work.now))))
        })
        .await
}
