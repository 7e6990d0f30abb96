//! Rejects an application.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{RejectApplication, reject_application};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 驳回
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// 理由
    #[schema(example = "该区域已有规划", max_length = 500)]
    reason: String,
}

/// 驳回申请
#[utoipa::path(
    post,
    path = "/applications/{id}/reject",
    request_body = Rejection,
    responses(
        (status = 200, description = "已驳回", body = ApplicationAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
    body: Body<Rejection>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let reason = body.value.reason;
    let now = state.clock.now();
    let application = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let command = RejectApplication {
                application_id: id,
                actor: work.principal.account_id,
                reason: reason.clone(),
            };
            let rejected = reject_application(
                &mut *work.session,
                work.ids,
                DivisionTree::embedded(),
                work.now,
                &command,
            )?;
            work.record(AuditAction::ApplicationRejected, id.as_uuid(), None)?;
            Ok(rejected)
        })
        .await?;
    Ok(Json(ApplicationAnswer::of(&application, now, language)))
}
