//! Ends an agent's suspension.

use super::life::SuspensionAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::agents::{ResumeAgent, resume_agent};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 恢复
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    /// 理由
    #[schema(example = "整改完成", max_length = 500)]
    reason: String,
    /// 从何时起：RFC 3339 时间，或日期；缺省为立即
    #[schema(example = "2026-12-10")]
    at: Option<String>,
}

/// 恢复代理商
///
/// 结束当前的暂停，或取消将来的暂停。
#[utoipa::path(
    post,
    path = "/agents/{id}/resume",
    request_body = Resumption,
    responses(
        (status = 200, description = "已恢复", body = SuspensionAnswer),
        (status = 409, description = "没有暂停（not_suspended）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    body: Body<Resumption>,
) -> Result<Json<SuspensionAnswer>, Problem> {
    let form = body.value;
    let suspension = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let Resumption { reason, at } = form.clone();
            let command = ResumeAgent {
                agent_id: id,
                actor: work.principal.account_id,
                reason,
                at,
            };
            let ended = resume_agent(&mut *work.session, work.ids, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::AgentResumed, id.as_uuid(), None)?;
            Ok(ended)
        })
        .await?;
    Ok(Json(suspension.into()))
}
