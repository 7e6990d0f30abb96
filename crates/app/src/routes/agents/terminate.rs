//! Gives an agent notice.

use super::life::DepartureAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{TerminateAgent, terminate_agent};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 终止通知
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// 理由
    #[schema(example = "合同提前终止", max_length = 500)]
    reason: String,
    /// 从何时起不再持有区域：RFC 3339 时间，或日期；缺省为立即
    #[schema(example = "2027-01-01")]
    effective_at: Option<String>,
}

/// 终止代理商
///
/// 其全部代理区域在所定时刻结束，尚未开始的一并撤销，不需任何任务执行。答复列出未了之事；全部了结后才能
/// `POST /agents/{id}/termination/close`。
#[utoipa::path(
    post,
    path = "/agents/{id}/terminate",
    request_body = Notice,
    responses(
        (status = 200, description = "已通知", body = DepartureAnswer),
        (status = 409, description = "已通知（already_leaving），或已离任（agent_terminated）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<AgentId>,
    body: Body<Notice>,
) -> Result<Json<DepartureAnswer>, Problem> {
    let form = body.value;
    let departure = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let Notice { reason, effective_at } = form.clone();
            let command = TerminateAgent {
                agent_id: id,
                actor: work.principal.account_id,
                reason,
                effective_at,
            };
            let tree = DivisionTree::embedded();
            let departure = terminate_agent(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::AgentTerminationGiven, id.as_uuid(), None)?;
            Ok(departure)
        })
        .await?;
    Ok(Json(DepartureAnswer::of(&departure, language)))
}
