//! Lets an agent go.

use super::life::{AgentDecision, TerminationAnswer};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::agents::{EndTermination, close_termination};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;

/// 了结终止
///
/// 终止生效且没有未了之事后，代理商离任：其人员的身份随之结束。
#[utoipa::path(
    post,
    path = "/agents/{id}/termination/close",
    request_body = AgentDecision,
    responses(
        (status = 200, description = "已了结", body = TerminationAnswer),
        (status = 409, description = "没有通知（not_leaving），尚未生效（not_yet_effective），或尚有未了之事（open_matters，列于 open）"),
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
            let ended = close_termination(&mut *work.session, work.ids, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::AgentTerminationClosed, id.as_uuid(), None)?;
            Ok(ended)
        })
        .await?;
    Ok(Json(TerminationAnswer::from(&termination)))
}
