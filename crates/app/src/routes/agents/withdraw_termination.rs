//! Takes a notice back.

use super::life::{AgentDecision, TerminationAnswer};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::agents::{EndTermination, withdraw_termination};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;
use regions::DivisionTree;

/// 撤回终止通知
///
/// 生效之前可以撤回：代理区域恢复原定的结束时间；其间已授予他人的，为 409。
#[utoipa::path(
    post,
    path = "/agents/{id}/termination/withdraw",
    request_body = AgentDecision,
    responses(
        (status = 200, description = "已撤回", body = TerminationAnswer),
        (status = 409, description = "没有通知（not_leaving），已生效（already_effective），或区域已授予他人（territory_conflict）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    body: Body<AgentDecision>,
) -> Result<Json<TerminationAnswer>, Problem> {
    let reason = body.value.reason;
    let termination = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let command = EndTermination {
                agent_id: id,
                actor: work.principal.account_id,
                reason: reason.clone(),
            };
            let tree = DivisionTree::embedded();
            let ended = withdraw_termination(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::AgentTerminationWithdrawn, id.as_uuid(), None)?;
            Ok(ended)
        })
        .await?;
    Ok(Json(TerminationAnswer::from(&termination)))
}
