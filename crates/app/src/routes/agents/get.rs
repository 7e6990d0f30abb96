//! Tells of one agent.

use super::AgentAnswer;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use kernel::{AgentId, Scope};

/// 一个代理商
///
/// 代理商只见自己和总部。
#[utoipa::path(
    get,
    path = "/agents/{id}",
    responses((status = 200, description = "代理商", body = AgentAnswer))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
) -> Result<Json<AgentAnswer>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, _| -> Result<_, Problem> {
            if id != AgentId::HEADQUARTERS && !may_see(scope, id) {
                return Err(Problem::not_found());
            }
            let agent = session
                .find_agents(&[id])?
                .remove(&id)
                .ok_or_else(Problem::not_found)?;
            let contracts = session.list_contracts(&[id])?;
            Ok(Json(AgentAnswer::of(&agent, &contracts)))
        })
        .await
}

/// Whether the agent is inside the scope.
pub(super) fn may_see(scope: Scope, id: AgentId) -> bool {
    match scope {
        Scope::All => true,
        Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => own == id,
        Scope::Customer(_) => false,
    }
}
