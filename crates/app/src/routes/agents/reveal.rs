//! Shows an agent's personal values in full.

use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    reveal::{RevealRequest, reveal},
    routes::applications::reveal::RevealedApplicant,
    state::State,
};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;

/// 查看代理商负责人的完整信息
///
/// 须填写理由；先记入审计日志，再显示。总部自己没有负责人，为 404。
#[utoipa::path(
    post,
    path = "/agents/{id}/reveal",
    request_body = RevealRequest,
    responses((status = 200, description = "完整信息", body = RevealedApplicant))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    body: Body<RevealRequest>,
) -> Result<Json<RevealedApplicant>, Problem> {
    let subject = (AuditAction::AgentRevealed, id.as_uuid());
    reveal(&state, &caller, subject, body.value, move |session, _| {
        let agent = session.find_agents(&[id])?.remove(&id);
        let holder = agent.and_then(|agent| agent.holder);
        Ok(holder.as_ref().map(RevealedApplicant::from))
    })
    .await
    .map(Json)
}
