//! Approves a request for market support.

use super::SupportRequestAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{ApproveSupport, approve_support};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::{AgentId, SupportRequestId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 批准市场支持
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupportApproval)]
pub struct Form {
    /// 金额（分），不超过申请的；不填则为全部
    #[schema(minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: Option<i64>,
    /// 说明
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// 批准市场支持
///
/// 可少于申请的金额；各申请批准的金额合计不超过合同的预算。
#[utoipa::path(
    post,
    path = "/agents/{id}/support/{request_id}/approve",
    request_body = Form,
    responses(
        (status = 200, description = "已批准", body = SupportRequestAnswer),
        (status = 409, description = "超过预算（support_budget_exceeded），或当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, request_id): PathIds<AgentId, SupportRequestId>,
    body: Body<Form>,
) -> Result<Json<SupportRequestAnswer>, Problem> {
    let Form { amount_fen, note } = body.value;
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = ApproveSupport {
                agent: reached(work.session, scope, id)?,
                request_id,
                actor: work.principal.account_id,
                amount_fen,
                note: note.clone(),
            };
            let request = approve_support(work.session, work.ids, work.now, &command)?;
            work.record(AuditAction::SupportApproved, request_id.as_uuid(), None)?;
            Ok(Json(request.into()))
        })
        .await
}
