//! Suspends an agent.

use super::life::SuspensionAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::agents::{SuspendAgent, suspend_agent};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 暂停
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionForm {
    /// 理由
    #[schema(example = "仓库整改", max_length = 500)]
    reason: String,
    /// 从何时起：RFC 3339 时间，或日期；缺省为立即
    #[schema(example = "2026-12-01")]
    from: Option<String>,
    /// 到何时（不含）；缺省为另行通知
    #[schema(example = "2026-12-15")]
    until: Option<String>,
}

/// 暂停代理商
///
/// 自所定时刻起，新订单由上级区域的代理商或总部负责；代理区域仍归其所有，未完成的订单仍由其完成。
#[utoipa::path(
    post,
    path = "/agents/{id}/suspend",
    request_body = SuspensionForm,
    responses(
        (status = 200, description = "已暂停", body = SuspensionAnswer),
        (status = 409, description = "在此期间已暂停（already_suspended），或已离任（agent_terminated）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    body: Body<SuspensionForm>,
) -> Result<Json<SuspensionAnswer>, Problem> {
    let form = body.value;
    let suspension = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let SuspensionForm { reason, from, until } = form.clone();
            let command = SuspendAgent {
                agent_id: id,
                actor: work.principal.account_id,
                reason,
                from,
                until,
            };
            let suspension = suspend_agent(&mut *work.session, work.ids, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::AgentSuspended, id.as_uuid(), None)?;
            Ok(suspension)
        })
        .await?;
    Ok(Json(suspension.into()))
}
