//! Tells of one agent.

use super::AgentAnswer;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::agents::Standing;
use actix_web::web::{Data, Json};
use kernel::AgentId;

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
        .read(move |session, now| -> Result<_, Problem> {
            let agent = session.find_agent(scope, id)?.ok_or_else(Problem::not_found)?;
            let contracts = session.list_contracts(scope.agent(id).as_slice())?;
            let standing = Standing::find(session, &agent, now)?;
            Ok(Json(AgentAnswer::of(&agent, &contracts, standing)))
        })
        .await
}
