//! Tells what keeps an agent from being gone.

use super::{life::DepartureAnswer, reached};
use crate::{access::Caller, extract::PathId, language::Language, problem::Problem, state::State};
use ::agents::find_departure;
use actix_web::web::{Data, Json};
use kernel::AgentId;

/// 离任清单
///
/// 有效的终止通知（如有），以及未了之事：订单、库存、送水员等。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/termination",
    responses((status = 200, description = "离任清单", body = DepartureAnswer))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<AgentId>,
) -> Result<Json<DepartureAnswer>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, now| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let departure = find_departure(session, agent.id(), now)?;
            Ok(Json(DepartureAnswer::of(&departure, language)))
        })
        .await
}
