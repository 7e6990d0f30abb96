//! Rejects a request for market support.

use super::SupportRequestAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{RejectSupport, reject_support};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::{AgentId, SupportRequestId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 拒绝市场支持
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupportRejection)]
pub struct Form {
    /// 理由
    #[schema(example = "与总部的活动重复", max_length = 500)]
    reason: String,
}

/// 拒绝市场支持
#[utoipa::path(
    post,
    path = "/agents/{id}/support/{request_id}/reject",
    request_body = Form,
    responses(
        (status = 200, description = "已拒绝", body = SupportRequestAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, request_id): PathIds<AgentId, SupportRequestId>,
    body: Body<Form>,
) -> Result<Json<SupportRequestAnswer>, Problem> {
    let reason = body.value.reason;
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = RejectSupport {
                agent: reached(work.session, scope, id)?,
                request_id,
                actor: work.principal.account_id,
                reason: reason.clone(),
            };
            let request = reject_support(work.session, work.ids, work.now, &command)?;
            work.record(AuditAction::SupportRejected, request_id.as_uuid(), None)?;
            Ok(Json(request.into()))
        })
        .await
}
